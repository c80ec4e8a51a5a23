// What Lambda's Node runtime puts into the global scope of a streaming function, for a runtime that only takes a returned
// value: the stream is collected, and becomes the response of a proxy integration.
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";

const metadataOf = new WeakMap();

globalThis.awslambda = {
  streamifyResponse: (handler) => async (event, context) => {
    const chunks = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(Buffer.from(chunk));
        done();
      },
    });
    const ended = finished(stream);
    await handler(event, stream, context);
    await ended;
    return { ...metadataOf.get(stream), body: Buffer.concat(chunks).toString("utf8") };
  },
  HttpResponseStream: {
    from(stream, metadata) {
      metadataOf.set(stream, metadata);
      return stream;
    },
  },
};
