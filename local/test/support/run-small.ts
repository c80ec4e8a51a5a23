// A stack to be killed: runs a function that does what the argument says, and prints the function's process id.
import { startSmall } from "./start-small.ts";

const [does = "echo"] = process.argv.slice(2);
const stack = await startSmall(({ aws_lambda_function: all }) => Object.assign(all?.streaming ?? {}, { timeout: 60 }));
const response = await fetch(`${stack.url}/stream`, { method: "POST" });
const { pid } = (await response.json()) as { pid: number };
if (does !== "echo") {
  fetch(`${stack.url}/stream?do=${does}`, { method: "POST" }).catch(() => {});
  // Delivered, and busy by then.
  while ((stack.invocations()["small-streaming"] ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log(pid);
