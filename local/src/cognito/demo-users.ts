import type { SeedUser } from "./users.ts";

/** Who can log in to the local stack from the start. No secret: it listens on loopback only, and knows nobody else. */
const PASSWORD = "Local-Demo-Only-1";

export const demoUsers: readonly [writer: SeedUser, reader: SeedUser] = [
  { email: "writer@example.com", password: PASSWORD, groups: ["write"] },
  { email: "reader@example.com", password: PASSWORD, groups: [] },
];
