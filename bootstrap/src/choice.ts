import { type TerraformVariable, Token } from "cdktf";

/** `count` of what exists only where the variable says create, or only where it says adopt. */
export function when(create: TerraformVariable, wanted: "create" | "adopt"): number {
  const [yes, no] = wanted === "create" ? [1, 0] : [0, 1];
  return Token.asNumber(`\${var.${create.friendlyUniqueId} ? ${yes} : ${no}}`);
}

/** The one of two Terraform expressions (written without `${}`) that the variable chooses. */
export function either(create: TerraformVariable, created: string, adopted: string): string {
  return `\${var.${create.friendlyUniqueId} ? ${created} : ${adopted}}`;
}

/** For outputs: whether this stack made the thing or found it. */
export function origin(create: TerraformVariable): string {
  return either(create, '"created by this stack"', '"adopted: it was there before"');
}
