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

export interface LoginPage {
  /** Where the form is sent: the login URL with the parameters of the authorization request. */
  action: string;
  csrf: string;
  clientName: string;
  /** Shown again after a failed attempt. */
  username: string;
  failed: boolean;
}

/** The sign-in form: no script, works by keyboard and with password managers. */
export function loginPage({ action, csrf, clientName, username, failed }: LoginPage): Response {
  // One text for an unknown user and a wrong password, as with prevent_user_existence_errors.
  const alert = failed ? '<p role="alert">Incorrect username or password.</p>' : "";
  return page(
    "Sign in",
    `<h1>Sign in</h1>
    <p>to continue to <strong>${escapeHtml(clientName)}</strong></p>
    ${alert}
    <form method="post" action="${escapeHtml(action)}">
      <input type="hidden" name="_csrf" value="${escapeHtml(csrf)}">
      <label for="username">Email address</label>
      <input id="username" name="username" type="email" autocomplete="username" required autofocus value="${escapeHtml(username)}">
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required>
      <button name="action" value="signin">Sign in</button>
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
