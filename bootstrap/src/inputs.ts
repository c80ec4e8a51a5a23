import { TerraformLocal, type TerraformStack, TerraformVariable } from "cdktf";

/** What the person who applies the stack says, in `.auto.tfvars`. */
export class Inputs {
  readonly organization: string;
  readonly repoName: string;
  /** The repository as the `sub` of GitHub's tokens spells it. */
  readonly repository: string;
  readonly operatorArn: string;
  readonly createHcpOidcProvider: TerraformVariable;
  readonly createGithubOidcProvider: TerraformVariable;
  readonly createApiGatewayLogging: TerraformVariable;

  constructor(stack: TerraformStack) {
    const input = (name: string, type: "string" | "bool", description: string, more: object = {}) =>
      new TerraformVariable(stack, name, { type, description, nullable: false, ...more });

    this.organization = input("organization", "string", "The HCP Terraform organization").stringValue;
    const owner = input("github_owner_name", "string", "Who owns the GitHub repository").stringValue;
    this.repoName = input("repo_name", "string", "The GitHub repository's name, without its owner").stringValue;
    input("github_owner_id", "string", "The owner's number; empty for a repository made before 15 July 2026", {
      default: "",
    });
    input("github_repo_id", "string", "The repository's number; empty for one made before 15 July 2026", {
      default: "",
      validation: [
        {
          condition: expression('(var.github_owner_id == "") == (var.github_repo_id == "")'),
          errorMessage:
            "GitHub puts both numbers into its tokens or none: set github_owner_id and github_repo_id both.",
        },
      ],
    });
    // Repositories made or renamed since then have both numbers in the claim, so that a name which somebody else takes over
    // is worth nothing: https://docs.github.com/actions/reference/security/oidc. A local, because the quotes of the
    // expression would be escaped in the JSON of a policy.
    this.repository = new TerraformLocal(
      stack,
      "repository",
      `${owner}${numbered("github_owner_id")}/${this.repoName}${numbered("github_repo_id")}`,
    ).asString;

    this.operatorArn = input(
      "operator_arn",
      "string",
      "The role or user beside GitHub who may put artifacts by hand; * is allowed in it",
      {
        validation: [
          {
            condition: expression('can(regex("^arn:aws:iam::[0-9]{12}:(role|user)/.+", var.operator_arn))'),
            errorMessage:
              "operator_arn is the ARN of one IAM role or user, such as arn:aws:iam::123456789012:role/admin.",
          },
        ],
      },
    ).stringValue;
    const create = (name: string, what: string) =>
      input(name, "bool", `true makes ${what}; false where this account has it already and it is to be used`);
    this.createHcpOidcProvider = create("create_hcp_oidc_provider", "the OIDC provider of app.terraform.io");
    this.createGithubOidcProvider = create(
      "create_github_oidc_provider",
      "the OIDC provider of token.actions.githubusercontent.com",
    );
    this.createApiGatewayLogging = create(
      "create_api_gateway_logging",
      "the role with which API Gateway writes logs in this region",
    );
  }
}

const numbered = (variable: string): string => `\${var.${variable} == "" ? "" : "@\${var.${variable}}"}`;

const expression = (text: string): string => `\${${text}}`;
