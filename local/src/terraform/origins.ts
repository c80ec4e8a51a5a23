import type { Resource } from "./resources.ts";

/** Not the beginning of a longer host name; a full stop after it is one of a sentence. */
const HOST_ENDS = "(?![\\w-]|\\.\\w)";

/** Hosts of AWS that a browser or a client meets besides the front door: Cognito's API, its issuer and its login pages. */
const cognitoHosts = (region: string) =>
  new RegExp(
    `https://((?:cognito-idp|[a-z0-9-]+\\.auth)\\.${region}\\.(?:amazonaws|amazoncognito)\\.com)${HOST_ENDS}`,
    "g",
  );

/**
 * Gives the function that turns public origins inside a text into local ones: the front door becomes the root of the public
 * port, an AWS host lives under `/_aws/<host>` of the same port.
 */
export function localOrigins(
  resources: readonly Resource[],
  { region, port }: { region: string; port: number },
): (text: string) => string {
  const origin = `http://127.0.0.1:${port}`;
  const fronts = resources.filter(
    ({ type }) => type === "aws_cloudfront_distribution" || type === "aws_api_gateway_domain_name",
  );
  const front = fronts.map(
    ({ values }) => new RegExp(`https://${String(values.domain_name).replaceAll(".", "\\.")}${HOST_ENDS}`, "g"),
  );
  const aws = cognitoHosts(region);
  return (text) => {
    const rewritten = front.reduce((result, host) => result.replace(host, origin), text);
    return rewritten.replace(aws, (_, host: string) => `${origin}/_aws/${host}`);
  };
}
