import { describe, expect, it } from "@jest/globals";
import { compileHeaders, compileParameter, compileTemplate } from "./template.ts";

const context = new Map([
  ["requestId", "r-1"],
  ["authorizer.claims.sub", "me"],
]);
const variable = (name: string) => `\${context.${name}}`;

describe("compileTemplate", () => {
  it("puts in context variables, in either notation, and nothing for what has no value", () => {
    const text = `$context.requestId|${variable("requestId")}x|$context.authorizer.claims.sub|$context.status|`;
    expect(compileTemplate(text, "here")(context)).toBe("r-1|r-1x|me||");
    expect(compileTemplate("$context.status", "here", { missing: "-" })(context)).toBe("-");
  });

  it("leaves text alone that only looks like a directive", () => {
    const css = "a{color:#fff} #id {} 100$ #1 $5";
    expect(compileTemplate(css, "here")(context)).toBe(css);
  });

  it.each([
    "$input.body",
    "$!util.x()",
    `\${util.urlEncode($x)}`,
    "#set($a = 1)",
    "#if(true)x#end",
    "## comment",
    "#* c *#",
    "$context.nope",
  ])("refuses %s", (text) => {
    expect(() => compileTemplate(text, "here")).toThrow(/^here uses/);
  });
});

describe("compileParameter", () => {
  it("knows static values and context variables, and refuses everything else", () => {
    expect(compileParameter(`'a "quoted" value'`, "here")(context)).toBe('a "quoted" value');
    expect(compileParameter("context.requestId", "here")(context)).toBe("r-1");
    for (const text of ["plain", "'it's'", "method.request.header.X", "integration.response.body"])
      expect(() => compileParameter(text, "here")).toThrow(/^here is/);
  });
});

it("compileHeaders refuses parameters that are no headers", () => {
  expect(() => compileHeaders({ "gatewayresponse.body": "'x'" }, "gatewayresponse.header.", "here")).toThrow(
    /sets only/,
  );
});
