import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeWithResponseStreamCommand,
  type LambdaClient,
  PublishVersionCommand,
  paginateListVersionsByFunction,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { z } from "zod";
import { CommandError } from "../command.ts";
import { type Alias, type Functions, type Snapshot, Superseded } from "./functions.ts";

/** Lambda takes some seconds to take over code or configuration, more in a VPC. */
const SETTLE_SECONDS = 120;

/** {@link Functions} on AWS. Throttling is the SDK's to retry: give the client enough attempts. */
export function lambdaFunctions(client: LambdaClient, pollMilliseconds = 1_000): Functions {
  const configuration = (name: string, version: string) =>
    attempt(() => client.send(new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: version })));

  /** `$LATEST` once nothing about it is in progress: publishing before would freeze the old code. */
  async function settled(name: string): Promise<Snapshot> {
    const deadline = Date.now() + SETTLE_SECONDS * 1_000;
    for (;;) {
      const latest = await configuration(name, "$LATEST");
      const failed = latest.LastUpdateStatus === "Failed" || latest.State === "Failed";
      if (failed)
        throw new CommandError(
          `Lambda could not update ${name}: ${latest.LastUpdateStatusReason ?? latest.StateReason}`,
        );
      // An idle function wakes at its next call, and takes an update without.
      if (latest.LastUpdateStatus !== "InProgress" && latest.State !== "Pending") return snapshot(latest);
      if (Date.now() > deadline)
        throw new CommandError(`${name} is still being updated after ${SETTLE_SECONDS} s: run this again later.`);
      await sleep(pollMilliseconds);
    }
  }

  return {
    async alias({ name, alias }) {
      return aliasOf(await attempt(() => client.send(new GetAliasCommand({ FunctionName: name, Name: alias }))));
    },
    async snapshot({ name }, version) {
      return version === "$LATEST" ? settled(name) : snapshot(await configuration(name, version));
    },
    async updateCode({ name }, { bucket, key }, revision) {
      const sent = await attempt(() =>
        client.send(
          new UpdateFunctionCodeCommand({ FunctionName: name, S3Bucket: bucket, S3Key: key, RevisionId: revision }),
        ),
      );
      const latest = await settled(name);
      if (latest.codeSha256 !== snapshot(sent).codeSha256)
        throw new Superseded(`somebody else gave ${name} other code`);
      return latest;
    },
    async publish({ name }, { codeSha256, revision }, description) {
      const published = await attempt(() =>
        client.send(
          new PublishVersionCommand({
            FunctionName: name,
            CodeSha256: Buffer.from(codeSha256, "hex").toString("base64"),
            RevisionId: revision,
            Description: description,
          }),
        ),
      );
      return snapshot(published);
    },
    async invoke({ name }, version, event) {
      const { EventStream } = await attempt(() =>
        client.send(
          new InvokeWithResponseStreamCommand({
            FunctionName: name,
            Qualifier: version,
            Payload: Buffer.from(JSON.stringify(event)),
          }),
        ),
      );
      const chunks: Uint8Array[] = [];
      for await (const { PayloadChunk, InvokeComplete } of EventStream ?? []) {
        if (PayloadChunk?.Payload) chunks.push(PayloadChunk.Payload);
        if (InvokeComplete?.ErrorCode) {
          const said = Buffer.concat(chunks).toString() || InvokeComplete.ErrorDetails;
          throw new Error(`version ${version} of ${name} failed: ${InvokeComplete.ErrorCode} ${said}`);
        }
      }
      return Buffer.concat(chunks);
    },
    async moveAlias({ name, alias }, { version, description, revision }) {
      return aliasOf(
        await attempt(() =>
          client.send(
            new UpdateAliasCommand({
              FunctionName: name,
              Name: alias,
              FunctionVersion: version,
              Description: description,
              RevisionId: revision,
              // A weight left over by hand would send a share of the calls elsewhere.
              RoutingConfig: { AdditionalVersionWeights: {} },
            }),
          ),
        ),
      );
    },
    async versions({ name }) {
      const found: Snapshot[] = [];
      for await (const { Versions } of paginateListVersionsByFunction({ client }, { FunctionName: name }))
        for (const version of Versions ?? []) if (version.Version !== "$LATEST") found.push(snapshot(version));
      return found.toSorted((a, b) => Number(a.version) - Number(b.version));
    },
    async deleteVersion({ name }, version) {
      await attempt(() => client.send(new DeleteFunctionCommand({ FunctionName: name, Qualifier: version })));
    },
  };
}

const aliasOutput = z.object({
  FunctionVersion: z.string(),
  Description: z.string().default(""),
  RevisionId: z.string(),
});

function aliasOf(output: unknown): Alias {
  const { FunctionVersion, Description, RevisionId } = aliasOutput.parse(output);
  return { version: FunctionVersion, description: Description, revision: RevisionId };
}

/** What Terraform decides about a function; everything else in its configuration is Lambda's own account of it. */
const SETTINGS = [
  "Architectures",
  "Environment",
  "EphemeralStorage",
  "Handler",
  "KMSKeyArn",
  "Layers",
  "LoggingConfig",
  "MemorySize",
  "Role",
  "Runtime",
  "Timeout",
  "TracingConfig",
  "VpcConfig",
] as const satisfies readonly (keyof FunctionConfiguration)[];

const snapshotOutput = z.object({
  Version: z.string(),
  CodeSha256: z.base64(),
  Description: z.string().default(""),
  RevisionId: z.string(),
});

function snapshot(configuration: FunctionConfiguration): Snapshot {
  const { Version, CodeSha256, Description, RevisionId } = snapshotOutput.parse(configuration);
  return {
    version: Version,
    codeSha256: Buffer.from(CodeSha256, "base64").toString("hex"),
    settings: Object.fromEntries(SETTINGS.map((name) => [name, sorted(configuration[name])])),
    description: Description,
    revision: RevisionId,
  };
}

/** JSON with sorted keys and lists: neither has an order that means something in a function's configuration. */
function sorted(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, part: unknown) =>
    Array.isArray(part)
      ? part.toSorted()
      : part !== null && typeof part === "object"
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : part,
  );
}

/** Turns what an operator can do something about into a sentence that says what. */
async function attempt<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    const message = error instanceof Error ? error.message : String(error);
    // A stale revision, or another change in progress.
    if (name === "PreconditionFailedException" || name === "ResourceConflictException") throw new Superseded(message);
    if (
      name === "ExpiredTokenException" ||
      name === "UnrecognizedClientException" ||
      name === "CredentialsProviderError"
    ) {
      throw new CommandError(
        `AWS accepts the credentials no longer (${message}). Get new ones and run the same command again.`,
      );
    }
    if (name === "ResourceNotFoundException") {
      throw new CommandError(`${message}. Has Terraform been applied to this environment, in this account and region?`);
    }
    throw error;
  }
}
