import { describe, expect, it } from "vitest";
import { premix32, mix32 } from "../../../src/hashing/mix32.ts";
import { Rendezvous, bidOf } from "../../../src/hashing/placements/rendezvous.ts";
import { identityOf, keys, names, nodesOf, ownersOf } from "../keys.ts";

const sample = keys(20_000);

describe("rendezvous", () => {
  it("gives a key to the highest bid", () => {
    const nodes = names(9);
    const weights = [1, 2, 3, 1, 5, 0.1, 1, 8, 2];
    const placement = new Rendezvous();
    placement.assign(nodesOf(nodes, weights));
    for (const key of sample.subarray(0, 2000)) {
      const bids = nodes.map((node, i) =>
        bidOf(mix32(premix32(identityOf(node)) + key), weights[i]),
      );
      expect(placement.owner(key)).toBe(bids.indexOf(Math.max(...bids)));
    }
  });

  it("needs no logarithm while weights are equal, and says the same", () => {
    const nodes = names(12);
    const equal = new Rendezvous();
    equal.assign(nodesOf(nodes));
    for (const key of sample.subarray(0, 2000)) {
      const bids = nodes.map((node) => bidOf(mix32(premix32(identityOf(node)) + key), 1));
      expect(equal.owner(key)).toBe(bids.indexOf(Math.max(...bids)));
    }
  });

  it("moves keys only to the node whose weight grew, and no more than its share grew", () => {
    const nodes = names(10);
    const placement = new Rendezvous();
    placement.assign(nodesOf(nodes));
    const before = ownersOf(placement, nodes, sample);
    placement.assign(nodesOf(nodes, [1, 1, 1, 3, 1, 1, 1, 1, 1, 1]));
    const after = ownersOf(placement, nodes, sample);
    const moved = after.filter((owner, i) => owner !== before[i]);
    expect(new Set(moved)).toEqual(new Set([nodes[3]]));
    // Its share grows from 1/10 to 3/12: 15 % of 20,000 keys move, σ = √(0.15 × 0.85 / 20,000) =
    // 0.25 points, we allow 4 σ.
    expect(Math.abs(moved.length / sample.length - 0.15)).toBeLessThan(0.0101);
  });
});
