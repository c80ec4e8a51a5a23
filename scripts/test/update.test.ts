import { describe, expect, it } from "@jest/globals";
import { Superseded } from "../src/deploy/functions.ts";
import { readRecord } from "../src/deploy/record.ts";
import { rollBack } from "../src/deploy/roll-back.ts";
import type { FunctionRef } from "../src/deploy/target.ts";
import { type UpdateInput, updateRelease } from "../src/deploy/update.ts";
import type { Release } from "../src/release/release.ts";
import { type Behaviour, Cut, cutting, LambdaInMemory } from "./lambda-in-memory.ts";

const refs: readonly FunctionRef[] = [
  { key: "mcp", name: "remote-mcp-dev-mcp", alias: "live" },
  { key: "oauth", name: "remote-mcp-dev-oauth", alias: "live" },
];
const [mcp, oauth] = refs as [FunctionRef, FunctionRef];

const release = (n: number): Release => ({
  schema: 1,
  commit: String(n).repeat(40),
  functions: {
    mcp: { file: "lambda/mcp.zip", sha256: `mcp${n}` },
    oauth: { file: "lambda/oauth.zip", sha256: `oauth${n}` },
  },
  tools: ["add"],
  files: {},
  versions: {},
});

/** An environment on which release 1 serves, with everything an operator reads. */
async function environment(behaviours: Record<string, Behaviour> = {}) {
  const lambda = new LambdaInMemory(refs, (key) => `placeholder-${key}`, {
    "placeholder-mcp": "broken",
    ...behaviours,
  });
  const said: string[] = [];
  const clock = { now: Date.parse("2026-11-22T00:00:00Z") };
  const world = {
    async probe(fn: FunctionRef, version: string) {
      if (lambda.behaviourOf(fn, version) === "broken") throw new Error(`${fn.key} version ${version} answers 500`);
      return "answers";
    },
    async smoke() {
      const served = refs.map((fn) => lambda.behaviourOf(fn, lambda.aliasOf(fn.name).version));
      if (served.some((behaviour) => behaviour !== "good")) throw new Error("initialize: 502");
    },
  };
  const input = (n: number, change: Partial<UpdateInput> = {}): UpdateInput => ({
    functions: lambda.functions(),
    refs,
    release: release(n),
    source: ({ key }) => ({ bucket: "artifacts", key: `lambda/${key}${n}.zip` }),
    ...world,
    by: "run-1",
    now: () => new Date(clock.now),
    say: (line) => said.push(line),
    ...change,
  });
  const served = () => refs.map((fn) => lambda.servedCode(fn));
  const first = await updateRelease(input(1));
  expect(first).toMatchObject({ outcome: "updated", exitCode: 0, serving: { mcp: "2", oauth: "2" } });
  const back = (to?: Record<string, string>) =>
    rollBack({
      functions: lambda.functions(),
      refs,
      to,
      smoke: world.smoke,
      by: "a person",
      now: () => new Date(clock.now),
      say: (line) => said.push(line),
    });
  return { lambda, world, input, said, served, clock, back };
}

/** Calls of one update of two functions that changes both: 3 reads and 2 writes each, probe, move, smoke, confirm. */
const CALLS = 17;

