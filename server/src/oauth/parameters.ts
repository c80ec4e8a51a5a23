/** Query or form parameters: one value each, and the names of those that came more than once. */
export interface Parameters {
  /** Undefined where the parameter is absent, empty (RFC 6749, 3.1: the same as omitted) or repeated. */
  get(name: string): string | undefined;
  all(name: string): readonly string[];
  /** RFC 6749, 3.1 and 3.2: parameters must not be included more than once. */
  readonly repeated: ReadonlySet<string>;
}

/** @param repeatable names that may come several times (`resource`: RFC 8707, 2) */
export function readParameters(search: URLSearchParams, repeatable: readonly string[] = []): Parameters {
  const repeated = new Set(
    [...search.keys()].filter((name) => !repeatable.includes(name) && search.getAll(name).length > 1),
  );
  const all = (name: string) => search.getAll(name).filter((value) => value !== "");
  return { repeated, all, get: (name) => (repeated.has(name) ? undefined : all(name)[0]) };
}
