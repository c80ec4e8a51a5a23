import { allows } from "./iam.ts";
import { ACCOUNT, boundaryStatements, type Json, resolve, roleStatements, type Statement, trustOf } from "./stack.ts";
import { tagCalls, tags } from "./tag-calls.ts";

/** Something the stack promises: the sentences that say where it does not hold, empty where it does. */
export type StackPromise = (stack: Json) => string[];

const ENVIRONMENTS = ["dev", "prod"] as const;
const HCP = "app.terraform.io";
const GITHUB = "token.actions.githubusercontent.com";
const roleNames = ENVIRONMENTS.flatMap((name) =>
  ["plan", "apply", "github"].map((kind) => `remote-mcp-${name}-${kind}`),
);

const all = (stack: Json, type: string): Json[] => Object.values(stack.resource[type] ?? {});
const named = (stack: Json, name: string, type = "aws_iam_role"): Json => all(stack, type).find((r) => r.name === name);

/** Every statement that gives rights: of all roles and boundaries. */
function grants(stack: Json): { where: string; statement: Statement }[] {
  return [
    ...roleNames.flatMap((name) => roleStatements(stack, name).map((statement) => ({ where: name, statement }))),
    ...ENVIRONMENTS.map((name) => `remote-mcp-${name}-boundary`).flatMap((name) =>
      boundaryStatements(stack, name).map((statement) => ({ where: name, statement })),
    ),
  ].filter(({ statement }) => statement.Effect === "Allow");
}

function trusts(name: string, host: string, audience: string, subject: string): StackPromise {
  return (stack) => {
    const wanted = {
      Effect: "Allow",
      Action: ["sts:AssumeRoleWithWebIdentity"],
      Condition: { StringEquals: { [`${host}:aud`]: audience, [`${host}:sub`]: subject } },
    };
    return trustOf(stack, name).flatMap(({ Effect, Action, Condition, Principal }) => [
      ...(JSON.stringify({ Effect, Action, Condition }) === JSON.stringify(wanted)
        ? []
        : [`${name} trusts ${JSON.stringify(Condition)}`]),
      ...(Object.keys(Principal).join() === "Federated" ? [] : [`${name} is open to ${JSON.stringify(Principal)}`]),
    ]);
  };
}

const run = (name: string, phase: string) => `organization:acme:project:mcp:workspace:${name}-mcp:run_phase:${phase}`;

/** A role cannot do this, whatever the conditions of the call. */
function never(roles: readonly string[], action: string, resource: string, context = {}): StackPromise {
  return (stack) =>
    roles
      .filter((name) => allows(roleStatements(stack, name), { action, resource, context }))
      .map((name) => `${name} may ${action} on ${resource}`);
}

const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const boundary = (name: string) => ({ "iam:PermissionsBoundary": `arn:aws:iam::${ACCOUNT}:policy/${name}-boundary` });
const APPLIES = ["remote-mcp-dev-apply", "remote-mcp-prod-apply"];

/** What the workspace of an environment is. */
function workspace(name: string, wanted: object): StackPromise {
  return (stack) => {
    const found = named(stack, `${name}-\${var.repo_name}`, "tfe_workspace") ?? {};
    return Object.entries(wanted)
      .filter(([key, value]) => found[key] !== value)
      .map(([key, value]) => `${key} of ${name} is ${JSON.stringify(found[key])}, not ${JSON.stringify(value)}`);
  };
}

