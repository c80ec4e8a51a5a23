import { randomUUID } from "node:crypto";
import { type AuthorizationRequest, codeRedirect, errorRedirect, parseAuthorization } from "./authorization-request.ts";
import { type Form, readForm } from "./form.ts";
import type { GrantStore } from "./grants.ts";
import { OAuthError } from "./oauth-error.ts";
import { errorPage, loginPage, newPasswordPage, type SignInForm, unavailablePage } from "./pages.ts";
import type { PasswordChallenges } from "./password-challenges.ts";
import { passwordProblem } from "./password-policy.ts";
import type { Session, SessionStore } from "./sessions.ts";
import type { UserPool } from "./user-pool.ts";
import type { User, UserDirectory } from "./users.ts";

export interface LoginOptions {
  pool: UserPool;
  users: UserDirectory;
  grants: GrantStore;
  sessions: SessionStore;
  challenges: PasswordChallenges;
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
export function createLogin({ pool, users, grants, sessions, challenges }: LoginOptions): Login {
  /** Runs `next` with a valid authorization request; every other one is answered here. */
  function whenValid<Answer>(request: Request, next: (valid: AuthorizationRequest) => Answer): Answer | Response {
    const parsed = parseAuthorization(pool, new URL(request.url));
    if (parsed.kind === "valid") return next(parsed.request);
    if (parsed.kind === "redirect") return redirect(parsed.location);
    const query = new URLSearchParams({ error: parsed.error, ...(parsed.clientId && { client_id: parsed.clientId }) });
    return redirect(`${pool.domain}/error?${query}`);
  }

  /** Shows a form of the sign-in, together with the browser's token against forged ones. */
  function show(
    page: (form: SignInForm) => Response,
    request: Request,
    { client }: AuthorizationRequest,
    problem?: string,
  ): Response {
    if (!pool.hasLoginPage(client)) return unavailablePage();
    const { token, cookie } = sessions.csrfToken(request);
    const action = `${pool.domain}/login${new URL(request.url).search}`;
    const response = page({ action, csrf: token, clientName: client.name, problem });
    response.headers.append("set-cookie", cookie);
    return response;
  }

  function issueCode(valid: AuthorizationRequest, { sub, authTime }: Session): string {
    const { client, redirectUri, codeChallenge, exchangeable, scopes, resource, nonce } = valid;
    const grant = { clientId: client.id, sub, scopes, resource, nonce, authTime, originJti: randomUUID() };
    return codeRedirect(valid, grants.issueCode({ grant, redirectUri, codeChallenge, exchangeable }));
  }

  function signIn(valid: AuthorizationRequest, { sub }: User): Response {
    const { session, cookie } = sessions.open(sub);
    return redirect(issueCode(valid, session), cookie);
  }

  /** The first form: e-mail address and password. */
  function submitPassword(request: Request, valid: AuthorizationRequest, form: Form): Response {
    const username = form.get("username") ?? "";
    const user = users.authenticate(username, form.get("password") ?? "");
    // One text for an unknown user and a wrong password, as with prevent_user_existence_errors.
    if (!user) return show((page) => loginPage(page, username), request, valid, "Incorrect username or password.");
    if (user.status === "CONFIRMED") return signIn(valid, user);
    const challenge = challenges.start(user.sub);
    return show((page) => newPasswordPage(page, challenge), request, valid);
  }

  /** The second form: the password of one's own that replaces a temporary one. */
  function submitNewPassword(request: Request, valid: AuthorizationRequest, form: Form, challenge: string): Response {
    const user = users.find(challenges.find(challenge) ?? "");
    if (!user) return show((page) => loginPage(page, ""), request, valid, "Your session has expired. Sign in again.");
    const password = form.get("new_password") ?? "";
    const problem = passwordProblem(password, pool.passwordPolicy);
    if (problem !== undefined) return show((page) => newPasswordPage(page, challenge), request, valid, problem);
    challenges.end(challenge);
    users.setPassword(user, password, { permanent: true });
    return signIn(valid, user);
  }

  return {
    // authorization-endpoint: "it redirects to the Login endpoint with the same URL parameters"; a live session skips the form.
    authorize: (request) =>
      whenValid(request, (valid) => {
        const session = sessions.find(request);
        return redirect(session ? issueCode(valid, session) : `${pool.domain}/login${new URL(request.url).search}`);
      }),

    form: (request) => whenValid(request, (valid) => show((page) => loginPage(page, ""), request, valid)),

    submit: async (request) =>
      whenValid(request, async (valid) => {
        if (!pool.hasLoginPage(valid.client)) return unavailablePage();
        const form = await readForm(request).catch((error) => {
          if (error instanceof OAuthError) return undefined;
          throw error;
        });
        if (!form) return errorPage("invalid_request");
        if (!sessions.isOwnForm(request, form.get("_csrf")))
          return show((page) => loginPage(page, ""), request, valid, "The form has expired. Sign in again.");
        // Managed login has no such button; it stands for the person who turns back, which reaches clients as this error when an
        // identity provider reports it (federation-endpoint-idp-responses).
        if (form.get("action") === "cancel") {
          const { redirectUri, state } = valid;
          return redirect(errorRedirect(redirectUri, { error: "access_denied", description: "User cancelled", state }));
        }
        const challenge = form.get("challenge");
        return challenge === undefined
          ? submitPassword(request, valid, form)
          : submitNewPassword(request, valid, form, challenge);
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
