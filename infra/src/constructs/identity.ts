import { CognitoResourceServer } from "@cdktf/provider-aws/lib/cognito-resource-server/index.js";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret/index.js";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js";
import { scopes } from "@remote-mcp/server/manifest";
import { Fn } from "cdktf";
import { Construct } from "constructs";

export interface IdentityProps {
  readonly name: string;
  readonly environment: string;
  readonly region: string;
  /** The audience of every token: `https://<host>/mcp`. */
  readonly resource: string;
  readonly deletionProtection: boolean;
}

/** Who may call: the user pool, the scopes of the resource, and the client of the machines. */
export class Identity extends Construct {
  readonly userPoolId: string;
  readonly userPoolArn: string;
  /** `<resource>/<scope>` for each scope of the tool manifest. */
  readonly scopes: string[];
  /** Origin of Cognito's OAuth endpoints. */
  readonly oauthOrigin: string;
  readonly jwksUri: string;
  readonly machineClientId: string;
  readonly machineSecretName: string;

  constructor(scope: Construct, id: string, props: IdentityProps) {
    super(scope, id);
    const pool = new CognitoUserPool(this, "pool", {
      name: props.name,
      // The tier that binds a token to a resource (RFC 8707).
      userPoolTier: "ESSENTIALS",
      usernameAttributes: ["email"],
      autoVerifiedAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      passwordPolicy: {
        minimumLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: false,
        temporaryPasswordValidityDays: 3,
      },
      deletionProtection: props.deletionProtection ? "ACTIVE" : "INACTIVE",
    });
    this.userPoolId = pool.id;
    this.userPoolArn = pool.arn;
    const issuer = `https://cognito-idp.${props.region}.amazonaws.com/${pool.id}`;
    this.jwksUri = `${issuer}/.well-known/jwks.json`;

    // Cognito keeps the prefix of a deleted pool locked for a while: a new pool gets a new one.
    const prefix = `mcp-${props.environment}-${Fn.substr(Fn.sha256(pool.id), 0, 8)}`;
    const domain = new CognitoUserPoolDomain(this, "domain", {
      domain: prefix,
      userPoolId: pool.id,
      managedLoginVersion: 2,
    });
    this.oauthOrigin = `https://${domain.domain}.auth.${props.region}.amazoncognito.com`;

    const resourceServer = new CognitoResourceServer(this, "resource", {
      identifier: props.resource,
      name: props.name,
      userPoolId: pool.id,
      scope: scopes.map(({ name, description }) => ({ scopeName: name, scopeDescription: description })),
    });
    this.scopes = scopes.map(({ name }) => `${resourceServer.identifier}/${name}`);

    const machine = new CognitoUserPoolClient(this, "machine", {
      name: `${props.name}-machine`,
      userPoolId: pool.id,
      generateSecret: true,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["client_credentials"],
      allowedOauthScopes: this.scopes,
      explicitAuthFlows: [],
      accessTokenValidity: 60,
      tokenValidityUnits: [{ accessToken: "minutes" }],
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
    });
    this.machineClientId = machine.id;

    const secret = new SecretsmanagerSecret(this, "machine-secret", {
      name: `${props.name}/machine-client`,
      description: "Credentials of the machine client, and where to use them",
      // A week to change one's mind where it matters; none in dev, so that the name is free again after a destroy.
      recoveryWindowInDays: props.deletionProtection ? 7 : 0,
    });
    this.machineSecretName = secret.name;
    new SecretsmanagerSecretVersion(this, "machine-secret-value", {
      secretId: secret.id,
      secretString: JSON.stringify({
        client_id: machine.id,
        client_secret: machine.clientSecret,
        domain: this.oauthOrigin,
        scope: this.scopes.join(" "),
      }),
    });
  }
}
