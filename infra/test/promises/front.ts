import { scopes } from "@remote-mcp/server/manifest";
import type { Json } from "../stacks.ts";
import { all, type Named, one, type Promised, strings, without } from "./promise.ts";

const HOST = /\$\{(aws_cloudfront_distribution|aws_api_gateway_domain_name)\.[\w-]+\.domain_name\}/g;
const CORS = ["Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers"];

const mocks = (stack: Json): Named[] =>
  all(stack, "aws_api_gateway_integration").filter(({ value }) => value.type === "MOCK");
const proxies = (stack: Json): Named[] =>
  all(stack, "aws_api_gateway_integration").filter(({ value }) => value.type !== "MOCK");
/** The method that an integration belongs to. */
const methodOf = (stack: Json, { value }: Named): Json =>
  stack.resource.aws_api_gateway_method[/aws_api_gateway_method\.([\w-]+)\./.exec(value.http_method)?.[1] ?? ""];
const toMcp = (integration: Named): boolean => integration.value.uri.includes("aws_lambda_alias.mcp_");
const pathPart = (stack: Json, resourceId: string): string =>
  stack.resource.aws_api_gateway_resource[/aws_api_gateway_resource\.([\w-]+)\./.exec(resourceId)?.[1] ?? ""]
    ?.path_part ?? "/";
const response = (stack: Json, type: string): Json =>
  all(stack, "aws_api_gateway_gateway_response").find(({ value }) => value.response_type === type)?.value;

/** What the gateway says itself when a method of this path and verb is called. */
const answers = (stack: Json, part: string, verb: string): Json[] =>
  all(stack, "aws_api_gateway_integration_response")
    .filter((each) => pathPart(stack, each.value.resource_id) === part && methodOf(stack, each).http_method === verb)
    .map(({ value }) => value.response_parameters)
    .concat(
      mocks(stack)
        .filter(
          (each) => pathPart(stack, each.value.resource_id) === part && methodOf(stack, each).http_method === verb,
        )
        .map(({ value }) => JSON.parse(value.request_templates["application/json"])),
    );

