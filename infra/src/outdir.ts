import { resolve } from "node:path";

/** Where the stacks are written: the cdktf CLI says it by environment variable. */
export const OUTDIR = process.env.CDKTF_OUTDIR ?? resolve(import.meta.dirname, "../../cdktf.out");
