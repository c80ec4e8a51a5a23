// Answers every import of cdktf and constructs, also those of the bindings, with the fork and the one copy of constructs
// beside it: two cores in one process do not know each other's tokens.
import { createRequire, registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.env.CDKTN_FOLDER;
if (!folder) throw new Error("CDKTN_FOLDER names the folder in which cdktn and constructs are installed.");
const require = createRequire(join(folder, "package.json"));
// Before the hook is there, or it would be asked for them itself.
const found = new Map(["cdktn", "constructs"].map((name) => [name, pathToFileURL(require.resolve(name)).href]));

registerHooks({
  resolve(specifier, context, next) {
    const [name, ...rest] = specifier.split("/");
    if (name !== "cdktf" && name !== "constructs") return next(specifier, context);
    const fork = name === "cdktf" ? "cdktn" : name;
    const url = rest.length === 0 ? found.get(fork) : pathToFileURL(require.resolve([fork, ...rest].join("/"))).href;
    return { url, format: "commonjs", shortCircuit: true };
  },
});
