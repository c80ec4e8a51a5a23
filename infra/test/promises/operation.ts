import { all, one, type Promised, strings, without } from "./promise.ts";

/** What holds state, or is somebody's URL or credential. */
const STATEFUL = [
  "aws_s3_bucket",
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_domain",
  "aws_cloudfront_distribution",
  "aws_api_gateway_domain_name",
  "aws_secretsmanager_secret",
  "aws_ssm_parameter",
];

export const operation: readonly Promised[] = [
  {
    that: "every log group forgets after a stated time",
    brokenBy: (stack) =>
      without(all(stack, "aws_cloudwatch_log_group"), ({ retention_in_days }) => retention_in_days > 0),
    breakIt: (stack) => {
      delete one(stack, "aws_cloudwatch_log_group").retention_in_days;
    },
  },
  {
    that: "every function logs JSON to a group of the stack",
    brokenBy: (stack) =>
      without(
        all(stack, "aws_lambda_function"),
        ({ logging_config }) =>
          logging_config?.log_format === "JSON" && /^\$\{aws_cloudwatch_log_group\./.test(logging_config.log_group),
      ),
    breakIt: (stack) => {
      delete one(stack, "aws_lambda_function").logging_config.log_group;
    },
  },
  {
    that: "functions run on Node 24 and arm64",
    brokenBy: (stack) =>
      without(
        all(stack, "aws_lambda_function"),
        ({ runtime, architectures }) => runtime === "nodejs24.x" && architectures.join() === "arm64",
      ),
    breakIt: (stack) => {
      one(stack, "aws_lambda_function").architectures = ["x86_64"];
    },
  },
  {
    that: "Terraform never touches published code, nor moves an alias back",
    brokenBy: (stack) => [
      ...without(
        all(stack, "aws_lambda_function"),
        ({ lifecycle, publish }) =>
          publish && ["filename", "source_code_hash"].every((each) => lifecycle?.ignore_changes?.includes(each)),
      ),
      ...without(all(stack, "aws_lambda_alias"), ({ lifecycle }) =>
        lifecycle?.ignore_changes?.includes("function_version"),
      ),
    ],
    breakIt: (stack) => {
      delete one(stack, "aws_lambda_alias").lifecycle;
    },
  },
  {
    that: "asynchronous calls of every function are tried once",
    brokenBy: (stack) =>
      without(all(stack, "aws_lambda_function"), (_, name) =>
        all(stack, "aws_lambda_function_event_invoke_config").some(
          ({ value }) => value.function_name.includes(`.${name}.`) && value.maximum_retry_attempts === 0,
        ),
      ),
    breakIt: (stack) => {
      one(stack, "aws_lambda_function_event_invoke_config").maximum_retry_attempts = 2;
    },
  },
  {
    that: "a function in the VPC is called at least weekly, so that it never becomes Inactive",
    brokenBy: (stack) =>
      all(stack, "aws_scheduler_schedule").some(
        ({ value }) =>
          value.schedule_expression === "rate(3 days)" &&
          value.target.arn.includes("aws_lambda_alias.mcp_") &&
          JSON.parse(value.target.input).keepActive === true,
      )
        ? []
        : ["schedule"],
    breakIt: (stack) => {
      delete stack.resource.aws_scheduler_schedule;
    },
  },
  {
    that: "where the pool is protected, so is everything that holds state or is somebody's URL or credential",
    brokenBy: (stack) =>
      one(stack, "aws_cognito_user_pool").deletion_protection === "ACTIVE"
        ? without(all(stack, ...STATEFUL), ({ lifecycle }) => lifecycle?.prevent_destroy === true)
        : [],
    breakIt: (stack) => {
      one(stack, "aws_cognito_user_pool").deletion_protection = "ACTIVE";
      delete one(stack, "aws_ssm_parameter").lifecycle.prevent_destroy;
    },
  },
  {
    that: "where the pool is protected, no bucket is deleted with what it holds",
    brokenBy: (stack) =>
      one(stack, "aws_cognito_user_pool").deletion_protection === "ACTIVE"
        ? without(all(stack, "aws_s3_bucket"), ({ force_destroy }) => force_destroy === false)
        : [],
    breakIt: (stack) => {
      one(stack, "aws_cognito_user_pool").deletion_protection = "ACTIVE";
      one(stack, "aws_s3_bucket").force_destroy = true;
    },
  },
  {
    that: "every alarm tells somebody, and silence is no alarm",
    brokenBy: (stack) =>
      without(
        all(stack, "aws_cloudwatch_metric_alarm"),
        ({ alarm_actions, ok_actions, treat_missing_data, alarm_description }) =>
          alarm_actions.length > 0 &&
          ok_actions.length > 0 &&
          treat_missing_data === "notBreaching" &&
          alarm_description,
      ),
    breakIt: (stack) => {
      stack.resource.aws_cloudwatch_metric_alarm = { quiet: { alarm_actions: [], ok_actions: [] } };
    },
  },
  {
    that: "everything carries the tags of its project and environment",
    brokenBy: (stack) => {
      const tags = stack.provider.aws[0].default_tags?.[0]?.tags ?? {};
      return ["Project", "Environment", "ManagedBy"].filter((tag) => !tags[tag]);
    },
    breakIt: (stack) => {
      delete stack.provider.aws[0].default_tags;
    },
  },
  {
    that: "names begin with the environment's prefix, by which the deploying roles are scoped",
    brokenBy: (stack) => {
      const prefix = `remote-mcp-${stack.provider.aws[0].default_tags?.[0]?.tags.Environment ?? "dev"}`;
      const names = all(stack, "aws_iam_role", "aws_lambda_function", "aws_s3_bucket", "aws_scheduler_schedule");
      return without(names, ({ name, function_name, bucket_prefix }) =>
        String(name ?? function_name ?? bucket_prefix).startsWith(prefix),
      );
    },
    breakIt: (stack) => {
      one(stack, "aws_iam_role").name = "admin";
    },
  },
  {
    that: "no output holds a secret",
    brokenBy: (stack) =>
      strings(stack.output)
        .filter(({ text }) => /client_secret\}|secret_string\}|aws_ssm_parameter\.[^}]+\.value\}/.test(text))
        .map(({ path }) => path),
    breakIt: (stack) => {
      stack.output.secret = { value: `\${aws_ssm_parameter.sealing_parameter_0.value}` };
    },
  },
];
