import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair, importJWK, type JWTPayload, SignJWT } from "jose";
import { z } from "zod";
import { readTarget } from "./target.ts";
import { claimsOf } from "./tokens.ts";

const jwk = z.looseObject({ kty: z.literal("RSA"), kid: z.string() });
/** The look-alike's keys: for ID tokens, for access tokens. */
const keyFile = z.object({ keys: z.tuple([jwk, jwk]) });

/**
 * A token with claims that no user pool would be talked into, signed as the pool signs access tokens. Local stacks only:
 * nobody has the key of a deployed one.
 */
export async function signedByPool(claims: Readonly<Record<string, unknown>>): Promise<string> {
  const { local } = readTarget();
  if (local === undefined) throw new Error("Only a local stack's key can sign hand-made claims.");
  const file: unknown = JSON.parse(readFileSync(join(local.stateDir, "cognito-keys.json"), "utf8"));
  const key = keyFile.parse(file).keys[1];
  return new SignJWT(claims as JWTPayload)
    .setProtectedHeader({ alg: "RS256", kid: key.kid })
    .sign(await importJWK(key, "RS256"));
}

/** The same header and claims as a real token, signed by a key of one's own. */
export async function forgeToken(token: string): Promise<string> {
  const { privateKey } = await generateKeyPair("RS256");
  const { kid }: { kid?: string } = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8"));
  return new SignJWT(claimsOf(token))
    .setProtectedHeader({ alg: "RS256", ...(kid !== undefined && { kid }) })
    .sign(privateKey);
}
