import { rmSync } from "node:fs";
import type { LocalStack } from "@remote-mcp/local/stack";

export default async function tearDown(): Promise<void> {
  const { e2eStack, e2eStateDir } = globalThis as { e2eStack?: LocalStack; e2eStateDir?: string };
  await e2eStack?.close();
  if (e2eStateDir !== undefined) rmSync(e2eStateDir, { recursive: true, force: true });
}
