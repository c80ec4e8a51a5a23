import { createHash } from "node:crypto";
import { UnsupportedStackError } from "./errors.ts";
import { isObject, type Json } from "./json.ts";

/** Gives the value of a reference such as `aws_vpc.main.id`, cut at its dots; steps beyond the attribute are applied here. */
export type Lookup = (path: readonly string[]) => { value: Json; used: number };

// https://developer.hashicorp.com/terraform/language/functions: only what infra/ uses; another one is added on purpose.
const functions: Record<string, (...args: Json[]) => Json> = {
  sha256: (text) => createHash("sha256").update(String(text)).digest("hex"),
  // A length of -1 is the rest.
  substr: (text, offset, length) =>
    length === -1 ? String(text).slice(Number(offset)) : String(text).substr(Number(offset), Number(length)),
};

/**
 * Evaluates one string of Terraform JSON syntax. A string that is one `${…}` keeps the type of its value, as in Terraform.
 * Throws UnsupportedStackError for what the small grammar (references, indexes, literals, two functions) does not know.
 */
export function evaluate(text: string, lookup: Lookup): Json {
  if (!/[$%]\{/.test(text)) return text;
  const parser = new Parser(text, lookup);
  const parts = parser.template("");
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : parts.map((part) => scalar(part, text)).join("");
}

function scalar(value: Json, text: string): string {
  if (typeof value === "object") throw new UnsupportedStackError(`\`${text}\` puts a list or an object into a string.`);
  return String(value);
}

class Parser {
  readonly #text: string;
  readonly #lookup: Lookup;
  #at = 0;

  constructor(text: string, lookup: Lookup) {
    this.#text = text;
    this.#lookup = lookup;
  }

  /** Literal text and `${…}` parts up to `end` (a quote inside an expression, else the end of the string). */
  template(end: "" | '"'): Json[] {
    const parts: Json[] = [];
    let literal = "";
    while (this.#at < this.#text.length && (end === "" || !this.#sees(end))) {
      if (this.#take("$${")) literal += "${";
      else if (this.#take("%%{")) literal += "%{";
      else if (this.#sees("%{")) this.#refuse("a template directive");
      else if (this.#take("${")) {
        if (literal) parts.push(literal);
        literal = "";
        parts.push(this.#expression());
        this.#expect("}");
      } else if (end && this.#take("\\")) literal += this.#escape();
      else literal += this.#text.charAt(this.#at++);
    }
    if (literal || parts.length === 0) parts.push(literal);
    return parts;
  }

  #escape(): string {
    const escaped = this.#text.charAt(this.#at++);
    return { n: "\n", r: "\r", t: "\t" }[escaped] ?? escaped;
  }

  #expression(): Json {
    this.#space();
    let value = this.#primary();
    for (;;) {
      this.#space();
      if (this.#take("[")) {
        const index = this.#expression();
        this.#expect("]");
        value = step(value, String(scalar(index, this.#text)), this.#text);
      } else if (this.#take("."))
        value = step(value, this.#match(/\w[\w-]*/y) ?? this.#refuse("this access"), this.#text);
      else return value;
    }
  }

  #primary(): Json {
    if (this.#take('"')) {
      const parts = this.template('"');
      this.#expect('"');
      return parts.map((part) => scalar(part, this.#text)).join("");
    }
    const number = this.#match(/-?\d+(\.\d+)?/y);
    if (number !== undefined) return Number(number);
    const path = this.#match(/[a-zA-Z_][\w-]*(\.[a-zA-Z_][\w-]*)*/y);
    if (path === undefined) return this.#refuse("this expression");
    if (path === "true" || path === "false") return path === "true";
    if (path === "null") return null;
    if (this.#take("(")) return this.#call(path);
    const steps = path.split(".");
    const { value, used } = this.#lookup(steps);
    return steps.slice(used).reduce<Json>((from, name) => step(from, name, this.#text), value);
  }

  #call(name: string): Json {
    const args: Json[] = [];
    this.#space();
    while (!this.#take(")")) {
      args.push(this.#expression());
      if (!this.#take(",")) {
        this.#expect(")");
        break;
      }
    }
    const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!run) return this.#refuse(`the function ${name}()`);
    return run(...args);
  }

  #space(): void {
    this.#match(/\s+/y);
  }

  #sees(token: string): boolean {
    return this.#text.startsWith(token, this.#at);
  }

  #take(token: string): boolean {
    if (!this.#sees(token)) return false;
    this.#at += token.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #expect(token: string): void {
    this.#space();
    if (!this.#take(token)) this.#refuse(`what stands where \`${token}\` should be`);
  }

  #refuse(what: string): never {
    throw new UnsupportedStackError(
      `The local stack does not evaluate ${what} at character ${this.#at} of \`${this.#text}\`. Write a plain reference in infra/, or teach local/src/terraform/expression.ts.`,
    );
  }
}

function step(from: Json, name: string, text: string): Json {
  const value = Array.isArray(from) ? from[Number(name)] : isObject(from) ? from[name] : undefined;
  if (value === undefined) throw new UnsupportedStackError(`\`${text}\` asks for ".${name}", which is not there.`);
  return value;
}
