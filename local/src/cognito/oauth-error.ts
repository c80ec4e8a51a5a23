/** RFC 6749 section 5.2, RFC 7009 section 2.2.1. */
export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "unsupported_token_type";

/**
 * A refusal of the token or revocation endpoint. Cognito answers 400 even to a failed client authentication (token-endpoint,
 * "Examples of negative responses"), and gives a description in one case only: see client-authentication.ts.
 */
export class OAuthError extends Error {
  override name = "OAuthError";
  readonly code: OAuthErrorCode;
  readonly description: string | undefined;

  constructor(code: OAuthErrorCode, description?: string) {
    super(code);
    this.code = code;
    this.description = description;
  }

  toResponse(status: 400 | 401 = 400): Response {
    const body = {
      error: this.code,
      ...(this.description === undefined ? {} : { error_description: this.description }),
    };
    return Response.json(body, {
      status,
      headers: { "content-type": "application/json;charset=UTF-8", "cache-control": "no-store" },
    });
  }
}
