import { PLACEHOLDER, rotateSecrets } from "@remote-mcp/server/oauth/sealing-secrets";
import * as z from "zod";
import type { FetchHandler } from "./storage/fetch-listener.ts";

const parameter = z.object({ Parameter: z.object({ Value: z.string() }) });

/** Does what an operator does once for each environment, with `pnpm rotate-key`: the stack comes with a placeholder. */
export async function setSealingSecret(services: FetchHandler, name: string): Promise<void> {
  const call = async (operation: string, input: object): Promise<unknown> => {
    const request = new Request("http://127.0.0.1/ssm/", {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AmazonSSM.${operation}`,
        // Signatures are not verified on a laptop, only asked for.
        Authorization: "AWS4-HMAC-SHA256 Credential=local",
      },
      body: JSON.stringify(input),
    });
    const response = await services(request, "/ssm/");
    if (!response.ok) throw new Error(`The sealing secret could not be set: ${await response.text()}`);
    return response.json();
  };
  const { Parameter } = parameter.parse(await call("GetParameter", { Name: name, WithDecryption: true }));
  if (Parameter.Value !== PLACEHOLDER) return;
  await call("PutParameter", { Name: name, Value: JSON.stringify(rotateSecrets(undefined)), Overwrite: true });
}
