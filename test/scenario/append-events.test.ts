/** Events put at the end of a scenario's text, and includes worked into it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { appendEvents, type EventWords, standalone } from "../../src/scenario/append-events.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { loaderOf, scenarioOf, smallest } from "./helpers.ts";

const FAIL: EventWords = { at: "20s", fail: "web/3", manner: "silence" };
const SET: EventWords = {
  at: "30s",
  set: "web.strategy",
  to: { yaml: "ring-hash:\n  nodes: 7" },
};

describe("events appended", () => {
  const line = "- { at: 20s, fail: web/3, manner: silence }\n";
  const cases: Record<string, [before: string, after: string]> = {
    "where there are none": ["", `\nevents:\n  ${line}`],
    "to a list, with its indent and its comments": [
      "events: # why\n    # first\n    - { at: 1s, fail: web/1 } # behind\n    # after\n\nseed: 3\n",
      `events: # why\n    # first\n    - { at: 1s, fail: web/1 } # behind\n    ${line}    # after\n\nseed: 3\n`,
    ],
    "to a list without an indent": [
      "events:\n- at: 1s\n  fail: web/1",
      `events:\n- at: 1s\n  fail: web/1\n${line}`,
    ],
    "where the key has no value": ["events:\nseed: 3\n", `events:\n  ${line}seed: 3\n`],
    "to an empty list": ["events: []\n", "events: [{ at: 20s, fail: web/3, manner: silence }]\n"],
    "to a list in one line": [
      "events: [{ at: 1s, fail: web/1 }] # both\n",
      "events: [{ at: 1s, fail: web/1 }, { at: 20s, fail: web/3, manner: silence }] # both\n",
    ],
  };
  it.each(Object.entries(cases))("%s", (_, [before, after]) => {
    const text = appendEvents(smallest(before), [FAIL]);
    expect(text).toBe(smallest(after));
    const { events } = scenarioOf(text);
    expect(events.at(-1)).toMatchObject({ kind: "fail", atMs: 20_000, nodes: ["web/3"] });
    expect(events.length).toBe(before.includes("web/1") ? 2 : 1);
  });

  it("take choices with settings, lists, and names that need quotes", () => {
    const rate: EventWords = { at: "1s", rate: ["all", "a: b"], times: "2" };
    const text = appendEvents("seed: 1\n", [SET, rate]);
    expect(text).toBe(
      "seed: 1\n\nevents:\n  - { at: 30s, set: web.strategy, to: { ring-hash: { nodes: 7 } } }\n" +
        '  - { at: 1s, rate: [ all, "a: b" ], times: 2 }\n',
    );
    expect(appendEvents("seed: 1\n", [])).toBe("seed: 1\n");
  });

  it("go into JSON too, and after a document's marks", () => {
    const json = `{ "duration": "1min", "clients": { "all": { "arrivals": { "poisson": "10/s" } } },
      "requests": { "demand": "5ms" }, "balancer": { "name": "web", "targets": [{ "machines": 4 }] } }`;
    expect(scenarioOf(appendEvents(json, [FAIL])).events.length).toBe(1);
    expect(scenarioOf(appendEvents(`---\n${smallest()}...\n`, [FAIL, SET])).events.length).toBe(2);
  });
});

describe("the gallery", () => {
  const files = Object.fromEntries(
    readdirSync("scenarios")
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => [name, readFileSync(join("scenarios", name), "utf8")]),
  );
  /** Lines move; nothing else may. */
  const placeless = (scenario: Scenario): unknown =>
    JSON.parse(JSON.stringify(scenario, (key, value) => (key === "where" ? "" : value)));

  it.each(Object.keys(files))("%s means the same with its includes worked in", (name) => {
    const text = standalone(name, files[name], loaderOf(files));
    expect(text).not.toMatch(/^include:/m);
    if (!/^include:/m.test(files[name])) expect(text).toBe(files[name]);
    const before = scenarioOf(files[name], {}, files);
    expect(placeless(scenarioOf(text))).toEqual(placeless(before));
  });
});
