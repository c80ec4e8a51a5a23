import { ResourceNotFoundError, type Server } from "@modelcontextprotocol/server";
import type { Era } from "../src/mcp/session.ts";
import { PNG } from "./plain-tools.ts";

const TEXT = "test://static-text";
const BINARY = "test://static-binary";
const WATCHED = "test://watched-resource";
const TEMPLATE = /^test:\/\/template\/([^/]+)\/data$/;

/** URIs and contents are the suite's. */
export function addResources(server: Server, era: Era): void {
  // In 2026-07-28 this would promise `subscriptions/listen`, which is refused.
  const subscribe = era === "initialize";
  server.registerCapabilities({ resources: { listChanged: false, ...(subscribe && { subscribe }) } });
  server.setRequestHandler("resources/list", () => ({
    resources: [
      { uri: TEXT, name: "static-text", description: "Text.", mimeType: "text/plain" },
      { uri: BINARY, name: "static-binary", description: "An image.", mimeType: "image/png" },
      { uri: WATCHED, name: "watched-resource", description: "Text to subscribe to.", mimeType: "text/plain" },
    ],
  }));
  server.setRequestHandler("resources/templates/list", () => ({
    resourceTemplates: [
      {
        uriTemplate: "test://template/{id}/data",
        name: "template",
        description: "Data by id.",
        mimeType: "application/json",
      },
    ],
  }));
  server.setRequestHandler("resources/read", ({ params: { uri } }) => {
    const text = (mimeType: string, value: string) => ({ contents: [{ uri, mimeType, text: value }] });
    if (uri === TEXT) return text("text/plain", "This is the content of the static text resource.");
    if (uri === WATCHED) return text("text/plain", "Nothing changes here.");
    if (uri === BINARY) return { contents: [{ uri, mimeType: "image/png", blob: PNG }] };
    const id = TEMPLATE.exec(uri)?.[1];
    if (id === undefined) throw new ResourceNotFoundError(uri);
    return text("application/json", JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }));
  });
  // Nothing ever changes, so there is nothing to remember.
  server.setRequestHandler("resources/subscribe", () => ({}));
  server.setRequestHandler("resources/unsubscribe", () => ({}));
}
