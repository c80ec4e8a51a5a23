import { afterAll, describe, expect, it } from "@jest/globals";
import { access } from "./promises/access.ts";
import { front } from "./promises/front.ts";
import { gateway } from "./promises/gateway.ts";
import { identity } from "./promises/identity.ts";
import { network } from "./promises/network.ts";
import { operation } from "./promises/operation.ts";
import { environment, everyFlag, ownDomain, synthesized } from "./stacks.ts";

const stacks = {
  dev: synthesized(environment("dev")),
  prod: synthesized(environment("prod")),
  "every flag": synthesized(everyFlag),
  "own domain": synthesized(ownDomain),
};

const promises = { network, access, front, gateway, identity, operation };

let noticed = 0;

for (const [area, kept] of Object.entries(promises))
  describe(`${area}: in every environment`, () => {
    for (const { that, brokenBy, breakIt } of kept)
      it(that, () => {
        for (const [name, stack] of Object.entries(stacks))
          expect({ name, brokenBy: brokenBy(stack) }).toEqual({ name, brokenBy: [] });

        const broken = structuredClone(stacks.dev);
        breakIt(broken);
        expect(brokenBy(broken)).not.toEqual([]);
        noticed++;
      });
  });

afterAll(() => {
  const count = Object.values(promises).flat().length;
  process.stdout.write(`${count} promises, ${noticed} of ${count} broken copies noticed\n`);
});
