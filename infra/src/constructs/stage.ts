import { createHash } from "node:crypto";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment/index.js";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings/index.js";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { DefaultTokenResolver, StringConcat, TerraformResource, Tokenization } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { Firewall, NO_JAVA } from "./firewall.ts";
import { justify } from "./justify.ts";
import { logGroup } from "./log-group.ts";
import type { Place } from "./place.ts";
import { type RestApi, STAGE_NAME } from "./rest-api.ts";

export interface StageProps {
  readonly place: Place;
  readonly api: RestApi;
  /** The constructs whose API Gateway resources the deployment contains; they must be complete by now. */
  readonly contents: readonly IConstruct[];
  /**
   * What the contents mean but do not say: values of other resources. The configuration's hash sees only the reference, so
   * each is a trigger of its own.
   */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Requests per second and the burst above it, of each method that has no limit of its own. */
  readonly throttle: Throttle;
  /** By `<path>/<METHOD>`, without a slash in front. */
  readonly methodThrottles: Readonly<Record<string, Throttle>>;
  readonly xray: boolean;
  /** Rules in front of it. */
  readonly waf: boolean;
}

interface Throttle {
  readonly burst: number;
  readonly rate: number;
}

/** A deployment of the API that is made anew exactly when the API changes, and the stage that serves it. */
export class Stage extends Construct {
  readonly name: string;
  readonly url: string;
  readonly accessLogName: string;

  constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id);
    const { place, api } = props;
    const contents = props.contents.flatMap(apiResources);

    const deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: api.id,
      description: "Made by Terraform",
      triggers: { configuration: configurationHash(contents), ...props.dependencies },
      dependsOn: contents,
      // The stage must move to the new deployment before the old one can go.
      lifecycle: { createBeforeDestroy: true },
    });

    const accessLog = logGroup(this, "access-log", place, `/aws/apigateway/${api.name}`);
    const stage = new ApiGatewayStage(this, "stage", {
      restApiId: api.id,
      deploymentId: deployment.id,
      stageName: STAGE_NAME,
      accessLogSettings: { destinationArn: accessLog.arn, format: JSON.stringify(ACCESS_LOG) },
      xrayTracingEnabled: props.xray,
    });
    justify(stage, {
      CKV_AWS_120: ANSWERS_DIFFER,
      CKV2_AWS_4: "The access log has the errors; the execution log would keep requests in a group without retention.",
      CKV2_AWS_51: "A certificate for the backend to know the gateway by: Lambda's resource policy does that.",
      ...(props.waf
        ? { CKV2_AWS_77: NO_JAVA }
        : { CKV2_AWS_29: "$7 a month that throttles and tokens make optional; a flag turns it on." }),
      ...(!props.xray && {
        CKV_AWS_73: "One function behind one gateway: its log has both latencies. A flag turns it on.",
      }),
    });
    if (props.waf) new Firewall(this, "firewall", { name: place.name, stageArn: stage.arn });
    for (const [methodPath, throttle] of Object.entries({ "*/*": props.throttle, ...props.methodThrottles }))
      this.limit(api, stage.stageName, methodPath, throttle);

    this.name = stage.stageName;
    this.accessLogName = accessLog.name;
    this.url = `https://${api.executeApiHost}/${STAGE_NAME}`;
  }

  private limit(api: RestApi, stageName: string, methodPath: string, { burst, rate }: Throttle): void {
    const id = methodPath === "*/*" ? "settings" : `settings-${methodPath.replace("/", "-")}`;
    const settings = new ApiGatewayMethodSettings(this, id, {
      restApiId: api.id,
      stageName,
      methodPath,
      settings: {
        throttlingBurstLimit: burst,
        throttlingRateLimit: rate,
        // The execution log would repeat the access log in a log group that keeps everything for ever.
        loggingLevel: "OFF",
        dataTraceEnabled: false,
        // Per-method metrics are charged as custom metrics; the stage's own are free.
        metricsEnabled: false,
      },
    });
    justify(settings, { CKV_AWS_225: ANSWERS_DIFFER });
  }
}

const ANSWERS_DIFFER = "Answers depend on who asks, and the documents come from the gateway itself.";

/**
 * Who called what and how it went. Never the token or the body, hence not `$context.error.message`, which quotes a header that
 * it does not understand. Nothing that the gateway copies as it came, since it escapes nothing: a quote in a User-Agent or in
 * an integration's error would make the line something else than JSON, and hide it from the metric filters.
 */
const ACCESS_LOG = {
  requestId: "$context.requestId",
  extendedRequestId: "$context.extendedRequestId",
  time: "$context.requestTime",
  // CloudFront's, where it stands in front.
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  resource: "$context.resourcePath",
  status: "$context.status",
  responseLength: "$context.responseLength",
  latency: "$context.responseLatency",
  integrationLatency: "$context.integration.latency",
  integrationStatus: "$context.integration.status",
  authorizerError: "$context.authorizer.error",
  errorType: "$context.error.responseType",
  subject: "$context.authorizer.claims.sub",
  client: "$context.authorizer.claims.client_id",
  scope: "$context.authorizer.claims.scope",
};

function apiResources(construct: IConstruct): TerraformResource[] {
  return construct.node
    .findAll()
    .filter((child) => TerraformResource.isTerraformResource(child))
    .filter(({ terraformResourceType }) => terraformResourceType.startsWith("aws_api_gateway_"));
}

/** Of the configuration as it will be synthesized: references stand as they are written. Comments do not count. */
function configurationHash(resources: readonly TerraformResource[]): string {
  const hash = createHash("sha256");
  for (const resource of resources) {
    const configuration = Tokenization.resolve(resource.toTerraform(), {
      scope: resource,
      preparing: false,
      resolver: new DefaultTokenResolver(new StringConcat()),
    });
    hash.update(JSON.stringify(configuration, (key, value) => (key === "//" ? undefined : value)));
  }
  return hash.digest("hex");
}