export const front: readonly Promised[] = [
  {
    that: "the MCP function is reached by POST /mcp alone, through the Cognito authorizer, with the manifest's scopes",
    brokenBy: (stack) => {
      const found = proxies(stack).filter(toMcp);
      return [
        ...(found.length === 1 ? [] : ["more than one route"]),
        ...found.filter((each) => {
          const { authorization, authorizer_id, authorization_scopes, http_method } = methodOf(stack, each);
          return !(
            http_method === "POST" &&
            authorization === "COGNITO_USER_POOLS" &&
            authorizer_id &&
            scopes.every(({ name }) => authorization_scopes.some((scope: string) => scope.endsWith(`/${name}`)))
          );
        }),
      ];
    },
    breakIt: (stack) => {
      one(stack, "aws_api_gateway_method", "routes_mcp-post").authorization = "NONE";
    },
  },
  {
    that: "a route without an authorizer leads to the gateway's own answer or to the OAuth function",
    brokenBy: (stack) =>
      proxies(stack)
        .filter(
          (each) =>
            methodOf(stack, each).authorization === "NONE" && !each.value.uri.includes("aws_lambda_alias.oauth_"),
        )
        .map(({ address }) => address),
    breakIt: (stack) => {
      const { uri } = one(stack, "aws_api_gateway_integration", "routes_mcp-integration");
      one(stack, "aws_api_gateway_integration", "oauth-routes_token-post").uri = uri;
    },
  },
  {
    that: "functions are called through their alias",
    brokenBy: (stack) =>
      without(proxies(stack), ({ uri }) => /\/functions\/\$\{aws_lambda_alias\.[\w-]+\.arn\}\//.test(uri)),
    breakIt: (stack) => {
      one(stack, "aws_api_gateway_integration", "routes_mcp-integration").uri = "arn:aws:lambda:x:y:function:mcp";
    },
  },
  {
    that: "what the gateway answers itself takes no body through",
    brokenBy: (stack) => without(mocks(stack), ({ passthrough_behavior }) => passthrough_behavior === "NEVER"),
    breakIt: (stack) => {
      one(stack, "aws_api_gateway_integration", "routes_landing-page").passthrough_behavior = "WHEN_NO_MATCH";
    },
  },
  {
    that: "no document holds a character that the template language would interpret",
    brokenBy: (stack) =>
      without(
        all(stack, "aws_api_gateway_integration_response"),
        ({ response_templates }) => !/#|\$(?!\{aws_)/.test(response_templates["application/json"]),
      ),
    breakIt: (stack) => {
      one(stack, "aws_api_gateway_integration_response", "routes_landing-page").response_templates[
        "application/json"
      ] += "#set";
    },
  },
  {
    that: "every public URL derives from one host",
    brokenBy: (stack) => {
      const urls = strings({ resource: stack.resource, output: stack.output }).flatMap(({ path, text }) =>
        [...text.matchAll(/https:\/\/([^/\s"'`,]+)/g)].map(([, host]) => ({ path, host })),
      );
      const foreign = urls.filter(
        ({ host = "", path }) =>
          !new RegExp(`^${HOST.source}$`).test(host) &&
          !/^(cognito-idp\.[\w-]+\.amazonaws\.com|\S+\.auth\.[\w-]+\.amazoncognito\.com)$/.test(host) &&
          !/stage_url|ALLOWED_ORIGINS|CLIENTS/.test(path),
      );
      const hosts = new Set(urls.flatMap(({ host = "" }) => host.match(HOST) ?? []));
      return hosts.size === 1 ? foreign : [...hosts];
    },
    breakIt: (stack) => {
      one(stack, "aws_lambda_function", "mcp").environment.variables.RESOURCE = "https://mcp.example.com/mcp";
    },
  },
  {
    that: "a call without a valid token gets the challenge that leads to the login",
    brokenBy: (stack) =>
      ["UNAUTHORIZED", "EXPIRED_TOKEN"].filter((type) => {
        const { status_code, response_parameters } = response(stack, type) ?? {};
        const header: string = response_parameters?.["gatewayresponse.header.WWW-Authenticate"] ?? "";
        return !(
          status_code === "401" &&
          /^'Bearer resource_metadata="https:\S+\/\.well-known\/oauth-protected-resource\/mcp", scope="[^"]+"'$/.test(
            header,
          )
        );
      }),
    breakIt: (stack) => {
      delete response(stack, "UNAUTHORIZED").response_parameters["gatewayresponse.header.WWW-Authenticate"];
    },
  },
  {
    that: "a token without our scopes gets 403 insufficient_scope",
    brokenBy: (stack) => {
      const { status_code, response_parameters } = response(stack, "ACCESS_DENIED") ?? {};
      const header: string = response_parameters?.["gatewayresponse.header.WWW-Authenticate"] ?? "";
      return status_code === "403" && header.includes('error="insufficient_scope"') ? [] : [header];
    },
    breakIt: (stack) => {
      response(stack, "ACCESS_DENIED").status_code = "401";
    },
  },
  {
    that: "everything the gateway says by itself can be read by a browser client",
    brokenBy: (stack) =>
      without(all(stack, "aws_api_gateway_gateway_response"), ({ response_parameters }) =>
        CORS.every((header) => response_parameters[`gatewayresponse.header.${header}`]),
      ),
    breakIt: (stack) => {
      delete response(stack, "THROTTLED").response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"];
    },
  },
  {
    that: "the default gateway responses set no status, which would override every other",
    brokenBy: (stack) =>
      ["DEFAULT_4XX", "DEFAULT_5XX"].filter((type) => !response(stack, type) || response(stack, type).status_code),
    breakIt: (stack) => {
      response(stack, "DEFAULT_4XX").status_code = "400";
    },
  },
  {
    that: "other verbs of /mcp get 405 with Allow, and unknown paths 404",
    brokenBy: (stack) => {
      const other = answers(stack, "mcp", "ANY");
      const unknown = answers(stack, "{proxy+}", "ANY");
      const allow = other.some((each) => each?.["method.response.header.Allow"] === "'POST, OPTIONS'");
      const status = (given: Json[], code: number) => given.some(({ statusCode }) => statusCode === code);
      return allow && status(other, 405) && status(unknown, 404) ? [] : [other, unknown];
    },
    breakIt: (stack) => {
      delete stack.resource.aws_api_gateway_integration[
        all(stack, "aws_api_gateway_integration").find(({ name }) => name.startsWith("routes_not-found_"))?.name ?? ""
      ];
    },
  },
];
