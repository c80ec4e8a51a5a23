/** Lambda did not run the function; `status` and `type` are those of the Invoke API's own errors. */
export class InvokeError extends Error {
  override name = "InvokeError";
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** The function ran and failed after the first byte of its answer; whoever reads the answer gets this instead of its end. */
export class BrokenResponseError extends Error {
  override name = "BrokenResponseError";
}
