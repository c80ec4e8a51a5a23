import * as z from "zod";
import type { Files } from "../files/files.ts";

/** The scopes a tool can ask for; `index.ts` publishes those that some tool uses. */
export type ScopeName = "read" | "write";

/** One block of a tool's answer, as the protocol names it. */
export type Content =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image" | "audio"; readonly data: string; readonly mimeType: string }
  | {
      readonly type: "resource";
      readonly resource: { readonly uri: string; readonly mimeType: string } & (
        | { readonly blob: string }
        | { readonly text: string }
      );
    };

/** What a tool may use while it runs. */
export interface ToolContext {
  /** Aborted at the call's deadline: pass it to everything that waits. */
  readonly signal: AbortSignal;
  readonly files: Files;
  /** Tells a client that asked for it how far the call is; the answer then becomes an event stream. */
  readonly report: (progress: number, total?: number, message?: string) => Promise<void>;
}

export interface ToolOutcome<Output> {
  readonly output: Output;
  /** @default one text block with the output as JSON */
  readonly content?: readonly Content[];
}

export interface ToolResult {
  readonly content: readonly Content[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: true;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

/** Hints for the client, with the protocol's names. */
export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

type JsonSchema = Readonly<Record<string, unknown>> & { readonly type: "object" };

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly scope: ScopeName;
  readonly annotations: ToolAnnotations;
  /** Computed on first use: only `tools/list` needs them. */
  readonly inputSchema: JsonSchema;
  readonly outputSchema?: JsonSchema;
  /** Throws a `ToolError` where the caller can do something about it. */
  call(args: unknown, context: ToolContext): Promise<ToolResult>;
}

/** The caller can act on it: the message says what happened, what was expected and the next step. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

export interface ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  /** For the model that chooses: what it does, its limits, what comes back. */
  readonly description: string;
  readonly scope: ScopeName;
  /** `z.strictObject`, so that a misspelt argument is an error and not a default. */
  readonly input: Input;
  readonly output: Output;
  readonly annotations: ToolAnnotations;
  readonly run: (
    input: z.output<Input>,
    context: ToolContext,
  ) => ToolOutcome<z.output<Output>> | Promise<ToolOutcome<z.output<Output>>>;
}

export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  const { name, title, description, scope, annotations, input, output, run } = definition;
  return {
    name,
    title,
    description,
    scope,
    annotations,
    get inputSchema() {
      return jsonSchema(input, "input");
    },
    get outputSchema() {
      return jsonSchema(output, "output");
    },
    async call(args, context) {
      const parsed = input.safeParse(args);
      if (!parsed.success) throw new ToolError(`Invalid arguments for ${name}. ${describe(parsed.error)}`);
      const outcome = await run(parsed.data, context);
      return {
        content: outcome.content ?? [{ type: "text", text: JSON.stringify(outcome.output) }],
        structuredContent: outcome.output,
      };
    },
  };
}

function jsonSchema(schema: z.ZodObject, io: "input" | "output"): JsonSchema {
  return { ...z.toJSONSchema(schema, { io }), type: "object" };
}

/** Enough problems to correct a call; more would only help to flood the answer. */
const MAX_ISSUES = 5;
/** A hostile argument name must not come back in full. */
const MAX_MESSAGE = 200;

function describe(error: z.ZodError): string {
  return error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`.slice(0, MAX_MESSAGE))
    .join("; ");
}
