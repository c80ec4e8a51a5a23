import type { ScopeName } from "../tools/tool.ts";

/** Full scope strings (`<resource>/<name>`) to and from the names that pages and configuration use. */
export interface Scopes {
  readonly names: readonly ScopeName[];
  /** @returns undefined where the text names a scope that this server does not have */
  parse(text: string | undefined): readonly ScopeName[] | undefined;
  format(names: readonly ScopeName[]): string;
}

// RFC 6749, 3.3.
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
/**
 * Asked for by clients that want refresh tokens (Claude Code adds it by itself); this server gives those without being asked,
 * and Cognito does not know the name. Ignoring it is what OpenID Connect Core 1.0, 11 tells servers to do.
 */
const IGNORED = "offline_access";

export function createScopes(resource: string, available: readonly ScopeName[]): Scopes {
  const full = (name: ScopeName) => `${resource}/${name}`;
  return {
    names: available,
    parse(text) {
      const asked = (text ?? "").split(" ").filter((token) => token !== "" && token !== IGNORED);
      if (!asked.every((token) => SCOPE_TOKEN.test(token) && available.some((name) => full(name) === token)))
        return undefined;
      // RFC 6749, 3.3: without a scope the server's default, here all: the consent page lets a person take away.
      return asked.length === 0 ? available : available.filter((name) => asked.includes(full(name)));
    },
    format: (names) => names.map(full).join(" "),
  };
}
