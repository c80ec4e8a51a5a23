import { setTimeout as sleep } from "node:timers/promises";
import { type Content, type Tool, type ToolContext, ToolError } from "../src/tools/tool.ts";

/** One red pixel, and eight silent samples: the smallest files of their kind. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const WAV = "UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAgICAgICAgA==";

const text = (value: string): Content => ({ type: "text", text: value });

/** A tool of the official suite: its names, arguments and texts are the suite's. */
function fixture(
  name: string,
  description: string,
  run: (context: ToolContext) => readonly Content[] | Promise<readonly Content[]>,
  inputSchema: Tool["inputSchema"] = { type: "object" },
): Tool {
  return {
    name,
    title: name,
    description,
    scope: "read",
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    inputSchema,
    call: async (_, context) => ({ content: await run(context) }),
  };
}

/** JSON Schema 2020-12 that must come back as it is, keyword by keyword. (SEP-1613, SEP-2106) */
const schema2020 = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
} as const;

/** The suite's tools that need nothing but the product's own tool interface, so they run through the product's code. */
export const plainTools: readonly Tool[] = [
  fixture("test_simple_text", "Returns text.", () => [text("This is a simple text response for testing.")]),
  fixture("test_image_content", "Returns an image.", () => [{ type: "image", data: PNG, mimeType: "image/png" }]),
  fixture("test_audio_content", "Returns audio.", () => [{ type: "audio", data: WAV, mimeType: "audio/wav" }]),
  fixture("test_embedded_resource", "Returns a resource.", () => [
    {
      type: "resource",
      resource: {
        uri: "test://embedded-resource",
        mimeType: "text/plain",
        text: "This is an embedded resource content.",
      },
    },
  ]),
  fixture("test_multiple_content_types", "Returns text, an image and a resource.", () => [
    text("Multiple content types test:"),
    { type: "image", data: PNG, mimeType: "image/png" },
    {
      type: "resource",
      resource: {
        uri: "test://mixed-content-resource",
        mimeType: "application/json",
        text: JSON.stringify({ test: "data", value: 123 }),
      },
    },
  ]),
  fixture("test_error_handling", "Always fails.", () => {
    throw new ToolError("This tool intentionally returns an error for testing");
  }),
  fixture("test_tool_with_progress", "Reports progress three times.", async ({ report }) => {
    await report(0, 100);
    await sleep(50);
    await report(50, 100);
    await sleep(50);
    await report(100, 100);
    return [text("Tool with progress executed successfully")];
  }),
  fixture("test_streaming_elicitation", "Answers plainly.", () => [text("Nothing to ask.")]),
  fixture("json_schema_2020_12_tool", "Has a schema with many keywords.", () => [text("ok")], schema2020),
];
