/** The synthesized stack asks for something that the local stack does not serve; the message says what and where. */
export class UnsupportedStackError extends Error {
  override name = "UnsupportedStackError";
}
