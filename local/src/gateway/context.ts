import { UnsupportedStackError } from "../terraform/errors.ts";

/** Values of `$context.*`, by the name behind `$context.`; what is not there has no value (yet). */
export type Context = Map<string, string>;

/**
 * The variables that the local gateway fills.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
const known = new Set([
  "accountId",
  "apiId",
  "authorizer.error",
  "deploymentId",
  "domainName",
  "error.message",
  "error.messageString",
  "error.responseType",
  "extendedRequestId",
  "httpMethod",
  "identity.sourceIp",
  "identity.userAgent",
  "integration.error",
  "integration.latency",
  "integration.status",
  "integrationErrorMessage",
  "integrationLatency",
  "path",
  "protocol",
  "requestId",
  "requestTime",
  "requestTimeEpoch",
  "resourceId",
  "resourcePath",
  "responseLatency",
  "responseLength",
  "stage",
  "status",
]);

/** Throws UnsupportedStackError for a variable that would always be empty here. */
export function assertKnown(variable: string, where: string): void {
  if (known.has(variable) || /^authorizer\.claims\.[\w:-]+$/.test(variable)) return;
  throw new UnsupportedStackError(
    `${where} uses $context.${variable}, which the local gateway does not fill; add it to local/src/gateway/context.ts.`,
  );
}
