import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Resources } from "../terraform/resources.ts";
import type { Exchange, Gateway } from "./gateway.ts";
import { type Host, readHost } from "./host.ts";
import { discardBody } from "./reply.ts";
import { headerPairs, readBody } from "./request.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const HEADER_BYTES_LIMIT = 10_240;
/** How long the rest of a refused request is read. */
const READ_ON_MS = 1000;

/** Serves the public host's root: what is asked for goes through the host to the API's stage. */
export function createFront(
  resources: Resources,
  gateway: Gateway,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const host = readHost(resources, gateway);
  const stagePath = `/${gateway.stageName}`;

  return async (message, response) => {
    const method = message.method ?? "GET";
    const url = message.url ?? "/";
    const headers = headerPairs(message.rawHeaders);
    const headerBytes = method.length + url.length + headers.reduce((sum, [, value]) => sum + value.length, 0);
    const allowed = host.allows(method, url);
    if (allowed !== 200) return plain(response, allowed, "This host does not take the method, or the URL is too long.");
    if (headerBytes > HEADER_BYTES_LIMIT)
      return plain(response, 431, `HTTP header is larger than ${HEADER_BYTES_LIMIT} bytes.`);

    const [path = "/", query = ""] = split(host.originPath + url);
    if (path !== stagePath && !path.startsWith(`${stagePath}/`))
      return plain(response, 403, '{"message":"Forbidden"}', "application/json");
    const sourceIp = message.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "127.0.0.1";
    const handling = gateway.handle({
      method,
      path: path.slice(stagePath.length) || "/",
      query,
      headers: [...headers.filter(([name]) => !REPLACED.has(name.toLowerCase())), ...added(host, sourceIp, headers)],
      protocol: `HTTP/${message.httpVersion}`,
      sourceIp,
      body: () => readBody(message),
    });
    const exchange = await firstOf(handling, host.readTimeoutMs);
    if (exchange) return send(exchange, message, response, host.readTimeoutMs);
    plain(response, 504, "The origin did not answer in time.");
    const late = await handling;
    await discardBody(late.reply).catch(() => {});
    late.onSent(0);
  };
}

/** What comes within the time, else undefined; without a time it is waited for. */
function firstOf<T>(work: Promise<T>, milliseconds: number | undefined): Promise<T | undefined> {
  if (milliseconds === undefined) return work;
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

function added(host: Host, sourceIp: string, given: readonly [string, string][]): [string, string][] {
  const forwarded = given.filter(([name]) => name.toLowerCase() === "x-forwarded-for").map(([, value]) => value);
  const cloudfront: [string, string][] =
    host.via === undefined
      ? []
      : [
          ["Via", host.via],
          ["X-Amz-Cf-Id", randomBytes(40).toString("base64url")],
        ];
  return [
    ["Host", host.apiHost],
    ...cloudfront,
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
  readTimeoutMs: number | undefined,
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
    if (readTimeoutMs !== undefined) response.setTimeout(readTimeoutMs, () => response.destroy());
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
