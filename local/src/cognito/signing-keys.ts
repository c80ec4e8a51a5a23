import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from "jose";
import * as z from "zod";

const privateJwk = z.object({
  kty: z.literal("RSA"),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
  d: z.string(),
  p: z.string(),
  q: z.string(),
  dp: z.string(),
  dq: z.string(),
  qi: z.string(),
});
type PrivateJwk = z.infer<typeof privateJwk>;
const fileSchema = z.object({ keys: z.tuple([privateJwk, privateJwk]) });

export type TokenUse = "id" | "access";

export interface SigningKeys {
  /** The public halves, as `jwks.json` publishes them. */
  jwks: { keys: JWK[] };
  sign(use: TokenUse, claims: JWTPayload): Promise<string>;
  /** Claims of a token that this pool signed and that has not expired at `now`; undefined for everything else. */
  verify(token: string, now: Date): Promise<JWTPayload | undefined>;
}

/**
 * The pool's two RSA keys, kept in `<stateDir>/cognito-keys.json` (mode 0600) so that tokens survive a restart; made anew, with
 * a notice, when the file is missing or damaged. ID and access tokens have a key each (using-the-access-token: "different keys
 * are used to sign ID tokens and access tokens").
 */
export async function openSigningKeys(stateDir: string, warn: (message: string) => void): Promise<SigningKeys> {
  const file = join(stateDir, "cognito-keys.json");
  const [idKey, accessKey] = (await readKeys(file, warn)) ?? (await createKeys(file));
  const privateKeys = { id: await importJWK(idKey, "RS256"), access: await importJWK(accessKey, "RS256") };
  const kids = { id: idKey.kid, access: accessKey.kid };
  const publicKeys = [idKey, accessKey].map(({ kty, kid, n, e }) => ({ alg: "RS256", e, kid, kty, n, use: "sig" }));
  const verifiers = new Map(
    await Promise.all(publicKeys.map(async (key) => [key.kid, await importJWK(key, "RS256")] as const)),
  );

  return {
    jwks: { keys: publicKeys },
    // Cognito's header has these two members only, no `typ`.
    sign: (use, claims) =>
      new SignJWT(claims).setProtectedHeader({ kid: kids[use], alg: "RS256" }).sign(privateKeys[use]),
    async verify(token, now) {
      try {
        const getKey = ({ kid = "" }: { kid?: string }) => {
          const key = verifiers.get(kid);
          if (!key) throw new Error("unknown kid");
          return key;
        };
        return (await jwtVerify(token, getKey, { algorithms: ["RS256"], currentDate: now })).payload;
      } catch {
        return undefined;
      }
    },
  };
}

async function readKeys(file: string, warn: (message: string) => void): Promise<[PrivateJwk, PrivateJwk] | undefined> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    const { keys } = fileSchema.parse(JSON.parse(text));
    // A key that parses may still not sign.
    for (const key of keys)
      await new SignJWT({}).setProtectedHeader({ alg: "RS256" }).sign(await importJWK(key, "RS256"));
    return keys;
  } catch {
    warn(`${file} was damaged and has been replaced; tokens issued before no longer work. Get new ones.`);
    return undefined;
  }
}

async function createKeys(file: string): Promise<[PrivateJwk, PrivateJwk]> {
  const keys: [PrivateJwk, PrivateJwk] = [await createKey(), await createKey()];
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify({ keys }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return keys;
}

async function createKey(): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  // Cognito's key ids look like base64 of a digest: 44 characters ending with "=".
  const kid = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");
  return privateJwk.parse({ ...(await exportJWK(privateKey)), kid });
}
