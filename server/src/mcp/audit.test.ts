import { describe, expect, it } from "@jest/globals";
import { Audit, type Level } from "./audit.ts";

function audit(logLevel: Level = "info") {
  const lines: string[] = [];
  const record = new Audit("id", { environment: "dev", logLevel, write: (line) => lines.push(line) });
  return { record, lines: () => lines.map((line) => JSON.parse(line)) };
}

describe("the audit line", () => {
  it.each([
    [200, "ok"],
    [202, "ok"],
    [400, "rejected"],
    [403, "rejected"],
    [500, "failed"],
  ])("tells from status %i alone that it was %s", (status, outcome) => {
    const { record, lines } = audit();
    record.end(status, 0, 0);
    expect(lines()).toMatchObject([{ outcome, era: "none" }]);
  });

  it("keeps the first thing that went wrong in a batch", () => {
    const { record, lines } = audit();
    record.tool("add", "ok");
    record.tool("save_file", "scope_denied");
    record.tool("add", "failed");
    record.end(200, 0, 0);
    expect(lines()).toMatchObject([{ outcome: "scope_denied", tool: "add,save_file,add" }]);
  });

  it("is written at every log level", () => {
    const { record, lines } = audit("error");
    record.end(200, 0, 0);
    expect(lines()).toHaveLength(1);
  });

  it("cuts long values and takes only a trace that is one", () => {
    const { record, lines } = audit();
    record.caller({ kind: "person", subject: "s".repeat(1_000), clientId: "c", scopes: new Set() });
    record.request("initialize", "m".repeat(1_000), "00-zz-zz-00");
    record.end(200, 0, 0);
    const [line] = lines();
    expect(line.subject.length).toBeLessThan(200);
    expect(line.method.length).toBeLessThan(200);
    expect(line).not.toHaveProperty("traceparent");
  });

  it("writes other lines from the log level on, failures with their cause", () => {
    const { record, lines } = audit("warn");
    record.log("info", "quiet", {});
    record.failure(new Error("outer", { cause: new Error("inner") }));
    record.failure("not an error");
    expect(lines()).toMatchObject([
      {
        level: "error",
        event: "failure",
        error: expect.stringContaining("outer"),
        cause: expect.stringContaining("inner"),
      },
      { error: "not an error" },
    ]);
  });
});
