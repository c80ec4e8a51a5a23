import { tools } from "@remote-mcp/server/manifest";
import { all, changePolicy, one, type Promised, statements, strings, without } from "./promise.ts";

/** Actions that know no narrower resource: network interfaces of a function in a VPC, traces. */
const WITHOUT_RESOURCE = /^(ec2:(Assign|Unassign)PrivateIpAddresses|ec2:(Create|Delete|Describe)\w+|xray:Put\w+)$/;

const BLOCKS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
const BUCKET_PARTS = [
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
];

export const access: readonly Promised[] = [
  {
    that: "no policy allows a wildcard of actions",
    brokenBy: (stack) =>
      statements(stack).filter(
        ({ Effect, Action }) => Effect === "Allow" && Action.some((action) => action.includes("*")),
      ),
    breakIt: (stack) => changePolicy(stack, "aws_iam_role_policy", ({ Statement }) => Statement[0].Action.push("s3:*")),
  },
  {
    that: "a role's rights name resources wherever the action knows one",
    brokenBy: (stack) =>
      statements(stack, "aws_iam_role_policy").filter(
        ({ Effect, Action, Resource }) =>
          Effect === "Allow" &&
          Resource?.some((resource) => resource === "*") &&
          !Action.every((action) => WITHOUT_RESOURCE.test(action)),
      ),
    breakIt: (stack) =>
      changePolicy(stack, "aws_iam_role_policy", ({ Statement }) => {
        Statement.at(-1).Resource = ["*"];
      }),
  },
  {
    that: "the function's code gets none of the rights to network interfaces",
    brokenBy: (stack) => {
      const ec2 = statements(stack, "aws_iam_role_policy").filter(({ Action }) => Action[0]?.startsWith("ec2:"));
      const allowed = ec2.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);
      const denied = ec2
        .filter(({ Effect, Condition }) => Effect === "Deny" && Condition?.ArnEquals?.["lambda:SourceFunctionArn"])
        .flatMap(({ Action }) => Action);
      return allowed.filter((action) => !denied.includes(action));
    },
    breakIt: (stack) =>
      changePolicy(
        stack,
        "aws_iam_role_policy",
        (policy) => {
          policy.Statement = policy.Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow");
        },
        "mcp",
      ),
  },
  {
    that: "the MCP function may do with files what the tools' scopes need, and nothing else",
    brokenBy: (stack) => {
      const needed = new Set(
        tools.flatMap(({ scope }) => (scope === "read" ? ["s3:ListBucket", "s3:GetObject"] : ["s3:PutObject"])),
      );
      const given = statements(stack, "aws_iam_role_policy")
        .filter(({ address }) => address.startsWith("aws_iam_role_policy.mcp"))
        .flatMap(({ Action }) => Action.filter((action) => action.startsWith("s3:")));
      return [
        ...given.filter((action) => !needed.has(action)),
        ...[...needed].filter((action) => !given.includes(action)),
      ];
    },
    breakIt: (stack) =>
      changePolicy(
        stack,
        "aws_iam_role_policy",
        ({ Statement }) => Statement.at(-1).Action.push("s3:DeleteObject"),
        "mcp",
      ),
  },
  {
    that: "the OAuth function may read its secret and write its log, and nothing else",
    brokenBy: (stack) =>
      statements(stack, "aws_iam_role_policy")
        .filter(({ address }) => address.startsWith("aws_iam_role_policy.oauth"))
        .flatMap(({ Action }) => Action)
        .filter(
          (action) => !/^(ssm:GetParameter|kms:Decrypt|logs:(CreateLogStream|PutLogEvents)|xray:Put\w+)$/.test(action),
        ),
    breakIt: (stack) =>
      changePolicy(
        stack,
        "aws_iam_role_policy",
        ({ Statement }) => Statement[0].Action.push("ssm:PutParameter"),
        "oauth",
      ),
  },
  {
    that: "a role decrypts by SSM alone, and only a parameter that it may read",
    brokenBy: (stack) => {
      const granted = statements(stack, "aws_iam_role_policy").filter(({ Effect }) => Effect === "Allow");
      const readable = granted.filter(({ Action }) => Action.includes("ssm:GetParameter"));
      const decrypting = granted.filter(({ Action }) => Action.some((action) => action.startsWith("kms:")));
      return [
        ...decrypting.filter(
          ({ address, Action, Condition }) =>
            Action.join() !== "kms:Decrypt" ||
            !/^ssm\.[\w-]+\.amazonaws\.com$/.test(Condition?.StringEquals?.["kms:ViaService"]) ||
            !readable.some(
              (reads) =>
                reads.address === address &&
                reads.Resource?.includes(Condition?.StringEquals?.["kms:EncryptionContext:PARAMETER_ARN"]),
            ),
        ),
        // And it can: a SecureString is not read without.
        ...readable.filter(({ address }) => !decrypting.some((statement) => statement.address === address)),
      ];
    },
    breakIt: (stack) =>
      changePolicy(
        stack,
        "aws_iam_role_policy",
        ({ Statement }) => {
          delete Statement.at(-1).Condition;
        },
        "oauth",
      ),
  },
  {
    that: "no role gets a policy from elsewhere",
    brokenBy: (stack) => [
      ...all(stack, "aws_iam_role_policy_attachment", "aws_iam_policy_attachment").map(({ address }) => address),
      ...without(all(stack, "aws_iam_role"), ({ managed_policy_arns }) => !managed_policy_arns),
    ],
    breakIt: (stack) => {
      one(stack, "aws_iam_role").managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"];
    },
  },
  {
    that: "every role stays within the environment's permissions boundary",
    brokenBy: (stack) =>
      without(all(stack, "aws_iam_role"), ({ permissions_boundary }) =>
        /:policy\/remote-mcp-(dev|prod)-boundary$/.test(permissions_boundary),
      ),
    breakIt: (stack) => {
      delete one(stack, "aws_iam_role").permissions_boundary;
    },
  },
  {
    that: "every role trusts one AWS service and nobody else",
    brokenBy: (stack) =>
      statements(stack, "aws_iam_role").filter(
        ({ Principal, Action }) =>
          typeof Principal?.Service !== "string" ||
          Object.keys(Principal).length !== 1 ||
          Action.join() !== "sts:AssumeRole",
      ),
    breakIt: (stack) =>
      changePolicy(stack, "aws_iam_role", ({ Statement }) => {
        Statement[0].Principal = { AWS: "*" };
      }),
  },
  {
    that: "a function is called through its alias by one route of the API, never by a wildcard",
    brokenBy: (stack) =>
      without(
        all(stack, "aws_lambda_permission"),
        ({ principal, source_arn, qualifier }) =>
          principal === "apigateway.amazonaws.com" &&
          /^\$\{aws_api_gateway_rest_api\.\w+\.execution_arn\}\/live\/(GET|POST)\/[a-z]+$/.test(source_arn) &&
          /^\$\{aws_lambda_alias\./.test(qualifier),
      ),
    breakIt: (stack) => {
      one(stack, "aws_lambda_permission").source_arn += "/*";
    },
  },
  {
    that: "no function has a URL of its own",
    brokenBy: (stack) => all(stack, "aws_lambda_function_url").map(({ address }) => address),
    breakIt: (stack) => {
      stack.resource.aws_lambda_function_url = { open: { function_name: "mcp", authorization_type: "NONE" } };
    },
  },
  {
    that: "every bucket has all that makes it private: versions, encryption, ownership, lifecycle, policy, no public access",
    brokenBy: (stack) =>
      all(stack, "aws_s3_bucket").flatMap(({ address }) =>
        BUCKET_PARTS.filter((type) => !all(stack, type).some(({ value }) => value.bucket.includes(`${address}.`))),
      ),
    breakIt: (stack) => {
      stack.resource.aws_s3_bucket.another = { bucket_prefix: "x" };
    },
  },
  {
    that: "public access to buckets is blocked in all four ways",
    brokenBy: (stack) =>
      without(all(stack, "aws_s3_bucket_public_access_block"), (block) => BLOCKS.every((each) => block[each] === true)),
    breakIt: (stack) => {
      one(stack, "aws_s3_bucket_public_access_block").restrict_public_buckets = false;
    },
  },
  {
    that: "no bucket policy allows anybody but an AWS service, nor denies everything",
    brokenBy: (stack) =>
      statements(stack, "aws_s3_bucket_policy").filter(({ Effect, Principal, Action }) =>
        Effect === "Allow" ? typeof Principal?.Service !== "string" : Action.includes("s3:*"),
      ),
    breakIt: (stack) =>
      changePolicy(stack, "aws_s3_bucket_policy", ({ Statement }) =>
        Statement.push({ Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: ["*"] }),
      ),
  },
  {
    that: "every bucket refuses plain HTTP",
    brokenBy: (stack) =>
      without(all(stack, "aws_s3_bucket_policy"), ({ policy }) =>
        JSON.parse(policy).Statement.some(
          (statement: { Effect: string; Condition?: { Bool?: Record<string, string> } }) =>
            statement.Effect === "Deny" && statement.Condition?.Bool?.["aws:SecureTransport"] === "false",
        ),
      ),
    breakIt: (stack) => changePolicy(stack, "aws_s3_bucket_policy", ({ Statement }) => Statement.shift()),
  },
  {
    that: "files are read and written through the VPC endpoint or by named roles",
    brokenBy: (stack) => {
      const guard = statements(stack, "aws_s3_bucket_policy").find(
        ({ Effect, Condition }) => Effect === "Deny" && Condition?.StringNotEquals?.["aws:SourceVpce"],
      );
      const roles: string[] = guard?.Condition.ArnNotLike["aws:PrincipalArn"] ?? [];
      const covered = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"].every((action) =>
        guard?.Action.includes(action),
      );
      return covered
        ? roles.filter((role) => !/:role\/(aws-reserved\/sso\.amazonaws\.com\/\*|[\w-]+)$/.test(role))
        : ["guard"];
    },
    breakIt: (stack) => changePolicy(stack, "aws_s3_bucket_policy", ({ Statement }) => Statement.pop(), "files"),
  },
  {
    that: "no secret stands in the clear: the machine's is a reference, the sealing secret a write-only placeholder",
    brokenBy: (stack) => [
      ...without(all(stack, "aws_secretsmanager_secret_version"), ({ secret_string }) =>
        /^\$\{aws_cognito_user_pool_client\.[^}]+\.client_secret\}$/.test(JSON.parse(secret_string).client_secret),
      ),
      ...without(
        all(stack, "aws_ssm_parameter"),
        ({ type, value, value_wo }) =>
          type === "SecureString" && value === undefined && value_wo.startsWith("placeholder"),
      ),
      ...strings(stack)
        .filter(({ text }) => /AKIA[0-9A-Z]{16}|-----BEGIN|eyJ[\w-]{20,}\.|ghp_\w{20}/.test(text))
        .map(({ path }) => path),
    ],
    breakIt: (stack) => {
      one(stack, "aws_ssm_parameter").value = "hunter2";
    },
  },
  {
    that: "the machine's secret goes to Secrets Manager and nowhere else",
    brokenBy: (stack) =>
      strings(stack)
        .filter(
          ({ path, text }) => text.includes(".client_secret}") && !path.includes("aws_secretsmanager_secret_version"),
        )
        .map(({ path }) => path),
    breakIt: (stack) => {
      stack.output.oops = { value: `\${aws_cognito_user_pool_client.machine_client_0.client_secret}` };
    },
  },
];
