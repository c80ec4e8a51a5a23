// One configuration for every package: ESM TypeScript, transformed by swc (types are checked by `tsc`, not here).
const base = {
  extensionsToTreatAsEsm: [".ts"],
  injectGlobals: false,
  testEnvironment: "node",
  setupFiles: [`${import.meta.dirname}/jest.setup.mjs`],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        swcrc: false,
        jsc: {
          target: "es2024",
          parser: { syntax: "typescript" },
          experimental: { keepImportAttributes: true },
        },
        module: { type: "es6" },
      },
    ],
  },
};

const unit = (name) => ({
  ...base,
  displayName: name,
  rootDir: import.meta.dirname,
  testMatch: [`<rootDir>/${name}/**/*.test.ts`],
});

const stack = { globalSetup: "<rootDir>/e2e/set-up.ts", globalTeardown: "<rootDir>/e2e/tear-down.ts" };

export default {
  projects: [
    ...["server", "infra", "bootstrap", "local", "scripts"].map(unit),
    // Black box, over HTTP, against E2E_URL or a local stack that the set-up starts. e2e/function starts its own stacks, with
    // tools that fail: nothing there is about E2E_URL.
    {
      ...unit("e2e"),
      ...stack,
      testPathIgnorePatterns: ["/node_modules/", "/e2e/browser/", ...(process.env.E2E_URL ? ["/e2e/function/"] : [])],
    },
    // The same with a real browser: needs Chromium on PATH.
    { ...unit("e2e/browser"), ...stack, displayName: "browser" },
  ],
  testTimeout: 30_000,
  maxWorkers: 2,
};
