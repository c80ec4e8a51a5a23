import { expect, it } from "@jest/globals";
import { build } from "esbuild";
import { leanSdk } from "./lean-sdk.ts";

it("fails the build when the SDK is not the one it knows", async () => {
  const lean = leanSdk();
  // A bundle without the SDK: nothing is found where something is expected.
  await build({ stdin: { contents: "export {}" }, bundle: true, write: false, plugins: [lean.plugin] });
  expect(() => lean.check()).toThrow(/expected \d+ .* found 0.*The SDK has changed/s);
});
