import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resources } from "../terraform/resources.ts";
import type { Exchange, Gateway } from "./gateway.ts";
import { discardBody } from "./reply.ts";
import { headerPairs, readBody } from "./request.ts";
import { parse } from "./schema.ts";

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html: CachingDisabled */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html: AllViewerExceptHostHeader */
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const HEADER_BYTES_LIMIT = 10_240;
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const URL_BYTES_LIMIT = 8192;

/** How long the rest of a refused request is read. */
const READ_ON_MS = 1000;

const distribution = z.object({
  domain_name: z.string(),
  enabled: z.literal(true),
  origin: z.tuple([
    z.object({
      origin_id: z.string(),
      domain_name: z.string(),
      origin_path: z.string().default(""),
      custom_origin_config: z.object({ origin_read_timeout: z.number().default(30) }),
    }),
  ]),
  default_cache_behavior: z.strictObject({
    target_origin_id: z.string(),
    // On a laptop everything is plain HTTP.
    viewer_protocol_policy: z.string(),
    allowed_methods: z.array(z.string()),
    cached_methods: z.array(z.string()),
    compress: z.boolean().optional(),
    cache_policy_id: z.literal(CACHING_DISABLED, "the local front caches nothing: use the policy CachingDisabled"),
    origin_request_policy_id: z.literal(
      ALL_VIEWER_EXCEPT_HOST,
      "only AllViewerExceptHostHeader hands Authorization and everything else but Host to the API",
    ),
  }),
  // Errors are not cached here; replacing them is not served.
  custom_error_response: z
    .array(z.strictObject({ error_code: z.number(), error_caching_min_ttl: z.number() }))
    .optional(),
  ordered_cache_behavior: z.array(z.unknown()).max(0).optional(),
});

/** Serves CloudFront's root: what a viewer asks for goes to the stage that the origin path names. */
export function createFront(
  resources: Resources,
  gateway: Gateway,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const found = resources.one("aws_cloudfront_distribution");
  const {
    domain_name: host,
    origin: [origin],
    default_cache_behavior: behavior,
  } = parse(distribution, found);
  if (origin.domain_name !== gateway.host || behavior.target_origin_id !== origin.origin_id)
    throw new UnsupportedStackError(
      `${found.address} leads to ${origin.domain_name} and not to the stack's API ${gateway.host}.`,
    );
  const stagePath = `/${gateway.stageName}`;

  return async (message, response) => {
    const method = message.method ?? "GET";
    const url = message.url ?? "/";
    const headers = headerPairs(message.rawHeaders);
    const headerBytes = method.length + url.length + headers.reduce((sum, [, value]) => sum + value.length, 0);
    if (!behavior.allowed_methods.includes(method))
      return plain(response, 403, "This distribution does not allow the method.");
    if (url.length > URL_BYTES_LIMIT) return plain(response, 414, "The URL is longer than 8192 bytes.");
    if (headerBytes > HEADER_BYTES_LIMIT)
      return plain(response, 431, `HTTP header is larger than ${HEADER_BYTES_LIMIT} bytes.`);

    const [path = "/", query = ""] = split(origin.origin_path + url);
    if (path !== stagePath && !path.startsWith(`${stagePath}/`))
      return plain(response, 403, '{"message":"Forbidden"}', "application/json");
    const sourceIp = message.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "127.0.0.1";
    const handling = gateway.handle({
      method,
      path: path.slice(stagePath.length) || "/",
      query,
      headers: [
        ...headers.filter(([name]) => !REPLACED.has(name.toLowerCase())),
        ...added(gateway.host, host, sourceIp, headers),
      ],
      protocol: `HTTP/${message.httpVersion}`,
      sourceIp,
      body: () => readBody(message),
    });
    const readTimeoutMs = origin.custom_origin_config.origin_read_timeout * 1000;
    const exchange = await firstOf(handling, readTimeoutMs);
    if (exchange) return send(exchange, message, response, readTimeoutMs);
    plain(response, 504, "The origin did not answer in time.");
    const late = await handling;
    await discardBody(late.reply).catch(() => {});
    late.onSent(0);
  };
}

/** What comes within the time, else undefined. */
function firstOf<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Replaced or completed by CloudFront and the gateway's own edge. */
const REPLACED = new Set([
  "host",
  "x-forwarded-for",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-amzn-trace-id",
  "via",
  "x-amz-cf-id",
]);

function added(
  apiHost: string,
  viewerHost: string,
  sourceIp: string,
  given: readonly [string, string][],
): [string, string][] {
  const forwarded = given.filter(([name]) => name.toLowerCase() === "x-forwarded-for").map(([, value]) => value);
  return [
    ["Host", apiHost],
    ["Via", `1.1 ${viewerHost} (CloudFront)`],
    ["X-Amz-Cf-Id", randomBytes(40).toString("base64url")],
    ["X-Amzn-Trace-Id", `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`],
    ["X-Forwarded-For", [...forwarded, sourceIp].join(", ")],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
  ];
}

function split(target: string): [string, string] {
  const at = target.indexOf("?");
  return at < 0 ? [target, ""] : [target.slice(0, at), target.slice(at + 1)];
}

/** Sends a reply as it comes; a body that breaks takes the connection with it, so that the client sees a cut answer. */
async function send(
  { reply, onSent }: Exchange,
  message: IncomingMessage,
  response: ServerResponse,
  readTimeoutMs: number,
): Promise<void> {
  let bytes = 0;
  // The rest of a request that was not read would be taken for the next one.
  const unread = !message.complete;
  if (unread) response.setHeader("Connection", "close");
  try {
    for (const [name, value] of reply.headers) response.appendHeader(name, value);
    response.statusCode = reply.status;
    if (typeof reply.body === "string" || reply.body instanceof Uint8Array) {
      const body = Buffer.from(reply.body);
      bytes = body.length;
      if (reply.status !== 204 && reply.status !== 304) response.setHeader("Content-Length", bytes);
      response.write(body);
      if (unread) await readOn(message);
      response.end();
      return;
    }
    response.flushHeaders();
    response.setTimeout(readTimeoutMs, () => response.destroy());
    for await (const chunk of reply.body) {
      if (response.destroyed) break;
      bytes += chunk.length;
      if (!response.write(chunk)) await drained(response);
    }
    response.end();
  } catch {
    response.destroy();
  } finally {
    onSent(bytes);
  }
}

/**
 * Lets a client finish sending, for a while: a connection that is closed while data still comes in is reset, and with it the
 * answer may be lost.
 */
function readOn(message: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, READ_ON_MS);
    message.resume().once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    if (response.destroyed) return resolve();
    response.on("drain", done).on("close", done);
  });
}

function plain(response: ServerResponse, status: number, text: string, type = "text/plain"): void {
  response.writeHead(status, { "Content-Type": type, Connection: "close" }).end(text);
}
