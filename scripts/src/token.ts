import { parseArgs } from "node:util";
import { z } from "zod";
import { findLocalStack, localMachineCredentials } from "./local-stack.ts";
import { requestMachineToken } from "./machine-token.ts";

const help = `token: prints a machine access token of the running local stack, alone on stdout.

usage: npm run -s token [-- --json]

  --json   print {"access_token", "expires_in", "scope"} instead
  --help   this text

example: curl -H "Authorization: Bearer $(npm run -s token)" ...`;

const { values } = parseArgs({ options: { json: { type: "boolean" }, help: { type: "boolean" } } });
if (values.help) {
  console.log(help);
} else {
  try {
    const stack = findLocalStack();
    const metadata = await fetch(new URL("/.well-known/oauth-authorization-server", stack.resource));
    const { token_endpoint } = z.object({ token_endpoint: z.url() }).parse(await metadata.json());
    const token = await requestMachineToken(token_endpoint, await localMachineCredentials(stack));
    console.log(
      values.json
        ? JSON.stringify({ access_token: token.accessToken, expires_in: token.expiresIn, scope: token.scope })
        : token.accessToken,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
