import { CognitoManagedLoginBranding } from "@cdktf/provider-aws/lib/cognito-managed-login-branding/index.js";
import { CognitoResourceServer } from "@cdktf/provider-aws/lib/cognito-resource-server/index.js";
import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group/index.js";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js";
import { scopes } from "@remote-mcp/server/manifest";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { type Place, protection } from "./place.ts";

export interface IdentityProps {
  readonly place: Place;
  /** Origin of the service. */
  readonly origin: string;
  /** The audience of every token: `https://<host>/mcp`. */
  readonly resource: string;
}

/** Who may call: the people, the scopes of the resource, and the client through which a browser logs in. */
export class Identity extends Construct {
  readonly userPoolId: string;
  readonly userPoolArn: string;
  /** `<resource>/<scope>` for each scope of the tool manifest. */
  readonly scopes: string[];
  /** Origin of Cognito's OAuth endpoints. */
  readonly oauthOrigin: string;
  readonly jwksUri: string;
  /** The client of the login in the browser: public, with PKCE. */
  readonly browserClientId: string;

  constructor(scope: Construct, id: string, { place, origin, resource }: IdentityProps) {
    super(scope, id);
    const pool = new CognitoUserPool(this, "pool", {
      name: place.name,
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
      deletionProtection: place.deletionProtection ? "ACTIVE" : "INACTIVE",
      lifecycle: protection(place),
    });
    this.userPoolId = pool.id;
    this.userPoolArn = pool.arn;
    this.jwksUri = `https://cognito-idp.${place.region}.amazonaws.com/${pool.id}/.well-known/jwks.json`;

    // Cognito keeps the prefix of a deleted pool locked for a while, and refuses "aws", "amazon" and "cognito" in it: a new
    // pool gets a new one, of hexadecimal digits.
    const domain = new CognitoUserPoolDomain(this, "domain", {
      domain: `mcp-${place.environment}-${Fn.substr(Fn.sha256(pool.id), 0, 8)}`,
      userPoolId: pool.id,
      managedLoginVersion: 2,
      lifecycle: protection(place),
    });
    this.oauthOrigin = `https://${domain.domain}.auth.${place.region}.amazoncognito.com`;

    const resourceServer = new CognitoResourceServer(this, "resource", {
      identifier: resource,
      name: place.name,
      userPoolId: pool.id,
      scope: scopes.map(({ name, description }) => ({ scopeName: name, scopeDescription: description })),
    });
    this.scopes = scopes.map(({ name }) => `${resourceServer.identifier}/${name}`);

    new CognitoUserGroup(this, "write", {
      name: "write",
      description: "People who may use the tools that save files",
      userPoolId: pool.id,
    });

    const browser = new CognitoUserPoolClient(this, "browser", {
      name: `${place.name}-browser`,
      userPoolId: pool.id,
      generateSecret: false,
      supportedIdentityProviders: ["COGNITO"],
      callbackUrls: [`${origin}/callback`],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: this.scopes,
      // Cognito's default allows more. A token got this way, without the login page, has none of our scopes.
      explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
      // Short, because revocation cannot reach a gateway that checks signatures by itself.
      accessTokenValidity: 15,
      idTokenValidity: 15,
      refreshTokenValidity: 30,
      tokenValidityUnits: [{ accessToken: "minutes", idToken: "minutes", refreshToken: "days" }],
      // The grace is for a client whose answer got lost on the way.
      refreshTokenRotation: [{ feature: "ENABLED", retryGracePeriodSeconds: 60 }],
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
      // What a person may see and change of themselves with such a token; not the address they are known by.
      readAttributes: ["email", "email_verified"],
      writeAttributes: ["name"],
    });
    this.browserClientId = browser.id;

    // Without branding the login page of version 2 stays empty.
    new CognitoManagedLoginBranding(this, "branding", {
      userPoolId: pool.id,
      clientId: browser.id,
      useCognitoProvidedValues: true,
    });
  }
}
