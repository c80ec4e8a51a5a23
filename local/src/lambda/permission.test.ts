import { describe, expect, it } from "@jest/globals";
import { loadResources } from "../terraform/resources.ts";
import { permissions } from "./permission.ts";

const SOURCE = "arn:aws:execute-api:ap-northeast-1:000000000000:api";
const caller = { principal: "apigateway.amazonaws.com", sourceArn: `${SOURCE}/live/POST/mcp` };

function may(values: Record<string, string>) {
  const permission = { action: "lambda:InvokeFunction", function_name: "fn", principal: caller.principal, ...values };
  const stack = { provider: { aws: [{ region: "r" }] }, resource: { aws_lambda_permission: { one: permission } } };
  return permissions(loadResources(stack, { port: 1, seed: "x" }));
}

describe("permissions", () => {
  it.each([
    [`${SOURCE}/live/POST/mcp`, true],
    [`${SOURCE}/*`, true],
    [`${SOURCE}/*/POST/mcp`, true],
    [`${SOURCE}/live/POST/m?p`, true],
    [`${SOURCE}/live/GET/mcp`, false],
    [`${SOURCE}/live/POST/mcp/more`, false],
    [`${SOURCE}/live/POST/mc.`, false],
    ["arn:aws:execute-api:ap-northeast-1:000000000000:other/*", false],
  ])("source ARN %s: %s", (source_arn, allowed) => {
    expect(may({ source_arn })("fn", undefined, caller)).toBe(allowed);
  });

  it("counts only for its own qualifier, function and principal", () => {
    const live = may({ qualifier: "live" });
    expect(live("fn", "live", caller)).toBe(true);
    expect(live("fn", undefined, caller)).toBe(false);
    expect(live("fn", "other", caller)).toBe(false);
    expect(live("other", "live", caller)).toBe(false);
    expect(live("fn", "live", { ...caller, principal: "events.amazonaws.com" })).toBe(false);
    expect(may({})("fn", "live", caller)).toBe(false);
  });

  it("takes a function's qualified ARN as well as its name", () => {
    expect(may({ function_name: "arn:aws:lambda:r:000000000000:function:fn:live" })("fn", "live", caller)).toBe(true);
  });
});
