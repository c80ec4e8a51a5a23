import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeText } from "./text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const whole = { atStart: true, atEnd: true };

describe("decodeText", () => {
  it.each(["", "plain", "tabs\tand\r\nlines\f", "日本語 👩‍💻", "\ufeffwith a mark"])("decodes %j", (text) => {
    expect(decodeText(bytes(text), whole)).toEqual({ text, skipped: 0, length: bytes(text).length });
  });

  it.each([
    ["NUL", bytes("a\u0000b")],
    ["an escape character", bytes("\u001b[31m")],
    ["Latin-1", new Uint8Array([0x63, 0x61, 0x66, 0xe9])],
    ["a PNG", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ["an overlong form", new Uint8Array([0xc0, 0xaf])],
  ])("does not take %s for text", (_name, data) => {
    expect(decodeText(data, whole)).toBeUndefined();
  });

  it("puts a text together again from parts of any size", () => {
    const parts = fc.record({ text: fc.string({ unit: "grapheme" }), size: fc.integer({ min: 4, max: 16 }) });
    fc.assert(
      fc.property(parts, ({ text, size }) => {
        const data = bytes(text);
        let read = "";
        for (let offset = 0; offset < data.length; ) {
          const part = data.subarray(offset, offset + size);
          const decoded = decodeText(part, { atStart: offset === 0, atEnd: offset + size >= data.length });
          // What the generator makes of control characters is binary, and stays so.
          if (decoded === undefined) return;
          expect(decoded.skipped).toBe(0);
          read += decoded.text;
          offset += decoded.length;
        }
        expect(read).toBe(text);
      }),
    );
  });

  it("finds the next character when it starts inside one", () => {
    const data = bytes("日本").subarray(1);
    expect(decodeText(data, { atStart: false, atEnd: true })).toEqual({ text: "本", skipped: 2, length: 3 });
  });
});
