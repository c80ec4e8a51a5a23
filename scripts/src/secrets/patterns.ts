/** Secrets that the services of this project issue, by the shape their issuers document. */
const patterns: Readonly<Record<string, RegExp>> = {
  "AWS access key": /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/,
  "AWS secret key": /aws_secret_access_key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/i,
  "HCP Terraform token": /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}/,
  "GitHub token": /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})/,
  "private key": /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{100,}/,
  "npm token": /\bnpm_[A-Za-z0-9]{36}\b/,
};

/** What looks like a secret in a text: kind and line number, never the secret. */
export function findSecrets(text: string): { kind: string; line: number }[] {
  return Object.entries(patterns).flatMap(([kind, pattern]) =>
    [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(({ index }) => ({
      kind,
      line: text.slice(0, index).split("\n").length,
    })),
  );
}
