import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { Project } from "@cdktf/provider-tfe/lib/project/index.js";
import { TfeProvider } from "@cdktf/provider-tfe/lib/provider/index.js";
import { LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { origin } from "./choice.ts";
import { Artifacts } from "./constructs/artifacts.ts";
import { FederatedRole } from "./constructs/federated-role.ts";
import { GatewayLogging } from "./constructs/gateway-logging.ts";
import { OidcProvider } from "./constructs/oidc-provider.ts";
import { Workspace } from "./constructs/workspace.ts";
import { githubRoleName, planRoleName, Scope, type ServiceEnvironment } from "./environment.ts";
import { Inputs } from "./inputs.ts";
import { api } from "./permissions/api.ts";
import { boundary } from "./permissions/boundary.ts";
import { compute } from "./permissions/compute.ts";
import { dnsFirewall } from "./permissions/dns-firewall.ts";
import { release } from "./permissions/github.ts";
import { identity } from "./permissions/identity.ts";
import { network } from "./permissions/network.ts";
import { observability } from "./permissions/observability.ts";
import { policyDocument } from "./permissions/statement.ts";
import { storage } from "./permissions/storage.ts";

export interface BootstrapStackProps {
  /** Value of the tag `Project` of everything in the service stacks. */
  readonly project: string;
  readonly environments: readonly ServiceEnvironment[];
}

/** How an environment is delivered to. */
const DELIVERY = {
  dev: { githubEnvironment: "develop", autoApply: true, allowDestroyPlan: true },
  // What people use changes when a person says so, and does not go away by a run.
  prod: { githubEnvironment: "production", autoApply: false, allowDestroyPlan: false },
} as const;

/** The version that this repository is tested with is the one that applies. */
const TERRAFORM_VERSION = readFileSync(join(import.meta.dirname, "..", "..", ".terraform-version"), "utf8").trim();

const AREAS = [network, dnsFirewall, storage, identity, compute, api, observability];

/**
 * What has to exist before an environment can be planned, applied and released to: HCP Terraform's project and workspaces,
 * and whom AWS trusts with what. Applied by a person, once, from their machine.
 */
export class BootstrapStack extends TerraformStack {
  private readonly props: BootstrapStackProps;
  private readonly inputs: Inputs;
  private readonly account: string;

  constructor(scope: Construct, props: BootstrapStackProps) {
    super(scope, "bootstrap");
    this.props = props;
    // Terraform runs in cdktf.out/stacks/bootstrap, which each synth replaces: the state stays at the repository's root.
    new LocalBackend(this, { path: "../../../terraform.bootstrap.tfstate" });
    this.inputs = new Inputs(this);
    new AwsProvider(this, "aws", {
      region: oneRegion(props.environments),
      defaultTags: [{ tags: { Project: props.project, ManagedBy: "terraform", Stack: "bootstrap" } }],
    });
    new TfeProvider(this, "tfe", { organization: this.inputs.organization });
    this.account = new DataAwsCallerIdentity(this, "account").accountId;

    const { createHcpOidcProvider, createGithubOidcProvider, createApiGatewayLogging } = this.inputs;
    const hcp = new OidcProvider(this, "hcp", {
      host: "app.terraform.io",
      audience: "aws.workload.identity",
      create: createHcpOidcProvider,
    });
    const github = new OidcProvider(this, "github", {
      host: "token.actions.githubusercontent.com",
      audience: "sts.amazonaws.com",
      create: createGithubOidcProvider,
    });
    new GatewayLogging(this, "gateway-logging", {
      roleName: "remote-mcp-api-gateway-logging",
      create: createApiGatewayLogging,
    });
    const project = new Project(this, "project", {
      organization: this.inputs.organization,
      name: this.inputs.repoName,
      description: "A secured remote MCP server on AWS",
    });

    this.output("hcp_terraform_oidc_provider_status", origin(createHcpOidcProvider), "Where the provider comes from");
    this.output("hcp_terraform_oidc_provider_arn", hcp.arn, "Whom AWS believes about HCP Terraform's runs");
    this.output(
      "github_actions_oidc_provider_status",
      origin(createGithubOidcProvider),
      "Where the provider comes from",
    );
    this.output("github_actions_oidc_provider_arn", github.arn, "Whom AWS believes about GitHub's jobs");
    for (const environment of props.environments) this.environment(environment, project, hcp, github);
  }

  private environment(environment: ServiceEnvironment, project: Project, hcp: OidcProvider, github: OidcProvider) {
    const { name, prefix, applyRoleName, boundaryName } = environment;
    const { githubEnvironment, autoApply, allowDestroyPlan } = DELIVERY[name];
    const { organization, operatorArn, repository } = this.inputs;
    const scope = new Scope(environment, this.props.project, this.account);

    const workspaceName = `${name}-${this.inputs.repoName}`;
    const workspace = new Workspace(this, `${name}-workspace`, {
      organization,
      projectId: project.id,
      name: workspaceName,
      description: `Runs of the ${name} stack; CI uploads its configuration`,
      terraformVersion: TERRAFORM_VERSION,
      autoApply,
      allowDestroyPlan,
    });

    new IamPolicy(this, `${name}-boundary`, {
      name: boundaryName,
      description: `The most that a role of the ${name} stack may do`,
      policy: policyDocument(boundary(scope)),
    });
    const run = `organization:${organization}:project:${project.name}:workspace:${workspaceName}:run_phase`;
    const plan = new FederatedRole(this, `${name}-plan`, {
      name: planRoleName(environment),
      description: `HCP Terraform plans ${name}: it reads`,
      provider: hcp,
      subject: `${run}:plan`,
      policies: Object.fromEntries(AREAS.map(({ name, reads }) => [name, reads(scope)])),
    });
    const apply = new FederatedRole(this, `${name}-apply`, {
      name: applyRoleName,
      description: `HCP Terraform applies ${name}: it changes what is this environment's by name or tag`,
      provider: hcp,
      subject: `${run}:apply`,
      policies: Object.fromEntries(AREAS.map(({ name, reads, writes }) => [name, [...reads(scope), ...writes(scope)]])),
    });
    workspace.setEnvironment({
      TFC_AWS_PROVIDER_AUTH: { value: "true", description: "Runs get AWS credentials by their OIDC token" },
      TFC_AWS_PLAN_ROLE_ARN: { value: plan.arn, description: "The role of the plan phase: it reads" },
      TFC_AWS_APPLY_ROLE_ARN: { value: apply.arn, description: "The role of the apply phase" },
    });

    const artifacts = new Artifacts(this, `${name}-artifacts`, {
      name: `${prefix}-artifacts-${this.account}`,
      writers: [scope.globalArn("iam", `role/${githubRoleName(environment)}`), operatorArn],
    });
    const releaser = new FederatedRole(this, `${name}-github`, {
      name: githubRoleName(environment),
      description: `GitHub's environment ${githubEnvironment} releases to ${name}`,
      provider: github,
      subject: `repo:${repository}:environment:${githubEnvironment}`,
      policies: { release: release(scope, artifacts.bucketArn) },
    });

    this.output(`${name}_workspace_id`, workspace.id, "For CI's runs");
    this.output(`${name}_plan_role_arn`, plan.arn, "Already set in the workspace");
    this.output(`${name}_apply_role_arn`, apply.arn, "Already set in the workspace");
    this.output(`${name}_github_role_arn`, releaser.arn, `AWS_ROLE_ARN of the GitHub environment ${githubEnvironment}`);
    this.output(`${name}_artifacts_bucket`, artifacts.bucketName, `ARTIFACTS_BUCKET of ${githubEnvironment}`);
  }

  private output(id: string, value: string, description: string): void {
    new TerraformOutput(this, id, { value, description });
  }
}

/** @throws where the environments are in several: API Gateway's logging role and the artifacts are set up in one. */
function oneRegion(environments: readonly ServiceEnvironment[]): string {
  const [region, ...others] = new Set(environments.map((environment) => environment.region));
  if (region === undefined || others.length > 0)
    throw new Error("The bootstrap stack serves environments of one region: give all of infra/src/config.ts the same.");
  return region;
}
