import { describe, expect, it } from "@jest/globals";
import { Request as LightRequest, Response as LightResponse } from "./web-classes.ts";

const stream = () =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("one "));
      controller.enqueue(new TextEncoder().encode("two"));
      controller.close();
    },
  });

/** Each case is run with the stand-in and with the real class: they must not differ where the bundle relies on them. */
describe.each([
  ["stand-in", { Request: LightRequest, Response: LightResponse }],
  ["global", { Request, Response }],
])("%s classes", (_name, { Request, Response }) => {
  it("keeps method and headers of a request, whatever the case", () => {
    const request = new Request("https://a.example/mcp", { method: "POST", headers: { "Mcp-Name": "x" } });
    expect(request.method).toBe("POST");
    expect(request.url).toBe("https://a.example/mcp");
    expect(request.headers.get("mcp-name")).toBe("x");
    expect(request.headers.has("MCP-NAME")).toBe(true);
    expect(request.headers.get("missing")).toBeNull();
  });

  it("answers JSON", async () => {
    const response = Response.json({ a: 1 }, { status: 400, headers: { Allow: "POST" } });
    expect(response.status).toBe(400);
    expect(Object.fromEntries(response.headers)).toEqual({ "content-type": "application/json", allow: "POST" });
    expect(await response.text()).toBe('{"a":1}');
  });

  it("answers nothing, and a stream", async () => {
    expect(await new Response(null, { status: 202 }).text()).toBe("");
    expect(await new Response(stream(), { headers: { "Content-Type": "text/event-stream" } }).text()).toBe("one two");
  });
});
