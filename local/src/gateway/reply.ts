/** An HTTP response on its way to the client. A body that throws while it is iterated breaks the connection. */
export interface Reply {
  status: number;
  headers: [name: string, value: string][];
  body: string | Uint8Array | AsyncIterable<Uint8Array>;
}
