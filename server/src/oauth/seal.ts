import { EncryptJWT, jwtDecrypt } from "jose";
import type * as z from "zod";
import type { SealingSecrets, SecretsCache } from "./sealing-secrets.ts";

/** One kind of sealed value. Each has a key of its own, so that none can be taken for another. */
export interface Kind<Payload extends Record<string, unknown>> {
  readonly name: string;
  readonly lifetimeSeconds: number;
  readonly schema: z.ZodType<Payload>;
}

export interface Sealer {
  seal<Payload extends Record<string, unknown>>(kind: Kind<Payload>, payload: Payload): Promise<string>;
  /** @returns undefined for whatever was not sealed here as this kind, has been altered, or has expired */
  open<Payload extends Record<string, unknown>>(kind: Kind<Payload>, sealed: string): Promise<Payload | undefined>;
}

export interface SealerOptions {
  readonly secrets: SecretsCache;
  /** Part of every key: what one server sealed means nothing to another. */
  readonly resource: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** No sealed value is longer (refresh tokens are the longest: they carry Cognito's, up to 4 KB). */
const MAX_SEALED = 12_000;
const ALGORITHM = "dir";
const ENCRYPTION = "A256GCM";

/**
 * The only memory of this server: values that travel with the caller, encrypted and authenticated (JWE), each with an expiry.
 * The keys are derived from one secret (HKDF, RFC 5869), one for each kind.
 */
export function createSealer({ secrets, resource, now = Date.now }: SealerOptions): Sealer {
  const key = (secret: string, kind: string) => deriveKey(secret, `remote-mcp oauth ${kind} ${resource}`);
  return {
    async seal(kind, payload) {
      const { current } = await secrets.get();
      const seconds = Math.floor(now() / 1000);
      return new EncryptJWT(payload)
        .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, typ: kind.name, kid: current.id })
        .setExpirationTime(seconds + kind.lifetimeSeconds)
        .encrypt(await key(current.secret, kind.name));
    },
    async open(kind, sealed) {
      // Loaded first: that the secrets cannot be read is this server's failure, not the value's.
      const known = await secrets.get();
      if (sealed.length > MAX_SEALED) return undefined;
      const secret = secretFor(known, sealed) ?? secretFor(await secrets.refresh(), sealed);
      if (secret === undefined) return undefined;
      try {
        const { payload } = await jwtDecrypt(sealed, await key(secret, kind.name), {
          typ: kind.name,
          keyManagementAlgorithms: [ALGORITHM],
          contentEncryptionAlgorithms: [ENCRYPTION],
          requiredClaims: ["exp"],
          currentDate: new Date(now()),
        });
        return kind.schema.safeParse(payload).data;
      } catch {
        return undefined;
      }
    },
  };
}

function secretFor({ current, previous }: SealingSecrets, sealed: string): string | undefined {
  const id = keyId(sealed);
  if (id === undefined) return undefined;
  return id === current.id ? current.secret : id === previous?.id ? previous.secret : undefined;
}

/** The compact form of a JWE whose key is agreed beforehand: header, no encrypted key, nonce, text, tag. */
const COMPACT = /^([A-Za-z0-9_-]+)\.\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

function keyId(sealed: string): string | undefined {
  const header = COMPACT.exec(sealed)?.[1];
  if (header === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
    if (typeof parsed !== "object" || parsed === null || !("kid" in parsed)) return undefined;
    return typeof parsed.kid === "string" ? parsed.kid : undefined;
  } catch {
    return undefined;
  }
}

async function deriveKey(secret: string, info: string): Promise<Uint8Array> {
  const material = await crypto.subtle.importKey("raw", Buffer.from(secret, "base64url"), "HKDF", false, [
    "deriveBits",
  ]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, material, 256));
}
