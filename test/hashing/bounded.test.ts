import { describe, expect, it } from "vitest";
import { assignBounded, boundOf } from "../../src/hashing/bounded.ts";
import { membersOf } from "../../src/hashing/placement.ts";
import type { Members } from "../../src/hashing/placement.ts";
import { placements } from "../../src/hashing/registry.ts";
import { Rendezvous } from "../../src/hashing/placements/rendezvous.ts";
import { Ring } from "../../src/hashing/placements/ring.ts";
import { defaultsOf, identityOf, keys, names, nodesOf } from "./keys.ts";

const sample = keys(10_000);
const sum = (list: Int32Array): number => list.reduce((a, b) => a + b, 0);

describe("boundOf", () => {
  it("rounds up, and not for a rounding error", () => {
    expect(boundOf(10, { factor: 1.1, weight: 1, total: 1 })).toBe(11);
    expect(boundOf(100, { factor: 1.25, weight: 1, total: 3 })).toBe(42);
    expect(boundOf(1, { factor: 1, weight: 1, total: 1000 })).toBe(1);
  });
});

describe("bounded loads at assignment", () => {
  it.each(placements.map((definition) => [definition.name, definition] as const))(
    "%s: no node holds more than its bound, and every key has a node",
    (_name, definition) => {
      for (const factor of [1, 1.05, 1.25, 2]) {
        const placement = definition.create(defaultsOf(definition.fields));
        const nodes = names(30);
        const {
          held,
          bounds,
          nodes: owners,
        } = assignBounded(placement, nodesOf(nodes), sample.subarray(0, 3000), { factor });
        expect(sum(held)).toBe(3000);
        expect(Math.max(...bounds)).toBe(Math.ceil(100 * factor));
        held.forEach((count, label) => expect(count).toBeLessThanOrEqual(bounds[label]));
        expect(Math.min(...owners)).toBeGreaterThanOrEqual(0);
      }
    },
  );

  it("keeps to weights", () => {
    const weights = [1, 2, 3, 4];
    const result = assignBounded(new Rendezvous(), nodesOf(names(4), weights), sample, {
      factor: 1.01,
    });
    // ⌈1.01 × 10,000 × w/10⌉.
    expect([...result.bounds.subarray(0, 4)]).toEqual([1010, 2020, 3030, 4040]);
    result.held.forEach((count, label) => expect(count).toBeLessThanOrEqual(result.bounds[label]));
  });

  it("pushes nobody where there is room, and gives the next on the ring to those it pushes", () => {
    const ring = new Ring(100);
    const members = nodesOf(names(10));
    const roomy = assignBounded(ring, members, sample, { factor: 10 });
    expect([roomy.pushed, roomy.passed, roomy.longest]).toEqual([0, 0, 0]);
    const tight = assignBounded(ring, members, sample, { factor: 1 });
    expect(tight.pushed).toBeGreaterThan(0);
    const full = new Set<number>();
    const held = new Int32Array(10);
    tight.nodes.forEach((node, i) => {
      let rank = 0;
      while (full.has(ring.ownerAt(sample[i], rank))) rank++;
      expect(node).toBe(ring.ownerAt(sample[i], rank));
      if (++held[node] === tight.bounds[node]) full.add(node);
    });
  });

  it("moves few keys on a change, more as the factor comes close to 1", () => {
    // Mirrokni et al.: a change of one node is expected to move O(1/ε²) keys for each that has to
    // move. The constant is not stated; with 1 that is 4 for ε = 1/2. Here n/20 = 500 keys have to.
    const universe = membersOf(names(20).map(identityOf));
    const usable = Array.from({ length: 19 }, (_, label) => label);
    const without: Members = { ...universe, size: 19, usable };
    const moved = (factor: number): number => {
      const before = assignBounded(new Ring(100), universe, sample, { factor }).nodes;
      const after = assignBounded(new Ring(100), without, sample, { factor }).nodes;
      return after.filter((node, i) => node !== before[i]).length / 500;
    };
    expect(moved(1.5)).toBeLessThan(4);
    expect(moved(1.05)).toBeGreaterThan(moved(1.5));
  });

  it("takes no nodes and no keys", () => {
    const none = assignBounded(new Ring(10), nodesOf([]), sample, { factor: 1.25 });
    expect(none.nodes.every((node) => node === -1)).toBe(true);
    expect(assignBounded(new Ring(10), nodesOf(names(3)), [], { factor: 1.25 }).nodes.length).toBe(
      0,
    );
  });
});
