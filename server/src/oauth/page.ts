import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { Texts } from "./texts.ts";

const css = `
:root{color-scheme:light dark;--line:#c8ccd2;--soft:#5a6270;--accent:#1456c4;--on-accent:#fff;--warn:#8a4b00}
@media (prefers-color-scheme:dark){:root{--line:#4a505a;--soft:#a9b0bc;--accent:#7fb0ff;--on-accent:#0b1a33;--warn:#ffc27a}}
*{box-sizing:border-box}
body{font:1rem/1.6 system-ui,-apple-system,"Hiragino Sans","Noto Sans CJK JP",sans-serif;margin:0;padding:2rem 1rem;overflow-wrap:anywhere}
main{max-width:32rem;margin:0 auto}
h1{font-size:1.4rem;line-height:1.3;margin:0 0 .25rem}
h2{font-size:.85rem;color:var(--soft);margin:1.25rem 0 .25rem;font-weight:600}
p,ul{margin:.25rem 0}
ul{list-style:none;padding:0}
li,label{display:flex;gap:.6rem;align-items:center;min-height:2.2rem}
.tick{width:1.15rem;text-align:center}
section{border-top:1px solid var(--line);margin-top:1rem}
.advice{color:var(--warn);font-weight:600;margin-top:1.25rem}
.soft{color:var(--soft)}
.buttons{display:flex;gap:.75rem;margin-top:1.5rem}
button{flex:1;min-height:2.9rem;font:inherit;font-weight:600;border-radius:.5rem;border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer}
button.allow{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
input[type=checkbox]{width:1.15rem;height:1.15rem;margin:0;flex:none;accent-color:var(--accent)}
@media (prefers-contrast:more){button,section{border-color:currentColor}}
`;

const styleHash = createHash("sha256").update(css).digest("base64");

/**
 * Headers of every page. No script at all, no framing (RFC 9700, 4.16), nothing loaded. No `form-action`: browsers apply it
 * to the whole chain of redirects behind the form, which ends at the client's own address. `same-origin` rather than
 * `no-referrer`, which would make the browser send `Origin: null` with the consent form.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'`,
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Cache-Control": "no-store",
  Vary: "Accept-Language",
};

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const page = (texts: Texts, title: string, content: Html): Html => html`<!doctype html>
<html lang="${texts.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(css)}</style>
</head>
<body><main>
${content}
</main></body>
</html>
`;

export const errorPage = (texts: Texts, error: keyof Texts["errors"]): Html =>
  page(
    texts,
    texts.errorTitle,
    html`<h1>${texts.errorTitle}</h1>
<p>${texts.errors[error]}</p>
<p class="soft">${texts.errorAdvice}</p>`,
  );
