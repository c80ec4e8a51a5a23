import * as z from "zod";
import { randomText } from "./digest.ts";

/**
 * What `pnpm rotate-key` writes: the secret that seals, and the one before it, which still opens what it has sealed.
 * The ids are public (they are in every sealed value's header); the secrets are 32 random bytes each.
 */
export const sealingSecretsSchema = z.strictObject({
  current: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{8}$/), secret: z.base64url().length(43) }),
  previous: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{8}$/), secret: z.base64url().length(43) }).optional(),
});
export type SealingSecrets = z.infer<typeof sealingSecretsSchema>;

/** What Terraform creates the parameter with, so that it exists before anybody has made a secret. */
export const PLACEHOLDER = "placeholder: run pnpm rotate-key";

/** What `pnpm rotate-key` writes next: a new secret, which makes the present one the previous one. */
export function rotateSecrets(present: SealingSecrets | undefined): SealingSecrets {
  const current = { id: randomText(6), secret: randomText() };
  return present ? { current, previous: present.current } : { current };
}

export class SealingSecretsError extends Error {
  override readonly name = "SealingSecretsError";
}

/** @throws SealingSecretsError without the text in it: it may be a secret in the wrong shape */
export function parseSealingSecrets(text: string): SealingSecrets {
  if (text === PLACEHOLDER)
    throw new SealingSecretsError("The sealing secret has not been set: run `pnpm rotate-key` for this environment.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = sealingSecretsSchema.safeParse(value);
  if (!parsed.success)
    throw new SealingSecretsError(
      "The sealing secret's parameter is not what `pnpm rotate-key` writes: run it for this environment.",
    );
  return parsed.data;
}

export interface SecretsCache {
  get(): Promise<SealingSecrets>;
  /** For a value that names an unknown secret: another instance may have been told of a rotation before this one. */
  refresh(): Promise<SealingSecrets>;
}

/** A warm function learns of a rotation after at most this time. */
const MAX_AGE_MS = 5 * 60_000;
/** Values with made-up key ids must not turn into calls of the parameter store, whether it answers or not. */
const MIN_PAUSE_MS = 10_000;

/**
 * Keeps the secrets in memory. Where a refresh fails, those loaded before stay good until they are too old.
 * @param load throws where the parameter cannot be read
 */
export function cacheSecrets(load: () => Promise<SealingSecrets>, now: () => number = Date.now): SecretsCache {
  let loaded: { readonly at: number; readonly secrets: SealingSecrets } | undefined;
  let loading: Promise<SealingSecrets> | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;

  const usable = () => (loaded && now() - loaded.at < MAX_AGE_MS ? loaded.secrets : undefined);
  const reload = () => {
    loading ??= begin().finally(() => {
      loading = undefined;
    });
    return loading;
  };
  async function begin() {
    const at = now();
    triedAt = at;
    const secrets = await load();
    loaded = { at, secrets };
    return secrets;
  }

  return {
    get: async () => usable() ?? reload(),
    async refresh() {
      const present = usable();
      if (present === undefined) return reload();
      if (loading === undefined && now() - triedAt < MIN_PAUSE_MS) return present;
      return reload().catch(() => present);
    },
  };
}
