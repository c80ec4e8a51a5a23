/** C0 controls but for tab, line feed, form feed and carriage return: no text file has them, and JSON makes each six bytes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BINARY = /[\u0000-\u0008\u000b\u000e-\u001f]/;
/** The most bytes that one character takes in UTF-8. (RFC 3629) */
const MAX_CHARACTER = 4;

/**
 * Decodes a part of a file as UTF-8. A character that the start or the end of the part cuts in two is left out.
 *
 * @param atStart whether the part begins where the file does
 * @param atEnd whether the part ends where the file does
 * @returns the text, how many bytes were left out before it and how many it covers; undefined where the bytes are not text
 */
export function decodeText(
  bytes: Uint8Array,
  { atStart, atEnd }: { atStart: boolean; atEnd: boolean },
): { text: string; skipped: number; length: number } | undefined {
  const skipped = atStart ? 0 : continuationBytes(bytes);
  const end = atEnd ? bytes.length : wholeCharacters(bytes);
  if (end <= skipped && bytes.length > 0) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(skipped, end));
    return BINARY.test(text) ? undefined : { text, skipped, length: end - skipped };
  } catch {
    return undefined;
  }
}

/** Bytes 10xxxxxx at the start belong to a character that began before. (RFC 3629) */
function continuationBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < MAX_CHARACTER - 1 && ((bytes[count] ?? 0) & 0xc0) === 0x80) count++;
  return count;
}

/** Where the last whole character ends. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(MAX_CHARACTER, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return size > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
