/**
 * Whether a `resource` parameter (RFC 8707, 2) names this server. Besides the canonical form: with a trailing slash, and the
 * bare origin, which some releases of Claude Code send (anthropics/claude-code#52871, 2026-09-02). Tokens are for the canonical
 * form in every case, and there is no other resource at this origin to confuse it with. Scheme and host in any case (RFC 3986,
 * 6.2.2.1; MCP 2026-07-28, authorization).
 */
export function isOurResource(value: string, resource: string): boolean {
  const match = /^([a-z]+:\/\/[^/?#]+)(\/[^?#]*)?$/i.exec(value);
  if (!match) return false;
  const [, origin = "", path = ""] = match;
  const ours = new URL(resource);
  return origin.toLowerCase() === ours.origin && ["", "/", ours.pathname, `${ours.pathname}/`].includes(path);
}
