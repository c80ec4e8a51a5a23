import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { UnsupportedStackError } from "./errors.ts";
import { evaluate } from "./expression.ts";
import type { Json } from "./json.ts";

const values: Record<string, Json> = {
  "a.b.id": "i-1",
  "a.b.list": ["x", { name: "y" }],
  "a.b.count": 2,
  "a.b-c.on": true,
};
const lookup = (path: readonly string[]) => ({ value: values[path.slice(0, 3).join(".")] ?? "?", used: 3 });
const ref = (expression: string) => evaluate(`\${${expression}}`, lookup);

describe("evaluate", () => {
  it.each<[string, Json]>([
    ["a.b.id", "i-1"],
    [" a.b.id ", "i-1"],
    ["a.b-c.on", true],
    ["a.b.count", 2],
    ["a.b.list[0]", "x"],
    ["a.b.list.0", "x"],
    ["a.b.list[1].name", "y"],
    ['a.b.list[1]["name"]', "y"],
    ['"text"', "text"],
    [`"in \${a.b.id} \\"out\\""`, 'in i-1 "out"'],
    ["12", 12],
    ["null", null],
    ['substr("abcdef", 1, 3)', "bcd"],
    ['substr("abcdef", 2, -1)', "cdef"],
    ['sha256("")', "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ])("%s", (expression, expected) => {
    expect(ref(expression)).toEqual(expected);
  });

  it("joins references and text, numbers included", () => {
    expect(evaluate(`x-\${a.b.id}/\${a.b.count}`, lookup)).toBe("x-i-1/2");
  });

  it("leaves text without markers as it is, and fails with its own error only", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const plain = text.replaceAll("{", "");
        expect(evaluate(plain, lookup)).toBe(plain);
      }),
    );
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("$", "%", "{", "}", '"', "\\", "(", ")", "[", "]", ".", ",", "a", "1", " "),
        }),
        (text) => {
          try {
            evaluate(text, lookup);
          } catch (error) {
            expect(error).toBeInstanceOf(UnsupportedStackError);
          }
        },
      ),
    );
  });
});
