import {
  acceptedContent,
  type GetPromptResult,
  type InputRequiredResult,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import { PNG } from "./plain-tools.ts";

type Arguments = Readonly<Record<string, string>>;
interface Prompt {
  readonly arguments: readonly string[];
  readonly get: (args: Arguments, context: ServerContext) => GetPromptResult | InputRequiredResult;
}

const user = (content: GetPromptResult["messages"][number]["content"]) => ({ role: "user" as const, content });
const says = (text: string) => user({ type: "text", text });

/** Names, arguments and texts are the suite's. */
const prompts: Readonly<Record<string, Prompt>> = {
  test_simple_prompt: {
    arguments: [],
    get: () => ({ messages: [says("This is a simple prompt for testing.")] }),
  },
  test_prompt_with_arguments: {
    arguments: ["arg1", "arg2"],
    get: ({ arg1, arg2 }) => ({ messages: [says(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  },
  test_prompt_with_embedded_resource: {
    arguments: ["resourceUri"],
    get: ({ resourceUri = "" }) => ({
      messages: [
        user({
          type: "resource",
          resource: { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." },
        }),
        says("Please process the embedded resource above."),
      ],
    }),
  },
  test_prompt_with_image: {
    arguments: [],
    get: () => ({
      messages: [user({ type: "image", data: PNG, mimeType: "image/png" }), says("Please analyze the image above.")],
    }),
  },
  test_input_required_result_prompt: {
    arguments: [],
    get: (_, { mcpReq }) => {
      const answer = acceptedContent(mcpReq.inputResponses, "user_context", z.object({ context: z.string() }));
      if (answer !== undefined) return { messages: [says(`Context: ${answer.context}`)] };
      const user_context = inputRequired.elicit({
        message: "What context should the prompt use?",
        requestedSchema: { type: "object", properties: { context: { type: "string" } }, required: ["context"] },
      });
      return inputRequired({ inputRequests: { user_context } });
    },
  },
};

export function addPrompts(server: Server): void {
  server.registerCapabilities({ prompts: { listChanged: false }, completions: {} });
  server.setRequestHandler("prompts/list", () => ({
    prompts: Object.entries(prompts).map(([name, prompt]) => ({
      name,
      description: `Fixture ${name}.`,
      arguments: prompt.arguments.map((argument) => ({ name: argument, description: argument, required: true })),
    })),
  }));
  server.setRequestHandler("prompts/get", ({ params }, context) => {
    const prompt = Object.hasOwn(prompts, params.name) ? prompts[params.name] : undefined;
    if (prompt === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no such prompt.");
    return prompt.get(params.arguments ?? {}, context);
  });
  server.setRequestHandler("completion/complete", () => ({ completion: { values: [], total: 0, hasMore: false } }));
}
