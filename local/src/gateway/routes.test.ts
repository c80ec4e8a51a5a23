import { describe, expect, it } from "@jest/globals";
import { createRouter } from "./routes.ts";

const route = (path: string, ...methods: string[]) => ({
  path,
  methods: new Map(methods.map((method) => [method, method])),
});
const find = createRouter([
  route("/{proxy+}", "ANY"),
  route("/", "GET"),
  route("/mcp", "POST", "ANY"),
  route("/.well-known"),
  route("/.well-known/one", "GET"),
  route("/users/{id}", "GET"),
  route("/users/me", "GET"),
  route("/users/{id}/{rest+}", "GET"),
]);
const found = (method: string, path: string) => {
  const match = find(method, path);
  return match && [match.route.path, match.method, match.parameters];
};

describe("createRouter", () => {
  it.each([
    ["POST", "/mcp", ["/mcp", "POST", null]],
    ["DELETE", "/mcp", ["/mcp", "ANY", null]],
    ["POST", "/mcp/", ["/mcp", "POST", null]],
    ["POST", "/%6dcp", ["/mcp", "POST", null]],
    ["POST", "/MCP", ["/{proxy+}", "ANY", { proxy: "MCP" }]],
    ["POST", "/mcp/more", ["/{proxy+}", "ANY", { proxy: "mcp/more" }]],
    ["GET", "/", ["/", "GET", null]],
    ["POST", "/", undefined],
    ["GET", "/.well-known", ["/{proxy+}", "ANY", { proxy: ".well-known" }]],
    ["POST", "/.well-known/one", undefined],
    ["GET", "/users/me", ["/users/me", "GET", null]],
    ["GET", "/users/a%2Fb", ["/users/{id}", "GET", { id: "a/b" }]],
    ["GET", "/users/a/b/c", ["/users/{id}/{rest+}", "GET", { id: "a", rest: "b/c" }]],
    ["GET", "//mcp", undefined],
  ])("%s %s", (method, path, expected) => {
    expect(found(method, path)).toEqual(expected);
  });

  it("refuses a path that is not percent-encoded UTF-8", () => {
    for (const path of ["/%", "/%ff", "/mcp%zz"]) expect(() => find("GET", path)).toThrow("Bad Request");
  });
});
