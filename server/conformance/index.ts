import { lazyFiles } from "../src/files/lazy.ts";
import { readConfig } from "../src/mcp/config.ts";
import { lambdaHandler } from "../src/mcp/lambda.ts";
import { answer } from "../src/mcp/pipeline.ts";
import { fixtureServer } from "./fixture-server.ts";

// As src/mcp/index.ts, with the fixtures in place of the tools.
const config = readConfig(process.env);
const files = lazyFiles(config.bucketName);
const write = (line: string) => process.stdout.write(line);

export const handler = lambdaHandler((call) => answer(call, { config, files, connect: fixtureServer, write }));
