const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const special = /[&<>"\p{Cc}]/gu;

/**
 * Text for an XML element. Control characters become numeric references as S3 writes them, although XML 1.0 has no such
 * characters: a caller that has such keys asks for `encoding-type=url` (API_ListObjectsV2, "EncodingType").
 */
export function escapeXml(text: string): string {
  return text.replace(special, (char) => entities[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);
}
