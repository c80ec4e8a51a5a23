import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import { type Authorizer, createAuthorizer } from "./authorizer.ts";
import type { StageRequest } from "./request.ts";

let issuer: string;
let authorize: Authorizer;
let key: CryptoKey;
let keysStatus = 200;
const server = createServer();

beforeAll(async () => {
  const pair = await generateKeyPair("RS256");
  key = pair.privateKey;
  const keys = JSON.stringify({
    keys: [{ ...(await exportJWK(pair.publicKey)), kid: "one", alg: "RS256", use: "sig" }],
  });
  server.on("request", (_, response) =>
    response.writeHead(keysStatus, { "Content-Type": "application/json" }).end(keys),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/pool`;
  authorize = createAuthorizer({ issuers: [issuer], header: "authorization" });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const now = () => Math.floor(Date.now() / 1000);
const sign = (claims: Record<string, unknown>, { signer = key, header = { alg: "RS256", kid: "one" } } = {}) =>
  new SignJWT({ iss: issuer, token_use: "access", scope: "a/read", iat: now(), exp: now() + 60, ...claims })
    .setProtectedHeader(header)
    .sign(signer);
const request = (token: string): StageRequest => ({
  method: "POST",
  path: "/",
  query: "",
  headers: [["Authorization", `Bearer ${token}`]],
  protocol: "HTTP/1.1",
  sourceIp: "127.0.0.1",
  body: async () => Buffer.alloc(0),
});

describe("createAuthorizer", () => {
  it("takes an access token with any one of the scopes, whatever its aud and client are", async () => {
    const token = await sign({ scope: "b/other a/read", aud: "https://elsewhere.example", client_id: "any" });
    await expect(authorize(request(token), ["a/write", "a/read"])).resolves.toMatchObject({ scope: "b/other a/read" });
  });

  it("takes an ID token only where no scopes are asked for, and an access token only where some are", async () => {
    const id = await sign({ token_use: "id" });
    await expect(authorize(request(id), [])).resolves.toMatchObject({ token_use: "id" });
    await expect(authorize(request(id), ["a/read"])).rejects.toMatchObject({ type: "UNAUTHORIZED" });
    await expect(authorize(request(await sign({})), [])).rejects.toMatchObject({ type: "UNAUTHORIZED" });
  });

  it("denies a token without any of the scopes, also when one is only the beginning of a scope", async () => {
    for (const scope of ["a/write", "", "a/rea", "a/read/more", undefined])
      await expect(authorize(request(await sign({ scope })), ["a/read"])).rejects.toMatchObject({
        type: "ACCESS_DENIED",
      });
  });

  it("says that a token has expired, with the type of any other bad token", async () => {
    await expect(authorize(request(await sign({ exp: now() - 1 })), ["a/read"])).rejects.toMatchObject({
      type: "UNAUTHORIZED",
      message: "The incoming token has expired",
    });
  });

  it("refuses a foreign key, a foreign issuer, another algorithm, a missing expiry, a token that is not valid yet", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    const elliptic = await generateKeyPair("ES256");
    const secret = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    const tokens = [
      await sign({}, { signer: privateKey }),
      await sign({}, { header: { alg: "RS256", kid: "two" } }),
      await sign({ iss: "http://127.0.0.1:1/pool" }),
      await sign({ iss: `${issuer}/` }),
      await sign({}, { signer: elliptic.privateKey, header: { alg: "ES256", kid: "one" } }),
      await sign({}, { signer: secret, header: { alg: "HS256", kid: "one" } }),
      await sign({ exp: undefined }),
      await sign({ nbf: now() + 60 }),
      (await sign({})).slice(0, -4),
    ];
    for (const token of tokens)
      await expect(authorize(request(token), ["a/read"])).rejects.toMatchObject({ type: "UNAUTHORIZED", status: 401 });
  });

  it("fails with a configuration error when the pool gives no keys", async () => {
    keysStatus = 500;
    const blind = createAuthorizer({ issuers: [issuer], header: "authorization" });
    await expect(blind(request(await sign({})), ["a/read"])).rejects.toMatchObject({
      type: "AUTHORIZER_CONFIGURATION_ERROR",
      status: 500,
    });
    keysStatus = 200;
  });
});
