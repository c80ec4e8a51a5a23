import { describe, expect, it } from "@jest/globals";
import { scopes, tools } from "./index.ts";

describe("the manifest", () => {
  it("names the scopes that some tool uses, read first", () => {
    expect(scopes.map(({ name }) => name)).toEqual(["read", "write"]);
  });

  it("has each name once, as clients take it (MCP 2025-11-25, tool names)", () => {
    const names = tools.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
  });

  it.each(tools.map((tool) => [tool.name, tool] as const))(
    "%s describes itself, its arguments and its output",
    (_name, tool) => {
      expect(tool.title).toMatch(/\S/);
      expect(tool.description).toMatch(/\.$/);
      expect(tool.annotations.readOnlyHint).toBe(tool.scope === "read");
      expect(tool.inputSchema).toMatchObject({ type: "object", additionalProperties: false });
      expect(tool.outputSchema).toMatchObject({ type: "object" });
      for (const argument of Object.values(JSON.parse(JSON.stringify(tool.inputSchema)).properties)) {
        expect(argument).toHaveProperty("description");
      }
    },
  );
});
