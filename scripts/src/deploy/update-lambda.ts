import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { actor } from "../actor.ts";
import { awsClient, lambdaClient, readMachineCredentials } from "../aws.ts";
import { flag, option, required, runCommand } from "../command.ts";
import { readRelease } from "../release/release.ts";
import { uploadZips, zipKey } from "../release/upload.ts";
import { lambdaFunctions } from "./lambda.ts";
import { probes } from "./probe.ts";
import { readTarget } from "./target.ts";
import { throughPublicUrl } from "./through-public-url.ts";
import { updateRelease } from "./update.ts";

await runCommand({
  name: "update-lambda",
  summary:
    "brings a release's functions to an environment, tries them before and after callers meet them, and moves back by itself.",
  options: z.object({
    outputs: required("<file>", "the environment's Terraform outputs (`terraform output -json`), - for stdin"),
    bucket: required("<name>", "its artifacts bucket (bootstrap's output)"),
    release: option("<folder>", "the release (default: dist/release)"),
    digest: option("<sha256>", "what release.json must have"),
    "take-over": flag("go on although another update is marked as running (it died)"),
  }),
  notes: `Run it after every infrastructure run: a version freezes configuration too. Without a change it does nothing.
Safe to run again whenever it was cut off.

Exit codes: 0 the release serves; 1 it does not, the versions from before do; 2 wrong arguments;
3 a person must act now; 4 another update is or was at work.`,
  async run({ outputs, bucket, release: folder = "dist/release", digest, "take-over": takeOver }, say) {
    const release = readRelease(folder, digest || undefined);
    const target = readTarget(outputs);
    const credentials = await readMachineCredentials(target.machineSecretName);
    const functions = lambdaFunctions(lambdaClient());
    await uploadZips(new S3Client(awsClient), bucket, folder, release);
    const facts = {
      mcpUrl: target.mcpUrl,
      machine: { clientId: credentials.clientId, scope: credentials.scope },
      tools: release.tools,
    };
    const result = await updateRelease({
      functions,
      refs: target.functions,
      release,
      source: ({ key }) => ({ bucket, key: zipKey(release.functions[key]?.sha256 ?? "") }),
      probe: (fn, version) => probes[fn.key]((event) => functions.invoke(fn, version, event), facts),
      smoke: throughPublicUrl(target.mcpUrl, credentials, say),
      by: actor(),
      now: () => new Date(),
      say,
      takeOver,
    });
    return { text: result.message, data: { release: release.commit, ...result }, exitCode: result.exitCode };
  },
});
