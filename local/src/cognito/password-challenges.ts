import { randomBytes } from "node:crypto";

// API_CreateUserPoolClient, AuthSessionValidity: three minutes unless the client says otherwise.
const LIFETIME_SECONDS = 180;

/** Sign-ins that wait for a new password (NEW_PASSWORD_REQUIRED): the temporary one was right. */
export class PasswordChallenges {
  readonly #now: () => Date;
  readonly #pending = new Map<string, { sub: string; expires: number }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  start(sub: string): string {
    for (const [id, { expires }] of this.#pending) if (expires <= this.#now().getTime()) this.#pending.delete(id);
    const id = randomBytes(32).toString("base64url");
    this.#pending.set(id, { sub, expires: this.#now().getTime() + LIFETIME_SECONDS * 1000 });
    return id;
  }

  find(id: string): string | undefined {
    const found = this.#pending.get(id);
    return found && found.expires > this.#now().getTime() ? found.sub : undefined;
  }

  end(id: string): void {
    this.#pending.delete(id);
  }
}
