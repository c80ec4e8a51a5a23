import type { Scope } from "../environment.ts";
import type { Statement } from "./statement.ts";

/** What a release does, from GitHub: publish the zip, move the alias, try the result. */
export const release = (scope: Scope, artifactsBucketArn: string): readonly Statement[] => [
  {
    sid: "KeepArtifacts",
    why: "Uploads the zip, and Lambda fetches it with the caller's right to read it. Nothing is ever deleted from here.",
    actions: ["s3:GetObject", "s3:PutObject"],
    resources: [`${artifactsBucketArn}/*`],
  },
  {
    sid: "FindArtifacts",
    why: "Without it S3 answers 403, not 404, to the question whether a zip is there already.",
    actions: ["s3:ListBucket"],
    resources: [artifactsBucketArn],
  },
  {
    sid: "PublishFunctions",
    why: "Code, versions, the alias and the tags that say what is deployed; never configuration, role or permissions.",
    actions: [
      "lambda:GetAlias",
      "lambda:GetFunction",
      "lambda:GetFunctionConfiguration",
      "lambda:ListTags",
      "lambda:ListVersionsByFunction",
      "lambda:PublishVersion",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
    ],
    resources: [scope.arn("lambda", `function:${scope.prefix}-*`)],
  },
  {
    sid: "ForgetVersions",
    why: "Old versions fill the account's code storage. The ARN asks for a version: the function itself cannot be deleted.",
    actions: ["lambda:DeleteFunction"],
    resources: [scope.arn("lambda", `function:${scope.prefix}-*:*`)],
  },
  {
    sid: "TryFunctions",
    why: "A new version is called before a user meets it, streaming or not; only this environment's functions.",
    actions: ["lambda:InvokeFunction"],
    resources: [scope.arn("lambda", `function:${scope.prefix}-*`)],
  },
  {
    sid: "ReadMachineClient",
    why: "After the release the public URL is called with a real token; the client's secret is all that is read.",
    actions: ["secretsmanager:GetSecretValue"],
    resources: [scope.arn("secretsmanager", `secret:${scope.prefix}/machine-client-*`)],
  },
];
