/** Requests a second (`rate`) on top of a stock of `burst`; a negative number is no limit. */
export interface ThrottleLimits {
  burst: number;
  rate: number;
}

/**
 * A token bucket, as API Gateway throttles a method.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 * @param now milliseconds
 */
export function createThrottle({ burst, rate }: ThrottleLimits, now: () => number = Date.now): () => boolean {
  if (burst < 0 || rate < 0) return () => true;
  let tokens = burst;
  let filledAt = now();
  return () => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * rate);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
