import { z } from "zod";
import { CommandError, exit, required, runCommand } from "../command.ts";
import { checkers, isClean } from "./checkers.ts";

const names = Object.keys(checkers).join(", ");

await runCommand({
  name: "checker",
  summary: "runs checkers that are not npm packages; installs them into .local once.",
  options: z.object({ name: required("<name>[,...]", names) }),
  notes: `${Object.entries(checkers)
    .map(([name, { proves }]) => `  ${name.padEnd(12)}${proves}`)
    .join("\n")}\n\nExit codes: 0 clean, 1 not.`,
  async run({ name }) {
    const results = name.split(",").map((one) => {
      const checker = Object.entries(checkers).find(([known]) => known === one)?.[1];
      if (!checker) throw new CommandError(`--name ${one}: there are ${names}.`, exit.usage);
      return { name: one, clean: isClean(checker) };
    });
    const text = results.map((result) => `${result.name}: ${result.clean ? "clean" : "see above"}`).join("\n");
    return { text, data: results, exitCode: results.every(({ clean }) => clean) ? exit.done : exit.failed };
  },
});
