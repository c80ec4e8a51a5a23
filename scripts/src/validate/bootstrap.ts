import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { IAMClient, ListOpenIDConnectProvidersCommand } from "@aws-sdk/client-iam";
import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { environments, PROJECT } from "@remote-mcp/infra/config";
import { z } from "zod";
import { awsClient, lambdaClient } from "../aws.ts";
import { find, report } from "../check.ts";
import { runCommand } from "../command.ts";
import { github, repositoryFrom } from "../github/api.ts";
import { HcpTerraform } from "../hcp/api.ts";

const root = resolve(import.meta.dirname, "../../..");

/** The issuers that bootstrap trusts; an account can have each only once. */
const ISSUERS = [
  { name: "HCP Terraform", host: "app.terraform.io", variable: "create_hcp_oidc_provider" },
  { name: "GitHub Actions", host: "token.actions.githubusercontent.com", variable: "create_github_oidc_provider" },
] as const;

/** Lambda keeps this much of an account's concurrency for functions without a reservation. (Lambda, "Reserved concurrency") */
const UNRESERVED = 100;

await runCommand({
  name: "bootstrap:check",
  summary: "checks what bootstrap and the first deployment need, and says what to do about each thing that is missing.",
  options: z.object({}),
  notes: `Reads AWS credentials from the usual places, TFE_TOKEN, TF_CLOUD_ORGANIZATION, GITHUB_TOKEN and GITHUB_REPOSITORY.
Only looks; changes nothing.

Exit codes: 0 everything is in place, 1 something is not.`,
  async run() {
    return report([
      await find("terraform", async () => terraform()),
      await find("bootstrap's variables", async () => variables() && ".auto.tfvars"),
      await find("AWS account", async () => {
        const { Account, Arn } = await new STSClient(awsClient).send(new GetCallerIdentityCommand({}));
        return `${Account} as ${Arn}, ${awsClient.region}`;
      }),
      await find("Lambda concurrency", concurrency),
      ...(await Promise.all(
        ISSUERS.map(({ name, host, variable }) => find(`OIDC provider of ${name}`, () => provider(host, variable))),
      )),
      await find("API Gateway's logging role", async () => {
        const { cloudwatchRoleArn } = await new APIGatewayClient(awsClient).send(new GetAccountCommand({}));
        return createOrUse("create_api_gateway_logging", cloudwatchRoleArn);
      }),
      await find("HCP Terraform", hcp),
      await find("GitHub repository", repository),
    ]);
  },
});

function terraform(): string {
  const wanted = readFileSync(join(root, ".terraform-version"), "utf8").trim();
  const { stdout, error } = spawnSync("terraform", ["version", "-json"], { encoding: "utf8" });
  if (error) throw new Error(`is not on PATH: install ${wanted} (tfenv install, or the dev container).`);
  const found = z.object({ terraform_version: z.string() }).parse(JSON.parse(stdout)).terraform_version;
  if (found !== wanted)
    throw new Error(`is ${found}, and .terraform-version says ${wanted}: tfenv install && tfenv use.`);
  return found;
}

/** The text of `.auto.tfvars`. */
function variables(): string {
  const file = join(root, ".auto.tfvars");
  if (!existsSync(file)) throw new Error(".auto.tfvars is missing: cp .auto.tfvars.sample .auto.tfvars, and edit it.");
  return readFileSync(file, "utf8");
}

async function concurrency(): Promise<string> {
  const { AccountLimit } = await lambdaClient().send(new GetAccountSettingsCommand({}));
  const limit = AccountLimit?.ConcurrentExecutions ?? 0;
  const unreserved = AccountLimit?.UnreservedConcurrentExecutions ?? 0;
  const wanted = environments.reduce((sum, { mcp }) => sum + (mcp.reservedConcurrency ?? 0), 0);
  if (wanted > 0 && unreserved - wanted < Math.min(UNRESERVED, limit)) {
    throw new Error(
      `${limit} in all, ${unreserved} unreserved; the environments reserve ${wanted} and Lambda keeps ${Math.min(UNRESERVED, limit)}. Ask for more (aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000), or remove reservedConcurrency from infra/src/config.ts.`,
    );
  }
  return `${limit} in all, ${unreserved} unreserved, ${wanted} wanted`;
}

async function provider(host: string, variable: string): Promise<string> {
  const { OpenIDConnectProviderList = [] } = await new IAMClient(awsClient).send(
    new ListOpenIDConnectProvidersCommand({}),
  );
  return createOrUse(variable, OpenIDConnectProviderList.find(({ Arn }) => Arn?.endsWith(`/${host}`))?.Arn);
}

/** An account has each of these once: bootstrap must be told to use what is there, and to make what is not. */
function createOrUse(variable: string, found: string | undefined): string {
  const said = new RegExp(`^\\s*${variable}\\s*=\\s*(true|false)`, "m").exec(variables())?.[1];
  const right = found ? "false" : "true";
  const what = found ? `${found} exists` : "there is none yet";
  if (said !== right) throw new Error(`${what}: set ${variable} = ${right} in .auto.tfvars.`);
  return `${what}, and bootstrap ${found ? "uses" : "makes"} it`;
}

async function hcp(): Promise<string> {
  const token = process.env.TFE_TOKEN || process.env.TF_TOKEN_app_terraform_io;
  const organization = process.env.TF_CLOUD_ORGANIZATION || process.env.TFE_ORGANIZATION;
  if (!token) throw new Error("TFE_TOKEN is not set: make a user or team token in HCP Terraform and export it.");
  if (!organization) throw new Error("TF_CLOUD_ORGANIZATION is not set: export the organization's name.");
  return `organization ${await new HcpTerraform({ token, origin: process.env.TF_HOSTNAME_URL }).organization(organization)}`;
}

async function repository(): Promise<string> {
  const there = repositoryFrom(process.env);
  const { private: isPrivate, full_name } = z
    .object({ private: z.boolean(), full_name: z.string() })
    .parse(await github(there, "GET", ""));
  if (!full_name.endsWith(`/${PROJECT}`))
    throw new Error(
      `is ${full_name}, and the workspaces are named after ${PROJECT}: rename it, or change PROJECT in infra/src/config.ts.`,
    );
  // https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/review-deployments
  return isPrivate
    ? `${full_name}, private: reviewers of an environment need GitHub Enterprise; without, set PROD_CONFIRMATION=hcp (docs/deploy.md)`
    : `${full_name}, public: environments can have reviewers`;
}