describe("update-lambda", () => {
  it("publishes, tries, moves and proves both functions as one release", async () => {
    const { lambda, input, said, served } = await environment();
    const result = await updateRelease(input(2));
    expect(result).toMatchObject({ outcome: "updated", exitCode: 0, serving: { mcp: "3", oauth: "3" } });
    expect(served()).toEqual(["mcp2", "oauth2"]);
    expect(readRecord(lambda.aliasOf(mcp.name).description)).toMatchObject({
      state: "serving",
      release: release(2).commit,
      previous: "2",
    });
    expect(said.slice(-7)).toEqual([
      "mcp: code mcp2, configuration unchanged",
      "oauth: code oauth2, configuration unchanged",
      "mcp: version 3 answers",
      "oauth: version 3 answers",
      "mcp: live moved from version 2 to 3",
      "oauth: live moved from version 2 to 3",
      "smoke test through the public URL passed",
    ]);
  });

  it("does nothing at all where the release serves already", async () => {
    const { lambda, input } = await environment();
    const before = lambda.aliasOf(mcp.name).revision;
    const result = await updateRelease(input(1, { smoke: () => Promise.reject(new Error("not called")) }));
    expect(result).toMatchObject({ outcome: "unchanged", exitCode: 0 });
    expect(lambda.aliasOf(mcp.name).revision).toBe(before);
    expect(lambda.versionsOf(mcp.name)).toEqual(["1", "2"]);
  });

  it("publishes a version for a change of the environment alone, of that function alone", async () => {
    const { lambda, input, said, served } = await environment();
    lambda.configure(mcp.name, { Environment: "b" });
    expect(await updateRelease(input(1))).toMatchObject({ outcome: "updated", serving: { mcp: "3", oauth: "2" } });
    expect(served()).toEqual(["mcp1", "oauth1"]);
    expect(said).toContain("mcp: code unchanged, configuration changed (Environment)");
  });

  it("writes down a release that changed nothing, so that it can be promoted", async () => {
    const { lambda, input } = await environment();
    const same = { ...release(1), commit: "5".repeat(40) };
    expect(await updateRelease(input(1, { release: same }))).toMatchObject({
      outcome: "updated",
      serving: { mcp: "2" },
    });
    expect(readRecord(lambda.aliasOf(mcp.name).description)?.release).toBe(same.commit);
  });

  it("lets nobody meet a version that fails when it is called directly", async () => {
    const { input, served } = await environment({ oauth2: "broken" });
    const result = await updateRelease(input(2));
    expect(result).toMatchObject({ outcome: "refused", exitCode: 1, serving: { mcp: "2", oauth: "2" } });
    expect(result.message).toContain("oauth version 3 answers 500");
    expect(result.message).toContain("Nothing that callers meet was changed");
    expect(served()).toEqual(["mcp1", "oauth1"]);
  });

  it("moves both functions back by itself when the public URL fails, and says that this helped", async () => {
    const { lambda, input, served } = await environment({ mcp2: "broken through the URL" });
    const before = lambda.aliasOf(mcp.name).description;
    const result = await updateRelease(input(2));
    expect(result).toMatchObject({ outcome: "rolled back", exitCode: 1, serving: { mcp: "2", oauth: "2" } });
    expect(result.message).toContain("The former versions serve again. They pass the same test.");
    expect(served()).toEqual(["mcp1", "oauth1"]);
    expect(lambda.aliasOf(mcp.name).description).toBe(before);
  });

  it("says that the release is not the only cause when the former versions fail as well", async () => {
    const { input, served } = await environment();
    const result = await updateRelease(
      input(2, { smoke: () => Promise.reject(new Error("the token endpoint answered 400")) }),
    );
    expect(result).toMatchObject({ outcome: "rolled back", exitCode: 1 });
    expect(result.message).toContain("They fail the same test as well (the token endpoint answered 400)");
    expect(served()).toEqual(["mcp1", "oauth1"]);
  });

  it("refuses a zip in the bucket that is not the release's", async () => {
    const { input, served } = await environment();
    const result = await updateRelease(input(2, { source: () => ({ bucket: "artifacts", key: "lambda/other.zip" }) }));
    expect(result).toMatchObject({ outcome: "refused", exitCode: 1 });
    expect(result.message).toContain("has the code other after the update, and the release says mcp2");
    expect(served()).toEqual(["mcp1", "oauth1"]);
  });

  it("refuses a release that lacks a function of the environment", async () => {
    const { input } = await environment();
    const old = { ...release(2), functions: { mcp: release(2).functions.mcp } };
    expect(await updateRelease(input(2, { release: old }))).toMatchObject({ outcome: "refused", exitCode: 1 });
  });

  it("says what serves and how to move it by hand when moving back fails", async () => {
    const { lambda, input, served } = await environment({ mcp2: "broken through the URL" });
    const functions = lambda.functions();
    let moves = 0;
    const expiring = {
      ...functions,
      moveAlias: async (...args: Parameters<typeof functions.moveAlias>) => {
        if (++moves > 2) throw new Error("AWS accepts the credentials no longer");
        return functions.moveAlias(...args);
      },
    };
    const result = await updateRelease(input(2, { functions: expiring }));
    expect(result).toMatchObject({ outcome: "stuck", exitCode: 3, serving: { mcp: "3", oauth: "3" } });
    expect(result.message).toContain("AWS accepts the credentials no longer");
    expect(result.message).toContain(
      "aws lambda update-alias --function-name remote-mcp-dev-oauth --name live --function-version 2",
    );
    expect(served()).toEqual(["mcp2", "oauth2"]);
    // What the message says to do first is enough.
    expect(await updateRelease(input(2))).toMatchObject({ outcome: "rolled back", serving: { mcp: "2", oauth: "2" } });
    expect(served()).toEqual(["mcp1", "oauth1"]);
  });

  describe("cut off at any call, before or after its effect,", () => {
    const cuts = Array.from({ length: CALLS }, (_, at) => at).flatMap(
      (at) =>
        [
          [at, "before"],
          [at, "after"],
        ] as const,
    );

    async function cutOff(behaviours: Record<string, Behaviour>, at: number, when: "before" | "after") {
      const drill = await environment(behaviours);
      const state = { left: at, after: when === "after" };
      const { functions, probe, smoke } = drill.input(2);
      const calls = cutting({ probe, smoke }, state);
      const result = await updateRelease(drill.input(2, { functions: cutting(functions, state), ...calls }));
      return { ...drill, result, reached: state.left < 0 };
    }

    it.each(cuts)("a good release serves after the next run (call %i, %s)", async (at, when) => {
      const { input, served, lambda, reached } = await cutOff({}, at, when);
      expect(reached).toBe(true);
      expect(["mcp1", "mcp2"]).toContain(served()[0]);
      expect(await updateRelease(input(2))).toMatchObject({ exitCode: 0 });
      expect(served()).toEqual(["mcp2", "oauth2"]);
      for (const { name } of refs) {
        expect(readRecord(lambda.aliasOf(name).description)).toMatchObject({ state: "serving", previous: "2" });
      }
    });

    it.each(cuts)("both functions go back together when the next run fails (call %i, %s)", async (at, when) => {
      const { input, served, lambda } = await cutOff({}, at, when);
      let calls = 0;
      const smoke = () => (calls++ === 0 ? Promise.reject(new Error("initialize: 502")) : Promise.resolve());
      const settled = refs.every(
        ({ name }) => readRecord(lambda.aliasOf(name).description)?.release === release(2).commit,
      );
      const confirmed =
        settled && refs.every(({ name }) => readRecord(lambda.aliasOf(name).description)?.state === "serving");
      const result = await updateRelease(input(2, { smoke }));
      if (confirmed) expect(result).toMatchObject({ outcome: "unchanged" });
      else expect(served()).toEqual(["mcp1", "oauth1"]);
    });

    it.each(cuts)("a broken release is gone after the next run (call %i, %s)", async (at, when) => {
      const { input, served } = await cutOff({ mcp2: "broken through the URL" }, at, when);
      expect(await updateRelease(input(2))).toMatchObject({ outcome: "rolled back", exitCode: 1 });
      expect(served()).toEqual(["mcp1", "oauth1"]);
    });

    it("and a run that is not cut off makes exactly that many calls", async () => {
      const { reached, result } = await cutOff({}, CALLS, "before");
      expect(reached).toBe(false);
      expect(result.outcome).toBe("updated");
    });
  });

  describe("with another update at the same time", () => {
    it("leaves the environment to the one that is trying its release", async () => {
      const { input, served, clock } = await environment();
      const first = updateRelease(
        input(2, {
          smoke: async () => {
            clock.now += 60_000;
            const second = await updateRelease(input(3, { by: "run-2" }));
            expect(second).toMatchObject({ outcome: "superseded", exitCode: 4 });
            expect(second.message).toContain(`run-1 is bringing release ${release(2).commit}`);
          },
        }),
      );
      expect(await first).toMatchObject({ outcome: "updated" });
      expect(served()).toEqual(["mcp2", "oauth2"]);
    });

    it("lets only one move when both have published", async () => {
      const { input, served } = await environment();
      let second: Promise<unknown> | undefined;
      const probe = async () => {
        second ??= updateRelease(input(3, { by: "run-2" }));
        await second;
        return "answers";
      };
      const first = await updateRelease(input(2, { probe }));
      expect(first).toMatchObject({ outcome: "superseded", exitCode: 4 });
      expect(await second).toMatchObject({ outcome: "updated" });
      expect(served()).toEqual(["mcp3", "oauth3"]);
    });

    it("steps aside when it was taken over while it smoke-tested, even if its own release is broken", async () => {
      const { input, served } = await environment({ mcp2: "broken through the URL" });
      const result = await updateRelease(
        input(2, {
          smoke: async () => {
            expect(await updateRelease(input(3, { by: "run-2", takeOver: true }))).toMatchObject({
              outcome: "updated",
            });
            throw new Error("initialize: 502");
          },
        }),
      );
      expect(result).toMatchObject({ outcome: "superseded", exitCode: 4 });
      expect(served()).toEqual(["mcp3", "oauth3"]);
    });

    it("takes over from one that died a quarter of an hour ago, and goes back past it", async () => {
      const { input, served, clock } = await environment({
        mcp2: "broken through the URL",
        mcp3: "broken through the URL",
      });
      const dead = { functions: cutting(input(2).functions, { left: 12, after: false }) };
      await updateRelease(input(2, { ...dead, smoke: () => Promise.reject(new Cut("cut off")) }));
      expect(served()).toEqual(["mcp2", "oauth2"]);
      clock.now += 16 * 60_000;
      expect(await updateRelease(input(3))).toMatchObject({ outcome: "rolled back" });
      expect(served()).toEqual(["mcp1", "oauth1"]);
    });
  });
});

