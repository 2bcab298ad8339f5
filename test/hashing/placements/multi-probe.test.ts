import { describe, expect, it } from "vitest";
import { combine32 } from "../../../src/hashing/mix32.ts";
import { MultiProbe } from "../../../src/hashing/placements/multi-probe.ts";
import { ringPosition } from "../../../src/hashing/placements/ring.ts";
import { identityOf, keys, names, nodesOf, tally, ownersOf } from "../keys.ts";

describe("multi-probe", () => {
  it("gives a key to the node nearest after any of its probes", () => {
    const nodes = names(30);
    const placement = new MultiProbe(7);
    placement.assign(nodesOf(nodes));
    for (const key of keys(300)) {
      const distances = nodes.map((node) => {
        const position = ringPosition(identityOf(node), 0);
        const probes = Array.from({ length: 7 }, (_, probe) => combine32(key, probe));
        return Math.min(...probes.map((at) => (position - at) >>> 0));
      });
      const order = nodes.map((_, i) => i).toSorted((a, b) => distances[a] - distances[b]);
      expect(placement.owner(key)).toBe(order[0]);
      // And the nodes that follow are those that would own it without the ones before.
      const ranks = order.map((_, rank) => placement.ownerAt(key, rank));
      expect(ranks).toEqual(order);
    }
  });

  it("keeps the fullest node within 1 + 1/(probes − 1) of the mean, as the paper promises", () => {
    // 200 nodes, 200,000 keys: 1,000 each, σ = 32, 3.2 %; the greatest of 200 lies some 2.8 σ up, 9
    // %.
    const nodes = names(200);
    const sample = keys(200_000);
    const peak = (probes: number): number => {
      const placement = new MultiProbe(probes);
      placement.assign(nodesOf(nodes));
      return Math.max(...tally(ownersOf(placement, nodes, sample)).values()) / 1000;
    };
    // One probe is a ring of one point a node: its greatest arc is about ln 200 = 5.3 means.
    expect(peak(1)).toBeGreaterThan(3);
    expect(peak(21)).toBeLessThan(1.05 + 0.13);
    expect(peak(5)).toBeLessThan(1.25 + 0.13);
  });
});
