import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildOauth } from "@remote-mcp/server/build";
import { rotateSecrets } from "@remote-mcp/server/oauth/sealing-secrets";
import { unzipSync } from "fflate";
import * as z from "zod";
import { RESOURCE } from "./calls.ts";
import { median } from "./measure.ts";

export interface OauthFigures {
  readonly zipKb: number;
  /** Milliseconds over the empty handler: start, reading the sealing secret on this machine, first registration. */
  readonly cold: number;
}

const probe = join(import.meta.dirname, "oauth-probe.mjs");
const registration = {
  httpMethod: "POST",
  path: "/register",
  multiValueHeaders: { "Content-Type": ["application/json"] },
  body: JSON.stringify({ redirect_uris: ["http://127.0.0.1/callback"], token_endpoint_auth_method: "none" }),
};

/** Measures the OAuth function in fresh processes that take turns with the empty handler. */
export async function measureOauth(emptyHandler: string, samples: number): Promise<OauthFigures> {
  const { zip, bytes } = await buildOauth();
  const folder = mkdtempSync(join(tmpdir(), "bench-oauth-"));
  // Parameter Store, as far as the function asks it.
  const secrets = JSON.stringify({ Parameter: { Value: JSON.stringify(rotateSecrets(undefined)) } });
  const store = createServer((_, response) => response.end(secrets));
  try {
    for (const [name, contents] of Object.entries(unzipSync(readFileSync(zip))))
      writeFileSync(join(folder, name), contents);
    await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
    const { port } = z.object({ port: z.number() }).parse(store.address());
    const ours: number[] = [];
    const empty: number[] = [];
    for (let round = -1; round < samples; round++) {
      const times = [await run(emptyHandler, port), await run(join(folder, "index.mjs"), port)] as const;
      // One round unmeasured: the files are then in the page cache.
      if (round < 0) continue;
      empty.push(times[0]);
      ours.push(times[1]);
    }
    return { zipKb: bytes / 1000, cold: median(ours) - median(empty) };
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(bundle: string, storePort: number): Promise<number> {
  const child = spawn(process.execPath, [probe, bundle, JSON.stringify(registration)], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      RESOURCE,
      SCOPES: "read,write",
      COGNITO_ORIGIN: "https://login.example",
      COGNITO_CLIENT_ID: "bench",
      SEALING_PARAMETER: "/bench",
      CLIENTS: JSON.stringify({ configured: [], denied: [], redirectUris: [] }),
      AWS_REGION: "ap-northeast-1",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${storePort}/`,
    },
  });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) =>
    child.on("close", (code) =>
      code === 0 ? resolve(Number(output)) : reject(new Error(`${bundle} failed:\n${output}`)),
    ),
  );
}
