import { z } from "zod";
import { CommandError } from "../command.ts";

export interface Repository {
  /** `owner/name`. */
  readonly name: string;
  readonly token: string;
  /** `https://api.github.com` unless GITHUB_API_URL says otherwise. */
  readonly api: string;
}

const repositoryName = z.string().regex(/^[\w.-]+\/[\w.-]+$/, "owner/name");

/** @throws CommandError that says what to set */
export function repositoryFrom(env: NodeJS.ProcessEnv, name = env.GITHUB_REPOSITORY): Repository {
  const token = env.GITHUB_TOKEN || env.GH_TOKEN;
  if (!token) throw new CommandError("GITHUB_TOKEN is not set: `export GITHUB_TOKEN=$(gh auth token)`.");
  const parsed = repositoryName.safeParse(name);
  if (!parsed.success)
    throw new CommandError("Say which repository: --repository <owner>/<name>, or GITHUB_REPOSITORY.");
  return { name: parsed.data, token, api: env.GITHUB_API_URL || "https://api.github.com" };
}

/** One call to GitHub's REST API. @throws CommandError with GitHub's own message */
export async function github(
  { name, token, api }: Repository,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${api}/repos/${name}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: "application/vnd.github+json",
      "X-GitHub-Api-Version": "2022-11-28",
      "User-Agent": "secured-remote-mcp-server-on-aws",
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) {
    const said = z.object({ message: z.string() }).safeParse(parse(text)).data?.message ?? "no message";
    throw new CommandError(`GitHub answered ${response.status} to ${method} ${path}: ${said}`);
  }
  return parse(text);
}

/** Every item of a paged list. */
export async function githubPages<T>(repository: Repository, path: string, page: z.ZodType<T[]>): Promise<T[]> {
  const items: T[] = [];
  // https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
  const size = 100;
  for (let number = 1; ; number++) {
    const separator = path.includes("?") ? "&" : "?";
    const found = page.parse(await github(repository, "GET", `${path}${separator}per_page=${size}&page=${number}`));
    items.push(...found);
    if (found.length < size) return items;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
