import { GatewayError } from "./errors.ts";

/** A resource of the API: `/`-led path of parts, each literal, `{name}` or (last) `{name+}`. */
export interface Route<Method> {
  path: string;
  /** By HTTP method, or `ANY`. */
  methods: ReadonlyMap<string, Method>;
}

export interface Match<Method> {
  route: Route<Method>;
  method: Method;
  /** Values of the path's parameters, decoded; null without any, as in the proxy event. */
  parameters: Record<string, string> | null;
}

/**
 * Finds the resource of a path as API Gateway does, the most specific first (a literal part before `{name}` before
 * `{name+}`), and then the method on it: the exact one, else ANY. Undefined when nothing is mapped.
 */
export function createRouter<Method>(
  routes: readonly Route<Method>[],
): (httpMethod: string, path: string) => Match<Method> | undefined {
  const candidates = routes
    .filter(({ methods }) => methods.size > 0)
    .map((route) => ({ route, parts: partsOf(route.path) }))
    .sort((a, b) => (rank(a.parts) < rank(b.parts) ? -1 : 1));
  return (httpMethod, path) => {
    const given = partsOf(path).map(decode);
    for (const { route, parts } of candidates) {
      const parameters = match(parts, given);
      if (!parameters) continue;
      const method = route.methods.get(httpMethod) ?? route.methods.get("ANY");
      return method && { route, method, parameters: Object.keys(parameters).length > 0 ? parameters : null };
    }
    return undefined;
  };
}

/** A slash at the end makes no difference. */
function partsOf(path: string): string[] {
  return path.replace(/^\//, "").replace(/\/$/, "").split("/");
}

const rank = (parts: readonly string[]) =>
  parts.map((part) => (part.endsWith("+}") ? "2" : part.startsWith("{") ? "1" : "0")).join("");

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new GatewayError("BAD_REQUEST_PARAMETERS", { reason: "a path that is not percent-encoded UTF-8" });
  }
}

function match(parts: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    const value = given[i];
    const name = /^\{([^}+]+)(\+?)\}$/.exec(part);
    if (value === undefined || (name && value === "")) return undefined;
    if (name?.[1] !== undefined && name[2] === "+") {
      parameters[name[1]] = given.slice(i).join("/");
      return parameters;
    }
    if (name?.[1] !== undefined) parameters[name[1]] = value;
    else if (part !== value) return undefined;
  }
  return parts.length === given.length ? parameters : undefined;
}
