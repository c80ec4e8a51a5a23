/** One file of the bucket, as a listing shows it. */
export interface FileEntry {
  readonly key: string;
  readonly size: number;
  /** ISO 8601, UTC. */
  readonly modified: string;
}

export interface FilePage {
  readonly files: readonly FileEntry[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

export interface FilePart {
  readonly bytes: Uint8Array;
  /** Of the whole file, in bytes. */
  readonly size: number;
  readonly contentType: string;
}

/** The files bucket, in the tools' words. Every call ends when `signal` aborts; failures are `FilesError`s. */
export interface Files {
  list(query: { prefix: string; cursor?: string; limit: number }, signal: AbortSignal): Promise<FilePage>;
  read(query: { key: string; offset: number; length: number }, signal: AbortSignal): Promise<FilePart>;
  /** Never overwrites. */
  save(file: { key: string; content: string; contentType: string }, signal: AbortSignal): Promise<void>;
}

/** `reason` is what a caller reacts to; the message is for the operator's log only, it may name the bucket. */
export class FilesError extends Error {
  override readonly name = "FilesError";
  readonly reason: "not-found" | "exists" | "bad-cursor" | "bad-range" | "unavailable";

  constructor(reason: FilesError["reason"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  /** By name: the S3 client is a bundle of its own, with its own copy of this class, so `instanceof` would fail. */
  static is(error: unknown): error is FilesError {
    return error instanceof Error && error.name === "FilesError";
  }
}
