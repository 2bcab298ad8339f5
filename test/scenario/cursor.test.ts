import { describe, expect, it } from "vitest";
import type { CursorPlace } from "../../src/scenario/cursor.ts";
import { namesIn, placeOfReading, placeOfWriting } from "../../src/scenario/cursor.ts";

const HEAD = "seed: 1\nclients: { europe: {} }\nbalancer:\n  name: web\n  ";

/** `key word: a(sibling) / - / b()`. */
function told(place: CursorPlace | null): string | null {
  if (place === null) return null;
  const steps = place.path.map(({ key, siblings }) =>
    key === null ? "-" : `${key}(${siblings.join(" ")})`,
  );
  return `${place.at} ${JSON.stringify(place.word)}: ${steps.join(" / ")}`;
}
/** The cursor is at ‸. */
function writing(text: string): string | null {
  return told(placeOfWriting(text.replace("‸", ""), text.indexOf("‸")));
}
function reading(text: string): string | null {
  return told(placeOfReading(text.replace("‸", ""), text.indexOf("‸")));
}

const TOP = "balancer(seed clients)";
const TARGETS = `${TOP} / targets(name) / -`;

describe("the place of what is being written", () => {
  it.each([
    ["‸", 'key "": ()'],
    ["que‸: x\nseed: 1", 'key "que": (seed)'],
    ["question: ‸\nseed: 1", 'value "": question(seed)'],
    [`${HEAD}‸`, `key "": ${TOP} / (name)`],
    [`${HEAD}str‸`, `key "str": ${TOP} / (name)`],
    [`${HEAD}str‸ategy: random`, `key "str": ${TOP} / (name)`],
    [`${HEAD}strategy: ‸`, `value "": ${TOP} / strategy(name)`],
    [`${HEAD}strategy: ri‸`, `value "ri": ${TOP} / strategy(name)`],
    [`${HEAD}strategy: { ri‸`, `key "ri": ${TOP} / strategy(name) / ()`],
    [
      `${HEAD}strategy: { ring-hash: { nodes: 3, ‸ } }\n  panic: 0\n`,
      `key "": ${TOP} / strategy(name panic) / ring-hash() / (nodes)`,
    ],
    [`${HEAD}targets:\n    - ‸`, `item "": ${TARGETS} / ()`],
    [`${HEAD}targets:\n    - mach‸`, `item "mach": ${TARGETS} / ()`],
    [`${HEAD}targets:\n    - machines: 3\n      ‸`, `key "": ${TARGETS} / (machines)`],
    [`${HEAD}targets: [{ machines: 3, ca‸ }]`, `key "ca": ${TARGETS} / (machines)`],
    [`${HEAD}targets: [{ machines: 3, ‸`, `key "": ${TARGETS} / (machines)`],
    ["events:\n  - { at: 3s, fail: w‸, for: 3s }\n", 'value "w": events() / - / fail(at for)'],
    ["compare:\n  web.strategy: [mod-n, ri‸", 'value "ri": compare() / web.strategy() / -'],
  ])("%j", (text, place) => {
    expect(writing(text)).toBe(place);
  });

  it("is none in the middle of a sentence, and none in what is no YAML at all", () => {
    expect(writing("question: >-\n  one or ‸\nseed: 1")).toBeNull();
    expect(writing(`${"[".repeat(20_000)}‸`)).toBeNull();
  });
});

describe("the place of what is read", () => {
  it.each([
    ["se‸ed: 1", 'key "seed": seed()'],
    ["seed: ‸12", 'value "12": seed()'],
    ["seed:‸ 12", null],
    [
      "balancer: { strategy: { ring-ha‸sh: 3 } }",
      'key "ring-hash": balancer() / strategy() / ring-hash()',
    ],
    ["events: [{ at: 3s, fail: fra/‸1 }]", 'value "fra/1": events() / - / fail(at)'],
    ["# a re‸mark", null],
  ])("%j", (text, place) => {
    expect(reading(text)).toBe(place);
  });
});

it("knows the names that a scenario gives", () => {
  expect(namesIn(`${HEAD}targets: [{ name: fra }, { name: 'a b' }]\n`)).toEqual({
    nodes: ["web", "fra", "a b"],
    regions: ["europe"],
  });
});
