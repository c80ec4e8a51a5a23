import { describe, expect, it } from "@jest/globals";
import { cleanName } from "./client.ts";
import { digest, sameText } from "./digest.ts";
import { MAX_PARAMETERS, readParameters } from "./parameters.ts";
import { isChallenge, provesChallenge } from "./pkce.ts";
import { isOurResource } from "./resource.ts";
import { createScopes } from "./scopes.ts";
import { textsFor } from "./texts.ts";

const RESOURCE = "https://mcp.example/mcp";

describe("readParameters", () => {
  it("treats an empty parameter as omitted (RFC 6749, 3.1)", () =>
    expect(readParameters(new URLSearchParams("a=&b=1")).get("a")).toBeUndefined());

  it("gives no value of a repeated parameter, and names it (RFC 6749, 3.1)", () => {
    const parameters = readParameters(new URLSearchParams("a=1&a=2&b=1&r=1&r=2"), ["r"]);
    expect([parameters.get("a"), [...parameters.repeated], parameters.all("r")]).toEqual([
      undefined,
      ["a"],
      ["1", "2"],
    ]);
  });

  it("counts an empty repetition too", () =>
    expect([...readParameters(new URLSearchParams("a=1&a=")).repeated]).toEqual(["a"]));

  const numbered = (count: number) => new Counted(Array.from({ length: count }, (_, i) => `p${i}=${i}`).join("&"));

  it(`reads each of ${MAX_PARAMETERS} parameters once, and refuses one more`, () => {
    const most = numbered(MAX_PARAMETERS);
    expect(readParameters(most).get("p49")).toBe("49");
    expect(most.read).toBe(MAX_PARAMETERS);
    expect(() => readParameters(numbered(MAX_PARAMETERS + 1))).toThrow("Send at most 50 parameters; there are 51.");
  });

  it("counts those that may repeat as well", () =>
    expect(() => readParameters(new URLSearchParams("resource=a&".repeat(51)), ["resource"])).toThrow(/at most 50/));

  it("refuses the 8,192 parameters of a 16 KB body without reading one", () => {
    const hostile = new Counted("a&".repeat(8 * 1024));
    expect(() => readParameters(hostile)).toThrow(/at most 50/);
    expect(hostile.read).toBe(0);
  });
});

/** Counts the parameters that somebody has looked at. */
class Counted extends URLSearchParams {
  read = 0;
  override *[Symbol.iterator](): Generator<[string, string], undefined> {
    for (const entry of super.entries()) {
      this.read++;
      yield entry;
    }
    return undefined;
  }
  override *keys(): Generator<string, undefined> {
    for (const [name] of this) yield name;
    return undefined;
  }
  override getAll(name: string) {
    this.read += this.size;
    return super.getAll(name);
  }
}

describe("isOurResource", () => {
  it.each([RESOURCE, `${RESOURCE}/`, "https://mcp.example", "https://mcp.example/", "HTTPS://MCP.example/mcp"])(
    "takes %s",
    (value) => expect(isOurResource(value, RESOURCE)).toBe(true),
  );
  it.each([
    "https://evil.example/mcp",
    "http://mcp.example/mcp",
    "https://mcp.example/mcp#a",
    "https://mcp.example/mcp?a",
    "https://mcp.example/MCP",
    "https://mcp.example/mcp/other",
    "https://mcp.example:443/mcp",
    "https://user@mcp.example/mcp",
    "https://mcp.example.evil.example/mcp",
    "/mcp",
    "",
  ])("refuses %s", (value) => expect(isOurResource(value, RESOURCE)).toBe(false));
});

describe("scopes", () => {
  const scopes = createScopes(RESOURCE, ["read", "write"]);
  it("default to all (RFC 6749, 3.3)", () => expect(scopes.parse(undefined)).toEqual(["read", "write"]));
  it("are a set", () =>
    expect(scopes.parse(`${RESOURCE}/write ${RESOURCE}/read  ${RESOURCE}/write`)).toEqual(["read", "write"]));
  it("leave offline_access out and keep the rest", () =>
    expect(scopes.parse(`${RESOURCE}/read offline_access`)).toEqual(["read"]));
  it.each(["read", "openid", `${RESOURCE}/admin`, `${RESOURCE}/read openid`, `${RESOURCE}/read\twrite`])(
    "refuse %j",
    (text) => expect(scopes.parse(text)).toBeUndefined(),
  );
});

describe("sameText", () => {
  it("compares digests of one length, so that neither length nor first difference shows in its time", () => {
    expect(sameText("secret", "secret")).toBe(true);
    for (const other of ["", "s", "secres", "Secret", "secret ", "s".repeat(10_000)])
      expect(sameText("secret", other)).toBe(false);
  });
});

describe("PKCE", () => {
  it("accepts RFC 7636's own example (appendix B)", () =>
    expect(
      provesChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ).toBe(true));
  it.each([
    ["short", "a".repeat(42)],
    ["long", "a".repeat(129)],
    ["beyond the characters of 4.1", `${"a".repeat(43)}+`],
  ])("refuses a verifier that is too %s, whatever its digest", (_, verifier) =>
    expect(provesChallenge(verifier, digest(verifier))).toBe(false),
  );
  it.each(["", "a".repeat(42), "a".repeat(44), `${"a".repeat(42)}=`, `${"a".repeat(42)}+`])(
    "takes only a SHA-256 digest for a challenge: not %j",
    (challenge) => expect(isChallenge(challenge)).toBe(false),
  );
});

describe("cleanName", () => {
  it.each([
    ["keeps an ordinary name", "Claude Code", "Claude Code"],
    ["keeps Japanese", "お手伝い", "お手伝い"],
    ["takes away what turns text", "Evil\u202egnp.exe", "Evilgnp.exe"],
    ["takes away what hides text", "A\u200bB\u00ad\ufeffC\u0000", "ABC"],
    ["makes one line", "A\n\nB\u2028C", "ABC"],
    ["makes one space of many", "A   B", "A B"],
    ["ends after 100 characters", "a".repeat(300), "a".repeat(100)],
    ["leaves nothing of nothing", "\u200b \u200e", ""],
  ])("%s", (_, name, expected) => expect(cleanName(name)).toBe(expected));
});

describe("the language of the pages", () => {
  it.each([
    [undefined, "en"],
    ["", "en"],
    ["ja", "ja"],
    ["ja-JP,ja;q=0.9,en;q=0.8", "ja"],
    ["en-US,en;q=0.9,ja;q=0.8", "en"],
    ["fr,ja;q=0.5,en;q=0.4", "ja"],
    ["en;q=0.2, ja;q=0.7", "ja"],
    ["ja;q=0, en", "en"],
    ["fr", "en"],
    ["*", "en"],
    [";;;q=,,,", "en"],
  ])("is for %j: %s", (header, lang) => expect(textsFor(header).lang).toBe(lang));
});
