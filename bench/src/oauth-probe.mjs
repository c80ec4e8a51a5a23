// One fresh process: `node oauth-probe.mjs <bundle> <event as JSON>`. Plain JavaScript, so that nothing but the bundle is
// compiled; prints the milliseconds from the start of the process to the first answer.
import { pathToFileURL } from "node:url";

const [bundle, json] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(bundle).href);
const answer = await handler(JSON.parse(json));
const cold = performance.now();
if (answer.statusCode >= 400) throw new Error(`Wrong answer: ${answer.statusCode} ${answer.body}`);
process.stderr.write(String(cold));
// Its connection to the parameter store would keep the process for some seconds.
process.exit();
