/** An HTTP answer in plain values. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream only where a tool reports progress. */
  readonly body: string | AsyncIterable<string | Uint8Array>;
}

/** An HTTP request in plain values; the gateway has checked the token behind the claims. */
export interface Call {
  readonly id: string;
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** As the gateway gives them; undefined where it gave none. */
  readonly claims: unknown;
  /** How long the function may still run, in milliseconds. */
  readonly timeLeft: number;
}
