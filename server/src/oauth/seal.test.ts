import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import { randomText } from "./digest.ts";
import { createSealer, type Kind } from "./seal.ts";
import { cacheSecrets, PLACEHOLDER, parseSealingSecrets, type SealingSecrets } from "./sealing-secrets.ts";

const code: Kind<{ text: string }> = { name: "code", lifetimeSeconds: 60, schema: z.object({ text: z.string() }) };
const refresh: Kind<{ text: string }> = { ...code, name: "refresh" };
const resource = "https://mcp.example/mcp";
const START = Date.UTC(2026, 10, 22);

const newSecret = () => ({ id: randomText(6), secret: randomText() });

function setUp(secrets: SealingSecrets = { current: newSecret() }) {
  const state = { secrets, time: START, loads: 0, broken: false };
  const now = () => state.time;
  const load = async () => {
    state.loads++;
    if (state.broken) throw new Error("down");
    return state.secrets;
  };
  return { state, sealer: createSealer({ secrets: cacheSecrets(load, now), resource, now }) };
}

describe("a sealed value", () => {
  it("opens as what it was sealed as", async () => {
    const { sealer } = setUp();
    expect(await sealer.open(code, await sealer.seal(code, { text: "Aあ" }))).toEqual({ text: "Aあ" });
  });

  it("hides its content", async () => {
    const { sealer } = setUp();
    const sealed = await sealer.seal(code, { text: "needle-needle-needle" });
    expect(sealed).not.toContain(Buffer.from("needle-needle").toString("base64url").slice(0, 12));
  });

  it("does not open as another kind", async () => {
    const { sealer } = setUp();
    expect(await sealer.open(refresh, await sealer.seal(code, { text: "a" }))).toBeUndefined();
  });

  it("does not open as another kind with that kind's header put in front", async () => {
    const { sealer } = setUp();
    const [header] = (await sealer.seal(refresh, { text: "a" })).split(".");
    const [, ...rest] = (await sealer.seal(code, { text: "a" })).split(".");
    expect(await sealer.open(refresh, [header, ...rest].join("."))).toBeUndefined();
  });

  it("does not open at another server that has the same secret", async () => {
    const secrets = { current: newSecret() };
    const other = createSealer({ secrets: cacheSecrets(async () => secrets), resource: "https://other.example/mcp" });
    expect(await setUp(secrets).sealer.open(code, await other.seal(code, { text: "a" }))).toBeUndefined();
  });

  it("opens until its last second and not after", async () => {
    const { state, sealer } = setUp();
    const sealed = await sealer.seal(code, { text: "a" });
    state.time = START + 59_000;
    expect(await sealer.open(code, sealed)).toBeDefined();
    state.time = START + 60_000;
    expect(await sealer.open(code, sealed)).toBeUndefined();
  });

  it("does not open when anything about it has changed", async () => {
    const { sealer } = setUp();
    const sealed = await sealer.seal(code, { text: "a" });
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const change = fc.tuple(fc.nat(sealed.length - 1), fc.constantFrom(...alphabet, ".", "=", " ", "")).filter(
      // The last character of a base64url part may carry bits that mean nothing.
      ([at, by]) => sealed[at] !== by && sealed[at + 1] !== "." && at !== sealed.length - 1,
    );
    await fc.assert(
      fc.asyncProperty(change, async ([at, by]) => {
        expect(await sealer.open(code, `${sealed.slice(0, at)}${by}${sealed.slice(at + 1)}`)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
    for (const end of [0, 1, 20, 100, sealed.length - 2])
      expect(await sealer.open(code, sealed.slice(0, end))).toBeUndefined();
  });

  it("is nothing where the text was made elsewhere", async () => {
    const { sealer } = setUp();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect(await sealer.open(code, text)).toBeUndefined();
      }),
    );
    const unsigned = `${Buffer.from('{"alg":"none","typ":"code"}').toString("base64url")}.e30.`;
    expect(await sealer.open(code, unsigned)).toBeUndefined();
    expect(await sealer.open(code, "a".repeat(1_000_000))).toBeUndefined();
  });
});

describe("rotation", () => {
  it("opens what the previous secret sealed, and nothing from before it", async () => {
    const first = newSecret();
    const { state, sealer } = setUp({ current: first });
    const sealed = await sealer.seal(code, { text: "a" });

    const second = newSecret();
    state.secrets = { current: second, previous: first };
    const rotated = setUp(state.secrets);
    expect(await rotated.sealer.open(code, sealed)).toEqual({ text: "a" });

    const twice = setUp({ current: newSecret(), previous: second });
    expect(await twice.sealer.open(code, sealed)).toBeUndefined();
  });

  it("reaches a warm instance with the first value it cannot open", async () => {
    const first = newSecret();
    const { state, sealer } = setUp({ current: first });
    await sealer.seal(code, { text: "a" });
    state.secrets = { current: newSecret(), previous: first };
    const sealedElsewhere = await setUp(state.secrets).sealer.seal(code, { text: "b" });
    state.time += 11_000;
    expect(await sealer.open(code, sealedElsewhere)).toEqual({ text: "b" });
    expect(state.loads).toBe(2);
  });

  it("is not looked for again for every made-up key id", async () => {
    const { state, sealer } = setUp();
    const forged = (await setUp().sealer.seal(code, { text: "a" })).toString();
    for (let i = 0; i < 20; i++) expect(await sealer.open(code, forged)).toBeUndefined();
    expect(state.loads).toBe(1);
  });

  it("is looked for once in ten seconds, however many made-up key ids come", async () => {
    const { state, sealer } = setUp();
    const forged = await setUp().sealer.seal(code, { text: "a" });
    await sealer.seal(code, { text: "a" });
    for (let second = 1; second <= 60; second++) {
      state.time = START + second * 1000;
      await Promise.all(Array.from({ length: 5 }, () => sealer.open(code, forged)));
    }
    expect(state.loads).toBe(1 + 6);
  });
});

describe("while the parameter cannot be read", () => {
  async function setUpBroken() {
    const { state, sealer } = setUp();
    const forged = await setUp().sealer.seal(code, { text: "a" });
    const sealed = await sealer.seal({ ...code, lifetimeSeconds: 3600 }, { text: "a" });
    state.broken = true;
    return { state, sealer, forged, sealed };
  }

  it("a made-up key id does not take away the secrets that still work, nor ask for each request", async () => {
    const { state, sealer, forged, sealed } = await setUpBroken();
    state.time = START + 11_000;
    for (let i = 0; i < 20; i++) {
      expect(await sealer.open(code, forged)).toBeUndefined();
      expect(await sealer.open(code, sealed)).toEqual({ text: "a" });
    }
    expect(state.loads).toBe(2);
  });

  it("the secrets work for five minutes after they were read, and no longer", async () => {
    const { state, sealer, forged, sealed } = await setUpBroken();
    for (let second = 20; second < 300; second += 20) {
      state.time = START + second * 1000;
      await sealer.open(code, forged);
    }
    state.time = START + 299_999;
    expect(await sealer.open(code, sealed)).toEqual({ text: "a" });
    state.time = START + 300_000;
    await expect(sealer.open(code, sealed)).rejects.toThrow("down");
    state.broken = false;
    expect(await sealer.open(code, sealed)).toEqual({ text: "a" });
  });
});

describe("the sealing secrets", () => {
  it("are refused as long as they are Terraform's placeholder, with the command to run", () =>
    expect(() => parseSealingSecrets(PLACEHOLDER)).toThrow(/pnpm rotate-key/));

  it.each([
    "",
    "secret-in-the-wrong-shape",
    "{}",
    '{"current":{"id":"12345678","secret":"secret-in-the-wrong-shape"}}',
  ])("are refused in another shape, which the error does not repeat", (text) => {
    expect(() => parseSealingSecrets(text)).toThrow(/rotate-key/);
    expect(() => parseSealingSecrets(text)).not.toThrow(/wrong-shape/);
  });

  it("are asked for again after a failure", async () => {
    let broken = true;
    const secrets = { current: newSecret() };
    const cache = cacheSecrets(async () => {
      if (broken) throw new Error("down");
      return secrets;
    });
    await expect(cache.get()).rejects.toThrow("down");
    broken = false;
    await expect(cache.get()).resolves.toBe(secrets);
  });
});
