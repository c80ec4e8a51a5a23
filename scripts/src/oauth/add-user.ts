import { z } from "zod";
import { flag, runCommand } from "../command.ts";
import { environmentOption, loginEnvironment } from "./environment.ts";
import { addPerson, newTemporaryPassword } from "./people.ts";

// The address may stand alone: `pnpm add-user somebody@example.com`.
const [first = "", ...rest] = process.argv.slice(2);
const args = first.startsWith("-") || first === "" ? process.argv.slice(2) : ["--email", first, ...rest];

await runCommand(
  {
    name: "add-user",
    summary: "invites a person by mail, so that they can log in; on the local stack it prints a temporary password.",
    options: z.object({
      email: z.email().meta({ value: "<address>", description: "who; the option's name may be left out" }),
      env: environmentOption,
      write: flag("may also use the tools that save files (group `write`)"),
    }),
    notes: `Safe to run again: for a person who is there already it only sets the group.

example: npm run -s add-user -- somebody@example.com --env dev --write`,
    async run({ email, env, write }) {
      const { name, cognito, userPoolId } = loginEnvironment(env);
      // Nobody sends mail from a laptop.
      const password = name === "local" ? { temporaryPassword: newTemporaryPassword() } : {};
      const { created } = await addPerson(cognito, await userPoolId(), { email, write, ...password });
      const may = write ? "may read and write" : "may read";
      const how = !created
        ? "was there already"
        : password.temporaryPassword === undefined
          ? "gets a mail with a temporary password, good for three days"
          : `can log in with the temporary password ${password.temporaryPassword}`;
      return {
        text: `${name}: ${email} ${how}; ${may}.`,
        data: { environment: name, email, created, write, ...password },
      };
    },
  },
  args,
);
