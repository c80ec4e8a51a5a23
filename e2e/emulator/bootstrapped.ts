import * as z from "zod";
import { queryCall, rawCall } from "./raw-call.ts";

const bootstrapSchema = z.object({
  resource: z.object({
    aws_iam_policy: z.record(z.string(), z.object({ name: z.string(), policy: z.string() })),
  }),
});
const documentSchema = z.looseObject({
  Statement: z.array(z.looseObject({ Effect: z.enum(["Allow", "Deny"]), Action: z.array(z.string()) })),
});

const ACCOUNT = "000000000000";
const IAM = "2010-05-08";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** An account in which the bootstrap stack has been applied, as far as a service stack needs it. */
export class BootstrappedAccount {
  readonly #policies: readonly { readonly name: string; readonly policy: string }[];
  readonly #endpoint: string;
  readonly #region: string;

  /** @param bootstrap the synthesized bootstrap stack */
  constructor(bootstrap: unknown, endpoint: string, region: string) {
    this.#policies = Object.values(bootstrapSchema.parse(bootstrap).resource.aws_iam_policy);
    this.#endpoint = endpoint;
    this.#region = region;
  }

  /** Makes the policy that bounds the stack's roles, as it is: with it the functions can do no more here than in AWS. */
  async createBoundary(name: string): Promise<void> {
    const boundary = this.#policies.find((policy) => policy.name === name);
    if (!boundary) throw new Error(`The bootstrap stack has no policy named ${name}.`);
    await this.#createPolicy(name, inThisAccount(boundary.policy));
  }

  /**
   * Makes the role of one run phase and assumes it. Its rights are those of the bootstrap stack, action by action: a call
   * that the provider makes and the role lacks is denied. Which resources and tags they are for is proven elsewhere
   * (bootstrap/test): the emulator names neither for what is being made.
   */
  async assume(roleName: string): Promise<Credentials> {
    await this.#iam("CreateRole", {
      RoleName: roleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "sts:AssumeRole" }],
      }),
    });
    const own = this.#policies.filter(({ name }) => name.startsWith(`${roleName}-`));
    if (own.length === 0) throw new Error(`The bootstrap stack has no policies of a role named ${roleName}.`);
    for (const { name, policy } of own) {
      await this.#createPolicy(name, actionsOnly(inThisAccount(policy)));
      await this.#iam("AttachRolePolicy", { RoleName: roleName, PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/${name}` });
    }
    const answer = await rawCall(
      this.#endpoint,
      this.#region,
      queryCall("sts", "2011-06-15", {
        Action: "AssumeRole",
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/${roleName}`,
        RoleSessionName: "emulator",
      }),
    );
    return {
      accessKeyId: element(answer, "AccessKeyId"),
      secretAccessKey: element(answer, "SecretAccessKey"),
      sessionToken: element(answer, "SessionToken"),
    };
  }

  async #createPolicy(PolicyName: string, PolicyDocument: string): Promise<void> {
    await this.#iam("CreatePolicy", { PolicyName, PolicyDocument });
  }

  async #iam(Action: string, parameters: Readonly<Record<string, string>>): Promise<void> {
    await rawCall(this.#endpoint, this.#region, queryCall("iam", IAM, { Action, ...parameters }));
  }
}

function inThisAccount(policy: string): string {
  const text = policy.replaceAll(/\$\{data\.aws_caller_identity\.\w+\.account_id\}/g, ACCOUNT);
  if (text.includes("${")) throw new Error(`A policy refers to more than the account: ${text}`);
  return text;
}

/** What is allowed, on whatever: see {@link BootstrappedAccount.assume}. A Deny stays as it is. */
function actionsOnly(policy: string): string {
  const { Statement, ...rest } = documentSchema.parse(JSON.parse(policy));
  const widened = Statement.map((statement) =>
    statement.Effect === "Deny"
      ? statement
      : {
          Effect: statement.Effect,
          // The emulator takes the path of GetAlias for that of ListAliases.
          Action: statement.Action.flatMap((action) =>
            action === "lambda:GetAlias" ? [action, "lambda:ListAliases"] : [action],
          ),
          Resource: "*",
        },
  );
  return JSON.stringify({ ...rest, Statement: widened });
}

function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  if (text === undefined) throw new Error(`The emulator's answer has no ${name}: ${xml}`);
  return text;
}
