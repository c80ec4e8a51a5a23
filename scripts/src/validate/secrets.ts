import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { z } from "zod";
import { awsClient } from "../aws.ts";
import { find, report } from "../check.ts";
import { flag, runCommand } from "../command.ts";
import { HcpTerraform, NotShown } from "../hcp/api.ts";

/** What a GitHub environment must define, and where. */
const always = [
  { name: "TF_API_TOKEN", kind: "secret", what: "an HCP Terraform team token" },
  { name: "TF_CLOUD_ORGANIZATION", kind: "variable", what: "the HCP Terraform organization" },
  { name: "TF_WORKSPACE", kind: "variable", what: "dev-<repository> or prod-<repository>" },
] as const;
/** Of those that do more than plan. */
const forReleases = [
  { name: "AWS_ROLE_ARN", kind: "variable", what: "the environment's GitHub role (bootstrap's output)" },
  { name: "ARTIFACTS_BUCKET", kind: "variable", what: "the environment's artifacts bucket (bootstrap's output)" },
] as const;

await runCommand({
  name: "validate-secrets",
  summary: "checks that a GitHub environment has every secret and variable, and that each one works.",
  options: z.object({ "names-only": flag("only check that they are there (before AWS credentials are)") }),
  notes: `Reads ${[...always, ...forReleases].map(({ name }) => name).join(", ")} and GITHUB_ENVIRONMENT_NAME.
An environment whose name begins with "plan" has the first three alone, and a token that can plan this one workspace.

Exit codes: 0 all of them work; 1 some do not, each is named.`,
  async run({ "names-only": namesOnly }) {
    const environment = process.env.GITHUB_ENVIRONMENT_NAME || "<environment>";
    const plansOnly = environment.startsWith("plan");
    const needed = plansOnly ? always : [...always, ...forReleases];
    const value = (name: (typeof always | typeof forReleases)[number]["name"]) => process.env[name] ?? "";
    const names = await Promise.all(
      needed.map(({ name, kind, what }) =>
        find(name, async () => {
          if (value(name) !== "") return "is there";
          throw new Error(`is missing: gh ${kind} set ${name} --env ${environment}   (${what})`);
        }),
      ),
    );
    if (namesOnly || names.some(({ ok }) => !ok)) return report(names);
    const hcp = new HcpTerraform({ token: value("TF_API_TOKEN"), origin: process.env.TF_HOSTNAME_URL });
    const terraform = [
      await find("HCP Terraform", async () => {
        const workspace = await hcp.workspace(value("TF_CLOUD_ORGANIZATION"), value("TF_WORKSPACE"));
        if (workspace.executionMode !== "remote")
          throw new Error("the workspace does not run remotely: apply bootstrap again.");
        if (workspace.hasVcs)
          throw new Error(
            "the workspace is connected to a repository, which refuses uploaded configurations: apply bootstrap again.",
          );
        if (workspace.workingDirectory !== "")
          throw new Error("the workspace has a working directory, and uploads have none: apply bootstrap again.");
        if (workspace.locked) throw new Error("the workspace is locked: look who locked it, in HCP Terraform.");
        if (plansOnly && workspace.canApply)
          throw new Error(`the token can apply: give ${environment} one of a team with the permission plan.`);
        return `${value("TF_WORKSPACE")} runs remotely, ${workspace.autoApply ? "applies by itself" : "waits for confirmation"}`;
      }),
    ];
    if (plansOnly) return report([...names, ...terraform, await find("no other workspace", () => alone(hcp, value))]);
    const aws = [
      await find("AWS role", async () => {
        const { Arn } = await new STSClient(awsClient).send(new GetCallerIdentityCommand({}));
        const role = value("AWS_ROLE_ARN").split("/").at(-1) ?? "";
        if (!Arn?.includes(`/${role}/`))
          throw new Error(`the credentials are ${Arn}'s, not of ${value("AWS_ROLE_ARN")}.`);
        return `${Arn}`;
      }),
      await find("artifacts bucket", async () => {
        await new S3Client(awsClient).send(new HeadBucketCommand({ Bucket: value("ARTIFACTS_BUCKET") }));
        return value("ARTIFACTS_BUCKET");
      }),
    ];
    return report([...names, ...terraform, ...aws]);
  },
});

/** A plan reads what its workspace's role may read, so the token of one environment must not plan the other. */
async function alone(hcp: HcpTerraform, value: (name: "TF_CLOUD_ORGANIZATION" | "TF_WORKSPACE") => string) {
  const other = value("TF_WORKSPACE").replace(/^(dev|prod)-/, (mine) => (mine === "dev-" ? "prod-" : "dev-"));
  try {
    await hcp.workspace(value("TF_CLOUD_ORGANIZATION"), other);
  } catch (error) {
    if (error instanceof NotShown) return `${other} is not shown to the token`;
    throw error;
  }
  throw new Error(`the token reaches ${other} too: use one of a team that has ${value("TF_WORKSPACE")} alone.`);
}
