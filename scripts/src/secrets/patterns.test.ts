import { describe, expect, it } from "@jest/globals";
import { findSecrets } from "./patterns.ts";

// Put together here, so that this file is not a finding itself.
const secrets = {
  "AWS access key": `AKIA${"ABCDEFGH".repeat(2)}`,
  "AWS secret key": `aws_secret_access_key = ${"aB3/".repeat(10)}`,
  "HCP Terraform token": `${"aB3".repeat(4)}xy.atlasv1.${"aB3_".repeat(17)}`,
  "GitHub token": `ghp_${"aB3d".repeat(9)}`,
  "private key": `-----BEGIN ${"PRIVATE KEY"}-----\n${"MIIEvQ".repeat(20)}`,
  "npm token": `npm_${"aB3d".repeat(9)}`,
};

describe("the secret scan", () => {
  it.each(Object.entries(secrets))("finds a %s and says where, not what", (kind, secret) => {
    expect(findSecrets(`first line\nexport X=${secret}\n`)).toEqual([{ kind, line: 2 }]);
  });

  it("leaves digests, placeholders and environment names alone", () => {
    expect(
      findSecrets(`sha256 ${"ab".repeat(32)}\nTFE_TOKEN=\nAWS_SECRET_ACCESS_KEY: test\naccess_key = "test"`),
    ).toEqual([]);
  });
});
