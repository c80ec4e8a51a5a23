import { setTimeout as sleep } from "node:timers/promises";
import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as z from "zod";

type Answer = CallToolResult | InputRequiredResult;
type Asking = (context: ServerContext, args: Readonly<Record<string, unknown>>) => Answer | Promise<Answer>;

/** Any process must be able to check the state that another one made; it only has to hold for the suite. */
const states = createRequestStateCodec<{ step: number }>({ key: "conformance-fixture-key-of-32-bytes-and-more" });

const done = (value: string): CallToolResult => ({ content: [{ type: "text", text: value }] });

const askFor = (message: string, property: string) =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: "object", properties: { [property]: { type: "string" } }, required: [property] },
  });
const askOk = inputRequired.elicit({
  message: "Please confirm",
  requestedSchema: { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] },
});

const sample = (prompt: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: prompt } }],
    maxTokens,
  });

const accepted = ({ mcpReq }: ServerContext, key: string, property: string) =>
  acceptedContent(mcpReq.inputResponses, key, z.object({ [property]: z.string() }))?.[property];

const kindOf = ({ mcpReq }: ServerContext, key: string) => inputResponse(mcpReq.inputResponses, key).kind;

/** @throws ProtocolError where the state is not one that this fixture made */
async function stateOf(context: ServerContext): Promise<{ step: number } | undefined> {
  const state = context.mcpReq.requestState<string>();
  if (state === undefined) return undefined;
  try {
    return await states.verify(state, context);
  } catch {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Invalid or expired requestState");
  }
}

/** Asks for a confirmation and takes it only with the state that went with the question. */
async function confirmed(context: ServerContext): Promise<Answer> {
  const state = await stateOf(context);
  if (state !== undefined && kindOf(context, "confirm") === "elicit") return done("state-ok");
  return inputRequired({
    inputRequests: { confirm: askOk },
    requestState: await states.mint({ step: 1 }),
  });
}

function elicitation(properties: InputRequests[string]): Asking {
  return (context) => {
    const view = inputResponse(context.mcpReq.inputResponses, "answer");
    if (view.kind !== "elicit") return inputRequired({ inputRequests: { answer: properties } });
    return done(`Elicitation completed: action=${view.action}, content=${JSON.stringify(view.content ?? {})}`);
  };
}

const capabilities = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({
    sampling: z.unknown().optional(),
    elicitation: z.unknown().optional(),
    roots: z.unknown().optional(),
  }),
});

const choices = ["option1", "option2", "option3"];
const titled = (title: string) =>
  ["First", "Second", "Third"].map((ordinal, index) => ({ const: `value${index + 1}`, title: `${ordinal} ${title}` }));

/**
 * The suite's tools that ask the client something, by returning what they need (2026-07-28), and those that log. They use
 * the SDK's own `tools/call`, which knows what the client may be asked; towards earlier revisions it asks over the stream,
 * which a server without sessions cannot. (expected-failures.yaml)
 */
