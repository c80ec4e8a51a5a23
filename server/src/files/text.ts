/** C0 controls but for tab, line feed, form feed and carriage return: no text file has them, and JSON makes each six bytes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BINARY = /[\u0000-\u0008\u000b\u000e-\u001f]/;
/** The most bytes that one character takes in UTF-8. (RFC 3629) */
const MAX_CHARACTER = 4;

/**
 * Decodes a part of a file as UTF-8.
 *
 * @param atEnd whether the part reaches the end of the file; if not, a character cut in two is left for the next part
 * @returns the text and how many bytes of the part it covers, or undefined where the bytes are not text
 */
export function decodeText(bytes: Uint8Array, atEnd: boolean): { text: string; length: number } | undefined {
  const length = atEnd ? bytes.length : wholeCharacters(bytes);
  if (length === 0 && bytes.length > 0) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
    return BINARY.test(text) ? undefined : { text, length };
  } catch {
    return undefined;
  }
}

/** How many of the bytes are left when a character that the end cuts in two is taken off. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(MAX_CHARACTER, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return size > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}
