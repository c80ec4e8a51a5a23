import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resource } from "../terraform/resources.ts";
import { parse } from "./schema.ts";
import type { ThrottleLimits } from "./throttle.ts";

const schema = z.strictObject({
  id: z.string(),
  rest_api_id: z.string(),
  stage_name: z.string(),
  method_path: z.string(),
  settings: z.object({
    throttling_burst_limit: z.number().default(-1),
    throttling_rate_limit: z.number().default(-1),
    caching_enabled: z.literal(false).optional(),
  }),
});

/** Method path of the settings of a whole stage. */
const EVERY_METHOD = "*/*";

export interface Throttles {
  /** A method's own limits, else those of the whole stage. */
  limitsOf: (path: string, httpMethod: string) => ThrottleLimits;
  /** Throws UnsupportedStackError when settings name a method that nothing asked for. */
  assertAllUsed: () => void;
}

/** Reads the `aws_api_gateway_method_settings` of a stage. */
export function readThrottles(resources: readonly Resource[], stageName: string): Throttles {
  const limits = new Map<string, ThrottleLimits>();
  for (const found of resources) {
    const { stage_name, method_path, settings } = parse(schema, found);
    if (stage_name !== stageName)
      throw new UnsupportedStackError(`${found.address} is about the stage "${stage_name}", not "${stageName}".`);
    limits.set(method_path, { burst: settings.throttling_burst_limit, rate: settings.throttling_rate_limit });
  }
  const unused = new Set(limits.keys());
  unused.delete(EVERY_METHOD);
  return {
    limitsOf(path, httpMethod) {
      // Slashes of a path are written `~1`, the root is `~1` itself.
      const methodPath = `${path === "/" ? "~1" : path.slice(1).replaceAll("/", "~1")}/${httpMethod}`;
      unused.delete(methodPath);
      return limits.get(methodPath) ?? limits.get(EVERY_METHOD) ?? { burst: -1, rate: -1 };
    },
    assertAllUsed() {
      for (const methodPath of unused)
        throw new UnsupportedStackError(`Method settings are for "${methodPath}", which is no method of the API.`);
    },
  };
}
