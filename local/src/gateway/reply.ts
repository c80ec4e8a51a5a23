/** An HTTP response on its way to the client. A body that throws while it is iterated breaks the connection. */
export interface Reply {
  status: number;
  headers: [name: string, value: string][];
  body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** Reads a body that nobody waits for any more to its end. */
export async function discardBody({ body }: Reply): Promise<void> {
  if (typeof body === "string" || body instanceof Uint8Array) return;
  for await (const _ of body);
}