describe("rollback", () => {
  it("points both functions at what served before the release", async () => {
    const { input, served, back } = await environment();
    await updateRelease(input(2));
    expect(await back()).toMatchObject({ outcome: "moved back", exitCode: 0, serving: { mcp: "2", oauth: "2" } });
    expect(served()).toEqual(["mcp1", "oauth1"]);
  });

  it("leaves a function where it is that the release did not change", async () => {
    const { input, lambda, back } = await environment();
    const only = { ...release(2), functions: { ...release(2).functions, oauth: release(1).functions.oauth } };
    await updateRelease(input(2, { release: only }));
    expect(await back()).toMatchObject({ serving: { mcp: "2", oauth: "2" } });
    expect(lambda.aliasOf(oauth.name).version).toBe("2");
  });

  it("does not move forward again when it is repeated, and offers the versions there are", async () => {
    const { input, back } = await environment();
    await updateRelease(input(2));
    await back();
    const again = await back();
    expect(again).toMatchObject({ outcome: "refused", exitCode: 1, serving: { mcp: "2" } });
    expect(again.message).toContain(`mcp=3  release ${release(2).commit}`);
    expect(await back({ mcp: "3" })).toMatchObject({ outcome: "moved back", serving: { mcp: "3", oauth: "2" } });
  });

  it("says that the code is not the only cause when the public URL still fails", async () => {
    const { input, served, back, world } = await environment();
    await updateRelease(input(2));
    world.smoke = () => Promise.reject(new Error("initialize: 502"));
    const result = await back({ mcp: "2", oauth: "2" });
    expect(result).toMatchObject({ outcome: "stuck", exitCode: 3 });
    expect(result.message).toContain("The code is not the only cause");
    expect(served()).toEqual(["mcp1", "oauth1"]);
  });

  it("is found by the next release, which goes forward from it", async () => {
    const { input, served, back } = await environment();
    await updateRelease(input(2));
    await back();
    expect(await updateRelease(input(3))).toMatchObject({ outcome: "updated" });
    expect(served()).toEqual(["mcp3", "oauth3"]);
  });

  it("stops where somebody else moves an alias at the same time", async () => {
    const { lambda, input } = await environment();
    await updateRelease(input(2));
    const functions = lambda.functions();
    const racing = { ...functions, moveAlias: () => Promise.reject(new Superseded("the revision is another one")) };
    const result = await rollBack({ ...input(2), functions: racing });
    expect(result).toMatchObject({ outcome: "superseded", exitCode: 4 });
  });
});
