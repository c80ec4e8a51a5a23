import type { Server } from "@modelcontextprotocol/server";
import type { Session } from "../src/mcp/session.ts";
import { toolServer } from "../src/mcp/tool-server.ts";
import type { Tool } from "../src/tools/tool.ts";
import { askingTools } from "./asking-tools.ts";
import { faultTools } from "./fault-tools.ts";
import { plainTools } from "./plain-tools.ts";
import { addPrompts } from "./prompts.ts";
import { addResources } from "./resources.ts";

/** So that `tools/list` names them; their calls never get to the product's code. */
const listedOnly = Object.keys(askingTools).map(
  (name): Tool => ({
    name,
    title: name,
    description: `Fixture ${name}.`,
    scope: "read",
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    inputSchema: { type: "object" },
    call: () => Promise.reject(new Error(`${name} is answered by the SDK's handler.`)),
  }),
);

const product = toolServer([...plainTools, ...faultTools, ...listedOnly], {
  name: "remote-mcp-server-conformance",
  version: "0.1.0",
});

/**
 * The product's server with the official suite's fixtures: tools that the product's tool interface can express run through
 * the product's code; what the product does not have (prompts, resources, questions to the client) is added to its server
 * by the SDK's own means.
 */
export function fixtureServer(session: Session): Server {
  const server = product(session);
  addPrompts(server);
  addResources(server, session.era);
  server.registerCapabilities({ logging: {} });
  const { method, target } = session;
  if (method === "tools/call" && target !== undefined && Object.hasOwn(askingTools, target)) {
    server.setRequestHandler("tools/call", ({ params }, context) => {
      const tool = askingTools[params.name];
      if (tool === undefined) throw new Error(`No fixture ${params.name}`);
      return tool(context, params.arguments ?? {});
    });
  }
  return server;
}
