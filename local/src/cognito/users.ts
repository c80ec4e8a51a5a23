import { createHash } from "node:crypto";
import { sameSecret } from "./client-authentication.ts";

export interface SeedUser {
  email: string;
  password: string;
  groups: readonly string[];
}

export interface User {
  /** In a pool whose users sign in by e-mail the user name is the sub itself (user-pool-settings-attributes, "Username"). */
  sub: string;
  email: string;
  groups: ReadonlySet<string>;
}

interface Account extends User {
  password: string | undefined;
  groups: Set<string>;
}

/** The people of the pool, in memory only: a restart brings back the seeded ones. */
export class UserDirectory {
  readonly #poolId: string;
  readonly #knownGroups: ReadonlySet<string>;
  readonly #byEmail = new Map<string, Account>();

  constructor(poolId: string, knownGroups: ReadonlySet<string>, seed: readonly SeedUser[]) {
    this.#poolId = poolId;
    this.#knownGroups = knownGroups;
    for (const { email, password, groups } of seed) {
      this.create(email);
      this.setPassword(email, password);
      for (const group of groups)
        if (!this.addToGroup(email, group)) throw new Error(`The stack has no user group "${group}" for ${email}.`);
    }
  }

  /** False when the user exists. The sub is derived from the address, so that it is the same after a restart. */
  create(email: string): boolean {
    if (this.#byEmail.has(normal(email))) return false;
    const hex = createHash("sha256")
      .update(`${this.#poolId}/${normal(email)}`)
      .digest("hex");
    const sub = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
    this.#byEmail.set(normal(email), { sub, email: normal(email), groups: new Set(), password: undefined });
    return true;
  }

  /** By e-mail address or sub, as the admin API allows. */
  find(name: string): User | undefined {
    return this.#byEmail.get(normal(name)) ?? [...this.#byEmail.values()].find(({ sub }) => sub === name);
  }

  /** False when there is no such user. */
  setPassword(name: string, password: string): boolean {
    const account = this.#account(name);
    if (account) account.password = password;
    return account !== undefined;
  }

  /** False when the stack has no such group. */
  addToGroup(name: string, group: string): boolean {
    if (!this.#knownGroups.has(group)) return false;
    this.#account(name)?.groups.add(group);
    return true;
  }

  /** The user with this password. Unknown users cost the same comparison, so that time does not tell who exists. */
  authenticate(name: string, password: string): User | undefined {
    const account = this.#account(name);
    const right = sameSecret(password, account?.password ?? "");
    return right && account?.password !== undefined ? account : undefined;
  }

  #account(name: string): Account | undefined {
    const sub = this.find(name)?.sub;
    return [...this.#byEmail.values()].find((account) => account.sub === sub);
  }
}

/** The stack's pools are case-insensitive (aws_cognito_user_pool, username_configuration). */
const normal = (email: string) => email.trim().toLowerCase();
