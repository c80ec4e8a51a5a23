/**
 * Types of gateway responses that the local gateway produces.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export type ResponseType =
  | "ACCESS_DENIED"
  | "API_CONFIGURATION_ERROR"
  | "AUTHORIZER_CONFIGURATION_ERROR"
  | "BAD_REQUEST_PARAMETERS"
  | "INTEGRATION_FAILURE"
  | "INTEGRATION_TIMEOUT"
  | "INVALID_SIGNATURE"
  | "MISSING_AUTHENTICATION_TOKEN"
  | "REQUEST_TOO_LARGE"
  | "THROTTLED"
  | "UNAUTHORIZED"
  | "UNSUPPORTED_MEDIA_TYPE";

/** Status without customization, `x-amzn-ErrorType` and message of each type, as AWS sends them. */
const defaults: Record<ResponseType, readonly [status: number, errorType: string, message: string]> = {
  ACCESS_DENIED: [403, "AccessDeniedException", "User is not authorized to access this resource"],
  API_CONFIGURATION_ERROR: [500, "InternalServerErrorException", "Internal server error"],
  AUTHORIZER_CONFIGURATION_ERROR: [500, "AuthorizerConfigurationException", "Internal server error"],
  BAD_REQUEST_PARAMETERS: [400, "BadRequestException", "Bad Request"],
  INTEGRATION_FAILURE: [502, "InternalServerErrorException", "Internal server error"],
  INTEGRATION_TIMEOUT: [504, "InternalServerErrorException", "Endpoint request timed out"],
  INVALID_SIGNATURE: [
    403,
    "IncompleteSignatureException",
    "Invalid key=value pair (missing equal-sign) in Authorization header.",
  ],
  MISSING_AUTHENTICATION_TOKEN: [403, "MissingAuthenticationTokenException", "Missing Authentication Token"],
  REQUEST_TOO_LARGE: [413, "RequestTooLargeException", "Request Too Long"],
  THROTTLED: [429, "TooManyRequestsException", "Too Many Requests"],
  UNAUTHORIZED: [401, "UnauthorizedException", "Unauthorized"],
  UNSUPPORTED_MEDIA_TYPE: [415, "BadRequestException", "Unsupported Media Type"],
};

/** The gateway answers by itself, with the gateway response of `type`. `reason` is for the log, never for the caller. */
export class GatewayError extends Error {
  override name = "GatewayError";
  readonly type: ResponseType;
  readonly status: number;
  readonly errorType: string;
  readonly reason: string;

  constructor(type: ResponseType, options: { message?: string; status?: number; reason?: string } = {}) {
    const [status, errorType, message] = defaults[type];
    super(options.message ?? message);
    this.type = type;
    this.status = options.status ?? status;
    this.errorType = errorType;
    this.reason = options.reason ?? this.message;
  }
}
