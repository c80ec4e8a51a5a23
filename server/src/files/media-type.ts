/** Types that a text file may be served as; everything else a model writes is plain text. (IANA media types) */
const textTypes: Readonly<Record<string, string>> = {
  css: "text/css",
  csv: "text/csv",
  html: "text/html",
  json: "application/json",
  md: "text/markdown",
  svg: "image/svg+xml",
  xml: "application/xml",
  yaml: "application/yaml",
  yml: "application/yaml",
};

/** @returns the media type of a text file by the ending of its key, with its charset. */
export function textTypeOf(key: string): string {
  const ending = key.slice(key.lastIndexOf(".") + 1).toLowerCase();
  const type = Object.hasOwn(textTypes, ending) ? textTypes[ending] : "text/plain";
  return `${type}; charset=utf-8`;
}
