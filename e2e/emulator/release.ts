import {
  InvokeCommand,
  type LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionUpdatedV2,
  waitUntilPublishedVersionActive,
} from "@aws-sdk/client-lambda";

/**
 * Publishes code as a new version.
 * @returns the version's number
 */
export async function publish(lambda: LambdaClient, functionName: string, zip: Uint8Array): Promise<string> {
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: functionName, ZipFile: zip }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: functionName });
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: functionName }));
  if (Version === undefined) throw new Error("PublishVersion answered without a version");
  await waitUntilPublishedVersionActive(
    { client: lambda, maxWaitTime: 30 },
    { FunctionName: functionName, Qualifier: Version },
  );
  return Version;
}

/** Lets the alias serve this version. */
export async function release(lambda: LambdaClient, functionName: string, alias: string, version: string) {
  await lambda.send(new UpdateAliasCommand({ FunctionName: functionName, Name: alias, FunctionVersion: version }));
}

/** @returns the JSON that the version answered */
export async function invoke(lambda: LambdaClient, functionName: string, version: string): Promise<unknown> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Qualifier: version, Payload: "{}" }),
  );
  const text = Payload?.transformToString() ?? "";
  if (FunctionError !== undefined) throw new Error(`the function failed: ${text}`);
  return JSON.parse(text);
}
