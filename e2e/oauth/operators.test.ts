import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SSMClient } from "@aws-sdk/client-ssm";
import { expect, it } from "@jest/globals";
import { poolOf } from "@remote-mcp/scripts/oauth/environment";
import { addPerson, newTemporaryPassword } from "@remote-mcp/scripts/oauth/people";
import { rotateSealingSecret } from "@remote-mcp/scripts/oauth/rotate";
import { call, toolCall } from "../support/http.ts";
import {
  allow,
  asPage,
  asUrl,
  authorizeUrl,
  Browser,
  describeWithPeople,
  exchange,
  local,
  newTokens,
  newVerifier,
  origin,
  publicClient,
  refresh,
  resource,
  type Tokens,
} from "./support.ts";

const aws = {
  region: "ap-northeast-1",
  endpoint: local?.internal ?? "",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
};
const PARAMETER = "/remote-mcp-dev/sealing-secret";

describeWithPeople("add-user", () => {
  it("lets a person in who chooses a password at the first login, and gives the group at any time", async () => {
    const cognito = new CognitoIdentityProviderClient(aws);
    const person = { email: `new-${Date.now()}@example.com`, write: false, temporaryPassword: newTemporaryPassword() };
    const pool = await poolOf(resource);
    expect(await addPerson(cognito, pool, person)).toEqual({ created: true });
    expect(await addPerson(cognito, pool, { ...person, write: true })).toEqual({ created: false });

    const { client_id } = await publicClient();
    const verifier = newVerifier();
    const browser = new Browser(origin);
    const login = asPage(await allow(browser, asPage(await browser.open(authorizeUrl(client_id, verifier)))));
    const { email: username, temporaryPassword: password } = person;
    const choose = asPage(await browser.submit(login, { username, password, action: "signin" }));
    expect(choose.html).toMatch(/new password/i);
    const back = asUrl(await browser.submit(choose, { new_password: "A-Password-0f-my-own", action: "signin" }));
    const tokens = (await exchange(client_id, back.searchParams.get("code") ?? "", verifier)).json as Tokens;
    const key = `by-${Date.now()}.txt`;
    const saved = await call(tokens.access_token, toolCall("save_file", { key, content: "saved" }));
    expect(saved.text).not.toContain('"isError":true');
  });
});

describeWithPeople("rotate-key", () => {
  it("ends no login, and refuses to do it again while that would end some", async () => {
    const ssm = new SSMClient(aws);
    const { client_id } = await publicClient();
    const first = await newTokens(client_id);
    const rotation = await rotateSealingSecret(ssm, PARAMETER, { force: false });
    expect([rotation.first, rotation.accepted.length]).toEqual([false, 2]);
    const second = (await refresh(client_id, first.refresh_token)).json as Tokens;
    expect(second.refresh_token).toBeDefined();

    await expect(rotateSealingSecret(ssm, PARAMETER, { force: false })).rejects.toThrow(/ends the logins/);
  });
});
