import * as z from "zod";
import type { ScopeName } from "../tools/tool.ts";
import { code, Rejection } from "./rejection.ts";

/** Who calls, and what the token lets them do. */
export interface Caller {
  readonly kind: "person" | "machine";
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: ReadonlySet<ScopeName>;
}

/**
 * API Gateway turns every claim into one string (arrays are joined), so any other type is not from the gateway and fails
 * here, as does a claim that came twice: its joined value equals nothing. (API Gateway, Cognito authorizer; measured)
 */
const claimsSchema = z.object({
  token_use: z.literal("access"),
  sub: z.string().min(1),
  client_id: z.string().min(1),
  scope: z.string(),
  aud: z.string().optional(),
  "cognito:groups": z.string().optional(),
});

/**
 * People need this group for tools that write. The gateway joins groups by commas, which a group's name may hold too, so one
 * called "a,write" counts as "write": accepted, because only operators create groups, and they could give "write" itself.
 */
const WRITERS = "write";

/**
 * The gateway has checked signature, issuer, expiry and that one of the scopes is there; it checks neither `aud` nor the
 * client, so any token of the pool with our scope gets this far.
 *
 * @throws Rejection 403
 */
export function identify(
  claims: unknown,
  { resource, machineClientIds }: { resource: string; machineClientIds: readonly string[] },
): Caller {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) throw forbidden("The token is not an access token of this server's user pool. Log in again.");
  const { sub, client_id, scope, aud, "cognito:groups": groups } = parsed.data;

  const isMachine = machineClientIds.includes(client_id);
  // Cognito's client_credentials tokens carry no `aud`; everybody else's must name this server. (RFC 8707)
  if (aud === undefined ? !isMachine : aud !== resource) {
    throw forbidden(`The token was issued for another resource. Ask for one with resource=${resource}.`);
  }

  const granted = new Set(scope.split(" "));
  const scopes = new Set<ScopeName>();
  if (granted.has(`${resource}/read`)) scopes.add("read");
  if (granted.has(`${resource}/write`) && (isMachine || groups?.split(",").includes(WRITERS))) scopes.add("write");
  if (scopes.size === 0) throw forbidden(`The token has no scope of this server. Ask for ${resource}/read.`);

  return { kind: isMachine ? "machine" : "person", subject: sub, clientId: client_id, scopes };
}

/** Not 401: a new token of the same kind would not help, and the gateway would rename the challenge header anyway. */
function forbidden(message: string): Rejection {
  return new Rejection(403, code.transport, message);
}
