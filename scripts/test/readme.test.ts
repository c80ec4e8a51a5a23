import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { tools } from "@remote-mcp/server/manifest";

const root = join(import.meta.dirname, "..", "..");

describe.each(["README.md", "README.ja.md"])("%s", (file) => {
  const text = readFileSync(join(root, file), "utf8");

  it("has the tools of the manifest in its table, with their scopes, in order, and no others", () => {
    const rows = [...text.matchAll(/^\| `(\w+)` \| `(read|write)` \|/gm)].map(([, name, scope]) => ({ name, scope }));
    expect(rows).toEqual(tools.map(({ name, scope }) => ({ name, scope })));
  });

  it("links to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path ?? "");
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(() => readFileSync(join(root, link))).not.toThrow();
  });
});
