import { html } from "hono/html";
import type { ScopeName } from "../tools/tool.ts";
import type { Client } from "./client.ts";
import { type Html, page } from "./page.ts";
import { type Destination, destinationOf } from "./redirect-uri.ts";
import type { Texts } from "./texts.ts";

export interface Consent {
  /** The id of the pending authorization; without the cookie of the same id it is worth nothing. */
  readonly id: string;
  readonly client: Client;
  readonly redirectUri: string;
  readonly scopes: readonly ScopeName[];
  /** Host of the MCP server. */
  readonly host: string;
}

/** The scope that a client cannot work without, where it is asked for; each other one can be taken away. */
export const BASIC_SCOPE: ScopeName = "read";

/** What a person decides about: who asks, for what, and where the answer goes. */
export function consentPage(texts: Texts, { id, client, redirectUri, scopes, host }: Consent): Html {
  const destination = destinationOf(redirectUri);
  // Only a checked URI gets here.
  if (!destination) throw new Error("the redirect URI has not been checked");
  return page(
    texts,
    `${texts.consentTitle} · ${client.name}`,
    html`<h1>${texts.asks(client.name)}</h1>
<p>${texts.server(host)}</p>
<form method="post" action="/authorize" autocomplete="off">
<input type="hidden" name="id" value="${id}">
<section><h2>${texts.identityLabel}</h2><p>${identity(texts, client, destination)}</p></section>
<section><h2>${texts.scopesLabel}</h2><ul>
${scopes.map((name) => scopeItem(texts, name))}</ul></section>
<section><h2>${texts.returnLabel}</h2><p>${returnTo(texts, destination)}</p></section>
<p class="advice">${texts.advice}</p>
<div class="buttons">
<button name="decision" value="deny">${texts.deny}</button>
<button name="decision" value="allow" class="allow">${texts.allow}</button>
</div>
<p class="soft">${texts.next}</p>
</form>`,
  );
}

function scopeItem(texts: Texts, name: ScopeName): Html {
  if (name === BASIC_SCOPE) return html`<li><span class="tick" aria-hidden="true">✓</span>${texts.scopes[name]}</li>\n`;
  return html`<li><label><input type="checkbox" name="scope" value="${name}" checked>${texts.scopes[name]}</label></li>\n`;
}

function identity(texts: Texts, { identity }: Client, destination: Destination): string {
  if (identity.kind !== "document") return texts.identity[identity.kind];
  return destination.kind === "site"
    ? texts.identity.document(identity.host)
    : texts.identity.documentOnDevice(identity.host);
}

function returnTo(texts: Texts, destination: Destination): string {
  return destination.kind === "app"
    ? texts.returnTo.app(destination.scheme)
    : texts.returnTo[destination.kind](destination.host);
}
