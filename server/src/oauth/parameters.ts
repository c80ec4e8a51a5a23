import { EndpointError } from "./errors.ts";

/** Query or form parameters: one value each, and the names of those that came more than once. */
export interface Parameters {
  /** Undefined where the parameter is absent, empty (RFC 6749, 3.1: the same as omitted) or repeated. */
  get(name: string): string | undefined;
  all(name: string): readonly string[];
  /** RFC 6749, 3.1 and 3.2: parameters must not be included more than once. */
  readonly repeated: ReadonlySet<string>;
}

/** The requests of OAuth 2.1 and OpenID Connect have up to 20; nothing honest comes near. */
export const MAX_PARAMETERS = 50;

/**
 * @param repeatable names that may come several times (`resource`: RFC 8707, 2)
 * @throws EndpointError where there are too many; 16 KB hold thousands
 */
export function readParameters(search: URLSearchParams, repeatable: readonly string[] = []): Parameters {
  if (search.size > MAX_PARAMETERS)
    throw new EndpointError("invalid_request", `Send at most ${MAX_PARAMETERS} parameters; there are ${search.size}.`);
  const values = new Map<string, string[]>();
  const repeated = new Set<string>();
  for (const [name, value] of search) {
    const earlier = values.get(name);
    if (earlier === undefined) values.set(name, [value]);
    else {
      earlier.push(value);
      if (!repeatable.includes(name)) repeated.add(name);
    }
  }
  const all = (name: string) => (values.get(name) ?? []).filter((value) => value !== "");
  return { repeated, all, get: (name) => (repeated.has(name) ? undefined : all(name)[0]) };
}
