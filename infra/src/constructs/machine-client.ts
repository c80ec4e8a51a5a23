import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret/index.js";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js";
import { Construct } from "constructs";
import type { Identity } from "./identity.ts";
import { justify } from "./justify.ts";
import { type Place, protection } from "./place.ts";

export interface MachineClientProps {
  readonly place: Place;
  readonly identity: Identity;
}

/** A client for programs, and the secret from which they read their credentials. */
export class MachineClient extends Construct {
  readonly clientId: string;
  readonly secretName: string;

  constructor(scope: Construct, id: string, { place, identity }: MachineClientProps) {
    super(scope, id);
    const client = new CognitoUserPoolClient(this, "client", {
      name: `${place.name}-machine`,
      userPoolId: identity.userPoolId,
      generateSecret: true,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["client_credentials"],
      allowedOauthScopes: identity.scopes,
      // At least one is required; without a login there is nothing to refresh.
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      // An hour, because every token that is issued costs (https://aws.amazon.com/cognito/pricing/).
      accessTokenValidity: 60,
      tokenValidityUnits: [{ accessToken: "minutes" }],
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
      // Not protected: its secret is rotated by replacing it, and who reads the secret below finds the new one.
    });
    this.clientId = client.id;

    const secret = new SecretsmanagerSecret(this, "secret", {
      name: `${place.name}/machine-client`,
      description: "Credentials of the machine client, and where to use them",
      // A week to change one's mind where it matters; none elsewhere, so that the name is free again after a destroy.
      recoveryWindowInDays: place.deletionProtection ? 7 : 0,
      lifecycle: protection(place),
    });
    justify(secret, {
      CKV_AWS_149:
        "Readable by whoever IAM lets read it, as with a customer key of the same readers, which costs $1 a month.",
      CKV2_AWS_57: "Rotation means a new Cognito client, which the functions must be told of: docs/deploy.md says how.",
    });
    this.secretName = secret.name;
    new SecretsmanagerSecretVersion(this, "value", {
      secretId: secret.id,
      secretString: JSON.stringify({
        client_id: client.id,
        client_secret: client.clientSecret,
        domain: identity.oauthOrigin,
        scope: identity.scopes.join(" "),
      }),
    });
  }
}
