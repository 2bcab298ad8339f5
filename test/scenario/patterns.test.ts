import { describe, expect, it } from "vitest";
import type { PatternNode } from "../../src/scenario/patterns.ts";
import { matchPattern, numberRange, splitSettingPath } from "../../src/scenario/patterns.ts";

type Node = PatternNode<null>;
const rack = (name: string, above: string, count: number): Node => ({
  kind: "balancer",
  name,
  path: `${above}/${name}`,
  source: null,
  targets: [{ kind: "machines", numbers: numberRange(1, count), source: null }],
});
const site = (name: string, targets: Node["targets"]): Node => ({
  kind: "balancer",
  name,
  path: `global/${name}`,
  source: null,
  targets,
});
const tree: Node = {
  kind: "balancer",
  name: "global",
  path: "global",
  source: null,
  targets: [
    site("fra", [rack("rack-1", "global/fra", 2), rack("rack-2", "global/fra", 3)]),
    site("gru", [rack("rack-1", "global/gru", 2)]),
  ],
};

const paths = (pattern: string): string[] | string => {
  const matched = matchPattern(pattern, tree);
  return matched.ok ? matched.value.map(({ path }) => path) : `${matched.what}, ${matched.would}`;
};

describe("patterns", () => {
  it.each([
    ["global", ["global"]],
    ["fra", ["global/fra"]],
    ["rack-2", ["global/fra/rack-2"]],
    ["rack-2/3", ["global/fra/rack-2/3"]],
    ["rack-2/2..3", ["global/fra/rack-2/2", "global/fra/rack-2/3"]],
    ["global/*/rack-1", ["global/fra/rack-1", "global/gru/rack-1"]],
    ["*/rack-1", ["global/fra/rack-1", "global/gru/rack-1"]],
    ["rack-*", ["global/fra/rack-1", "global/fra/rack-2", "global/gru/rack-1"]],
    ["fra/rack-*/1", ["global/fra/rack-1/1", "global/fra/rack-2/1"]],
    [
      "*/2..9",
      ["global/fra/rack-1/2", "global/fra/rack-2/2", "global/fra/rack-2/3", "global/gru/rack-1/2"],
    ],
  ])("%s", (pattern, expected) => {
    expect(paths(pattern)).toEqual(expected);
  });

  it("a lone star is every node, the root and each machine among them", () => {
    expect(paths("*")).toHaveLength(1 + 2 + 3 + 7);
  });

  it.each([
    [
      "rack-1",
      '2 balancers are called "rack-1", write global/fra/rack-1, global/gru/rack-1 or */rack-1',
    ],
    ["frra", '"frra" matches nothing, did you mean "fra"?'],
    ["fra/rack-3", '"fra/rack-3" matches nothing, did you mean "rack-1"?'],
    ["rack-2/4", '"rack-2/4" matches nothing, global/fra/rack-2 has the machines 1..3'],
    ["rack-2/1/1", '"rack-2/1/1" matches nothing, nothing stands below a machine'],
    ["2", '"2" names a machine without its balancer, write global/2'],
    ["fra//1", '"fra//1" is not a pattern of nodes, write for example fra or global/fra'],
    ["3..1", '"3..1" is not a pattern of nodes, write for example fra or global/fra'],
    [
      "fra.strategy",
      '"fra.strategy" is not a pattern of nodes, write for example fra or global/fra',
    ],
  ])("%s tells why not", (pattern, problem) => {
    expect(paths(pattern)).toBe(problem);
  });

  it("a hostile glob costs no more than its length", () => {
    expect(paths(`${"*a".repeat(140)}*`)).toMatch(/matches nothing/);
  });
});

it("settings stand behind a dot, ranges keep their two", () => {
  expect(splitSettingPath("fra.strategy")).toEqual(["fra", "strategy"]);
  expect(splitSettingPath("fra/1..4.cores")).toEqual(["fra/1..4", "cores"]);
  expect(splitSettingPath("requests.objects.count")).toEqual(["requests", "objects", "count"]);
});
