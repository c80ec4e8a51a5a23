import manifest from "../../package.json" with { type: "json" };
import { lazyFiles } from "../files/lazy.ts";
import { tools } from "../tools/index.ts";
import { readConfig } from "./config.ts";
import { lambdaHandler } from "./lambda.ts";
import { answer } from "./pipeline.ts";
import { toolServer } from "./tool-server.ts";

const config = readConfig(process.env);
const files = lazyFiles(config.bucketName);
const connect = toolServer(tools, { name: "remote-mcp-server", version: manifest.version });
const write = (line: string) => process.stdout.write(line);

export const handler = lambdaHandler((call) => answer(call, { config, files, connect, write }));
