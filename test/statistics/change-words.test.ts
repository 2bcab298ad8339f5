import { expect, it } from "vitest";
import { changesInWords } from "../../src/statistics/change-words.ts";

const say = (...changes: readonly (readonly [string, string])[]) =>
  changesInWords(changes.map(([balancer, what]) => ({ balancer, what })));

it("names each change with its own balancer", () => {
  expect(say(["global", "fra believed down"], ["global/lon", "1 believed down"])).toEqual([
    "global: fra believed down",
    "global/lon: 1 believed down",
  ]);
});

it("tells many of one kind by number, and a target that flaps once", () => {
  const dark = Array.from(
    { length: 8 },
    (_, i) => ["global/fra", `${i + 1} believed down`] as const,
  );
  expect(say(...dark, ...dark)).toEqual(["8 machines of global/fra believed down"]);
  expect(say(["g", "a drains"], ["g", "b drains"], ["g", "c drains"])).toEqual([
    "3 targets of g drain",
  ]);
  expect(say(["g", "5 targets joined"], ["g", "6 joined"])).toEqual(["6 targets of g joined"]);
  expect(say(["g", "1, 2 joined"], ["g", "2 left"])).toEqual(["g: 1, 2 joined", "g: 2 left"]);
});

it("leaves what befalls no target as it is", () => {
  expect(say(["g", "strategy maglev"], ["g", "strategy maglev"])).toEqual(["g: strategy maglev"]);
});
