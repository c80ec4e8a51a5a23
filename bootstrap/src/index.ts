export { BootstrapStack, type BootstrapStackProps } from "./bootstrap-stack.ts";
export type { ServiceEnvironment } from "./environment.ts";
