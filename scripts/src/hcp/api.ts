import { z } from "zod";
import { CommandError } from "../command.ts";
import type { Run } from "./run.ts";

const run = z.object({
  data: z.object({
    attributes: z.object({ status: z.string(), actions: z.object({ "is-confirmable": z.boolean() }) }),
  }),
});
const workspace = z.object({
  data: z.object({
    id: z.string(),
    attributes: z.object({
      "execution-mode": z.string(),
      "auto-apply": z.boolean(),
      "working-directory": z.string().nullish(),
      "vcs-repo": z.unknown(),
      locked: z.boolean(),
      permissions: z.object({ "can-queue-apply": z.boolean() }),
    }),
  }),
});

const organization = z.object({ data: z.object({ id: z.string() }) });

/** What was asked for is not there, or not for this token. */
export class NotShown extends CommandError {}

export interface HcpOptions {
  readonly token: string;
  /** Another address than HCP's own: Terraform Enterprise, or a test. */
  readonly origin?: string | undefined;
}

/** The few calls to HCP Terraform that its official actions do not make for us. All only read. */
export class HcpTerraform {
  readonly #token: string;
  readonly #origin: string;

  constructor({ token, origin = "https://app.terraform.io" }: HcpOptions) {
    this.#token = token;
    this.#origin = origin;
  }

  /** https://developer.hashicorp.com/terraform/cloud-docs/api-docs/run#get-run-details */
  async run(id: string, link: string): Promise<Run> {
    const { attributes } = run.parse(await this.#get(`/api/v2/runs/${encodeURIComponent(id)}`, `run ${id}`)).data;
    return { status: attributes.status, confirmable: attributes.actions["is-confirmable"], link };
  }

  /** https://developer.hashicorp.com/terraform/cloud-docs/api-docs/workspaces#show-workspace */
  async workspace(organization: string, name: string) {
    const path = `/api/v2/organizations/${encodeURIComponent(organization)}/workspaces/${encodeURIComponent(name)}`;
    const { attributes } = workspace.parse(await this.#get(path, `workspace ${organization}/${name}`)).data;
    return {
      executionMode: attributes["execution-mode"],
      autoApply: attributes["auto-apply"],
      workingDirectory: attributes["working-directory"] ?? "",
      hasVcs: attributes["vcs-repo"] !== null && attributes["vcs-repo"] !== undefined,
      locked: attributes.locked,
      canApply: attributes.permissions["can-queue-apply"],
    };
  }

  /** https://developer.hashicorp.com/terraform/cloud-docs/api-docs/organizations#show-an-organization */
  async organization(name: string): Promise<string> {
    const path = `/api/v2/organizations/${encodeURIComponent(name)}`;
    return organization.parse(await this.#get(path, `organization ${name}`)).data.id;
  }

  async #get(path: string, what: string): Promise<unknown> {
    const response = await fetch(`${this.#origin}${path}`, {
      headers: { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/vnd.api+json" },
    });
    if (response.ok) return response.json();
    await response.body?.cancel();
    if (response.status === 401) {
      throw new CommandError(
        "HCP Terraform does not accept the token: it is wrong, expired or revoked. Make a new one and store it as TF_API_TOKEN.",
      );
    }
    // HCP answers 404 for what a token may not see, too.
    if (response.status === 404)
      throw new NotShown(`HCP Terraform shows this token no ${what}: check the names and the team's access.`);
    throw new CommandError(`HCP Terraform answered ${response.status} for ${what}: try again later.`);
  }
}
