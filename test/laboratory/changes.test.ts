import { describe, expect, it } from "vitest";
import { planChanges } from "../../src/laboratory/changes.ts";
import type { Plan } from "../../src/laboratory/changes.ts";
import { labelsOf } from "../../src/laboratory/measurement.ts";
import { numberedNodes } from "../../src/laboratory/pool.ts";
import type { PoolNode } from "../../src/laboratory/pool.ts";

const ONCE = { seed: 1, draws: 1 };
const pool: PoolNode[] = ["a", "b", "c", "10.0.0.1:80"].map((name) => ({ name, weight: 1 }));
const plan = (...texts: string[]): Plan => planChanges(pool, texts, ONCE);

/** Names with weights, in order of joining, after the last step of a change's first course. */
function after({ nodes, changes }: Plan, change = 0): string[] {
  const members = changes[change].courses[0].at(-1)!;
  return labelsOf(members).map((label) => `${nodes.names[label]} ${members.weight[label]}`);
}

describe("changes of a pool", () => {
  it.each([
    ["add:2", ["a 1", "b 1", "c 1", "10.0.0.1:80 1", "node-5 1", "node-6 1"], "add node-5, node-6"],
    ["add:x,y=3", ["a 1", "b 1", "c 1", "10.0.0.1:80 1", "x 3", "y 3"], "add x, y"],
    ["remove:b", ["a 1", "c 1", "10.0.0.1:80 1"], "remove b"],
    ["remove:10.0.0.1:80,a", ["b 1", "c 1"], "remove 10.0.0.1:80, a"],
    ["remove:first", ["b 1", "c 1", "10.0.0.1:80 1"], "remove a"],
    ["remove:last", ["a 1", "b 1", "c 1"], "remove 10.0.0.1:80"],
    ["weight:10.0.0.1:80=2.5", ["a 1", "b 1", "c 1", "10.0.0.1:80 2.5"], null],
    // It comes back behind those that stayed.
    ["return:a", ["b 1", "c 1", "10.0.0.1:80 1", "a 1"], "remove a, and back"],
  ])("%s", (text, nodes, words) => {
    expect(after(plan(text))).toEqual(nodes);
    if (words !== null) expect(plan(text).changes[0].words).toBe(words);
  });

  it("are independent of each other and leave the pool before as it was", () => {
    const both = plan("add:1=4", "weight:a=9", "add:1");
    expect(after(both, 2)).toEqual(["a 1", "b 1", "c 1", "10.0.0.1:80 1", "node-5 1"]);
    expect(Array.from(labelsOf(both.before), (label) => both.before.weight[label])).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it("return a node in two steps, so that a structure sees it go", () => {
    expect(plan("return:b").changes[0].courses[0].map(({ size }) => size)).toEqual([3, 4]);
  });

  it("a node's own name goes before the words", () => {
    const named = [{ name: "last", weight: 1 }, ...pool];
    const { changes } = planChanges(named, ["remove:last"], ONCE);
    expect(labelsOf(changes[0].courses[0][0])).toEqual([1, 2, 3, 4]);
  });

  it("draw nodes at random: other ones each time, the same from the same seed", () => {
    const drawn = (seed: number): string[] =>
      planChanges(numberedNodes(40), ["remove:random:3"], { seed, draws: 20 })
        .changes[0].courses.map(([members]) => labelsOf(members).join(" "))
        .map((labels) => labels);
    expect(drawn(1)).toEqual(drawn(1));
    // Two equal triples among 20 of C(40, 3) = 9,880 have a chance of 190 / 9,880 = 2 %; not here.
    expect(new Set([...drawn(1), ...drawn(2)]).size).toBe(40);
    for (const labels of drawn(1)) expect(labels.split(" ")).toHaveLength(37);
  });

  it.each([
    ["grow:1", /"grow:1" is no change, write add:2, remove:NODE/],
    ["remove", /"remove" is no change/],
    ["remove:z", /no node is called "z", the pool has a, b and 2 more/],
    ["remove:", /no node is called ""/],
    ["remove:random:5", /the pool has 4 nodes, draw 1 to 4/],
    ["remove:random:0", /draw 1 to 4/],
    ["remove:random:4", /leaves no node, the pool is empty/],
    ["remove:a,b,c,10.0.0.1:80", /leaves no node/],
    ["weight:a", /gives no weight, write weight:NODE=2/],
    ["weight:a=0", /the weight of a is 0, write a number from 0.000001 to 1000000/],
    ["weight:a=-1", /the weight of a is -1/],
    ["weight:a=1e99", /gives no weight/],
    ["weight:a=9999999", /the weight of a is 9999999/],
    ["weight:z=1", /no node is called "z"/],
    ["add:", /adds nothing, write add:1 or add:NAME/],
    ["add:0", /adds nothing/],
    ["add:-1", /adds nothing/],
    ["add:a", /a is in the pool already/],
    ["add:x,x", /x is in the pool already/],
    ["add:100001", /too many to add/],
    ["add:x=0", /the weight of x is 0/],
  ])("%s is refused", (text, message) => {
    expect(() => plan(text)).toThrow(message);
  });
});

describe("a pool", () => {
  const refuse =
    (nodes: PoolNode[]): (() => Plan) =>
    () =>
      planChanges(nodes, [], ONCE);

  it("has nodes, each of its own name, with sane weights", () => {
    expect(refuse([])).toThrow("the pool is empty");
    expect(refuse([...pool, pool[1]])).toThrow("two nodes are called b (2 and 5 of the list)");
    expect(refuse([{ name: "x", weight: 0 }])).toThrow("the weight of x is 0");
    expect(refuse([{ name: "x", weight: NaN }])).toThrow("the weight of x is NaN");
    expect(refuse([{ name: " ", weight: 1 }])).toThrow("empty name");
    expect(refuse([{ name: "a\u001B[2J", weight: 1 }])).toThrow("control character");
  });
});