export const askingTools: Readonly<Record<string, Asking>> = {
  test_input_required_result_elicitation: (context) => {
    const name = accepted(context, "user_name", "name");
    if (name !== undefined) return done(`Hello, ${name}!`);
    return inputRequired({ inputRequests: { user_name: askFor("What is your name?", "name") } });
  },
  test_input_required_result_sampling: (context) => {
    const view = inputResponse(context.mcpReq.inputResponses, "capital_question");
    if (view.kind === "sampling") return done(`Sampled: ${JSON.stringify(view)}`);
    return inputRequired({ inputRequests: { capital_question: sample("What is the capital of France?", 100) } });
  },
  test_input_required_result_list_roots: (context) => {
    const view = inputResponse(context.mcpReq.inputResponses, "client_roots");
    if (view.kind === "roots") return done(`Roots: ${JSON.stringify(view)}`);
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  },
  test_input_required_result_request_state: confirmed,
  test_input_required_result_tampered_state: confirmed,
  test_input_required_result_multiple_inputs: async (context) => {
    const state = await stateOf(context);
    const name = accepted(context, "user_name", "name");
    const all = kindOf(context, "greeting") === "sampling" && kindOf(context, "client_roots") === "roots";
    if (state !== undefined && name !== undefined && all) return done(`Hello, ${name}!`);
    return inputRequired({
      inputRequests: {
        user_name: askFor("What is your name?", "name"),
        greeting: sample("Generate a greeting", 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await states.mint({ step: 1 }),
    });
  },
  test_input_required_result_multi_round: async (context) => {
    const state = await stateOf(context);
    if (state?.step === 2 && accepted(context, "step2", "color") !== undefined) return done("Both steps are done.");
    const second = state?.step === 2 || (state?.step === 1 && accepted(context, "step1", "name") !== undefined);
    return inputRequired({
      inputRequests: second
        ? { step2: askFor("Step 2: What is your favorite color?", "color") }
        : { step1: askFor("Step 1: What is your name?", "name") },
      requestState: await states.mint({ step: second ? 2 : 1 }),
    });
  },
  test_input_required_result_capabilities: (context) => {
    if (context.mcpReq.inputResponses !== undefined) return done("Thank you.");
    const can = capabilities.parse(context.mcpReq.envelope)[CLIENT_CAPABILITIES_META_KEY];
    const inputRequests: InputRequests = {
      ...(can.sampling !== undefined && { sampled: sample("Say something", 50) }),
      ...(can.elicitation !== undefined && { asked: askFor("Say something", "text") }),
      ...(can.roots !== undefined && { roots: inputRequired.listRoots() }),
    };
    return Object.keys(inputRequests).length > 0 ? inputRequired({ inputRequests }) : done("Nothing to ask.");
  },
  test_missing_capability: () => inputRequired({ inputRequests: { needed: sample("Say something", 10) } }),
  test_logging_tool: async ({ mcpReq }) => {
    await mcpReq.log("info", "A message for clients that asked for it");
    return done("Logged.");
  },
  test_tool_with_logging: async ({ mcpReq }) => {
    await mcpReq.log("info", "Tool execution started");
    await sleep(50);
    await mcpReq.log("info", "Tool processing data");
    await sleep(50);
    await mcpReq.log("info", "Tool execution completed");
    return done("Tool with logging executed successfully");
  },
  test_sampling: (context, { prompt }) => {
    const view = inputResponse(context.mcpReq.inputResponses, "answer");
    if (view.kind === "sampling") return done(`LLM response: ${JSON.stringify(view)}`);
    return inputRequired({ inputRequests: { answer: sample(String(prompt), 100) } });
  },
  test_elicitation: (context, { message }) => {
    const username = { type: "string", description: "User's response" } as const;
    const email = { type: "string", description: "User's email address" } as const;
    const requestedSchema = {
      type: "object",
      properties: { username, email },
      required: ["username", "email"],
    } as const;
    return elicitation(
      inputRequired.elicit({
        message: String(message),
        requestedSchema: { ...requestedSchema, required: [...requestedSchema.required] },
      }),
    )(context, {});
  },
  test_elicitation_sep1034_defaults: elicitation(
    inputRequired.elicit({
      message: "Please review the defaults",
      requestedSchema: {
        type: "object",
        properties: {
          name: { type: "string", default: "John Doe" },
          age: { type: "integer", default: 30 },
          score: { type: "number", default: 95.5 },
          status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
          verified: { type: "boolean", default: true },
        },
      },
    }),
  ),
  test_elicitation_sep1330_enums: elicitation(
    inputRequired.elicit({
      message: "Please choose",
      requestedSchema: {
        type: "object",
        properties: {
          untitledSingle: { type: "string", enum: choices },
          titledSingle: { type: "string", oneOf: titled("Option") },
          legacyEnum: {
            type: "string",
            enum: ["opt1", "opt2", "opt3"],
            enumNames: ["Option One", "Option Two", "Option Three"],
          },
          untitledMulti: { type: "array", items: { type: "string", enum: choices } },
          titledMulti: { type: "array", items: { anyOf: titled("Choice") } },
        },
      },
    }),
  ),
};
