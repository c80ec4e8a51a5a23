import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { serveOnLoopback } from "../storage/loopback.ts";
import { TestBrowser } from "./test-browser.ts";
import { CALLBACK, openPool, type TestPool } from "./test-pool.ts";

const Username = "New@Example.com";
const TEMPORARY = "Temporary-1";

let pool: TestPool;
let UserPoolId: string;
let clock: number;
let client: CognitoIdentityProviderClient;
let close: () => Promise<void>;

beforeEach(async () => {
  clock = Date.parse("2026-01-01T00:00:00Z");
  pool = await openPool({ now: () => new Date(clock) });
  UserPoolId = pool.issuer.split("/").at(-1) ?? "";
  const server = await serveOnLoopback((request) => pool.admin(request));
  close = server.close;
  client = new CognitoIdentityProviderClient({
    endpoint: server.url,
    region: "ap-northeast-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await close();
});

const create = (more: object = {}) =>
  client.send(new AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword: TEMPORARY, ...more }));
const setPassword = (Password: string, Permanent = true) =>
  client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent }));
const addToGroup = (GroupName: string, name = Username) =>
  client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: name, GroupName }));
const get = (name = Username) => client.send(new AdminGetUserCommand({ UserPoolId, Username: name }));

const loginUrl = () =>
  `${pool.domain}/oauth2/authorize?${new URLSearchParams({
    response_type: "code",
    client_id: pool.client("public").id,
    redirect_uri: CALLBACK,
    scope: "openid",
  })}`;
const openForm = async (browser: TestBrowser) => {
  const { page } = await browser.visit(loginUrl());
  if (!page) throw new Error("No form was shown.");
  return page;
};
const place = (answer: Response) => answer.headers.get("location") ?? "no redirect";

describe("the admin API", () => {
  it("adds a person, with a group, who is known by address and sub", async () => {
    const { User } = await create({ UserAttributes: [{ Name: "email_verified", Value: "true" }] });
    expect(User).toMatchObject({
      Username: expect.stringMatching(/^[0-9a-f-]{36}$/),
      UserStatus: "FORCE_CHANGE_PASSWORD",
    });
    await addToGroup("write");
    await setPassword("Permanent-1");
    const found = await get(User?.Username);
    expect(found).toMatchObject({
      Username: User?.Username,
      UserStatus: "CONFIRMED",
      UserCreateDate: expect.any(Date),
    });
    expect(found.UserAttributes).toContainEqual({ Name: "email", Value: "new@example.com" });
    const back = await new TestBrowser(pool).signIn(loginUrl(), "new@example.com", "Permanent-1");
    expect(back.href).toContain(`${CALLBACK}?code=`);
  });

  it("refuses with the names of Cognito's errors", async () => {
    await expect(get()).rejects.toMatchObject({ name: "UserNotFoundException" });
    await expect(create({ Username: "no-address" })).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(create({ UserAttributes: [{ Name: "phone_number", Value: "1" }] })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(create({ TemporaryPassword: "short" })).rejects.toMatchObject({ name: "InvalidPasswordException" });
    await create();
    await expect(create({ Username: Username.toUpperCase() })).rejects.toMatchObject({
      name: "UsernameExistsException",
    });
    await expect(setPassword("nodigits-")).rejects.toMatchObject({ name: "InvalidPasswordException" });
    await expect(addToGroup("admins")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(addToGroup("write", "nobody")).rejects.toMatchObject({ name: "UserNotFoundException" });
    const elsewhere = new AdminGetUserCommand({ UserPoolId: "ap-northeast-1_other", Username });
    await expect(client.send(elsewhere)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(client.send(new AdminDeleteUserCommand({ UserPoolId, Username }))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
  });
});

describe("a temporary password", () => {
  it("leads to a form for a new one, which the policy must accept, and works no more after", async () => {
    await create();
    const browser = new TestBrowser(pool);
    const second = await browser.submit(await openForm(browser), { username: Username, password: TEMPORARY });
    expect(place(second)).toBe("no redirect");
    expect(await second.clone().text()).toContain("Choose a new password");
    const again = await browser.submit(second, { new_password: "nodigits-" });
    expect(await again.clone().text()).toContain("Password must have numeric characters");
    const done = await browser.submit(again, { new_password: "Mine-12345" });
    expect(place(done)).toContain(`${CALLBACK}?code=`);

    const other = new TestBrowser(pool);
    const old = await other.submit(await openForm(other), { username: Username, password: TEMPORARY });
    expect(await old.text()).toContain("Incorrect username or password.");
    expect((await get()).UserStatus).toBe("CONFIRMED");
  });

  it("gives three minutes for the new one, once", async () => {
    await create();
    const browser = new TestBrowser(pool);
    const form = await browser.submit(await openForm(browser), { username: Username, password: TEMPORARY });
    clock += 180_000;
    const late = await browser.submit(form.clone(), { new_password: "Mine-12345" });
    expect(await late.text()).toContain("Your session has expired");
    const fresh = await browser.submit(await openForm(browser), { username: Username, password: TEMPORARY });
    await browser.submit(fresh.clone(), { new_password: "Mine-12345" });
    const replay = await browser.submit(fresh, { new_password: "Other-12345" });
    expect(await replay.text()).toContain("Your session has expired");
  });
});
