import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The Chromium on PATH, started without a window. @throws with what to install */
export async function openChromium(): Promise<Browser> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
  if (found === undefined)
    throw new Error("No Chromium on PATH. Install it (Debian: apt-get install -y chromium) and run this again.");
  // Containers have neither user namespaces for the sandbox nor much shared memory; only pages of this machine are opened.
  return chromium.launch({ executablePath: found, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Presses Allow, and logs in where Cognito asks for it. Returns when the browser has left both pages. */
export async function allowAndSignIn(page: Page, user: { readonly email: string; readonly password: string }) {
  await page.getByRole("button", { name: "Allow" }).click();
  // The click returns before the redirects are followed: to the login, or with a live session back to the client.
  await page.waitForURL(({ pathname }) => pathname !== "/authorize", { waitUntil: "commit" });
  if (page.url().includes("/login?")) await signIn(page, user);
}

export async function signIn(page: Page, { email, password }: { readonly email: string; readonly password: string }) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
