import { describe, expect, it } from "@jest/globals";
import { promises } from "./promises.ts";
import { type Json, synthesized } from "./stack.ts";

const stack = synthesized();

/** Breaks one promise in a copy of the stack. */
type Breakage = (resource: Json, stack: Json) => void;

const find = (resource: Json, type: string, start: string): Json => {
  const id = Object.keys(resource[type]).find((key) => key.startsWith(start));
  if (id === undefined) throw new Error(`There is no ${type} whose id begins with ${start}.`);
  return resource[type][id];
};
const one = (ofType: Json): Json => Object.values(ofType)[0];
const inTrust =
  (role: string, from: string, to: string): Breakage =>
  (resource) => {
    const found = find(resource, "aws_iam_role", role);
    found.assume_role_policy = replaced(found.assume_role_policy, from, to);
  };
const grant =
  (policy: string, statement: Json): Breakage =>
  (resource) => {
    const found = find(resource, "aws_iam_policy", policy);
    const document = JSON.parse(found.policy);
    document.Statement.push({ Sid: "Broken", Effect: "Allow", ...statement });
    found.policy = JSON.stringify(document);
  };
const without =
  (policy: string, sid: string, part?: "Condition"): Breakage =>
  (resource) => {
    const found = find(resource, "aws_iam_policy", policy);
    const document = JSON.parse(found.policy);
    const index = document.Statement.findIndex((each: Json) => each.Sid === sid);
    if (index < 0) throw new Error(`${policy} has no statement ${sid}.`);
    if (part) delete document.Statement[index][part];
    else document.Statement.splice(index, 1);
    found.policy = JSON.stringify(document);
  };
/** The statement asks for the tags of the request, and not whose the resource is. */
const relabelled =
  (policy: string, sid: string): Breakage =>
  (resource) => {
    const found = find(resource, "aws_iam_policy", policy);
    const document = JSON.parse(found.policy);
    delete document.Statement.find((each: Json) => each.Sid === sid).Condition.StringEqualsIfExists;
    found.policy = JSON.stringify(document);
  };
function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`"${from}" is not in ${text}`);
  return text.replace(from, to);
}
const allow = (Action: string, Resource = "*") => ({ Action: [Action], Resource: [Resource] });

