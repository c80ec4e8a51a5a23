import type { ScopeName } from "../tools/tool.ts";
import type { PageErrorKind } from "./errors.ts";

/** Everything that a person reads, in one language. Functions take text as it is: the page escapes it. */
export interface Texts {
  readonly lang: "en" | "ja";
  readonly consentTitle: string;
  /** In quotation marks: a name may be a whole sentence. */
  readonly asks: (name: string) => string;
  readonly server: (host: string) => string;
  readonly identityLabel: string;
  readonly identity: {
    readonly document: (host: string) => string;
    /** The document proves whose name it is, and nothing about the program that listens on this device (RFC 8252, 8.6). */
    readonly documentOnDevice: (host: string) => string;
    readonly registered: string;
    readonly configured: string;
  };
  readonly scopesLabel: string;
  readonly scopes: Readonly<Record<ScopeName, string>>;
  readonly returnLabel: string;
  readonly returnTo: {
    readonly device: (host: string) => string;
    readonly site: (host: string) => string;
    readonly app: (scheme: string) => string;
  };
  readonly advice: string;
  readonly next: string;
  readonly allow: string;
  readonly deny: string;
  readonly errorTitle: string;
  readonly errors: Readonly<Record<PageErrorKind | "unavailable", string>>;
  readonly errorAdvice: string;
}

const en: Texts = {
  lang: "en",
  consentTitle: "Allow access?",
  asks: (name) => `“${name}” asks for access`,
  server: (host) => `to the MCP server at ${host}, in your name.`,
  identityLabel: "Who asks",
  identity: {
    document: (host) => `An app of ${host} (confirmed by that site).`,
    documentOnDevice: (host) => `The name belongs to ${host}, but any app on this device could use it.`,
    registered: "An app that gave itself this name. Nobody has checked it.",
    configured: "An app that the operator of this server has set up.",
  },
  scopesLabel: "What it may do",
  scopes: { read: "Read files and run calculations", write: "Save new files" },
  returnLabel: "Where you return",
  returnTo: {
    device: (host) => `To an app on this device (${host}).`,
    site: (host) => `To the site ${host}.`,
    app: (scheme) => `To the app on this device that opens ${scheme}: links.`,
  },
  advice: "Allow this only if you have just started to connect that app yourself.",
  next: "You log in on the next page.",
  allow: "Allow",
  deny: "Deny",
  errorTitle: "This did not work",
  errors: {
    client: "The app that sent you here is not known to this server, or its registration has expired.",
    denied: "The operator of this server does not let this app connect.",
    document: "The description of the app that sent you here could not be fetched from its site, or is not usable.",
    redirect: "The app wants you to return to an address that it may not use here.",
    parameters: "The app sent a request that can be understood in two ways, or that is too long.",
    browser: "This login was not started in this browser, or it is over already.",
    expired: "This page is no longer valid: it was used already, or more than ten minutes have passed.",
    unavailable: "This server cannot do that at the moment.",
  },
  errorAdvice:
    "Nothing has been allowed. Go back to your app and connect again; if that does not help, remove the server there and add it again.",
};

const ja: Texts = {
  lang: "ja",
  consentTitle: "アクセスを許可しますか？",
  asks: (name) => `「${name}」がアクセスを求めています`,
  server: (host) => `${host} の MCP サーバーを、あなたの名前で利用します。`,
  identityLabel: "要求元",
  identity: {
    document: (host) => `${host} のアプリです（このサイトによる確認済み）。`,
    documentOnDevice: (host) => `この名前は ${host} のものですが、この端末のどのアプリでも名乗れます。`,
    registered: "この名前はアプリの自己申告です。誰も確認していません。",
    configured: "このサーバーの運用者が設定したアプリです。",
  },
  scopesLabel: "許可する操作",
  scopes: { read: "ファイルの閲覧と計算", write: "新しいファイルの保存" },
  returnLabel: "戻り先",
  returnTo: {
    device: (host) => `この端末のアプリ（${host}）に戻ります。`,
    site: (host) => `サイト ${host} に戻ります。`,
    app: (scheme) => `この端末で ${scheme}: リンクを開くアプリに戻ります。`,
  },
  advice: "たった今ご自身でこのアプリの接続を始めた場合にだけ、許可してください。",
  next: "次のページでログインします。",
  allow: "許可する",
  deny: "拒否する",
  errorTitle: "続行できませんでした",
  errors: {
    client: "接続元のアプリはこのサーバーに登録されていないか、登録の有効期限が切れています。",
    denied: "このサーバーの運用者は、このアプリの接続を認めていません。",
    document: "接続元のアプリの情報をそのサイトから取得できなかったか、内容に問題があります。",
    redirect: "アプリが指定した戻り先は、ここでは使えません。",
    parameters: "アプリから送られた要求の内容があいまいか、長すぎます。",
    browser: "このログインはこのブラウザーで始められたものではないか、すでに終わっています。",
    expired: "このページはもう使えません。すでに使われたか、10 分が過ぎました。",
    unavailable: "サーバーは現在この操作を行えません。",
  },
  errorAdvice:
    "何も許可されていません。アプリに戻って接続し直してください。うまくいかない場合は、アプリからこのサーバーを削除して、もう一度追加してください。",
};

/** The first language of `Accept-Language` that the pages have; English where there is none. RFC 9110, 12.5.4. */
export function textsFor(acceptLanguage: string | undefined): Texts {
  const wanted = (acceptLanguage ?? "")
    .split(",", 20)
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const q = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { language: tag.trim().split("-")[0], quality: q === undefined ? 1 : Number(q) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.find(({ language }) => language === "ja" || language === "en")?.language === "ja" ? ja : en;
}
