import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api/index.js";
import { Construct } from "constructs";
import type { Place } from "./place.ts";

/** The stage's name is a literal, so that the host can know the path before the stage exists. */
export const STAGE_NAME = "live";

export interface RestApiProps {
  readonly place: Place;
  /** Refuse calls that go around a domain of one's own. CloudFront needs the API's own address. */
  readonly onlyByDomain: boolean;
}

/**
 * The shell of the REST API. Host, routes and stage are constructs of their own, because the host's name is part of the
 * routes' documents, and the host needs nothing but the shell.
 */
export class RestApi extends Construct {
  readonly id: string;
  readonly name: string;
  readonly rootResourceId: string;
  readonly executionArn: string;
  /** Host of the stage's own URL. */
  readonly executeApiHost: string;

  constructor(scope: Construct, id: string, { place, onlyByDomain }: RestApiProps) {
    super(scope, id);
    const api = new ApiGatewayRestApi(this, "api", {
      name: place.name,
      description: "Remote MCP server",
      // Regional: an edge-optimized API cuts an idle stream after 30 s.
      endpointConfiguration: { types: ["REGIONAL"] },
      disableExecuteApiEndpoint: onlyByDomain,
      lifecycle: { createBeforeDestroy: true },
    });
    this.id = api.id;
    this.name = place.name;
    this.rootResourceId = api.rootResourceId;
    this.executionArn = api.executionArn;
    this.executeApiHost = `${api.id}.execute-api.${place.region}.amazonaws.com`;
  }
}