/** Each with its name; the test shows that each holds, and that each notices when it is broken. */
export const promises: Readonly<Record<string, StackPromise>> = {
  "dev's plan role opens to dev's plan phase alone": trusts(
    "remote-mcp-dev-plan",
    HCP,
    "aws.workload.identity",
    run("dev", "plan"),
  ),
  "dev's apply role opens to dev's apply phase alone": trusts(
    "remote-mcp-dev-apply",
    HCP,
    "aws.workload.identity",
    run("dev", "apply"),
  ),
  "prod's plan role opens to prod's plan phase alone": trusts(
    "remote-mcp-prod-plan",
    HCP,
    "aws.workload.identity",
    run("prod", "plan"),
  ),
  "prod's apply role opens to prod's apply phase alone": trusts(
    "remote-mcp-prod-apply",
    HCP,
    "aws.workload.identity",
    run("prod", "apply"),
  ),
  "dev's GitHub role opens to the environment develop alone": trusts(
    "remote-mcp-dev-github",
    GITHUB,
    "sts.amazonaws.com",
    "repo:octo@1/mcp@2:environment:develop",
  ),
  "prod's GitHub role opens to the environment production alone": trusts(
    "remote-mcp-prod-github",
    GITHUB,
    "sts.amazonaws.com",
    "repo:octo@1/mcp@2:environment:production",
  ),

  "no right has a wildcard for a whole service": (stack) =>
    grants(stack).flatMap(({ where, statement: { Sid, Action } }) =>
      Action.filter((action) => /^\*|:\*/.test(action)).map((action) => `${where} ${Sid}: ${action}`),
    ),
  "a right on everything is one that AWS does not narrow": (stack) =>
    grants(stack)
      .filter(({ statement: { Resource = ["*"] } }) => Resource.includes("*"))
      .flatMap(({ where, statement: { Sid, Action, Condition } }) =>
        Action.filter((action) => !UNNARROWED.test(action) && !Condition?.StringEquals?.["aws:RequestTag/Project"]).map(
          (action) => `${where} ${Sid}: ${action}`,
        ),
      ),
  "no policy of AWS but API Gateway's logging is attached": (stack) =>
    all(stack, "aws_iam_role_policy_attachment")
      .map(({ policy_arn }) => policy_arn)
      .filter(
        (arn) => arn.startsWith("arn:aws:iam::aws:policy/") && !/AmazonAPIGatewayPushToCloudWatchLogs$/.test(arn),
      ),
  "a policy fits into IAM's 6,144 characters": (stack) =>
    all(stack, "aws_iam_policy")
      .filter(({ policy }) => resolve(stack, policy).length > 6144)
      .map(({ name }) => name),

  "no other environment's resource can be re-tagged": (stack) =>
    ENVIRONMENTS.flatMap((mine) => {
      const theirs = mine === "dev" ? "prod" : "dev";
      const statements = roleStatements(stack, `remote-mcp-${mine}-apply`);
      const context = { ...tags("aws:RequestTag", mine), ...tags("aws:ResourceTag", theirs) };
      return tagCalls(statements)
        .filter(({ resource }) => !resource.includes(`remote-mcp-${mine}`))
        .filter((call) => allows(statements, { ...call, context }))
        .map(({ action, resource }) => `${mine} may ${action} on ${resource} of ${theirs}`);
    }),
  "an API's tags are not changed by their path alone": never(
    APPLIES,
    "apigateway:PATCH",
    "arn:aws:apigateway:ap-northeast-1::/restapis/other",
    // Of a tag path AWS may not tell whose it is, so this second call that tagging an API needs must be refused.
    { ...tags("aws:RequestTag", "dev"), ...tags("aws:ResourceTag", "somebody") },
  ),

  "a role of a stack decrypts by SSM alone, and only its own environment's parameters": (stack) =>
    ENVIRONMENTS.flatMap((mine) => {
      const theirs = mine === "dev" ? "prod" : "dev";
      const statements = boundaryStatements(stack, `remote-mcp-${mine}-boundary`);
      const decrypts = (service: string, parameter: string) =>
        allows(statements, {
          action: "kms:Decrypt",
          resource: `arn:aws:kms:ap-northeast-1:${ACCOUNT}:key/0a1b`,
          context: {
            "kms:ViaService": `${service}.ap-northeast-1.amazonaws.com`,
            "kms:EncryptionContext:PARAMETER_ARN": `arn:aws:ssm:ap-northeast-1:${ACCOUNT}:parameter/${parameter}`,
          },
        });
      return [
        ...(decrypts("ssm", `remote-mcp-${mine}/sealing-secret`) ? [] : [`${mine} cannot read its own`]),
        ...(decrypts("ssm", `remote-mcp-${theirs}/sealing-secret`) ? [`${mine} reads ${theirs}'s`] : []),
        ...(decrypts("s3", `remote-mcp-${mine}/sealing-secret`) ? [`${mine} decrypts what is S3's`] : []),
      ];
    }),

  "no role is made without the boundary": never(APPLIES, "iam:CreateRole", role("remote-mcp-dev-x")),
  "no role is made with another boundary": never(
    APPLIES,
    "iam:CreateRole",
    role("remote-mcp-dev-x"),
    boundary("remote-mcp-other"),
  ),
  "no right is given to an unbounded role": never(APPLIES, "iam:PutRolePolicy", role("remote-mcp-dev-x")),
  "the apply role cannot change itself": (stack) =>
    APPLIES.flatMap((name) =>
      ["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole"].flatMap((action) =>
        never([name], action, role(name), boundary(name.replace("-apply", "")))(stack),
      ),
    ),
  "the apply role cannot change what GitHub may": (stack) =>
    APPLIES.flatMap((name) =>
      never([name], "iam:UpdateAssumeRolePolicy", role(name.replace("apply", "github")))(stack),
    ),
  "no boundary can be lifted": never(roleNames, "iam:DeleteRolePermissionsBoundary", role("remote-mcp-dev-mcp")),
  "no boundary can be rewritten": never(
    roleNames,
    "iam:CreatePolicyVersion",
    `arn:aws:iam::${ACCOUNT}:policy/remote-mcp-dev-boundary`,
  ),
  "no managed policy can be attached": never(
    roleNames,
    "iam:AttachRolePolicy",
    role("remote-mcp-dev-mcp"),
    boundary("remote-mcp-dev"),
  ),
  "no user or key can be made": (stack) => [
    ...never(roleNames, "iam:CreateUser", `arn:aws:iam::${ACCOUNT}:user/x`)(stack),
    ...never(roleNames, "iam:CreateAccessKey", `arn:aws:iam::${ACCOUNT}:user/x`)(stack),
  ],
  "no role is passed to a service that is not the stack's": never(
    roleNames,
    "iam:PassRole",
    role("remote-mcp-dev-mcp"),
    { "iam:PassedToService": "ec2.amazonaws.com" },
  ),
  "Terraform cannot put an artifact": never(
    APPLIES,
    "s3:PutObject",
    `arn:aws:s3:::remote-mcp-dev-artifacts-${ACCOUNT}/a.zip`,
  ),
  "Terraform cannot read a file": never(APPLIES, "s3:GetObject", "arn:aws:s3:::remote-mcp-prod-files-1/a"),
  "Terraform cannot delete a file of prod": never(APPLIES, "s3:DeleteObject", "arn:aws:s3:::remote-mcp-prod-files-1/a"),
  "Terraform cannot call a function": never(
    APPLIES,
    "lambda:InvokeFunction",
    `arn:aws:lambda:ap-northeast-1:${ACCOUNT}:function:remote-mcp-prod-mcp:live`,
  ),
  "nobody can make or read a person of the pool": (stack) =>
    ["cognito-idp:AdminCreateUser", "cognito-idp:ListUsers", "cognito-idp:AdminAddUserToGroup"].flatMap((action) =>
      never(roleNames, action, `arn:aws:cognito-idp:ap-northeast-1:${ACCOUNT}:userpool/x`, {
        "aws:ResourceTag/Project": "secured-remote-mcp-server-on-aws",
        "aws:ResourceTag/Environment": "dev",
      })(stack),
    ),

  "prod waits for a person and is not destroyed by a run": workspace("prod", {
    auto_apply: false,
    allow_destroy_plan: false,
  }),
  "dev is applied by itself": workspace("dev", { auto_apply: true, allow_destroy_plan: true }),
  "workspaces are driven by the API": (stack) =>
    all(stack, "tfe_workspace").flatMap(({ name, vcs_repo, working_directory }) => [
      ...(vcs_repo === undefined ? [] : [`${name} has a repository`]),
      ...(working_directory === undefined ? [] : [`${name} has a working directory`]),
    ]),
  "runs happen in HCP Terraform and keep their state to themselves": (stack) =>
    all(stack, "tfe_workspace_settings")
      .filter((settings) => settings.execution_mode !== "remote" || settings.global_remote_state !== false)
      .map(({ workspace_id }) => workspace_id),
  "each phase of each workspace gets its own role": (stack) =>
    ENVIRONMENTS.flatMap((name) =>
      ["plan", "apply"].flatMap((phase) => {
        const key = `TFC_AWS_${phase.toUpperCase()}_ROLE_ARN`;
        const id = Object.keys(stack.resource.aws_iam_role).find((each) => each.startsWith(`${name}-${phase}_role_`));
        const found = all(stack, "tfe_variable").find(
          (variable) => variable.key === key && variable.workspace_id.includes(`.${name}-workspace_`),
        );
        return found?.value === `\${aws_iam_role.${id}.arn}` && found.category === "env" ? [] : [`${name}: ${key}`];
      }),
    ),
  "no secret is in a variable": (stack) =>
    all(stack, "tfe_variable")
      .map(({ key }) => key)
      .filter((key) => !/^TFC_AWS_(PROVIDER_AUTH|PLAN_ROLE_ARN|APPLY_ROLE_ARN)$/.test(key)),

  "only two may put an artifact": (stack) =>
    all(stack, "aws_s3_bucket_policy").flatMap(({ policy }) => {
      const deny: Statement[] = JSON.parse(resolve(stack, policy)).Statement;
      const put = (principal: string) => ({
        action: "s3:PutObject",
        resource: deny[1]?.Resource?.[0]?.replace("*", "a.zip") ?? "",
        context: { "aws:PrincipalArn": principal, "aws:SecureTransport": "true" },
      });
      const anybody = { Sid: "", Effect: "Allow" as const, Action: ["s3:PutObject"] };
      const environment = /remote-mcp-(\w+)-artifacts/.exec(put("").resource)?.[1];
      const others = ["apply", "plan", "mcp"].map((kind) => role(`remote-mcp-${environment}-${kind}`));
      const writers = [role(`remote-mcp-${environment}-github`), role("operator")];
      return [
        ...writers.filter((arn) => !allows([anybody, ...deny], put(arn))).map((arn) => `${arn} may not`),
        ...others.filter((arn) => allows([anybody, ...deny], put(arn))).map((arn) => `${arn} may`),
      ];
    }),
  "artifacts travel over TLS only": (stack) =>
    all(stack, "aws_s3_bucket_policy")
      .map(({ policy }): Statement[] => JSON.parse(policy).Statement)
      .filter(([tls]) => tls?.Effect !== "Deny" || tls.Condition?.Bool?.["aws:SecureTransport"] !== "false")
      .map(() => "a bucket policy without it"),
  "artifacts are closed, versioned, encrypted and kept": (stack) => [
    ...all(stack, "aws_s3_bucket_public_access_block")
      .filter(
        (b) => !(b.block_public_acls && b.block_public_policy && b.ignore_public_acls && b.restrict_public_buckets),
      )
      .map(({ bucket }) => `${bucket} is open`),
    ...all(stack, "aws_s3_bucket_versioning")
      .filter(({ versioning_configuration: { status } }) => status !== "Enabled")
      .map(({ bucket }) => `${bucket} is not versioned`),
    ...all(stack, "aws_s3_bucket")
      .filter(({ lifecycle, force_destroy }) => lifecycle?.prevent_destroy !== true || force_destroy)
      .map(({ bucket }) => `${bucket} can be destroyed`),
    ...(all(stack, "aws_s3_bucket_server_side_encryption_configuration").length === 2 ? [] : ["encryption is missing"]),
  ],
  "providers and logging are made only where the variable says so": (stack) =>
    [
      ["aws_iam_openid_connect_provider", /^\$\{var\.create_(hcp|github)_oidc_provider \? 1 : 0\}$/],
      ["aws_api_gateway_account", /^\$\{var\.create_api_gateway_logging \? 1 : 0\}$/],
    ].flatMap(([type, wanted]) =>
      all(stack, String(type))
        .filter(({ count }) => !(wanted instanceof RegExp && wanted.test(count)))
        .map(() => String(type)),
    ),
  "the state has a fixed place": (stack) =>
    stack.terraform.backend?.local?.path === "../../../terraform.bootstrap.tfstate" ? [] : ["it has not"],
};

/** Lists, and lookups by a name that has no ARN; rights of Lambda to network interfaces; traces. */
const UNNARROWED =
  /^(ec2:Describe|ssm:DescribeParameters$|cognito-idp:DescribeUserPoolDomain$|cloudtrail:DescribeTrails$|route53resolver:ListFirewallConfigs$|ec2:(Assign|Unassign)PrivateIpAddresses$|ec2:(Create|Delete)NetworkInterface$|xray:Put)/;
