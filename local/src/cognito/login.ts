import { randomUUID } from "node:crypto";
import { type AuthorizationRequest, codeRedirect, errorRedirect, parseAuthorization } from "./authorization-request.ts";
import { readForm } from "./form.ts";
import type { GrantStore } from "./grants.ts";
import { OAuthError } from "./oauth-error.ts";
import { errorPage, loginPage } from "./pages.ts";
import type { Session, SessionStore } from "./sessions.ts";
import type { UserPool } from "./user-pool.ts";
import type { UserDirectory } from "./users.ts";

export interface LoginOptions {
  pool: UserPool;
  users: UserDirectory;
  grants: GrantStore;
  sessions: SessionStore;
}

export interface Login {
  /** GET /oauth2/authorize */
  authorize(request: Request): Response;
  /** GET /login */
  form(request: Request): Response;
  /** POST /login */
  submit(request: Request): Promise<Response>;
  /** GET /logout */
  logout(request: Request): Response;
}

/** The pages that a person's browser goes through. */
export function createLogin({ pool, users, grants, sessions }: LoginOptions): Login {
  /** Runs `next` with a valid authorization request; every other one is answered here. */
  function whenValid<Answer>(request: Request, next: (valid: AuthorizationRequest) => Answer): Answer | Response {
    const parsed = parseAuthorization(pool, new URL(request.url));
    if (parsed.kind === "valid") return next(parsed.request);
    if (parsed.kind === "redirect") return redirect(parsed.location);
    const query = new URLSearchParams({ error: parsed.error, ...(parsed.clientId && { client_id: parsed.clientId }) });
    return redirect(`${pool.domain}/error?${query}`);
  }

  function showForm(request: Request, { client }: AuthorizationRequest, attempt: { username: string } | undefined) {
    const { token, cookie } = sessions.csrfToken(request);
    const response = loginPage({
      action: `${pool.domain}/login${new URL(request.url).search}`,
      csrf: token,
      clientName: client.name,
      username: attempt?.username ?? "",
      failed: attempt !== undefined,
    });
    response.headers.append("set-cookie", cookie);
    return response;
  }

  function issueCode(valid: AuthorizationRequest, { sub, authTime }: Session): string {
    const { client, redirectUri, codeChallenge, exchangeable, scopes, resource, nonce } = valid;
    const grant = { clientId: client.id, sub, scopes, resource, nonce, authTime, originJti: randomUUID() };
    return codeRedirect(valid, grants.issueCode({ grant, redirectUri, codeChallenge, exchangeable }));
  }

  return {
    // authorization-endpoint: "it redirects to the Login endpoint with the same URL parameters"; a live session skips the form.
    authorize: (request) =>
      whenValid(request, (valid) => {
        const session = sessions.find(request);
        return redirect(session ? issueCode(valid, session) : `${pool.domain}/login${new URL(request.url).search}`);
      }),

    form: (request) => whenValid(request, (valid) => showForm(request, valid, undefined)),

    submit: async (request) =>
      whenValid(request, async (valid) => {
        const form = await readForm(request).catch((error) => {
          if (error instanceof OAuthError) return undefined;
          throw error;
        });
        if (!form) return errorPage("invalid_request");
        if (!sessions.isOwnForm(request, form.get("_csrf"))) return showForm(request, valid, undefined);
        // Managed login has no such button; it stands for the person who turns back, which reaches clients as this error when an
        // identity provider reports it (federation-endpoint-idp-responses).
        if (form.get("action") === "cancel") {
          const { redirectUri, state } = valid;
          return redirect(errorRedirect(redirectUri, { error: "access_denied", description: "User cancelled", state }));
        }
        const username = form.get("username") ?? "";
        const user = users.authenticate(username, form.get("password") ?? "");
        if (!user) return showForm(request, valid, { username });
        const { session, cookie } = sessions.open(user.sub);
        return redirect(issueCode(valid, session), cookie);
      }),

    // logout-endpoint: either `logout_uri`, a registered sign-out URL, or the parameters of a new sign-in.
    logout(request) {
      const { searchParams, search } = new URL(request.url);
      const client = pool.clients.get(searchParams.get("client_id") ?? "");
      if (!client || searchParams.getAll("logout_uri").length > 1) return errorPage("invalid_request");
      const logoutUri = searchParams.get("logout_uri");
      const cookie = sessions.close(request);
      if (logoutUri !== null)
        return client.logoutUrls.includes(logoutUri) ? redirect(logoutUri, cookie) : errorPage("redirect_mismatch");
      if (searchParams.has("redirect_uri")) return redirect(`${pool.domain}/login${search}`, cookie);
      return errorPage("invalid_request");
    },
  };
}

function redirect(location: string, cookie?: string): Response {
  const headers = new Headers({ location, "cache-control": "no-store" });
  if (cookie !== undefined) headers.append("set-cookie", cookie);
  return new Response(null, { status: 302, headers });
}
