import { createHash } from "node:crypto";
import { sameSecret } from "./client-authentication.ts";

export interface SeedUser {
  email: string;
  password: string;
  groups: readonly string[];
}

export interface User {
  /** In a pool whose users sign in by e-mail the user name is the sub itself (user-pool-settings-attributes, "Username"). */
  readonly sub: string;
  readonly email: string;
  readonly groups: ReadonlySet<string>;
  /** Only who has chosen a password is confirmed; an administrator's is for one sign-in. */
  readonly status: "CONFIRMED" | "FORCE_CHANGE_PASSWORD";
  readonly created: Date;
}

interface Account extends User {
  groups: Set<string>;
  status: User["status"];
  password: string | undefined;
}

/** The people of the pool, in memory only: a restart brings back the seeded ones. */
export class UserDirectory {
  readonly #poolId: string;
  readonly #knownGroups: ReadonlySet<string>;
  readonly #now: () => Date;
  readonly #byEmail = new Map<string, Account>();
  readonly #bySub = new Map<string, Account>();

  constructor(poolId: string, knownGroups: ReadonlySet<string>, now: () => Date) {
    this.#poolId = poolId;
    this.#knownGroups = knownGroups;
    this.#now = now;
  }

  /** Adds a person who has chosen a password. Throws when a group is not in the stack. */
  seed({ email, password, groups }: SeedUser): void {
    const user = this.create(email);
    if (!user) throw new Error(`There are two demo users ${email}.`);
    this.setPassword(user, password, { permanent: true });
    for (const group of groups)
      if (!this.addToGroup(user, group)) throw new Error(`The stack has no user group "${group}" for ${email}.`);
  }

  /** Undefined when the address is taken. The sub is derived from the address, so that it is the same after a restart. */
  create(email: string): User | undefined {
    const address = normal(email);
    if (this.#byEmail.has(address)) return undefined;
    const hex = createHash("sha256").update(`${this.#poolId}/${address}`).digest("hex");
    const account: Account = {
      sub: [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-"),
      email: address,
      groups: new Set(),
      status: "FORCE_CHANGE_PASSWORD",
      password: undefined,
      created: this.#now(),
    };
    this.#byEmail.set(address, account);
    this.#bySub.set(account.sub, account);
    return account;
  }

  /** By e-mail address or sub, as the admin API allows. */
  find(name: string): User | undefined {
    return this.#account(name);
  }

  setPassword({ sub }: User, password: string, { permanent }: { permanent: boolean }): void {
    const account = this.#account(sub);
    if (!account) return;
    account.password = password;
    account.status = permanent ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD";
  }

  /** False when the stack has no such group. */
  addToGroup({ sub }: User, group: string): boolean {
    if (!this.#knownGroups.has(group)) return false;
    this.#account(sub)?.groups.add(group);
    return true;
  }

  /** The user with this password. Unknown users cost the same comparison, so that time does not tell who exists. */
  authenticate(name: string, password: string): User | undefined {
    const account = this.#account(name);
    const right = sameSecret(password, account?.password ?? "");
    return right && account?.password !== undefined ? account : undefined;
  }

  #account(name: string): Account | undefined {
    return this.#byEmail.get(normal(name)) ?? this.#bySub.get(name);
  }
}

/** The stack's pools are case-insensitive (aws_cognito_user_pool, username_configuration). */
const normal = (email: string) => email.trim().toLowerCase();
