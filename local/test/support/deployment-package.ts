import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";

/** Writes a zip of the given files into the folder and returns its path. */
export function writePackage(folder: string, files: Record<string, string>): string {
  const zip = join(folder, "function.zip");
  writeFileSync(zip, zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))));
  return zip;
}

/** Does what `?do=` says, and answers as a stream. */
const streaming = `
import { once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

console.log(JSON.stringify({ loaded: process.pid }));
let runs = 0;
const open = (stream, statusCode, headers) => awslambda.HttpResponseStream.from(stream, { statusCode, headers });

export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
  runs++;
  const { do: does = "echo", file } = event.queryStringParameters ?? {};
  if (does === "echo") {
    const answer = { event, context, runs, pid: process.pid, env: process.env, cwd: process.cwd() };
    open(stream, 200, { "Content-Type": "application/json" }).write(JSON.stringify(answer));
    return void stream.end();
  }
  if (does === "headers") {
    const cookies = ["a=1", "b=2"];
    const headers = JSON.parse(event.body);
    const body = awslambda.HttpResponseStream.from(stream, { statusCode: 401, headers, cookies });
    body.write("");
    return void body.end();
  }
  if (does === "wait") {
    const body = open(stream, 200, { "Content-Type": "text/plain" });
    body.write("first");
    while (!existsSync(file)) await delay(5);
    body.write("last");
    return void body.end();
  }
  if (does === "large") {
    await delay(Number(event.queryStringParameters.after ?? 0));
    const body = open(stream, 200, { "Content-Type": "application/octet-stream" });
    for (let i = 0; i < 320; i++) if (!body.write(Buffer.alloc(65_536, i))) await once(body, "drain");
    return void body.end();
  }
  if (does === "end-without-write") return void open(stream, 204, {}).end();
  if (does === "end-with-chunk") return void open(stream, 200, {}).end("lost prelude");
  if (does === "no-prelude") { stream.write("plain"); return void stream.end(); }
  if (does === "throw") throw new TypeError("secret detail");
  if (does === "crash") process.exit(3);
  if (does === "crash-midway") { open(stream, 200, {}).write("begun"); await delay(50); process.exit(3); }
  if (does === "throw-midway") { open(stream, 200, {}).write("begun"); await delay(50); throw new Error("too late"); }
  if (does === "reject") { Promise.reject(new Error("nobody caught")); await delay(10_000); }
  if (does === "sleep") await delay(30_000);
  if (does === "spin") for (;;);
  if (does === "fill-heap") { const all = []; for (;;) all.push(new Array(1000).fill(Math.random())); }
  if (does === "fill-buffers") { const all = []; for (;;) { all.push(Buffer.alloc(8_000_000, 1)); await delay(5); } }
});
`;

const buffered = `
export const handler = async (event) => {
  const does = event.queryStringParameters?.do ?? "echo";
  if (does === "echo") return { statusCode: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(event) };
  if (does === "answer") return JSON.parse(event.body);
  if (does === "throw") throw new TypeError("secret detail");
  if (does === "large") return { statusCode: 200, body: "x".repeat(7_000_000) };
};
`;

export const fixtures = {
  "index.mjs": streaming,
  "buffered.mjs": buffered,
  "broken.mjs": "throw new Error('cannot start');",
  "slow.mjs": "await new Promise((resolve) => setTimeout(resolve, 60_000)); export const handler = async () => {};",
  "callback.mjs": "export const handler = (event, context, callback) => callback(null, {});",
};
