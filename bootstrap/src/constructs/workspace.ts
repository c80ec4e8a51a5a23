import { Variable } from "@cdktf/provider-tfe/lib/variable/index.js";
import { Workspace as TfeWorkspace } from "@cdktf/provider-tfe/lib/workspace/index.js";
import { WorkspaceSettings } from "@cdktf/provider-tfe/lib/workspace-settings/index.js";
import { Construct } from "constructs";

export interface WorkspaceProps {
  readonly organization: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly terraformVersion: string;
  /** Without it a person confirms each plan in HCP Terraform, or a workflow that a person has approved. */
  readonly autoApply: boolean;
  readonly allowDestroyPlan: boolean;
}

/**
 * Where one environment's runs happen. API-driven: CI uploads the synthesized folder, so there is no repository connection
 * and no working directory.
 */
export class Workspace extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, props: WorkspaceProps) {
    super(scope, id);
    const { organization, projectId, name, description, terraformVersion, autoApply, allowDestroyPlan } = props;
    const workspace = new TfeWorkspace(this, "workspace", {
      organization,
      projectId,
      name,
      description,
      terraformVersion,
      autoApply,
      allowDestroyPlan,
      // A workspace with resources is not deleted along with this stack.
      forceDelete: false,
      queueAllRuns: false,
      fileTriggersEnabled: false,
      speculativeEnabled: true,
    });
    this.id = workspace.id;
    new WorkspaceSettings(this, "settings", {
      workspaceId: workspace.id,
      executionMode: "remote",
      // The state holds the machine client's secret: no other workspace reads it.
      globalRemoteState: false,
    });
  }

  /** Sets environment variables of the workspace's runs. */
  setEnvironment(variables: Readonly<Record<string, { readonly value: string; readonly description: string }>>): void {
    for (const [key, { value, description }] of Object.entries(variables))
      new Variable(this, key, { workspaceId: this.id, category: "env", key, value, description });
  }
}
