/** Told to the person in the browser: the client is unknown or its redirect URI cannot be trusted (RFC 6749, 4.1.2.1). */
export class PageError extends Error {
  override readonly name = "PageError";
  readonly status: 400 | 403;
  readonly page: PageErrorKind;

  constructor(page: PageErrorKind, status: 400 | 403 = 400) {
    super(page);
    this.page = page;
    this.status = status;
  }
}

/** Each has its own sentences in every language of the pages. */
export type PageErrorKind = "client" | "denied" | "document" | "redirect" | "parameters" | "browser" | "expired";

/** Told to the client through its redirect URI. */
export class RedirectError extends Error {
  override readonly name = "RedirectError";
  readonly code: AuthorizationErrorCode;

  constructor(code: AuthorizationErrorCode, description: string) {
    super(description);
    this.code = code;
  }
}

/** Of a request that is wrong: RFC 6749, 4.1.2.1 and RFC 8707, 2. */
export type AuthorizationErrorCode =
  | "invalid_request"
  | "unsupported_response_type"
  | "invalid_scope"
  | "invalid_target";

/** Told to the client as JSON: the token, revocation and registration endpoints. */
export class EndpointError extends Error {
  override readonly name = "EndpointError";
  readonly code: EndpointErrorCode;
  readonly status: 400 | 401 | 413;

  constructor(code: EndpointErrorCode, description: string, status: 400 | 401 | 413 = 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}

/** RFC 6749, 5.2; RFC 7009, 2.2.1; RFC 7591, 3.2.2; RFC 8707, 2. */
export type EndpointErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_scope"
  | "invalid_target"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_token_type"
  | "invalid_redirect_uri"
  | "invalid_client_metadata";
