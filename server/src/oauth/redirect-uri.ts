/** Where an authorization response goes, in the words of the consent page. */
export type Destination =
  | { readonly kind: "device"; readonly host: string }
  | { readonly kind: "site"; readonly host: string }
  | { readonly kind: "app"; readonly scheme: string };

/** Keeps client ids, cookies and the gateway's 10,240 bytes of headers within bounds. */
export const MAX_REDIRECT_URI = 512;

// RFC 3986, section 2: nothing outside these characters is a URI, so no space, quote, backslash, control or line break.
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
// What a browser or a client may read differently than we do: "/", "\", "." and control characters in disguise.
const DISGUISED = /%(?:2f|5c|2e|0[0-9a-f]|1[0-9a-f]|7f)/i;
const DOT_SEGMENT = /\/\.\.?(?:[/?]|$)/;
// RFC 8252, sections 7.3 and 8.3: http only to the loopback addresses; clients use the name as well (Claude Code does).
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::(\d{1,5}))?((?:\/[^?]*)?(?:\?.*)?)$/;
const HTTPS = /^https:\/\/([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)(?:\/.*)?$/;
const SCHEME = /^([a-z][a-z0-9+.-]*):/;
/** Schemes that a browser runs or opens by itself: never an app of their own. */
const NOT_AN_APP = new Set(["http", "https", "javascript", "data", "file", "blob", "about", "view-source", "vbscript"]);

/**
 * Reads a redirect URI without normalizing it: what was compared is what the browser gets.
 * @returns undefined for what no client may use, whatever has been configured
 */
export function destinationOf(uri: string): Destination | undefined {
  if (uri.length > MAX_REDIRECT_URI || !URI.test(uri) || DISGUISED.test(uri) || DOT_SEGMENT.test(uri)) return undefined;
  const loopback = LOOPBACK.exec(uri);
  if (loopback) {
    const [, host = "", port] = loopback;
    if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
    return { kind: "device", host: port === undefined ? host : `${host}:${port}` };
  }
  const site = HTTPS.exec(uri)?.[1];
  // "claude.ai.0" and "1.2.3" end in a number: browsers take them for IPv4 addresses, odd or none (URL standard, host parsing).
  if (site !== undefined) return URL.parse(uri)?.host === site ? { kind: "site", host: site } : undefined;
  const scheme = SCHEME.exec(uri)?.[1];
  return scheme === undefined || NOT_AN_APP.has(scheme) ? undefined : { kind: "app", scheme };
}

/**
 * Whether a request's redirect URI is the registered one: the same characters, but for the port of a loopback address, which
 * an app learns only when it starts listening (RFC 8252, section 7.3).
 */
export function sameRedirect(registered: string, requested: string): boolean {
  if (registered === requested) return true;
  const [first, second] = [LOOPBACK.exec(registered), LOOPBACK.exec(requested)];
  return first !== null && second !== null && first[1] === second[1] && first[3] === second[3];
}

/**
 * Whether a client that registers itself may use this URI at all: loopback always (it cannot leave the person's device), any
 * other only where it is on the list. `*` at the end of an entry stands for one path segment.
 */
export function allowedRedirect(uri: string, hosted: readonly string[]): boolean {
  const destination = destinationOf(uri);
  if (!destination) return false;
  return destination.kind === "device" || hosted.some((entry) => matchesEntry(entry, uri));
}

function matchesEntry(entry: string, uri: string): boolean {
  if (!entry.endsWith("/*")) return entry === uri;
  const prefix = entry.slice(0, -1);
  return uri.startsWith(prefix) && /^[A-Za-z0-9_-]+$/.test(uri.slice(prefix.length));
}

/** The URI with the response's parameters in its query (RFC 6749, section 4.1.2), everything before it unchanged. */
export function withParameters(uri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  return `${uri}${uri.includes("?") ? "&" : "?"}${query}`;
}
