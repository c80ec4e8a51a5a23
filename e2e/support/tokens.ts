import { requestMachineToken } from "@remote-mcp/scripts/machine-token";
import { send } from "./http.ts";
import { readTarget } from "./target.ts";

let cached: Promise<string> | undefined;

/** A machine token with every scope of the server, asked for once per test file. */
export function machineToken(): Promise<string> {
  cached ??= machineTokenWith(readTarget().machine.scope);
  return cached;
}

export async function machineTokenWith(scope: string): Promise<string> {
  const metadata = (await send("/.well-known/oauth-authorization-server")).json as { token_endpoint: string };
  return (await requestMachineToken(metadata.token_endpoint, { ...readTarget().machine, scope })).accessToken;
}

/** The payload of a token, not verified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}
