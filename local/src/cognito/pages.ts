import { createHash } from "node:crypto";

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
  main { width: min(22rem, 100% - 2rem); }
  label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
  input, button { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; border: 1px solid #767676; border-radius: .4rem; }
  button { margin-top: 1rem; cursor: pointer; }
  button[value=signin] { background: #1a4fa3; border-color: #1a4fa3; color: #fff; }
  [role=alert] { padding: .6rem; border: 1px solid #b3261e; border-radius: .4rem; }
`;
const styleHash = createHash("sha256").update(style).digest("base64");

/** No `form-action`: browsers apply it to the whole chain of redirects after the form, and would block the way back. */
const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** What every form of the sign-in carries. */
export interface SignInForm {
  /** Where the form is sent: the login URL with the parameters of the authorization request. */
  action: string;
  csrf: string;
  clientName: string;
  /** Why the person sees the form again. */
  problem: string | undefined;
}

/** The sign-in form: no script, works by keyboard and with password managers. `username` is shown again after a failure. */
export function loginPage(form: SignInForm, username: string): Response {
  return formPage(
    "Sign in",
    form,
    `<label for="username">Email address</label>
      <input id="username" name="username" type="email" autocomplete="username" required autofocus value="${escapeHtml(username)}">
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required>
      <button name="action" value="signin">Sign in</button>`,
  );
}

/** Asks a person who came with a temporary password for one of their own. */
export function newPasswordPage(form: SignInForm, challenge: string): Response {
  return formPage(
    "Choose a new password",
    form,
    `<input type="hidden" name="challenge" value="${escapeHtml(challenge)}">
      <label for="new_password">New password</label>
      <input id="new_password" name="new_password" type="password" autocomplete="new-password" required autofocus>
      <button name="action" value="signin">Save and sign in</button>`,
  );
}

/** What people see instead of a form when the stack has forgotten what the form needs; the status is not documented. */
export function unavailablePage(): Response {
  return page("Error", "<h1>Login pages unavailable</h1><p>Please contact an administrator.</p>", 403);
}

function formPage(title: string, { action, csrf, clientName, problem }: SignInForm, fields: string): Response {
  return page(
    title,
    `<h1>${title}</h1>
    <p>to continue to <strong>${escapeHtml(clientName)}</strong></p>
    ${problem === undefined ? "" : `<p role="alert">${escapeHtml(problem)}</p>`}
    <form method="post" action="${escapeHtml(action)}">
      <input type="hidden" name="_csrf" value="${escapeHtml(csrf)}">
      ${fields}
      <button name="action" value="cancel" formnovalidate>Cancel</button>
    </form>
    <p><small>Local stand-in for Amazon Cognito managed login.</small></p>`,
    200,
  );
}

/** Cognito's page for errors that must not go back to a client; 400 as users report it. */
export function errorPage(error: string): Response {
  return page(
    "Error",
    `<h1>An error was encountered with the requested page.</h1><p role="alert">${escapeHtml(error)}</p>`,
    400,
  );
}

function page(title: string, content: string, status: number): Response {
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <style>${style}</style>
  </head>
  <body>
    <main>${content}</main>
  </body>
</html>
`;
  return new Response(html, { status, headers });
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => entities[char] ?? "");
