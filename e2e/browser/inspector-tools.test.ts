import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { tools } from "@remote-mcp/server/manifest";
import { installInspector } from "../support/inspector.ts";
import { readTarget } from "../support/target.ts";
import { machineToken } from "../support/tokens.ts";
import { startClient } from "./client-process.ts";

let program = "";
let home = "";
beforeAll(async () => {
  program = await installInspector();
  home = mkdtempSync(join(tmpdir(), "inspector-"));
}, 180_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function inspect(era: string, args: readonly string[]) {
  await using client = startClient(
    [
      program,
      ...["--cli", readTarget().resource, "--transport", "http", "--format", "json", "--protocol-era", era],
      ...["--header", `Authorization: Bearer ${await machineToken()}`, ...args],
    ],
    home,
    { MCP_INSPECTOR_SECRET_STORE: "memory", MCP_CATALOG_PATH: join(home, "catalog.json") },
  );
  return await client.ended();
}

/** Arguments that each tool answers well, in the manifest's order so that what is saved can be read. */
const calls = (era: string): Record<string, object> => ({
  list_files: { prefix: "reports/" },
  read_file: { key: "welcome.txt" },
  save_file: { key: `inspector/${era}.txt`, content: "saved by the Inspector" },
  add: { a: 40, b: 2 },
  multiply: { a: 6, b: 7 },
});

describe.each(["legacy", "modern"])("the Inspector's command line, %s era", (era) => {
  it("lists every tool of the manifest, without a remark on its schema", async () => {
    const { code, output } = await inspect(era, ["--method", "tools/list", "--strict"]);
    for (const { name } of tools) expect(output).toContain(`"${name}"`);
    expect(code).toBe(0);
  }, 30_000);

  it.each(tools.map(({ name }) => name))(
    "calls %s",
    async (name) => {
      const args = calls(era)[name];
      expect(args).toBeDefined();
      const call = ["--method", "tools/call", "--tool-name", name, "--tool-args-json", JSON.stringify(args)];
      const { code, output } = await inspect(era, call);
      expect(output).not.toContain('"isError": true');
      expect(output).toContain("structuredContent");
      expect(code).toBe(0);
    },
    30_000,
  );
});
