import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { send } from "./support/http.ts";
import type { Change } from "./support/small-stack.ts";
import { startSmall } from "./support/start-small.ts";

const folder = mkdtempSync(join(tmpdir(), "local-stack-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (change?: Change) => startSmall(change, { folder });

it("lets a function that answers too late come to its end, and uses its process again", async () => {
  const stack = await start((all) => {
    Object.assign(all.aws_api_gateway_integration?.stream ?? {}, { timeout_milliseconds: 1500 });
    Object.assign(all.aws_lambda_function?.streaming ?? {}, { timeout: 10 });
  });
  const post = (query: string) => send(`${stack.url}/stream?${query}`, { method: "POST", body: "" });
  const { pid } = JSON.parse((await post("do=echo")).text);
  expect((await post("do=large&after=1600")).status).toBe(504);
  const reports = () => stack.logLines().filter(({ event }) => event === "report").length;
  for (let i = 0; i < 500 && reports() < 2; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(JSON.parse((await post("do=echo")).text)).toMatchObject({ pid, runs: 3 });
  await stack.close();
});

describe("no process is left", () => {
  it("after close, which may be called again", async () => {
    const stack = await start();
    const { pid } = JSON.parse((await send(`${stack.url}/stream`, { method: "POST", body: "" })).text);
    const begin = performance.now();
    await Promise.all([stack.close(), stack.close()]);
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(alive(pid)).toBe(false);
    await expect(send(`${stack.url}/document`)).rejects.toThrow("ECONNREFUSED");
  });

  it.each(["echo", "spin"])("after the stack was killed while a function was about to %s", async (does) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "support", "run-small.ts"), does], {
      stdio: ["ignore", "pipe", "inherit"],
      // What a killed stack leaves behind goes with the test's folder.
      env: { ...process.env, TMPDIR: folder },
    });
    const pid = await new Promise<number>((resolve) => child.stdout.once("data", (line) => resolve(Number(line))));
    expect(alive(pid)).toBe(true);
    child.kill("SIGKILL");
    for (let i = 0; i < 200 && alive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(alive(pid)).toBe(false);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
