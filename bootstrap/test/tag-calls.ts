import { PROJECT, type Statement } from "./stack.ts";

/** What changes tags, by any service's name for it; not what reads them. */
const TAGS = /:(?!Get|List|Describe)\w*Tag/;

/** The condition keys of a call whose request or resource has an environment's tags. */
export const tags = (key: "aws:RequestTag" | "aws:ResourceTag", environment: string) => ({
  [`${key}/Project`]: PROJECT,
  [`${key}/Environment`]: environment,
});

/** Every call by which these statements change tags, on a resource that each pattern allows. */
export function tagCalls(statements: readonly Statement[]): { action: string; resource: string }[] {
  return statements
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, Resource = ["*"] }) =>
      Action.flatMap((action) => Resource.map((pattern) => ({ action, resource: pattern.replaceAll("*", "other") }))),
    )
    .filter(({ action, resource }) =>
      action.startsWith("apigateway:") ? resource.includes("/tags/") || /Tag/.test(action) : TAGS.test(action),
    );
}