const breakages: Record<keyof typeof promises, Breakage> = {
  "dev's plan role opens to dev's plan phase alone": inTrust("dev-plan_", "run_phase:plan", "run_phase:*"),
  "dev's apply role opens to dev's apply phase alone": inTrust("dev-apply_", "run_phase:apply", "run_phase:plan"),
  "prod's plan role opens to prod's plan phase alone": inTrust("prod-plan_", "workspace:prod", "workspace:dev"),
  "prod's apply role opens to prod's apply phase alone": inTrust("prod-apply_", "StringEquals", "StringLike"),
  "dev's GitHub role opens to the environment develop alone": inTrust("dev-github_", ":environment:develop", ":*"),
  "prod's GitHub role opens to the environment production alone": inTrust("prod-github_", "production", "develop"),
  "no right has a wildcard for a whole service": grant("dev-apply_network", allow("ec2:*")),
  "a right on everything is one that AWS does not narrow": grant("prod-plan_api", allow("s3:GetObject")),
  "no policy of AWS but API Gateway's logging is attached": (resource) => {
    const attachments = resource.aws_iam_role_policy_attachment;
    attachments.broken = {
      role: "elsewhere",
      policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
    };
  },
  "a policy fits into IAM's 6,144 characters": grant("prod-apply_network", allow("ec2:x".repeat(1000))),
  "no other environment's resource can be re-tagged": relabelled("dev-apply_dns-firewall", "LabelDnsFirewall"),
  "an API's tags are not changed by their path alone": without("prod-apply_api", "ChangeApi", "Condition"),
  "a role of a stack decrypts by SSM alone, and only its own environment's parameters": without(
    "prod-boundary",
    "DecryptOwnParameters",
    "Condition",
  ),
  "no role is made without the boundary": without("dev-apply_compute", "ChangeBoundedRoles", "Condition"),
  "no role is made with another boundary": (resource) => {
    const policy = find(resource, "aws_iam_policy", "dev-apply_compute");
    policy.policy = replaced(policy.policy, "policy/remote-mcp-dev-boundary", "policy/remote-mcp-other-boundary");
  },
  "no right is given to an unbounded role": grant(
    "dev-apply_compute",
    allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/remote-mcp-dev-*"),
  ),
  "the apply role cannot change itself": without("prod-apply_compute", "KeepBootstrapRoles"),
  "the apply role cannot change what GitHub may": without("dev-apply_compute", "KeepBootstrapRoles"),
  "no boundary can be lifted": grant("dev-apply_compute", allow("iam:DeleteRolePermissionsBoundary")),
  "no boundary can be rewritten": grant("dev-github_release", allow("iam:CreatePolicyVersion")),
  "no managed policy can be attached": grant("dev-apply_compute", allow("iam:AttachRolePolicy")),
  "no user or key can be made": grant("prod-apply_compute", allow("iam:CreateUser")),
  "no role is passed to a service that is not the stack's": without("dev-apply_compute", "PassRoles", "Condition"),
  "Terraform cannot put an artifact": (resource) => {
    const policy = find(resource, "aws_iam_policy", "dev-apply_storage");
    policy.policy = policy.policy.replaceAll("dev-files-*", "dev-*").replace("s3:DeleteObject", "s3:PutObject");
  },
  "Terraform cannot read a file": grant("prod-apply_storage", allow("s3:Get*")),
  "Terraform cannot delete a file of prod": grant("prod-apply_storage", allow("s3:DeleteObject")),
  "Terraform cannot call a function": grant("prod-apply_compute", allow("lambda:Invoke*")),
  "nobody can make or read a person of the pool": grant("dev-plan_identity", allow("cognito-idp:List*")),
  "prod waits for a person and is not destroyed by a run": (resource) => {
    find(resource, "tfe_workspace", "prod-").auto_apply = true;
  },
  "dev is applied by itself": (resource) => {
    find(resource, "tfe_workspace", "dev-").auto_apply = false;
  },
  "workspaces are driven by the API": (resource) => {
    find(resource, "tfe_workspace", "dev-").working_directory = "infra";
  },
  "runs happen in HCP Terraform and keep their state to themselves": (resource) => {
    find(resource, "tfe_workspace_settings", "prod-").execution_mode = "local";
  },
  "each phase of each workspace gets its own role": (resource) => {
    const apply = find(resource, "tfe_variable", "dev-workspace_TFC_AWS_APPLY");
    find(resource, "tfe_variable", "dev-workspace_TFC_AWS_PLAN").value = apply.value;
  },
  "no secret is in a variable": (resource) => {
    find(resource, "tfe_variable", "dev-").key = "AWS_SECRET_ACCESS_KEY";
  },
  "only two may put an artifact": (resource) => {
    const policy = find(resource, "aws_s3_bucket_policy", "prod-");
    policy.policy = replaced(policy.policy, "remote-mcp-prod-github", "*");
  },
  "artifacts travel over TLS only": (resource) => {
    const policy = find(resource, "aws_s3_bucket_policy", "prod-");
    policy.policy = replaced(policy.policy, '"aws:SecureTransport":"false"', '"aws:SecureTransport":"true"');
  },
  "artifacts are closed, versioned, encrypted and kept": (resource) => {
    delete find(resource, "aws_s3_bucket", "prod-").lifecycle;
  },
  "providers and logging are made only where the variable says so": (resource) => {
    delete one(resource.aws_api_gateway_account).count;
  },
  "the state has a fixed place": (_, broken) => {
    broken.terraform.backend.local.path = "/home/somebody/terraform.tfstate";
  },
};

describe("the bootstrap stack promises that", () => {
  it.each(Object.entries(promises))("%s", (_, holds) => {
    expect(holds(stack)).toEqual([]);
  });
});

describe("a broken promise is noticed:", () => {
  it.each([
    ["dev-apply_dns-firewall", "LabelDnsFirewall"],
    ["prod-apply_api", "LabelApi"],
    ["dev-apply_api", "LabelPartOfApi"],
    ["dev-apply_api", "CreateDistribution"],
    ["prod-apply_identity", "LabelPool"],
    ["dev-apply_network", "LabelNetwork"],
  ])("in %s, a %s that re-tags what is another's", (policy, sid) => {
    const copy = structuredClone(stack);
    relabelled(policy, sid)(copy.resource, copy);
    expect(promises["no other environment's resource can be re-tagged"]?.(copy)).not.toEqual([]);
  });
  it.each(Object.entries(breakages))("%s", (name, breakIt) => {
    const copy = structuredClone(stack);
    breakIt(copy.resource, copy);
    expect(promises[name]?.(copy)).not.toEqual([]);
  });
  it("each of them", () => {
    expect(Object.keys(breakages).sort()).toEqual(Object.keys(promises).sort());
  });
});
