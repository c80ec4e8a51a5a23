import * as z from "zod";

const policy = z.object({
  minimum_length: z.number().nullish(),
  require_lowercase: z.boolean().nullish(),
  require_uppercase: z.boolean().nullish(),
  require_numbers: z.boolean().nullish(),
  require_symbols: z.boolean().nullish(),
});
/** `aws_cognito_user_pool.password_policy`, as Terraform JSON writes a block: an object or a list of one. */
export const passwordPolicySchema = z
  .union([policy, z.array(policy)])
  .nullish()
  .transform((value) => (Array.isArray(value) ? value[0] : (value ?? undefined)));
export type PasswordPolicy = z.infer<typeof passwordPolicySchema>;

// PasswordPolicyType: the default minimum is 8; 256 is the most a password may have.
const DEFAULT_MINIMUM = 8;
const MAXIMUM = 256;

/** What Cognito says about a password that the pool does not take, or undefined. */
export function passwordProblem(password: string, policy: PasswordPolicy): string | undefined {
  const rules: [broken: boolean, text: string][] = [
    [password.length < (policy?.minimum_length ?? DEFAULT_MINIMUM), "Password not long enough"],
    [password.length > MAXIMUM, "Password too long"],
    [policy?.require_lowercase === true && !/[a-z]/.test(password), "Password must have lowercase characters"],
    [policy?.require_uppercase === true && !/[A-Z]/.test(password), "Password must have uppercase characters"],
    [policy?.require_numbers === true && !/\d/.test(password), "Password must have numeric characters"],
    [policy?.require_symbols === true && !/[^A-Za-z0-9]/.test(password), "Password must have symbol characters"],
  ];
  const broken = rules.find(([isBroken]) => isBroken);
  return broken && `Password did not conform with policy: ${broken[1]}`;
}
