import { describe, expect, it } from "@jest/globals";
import { parseTarget } from "./target.ts";

const values: Readonly<Record<string, string>> = {
  mcp_url: "https://d1.cloudfront.net/mcp",
  machine_secret_name: "remote-mcp-dev/machine-client",
  mcp_function_name: "remote-mcp-dev-mcp",
  mcp_function_alias: "live",
};
const asTerraform = (outputs: Readonly<Record<string, string>>) =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, { sensitive: false, type: "string", value }]),
    ),
  );
const asAction = (outputs: Readonly<Record<string, string>>) =>
  JSON.stringify(Object.entries(outputs).map(([name, value]) => ({ name, value })));
const mcp = { key: "mcp", name: "remote-mcp-dev-mcp", alias: "live" };

describe("an environment's outputs", () => {
  it.each([
    ["terraform output -json", asTerraform],
    ["the workspace-output action", asAction],
  ])("are read as %s writes them", (_what, write) => {
    expect(parseTarget(write(values))).toEqual({
      mcpUrl: values.mcp_url,
      machineSecretName: values.machine_secret_name,
      functions: [mcp],
    });
  });

  it("make both functions one release where there is an OAuth function", () => {
    const { functions } = parseTarget(asAction({ ...values, oauth_function_name: "remote-mcp-dev-oauth" }));
    expect(functions).toEqual([mcp, { key: "oauth", name: "remote-mcp-dev-oauth", alias: "live" }]);
  });

  it.each([
    ["mcp_url", "Has the environment been applied"],
    ["machine_secret_name", "needs the machine client"],
  ])("say what to do where %s is missing", (name, next) => {
    const { [name]: _, ...others } = values;
    expect(() => parseTarget(asTerraform(others))).toThrow(next);
  });

  it.each(["", "null", "{", '"text"'])("say how to get them where they are something else (%j)", (text) => {
    expect(() => parseTarget(text)).toThrow("output -json > outputs.json");
  });
});
