// One fresh process: `node probe.mjs <bundle> <event as JSON> <warm calls>`. Plain JavaScript, so that nothing but the
// bundle is compiled; prints the milliseconds from the start of the process to the first answer, and of a warm call.
import { pathToFileURL } from "node:url";

const [bundle, json, warmCalls] = process.argv.slice(2);
const event = JSON.parse(json);
const context = { awsRequestId: "00000000-0000-4000-8000-000000000000", getRemainingTimeInMillis: () => 60_000 };

const { handler } = await import(pathToFileURL(bundle).href);
const answer = await handler(event, context);
const cold = performance.now();
if (answer.statusCode !== 200 || !/\b5\b|"tools\/call"/.test(answer.body)) {
  throw new Error(`Wrong answer: ${answer.statusCode} ${answer.body}`);
}

const times = [];
for (let i = 0; i < Number(warmCalls); i++) {
  const started = performance.now();
  await handler(event, context);
  times.push(performance.now() - started);
}
// The second half: the first is for the compiler.
const warm = times.slice(times.length / 2).sort((a, b) => a - b);
// The functions log to stdout, so the result goes elsewhere.
process.stderr.write(JSON.stringify({ cold, warm: warm[Math.floor(warm.length / 2)] }));
