import { parseArgs } from "node:util";
import { z } from "zod";

/** An option with a value, which the help calls `value`; may be left out. */
export const option = (value: string, help: string) => z.string().optional().meta({ value, description: help });
/** An option that must be given. */
export const required = (value: string, help: string) => z.string().min(1).meta({ value, description: help });
/** An option without a value. */
export const flag = (help: string) => z.boolean().default(false).meta({ description: help });

/** What a command has to say at its end: `text` for people, `data` for `--json`, the exit code for scripts. */
export interface Ending {
  readonly text: string;
  readonly data: unknown;
  readonly exitCode?: number;
}

export interface Command<S extends z.ZodObject> {
  /** As it is typed: `npm run -s <name>`. */
  readonly name: string;
  readonly summary: string;
  /** Made of {@link option}, {@link required} and {@link flag}. */
  readonly options: S;
  /** Below the options: exit codes, an example. */
  readonly notes?: string;
  /** `say` prints a line of progress; with `--json` it goes to stderr, so that stdout is the result alone. */
  run(values: z.infer<S>, say: (line: string) => void): Promise<Ending>;
}

/** What every delivery command ends with. */
export const exit = { done: 0, failed: 1, usage: 2, needsPerson: 3, otherUpdate: 4 } as const;

/** Thrown by a command that knows what the caller should do next. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exit.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a command with the arguments of this process and sets its exit code. */
export async function runCommand<S extends z.ZodObject>(command: Command<S>, args = process.argv.slice(2)) {
  let given: Record<string, unknown>;
  try {
    given = { ...parseArgs({ args, options: parseOptions(command) }).values };
  } catch (error) {
    return usage(command, error instanceof Error ? error.message : String(error));
  }
  const { json, help, ...rest } = given;
  if (help) return process.stdout.write(`${helpOf(command)}\n`);
  const values = command.options.safeParse(rest);
  if (!values.success) {
    const problems = values.error.issues.map(({ path, message }) => `--${path.join(".")}: ${message}`);
    return usage(command, problems.join("\n"));
  }
  const say = (line: string) => (json ? process.stderr : process.stdout).write(`${line}\n`);
  try {
    const { text, data, exitCode = exit.done } = await command.run(values.data, say);
    if (json) process.stdout.write(`${JSON.stringify(data)}\n`);
    else if (text !== "") process.stdout.write(`${text}\n`);
    process.exitCode = exitCode;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n`);
    if (json) process.stdout.write(`${JSON.stringify({ error: message })}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : exit.failed;
  }
}

const meta = z.object({ value: z.string().optional(), description: z.string() });

function describe<S extends z.ZodObject>({ options }: Command<S>) {
  return Object.entries(options.shape).map(([name, schema]) => {
    const field = z.instanceof(z.ZodType).parse(schema);
    return { name, required: !field.safeParse(undefined).success, ...meta.parse(field.meta()) };
  });
}

function parseOptions<S extends z.ZodObject>(command: Command<S>) {
  const own = describe(command).map(
    ({ name, value }) => [name, { type: value === undefined ? ("boolean" as const) : ("string" as const) }] as const,
  );
  return {
    ...Object.fromEntries(own),
    json: { type: "boolean" as const },
    help: { type: "boolean" as const, short: "h" },
  };
}

function usage<S extends z.ZodObject>(command: Command<S>, problem: string): void {
  process.stderr.write(`${problem}\n\n${helpOf(command)}\n`);
  process.exitCode = exit.usage;
}

/** The whole `--help`. */
function helpOf<S extends z.ZodObject>(command: Command<S>): string {
  const options = describe(command).map(({ name, value, required, description }) => ({
    flag: value === undefined ? `--${name}` : `--${name} ${value}`,
    required,
    description,
  }));
  const lines = [
    ...options,
    { flag: "--json", description: "print the result as one JSON object; progress goes to stderr" },
    { flag: "--help", description: "this text" },
  ];
  const width = Math.max(...lines.map((line) => line.flag.length)) + 2;
  const needed = options.filter((line) => line.required).map((line) => `${line.flag} `);
  return [
    `${command.name}: ${command.summary}`,
    "",
    `usage: npm run -s ${command.name} -- ${needed.join("")}[options]`,
    "",
    ...lines.map((line) => `  ${line.flag.padEnd(width)}${line.description}`),
    ...(command.notes === undefined ? [] : ["", command.notes]),
  ].join("\n");
}
