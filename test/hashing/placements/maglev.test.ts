import { describe, expect, it } from "vitest";
import { Maglev, isPrime, nextPrime, populate } from "../../../src/hashing/placements/maglev.ts";
import { keys, names, nodesOf, ownersOf, tally } from "../keys.ts";

describe("populate", () => {
  it("makes the paper's small table", () => {
    // Eisenbud et al., NSDI 2016, Table 1: size 7, B0 (offset 3, skip 4), B1 (0, 2), B2 (3, 1);
    // before and after B1 goes.
    const before = populate(7, { offsets: [3, 0, 3], skips: [4, 2, 1], weights: null });
    expect([...before]).toEqual([1, 0, 1, 0, 2, 2, 0]);
    const after = populate(7, { offsets: [3, 3], skips: [4, 1], weights: null });
    expect(Array.from(after, (index) => [0, 2][index])).toEqual([0, 0, 0, 0, 2, 2, 2]);
  });

  it("gives turns by weight, evenly spread", () => {
    // Weights 2 and 1, both going up by one from 0: turns are a b, a, a b, a …; b steps over what
    // is taken.
    const table = populate(7, { offsets: [0, 0], skips: [1, 1], weights: [2, 1] });
    expect([...table]).toEqual([0, 1, 0, 0, 1, 0, 0]);
  });

  it("ends with more nodes than entries", () => {
    const table = populate(3, { offsets: [0, 0, 0, 0], skips: [1, 1, 1, 1], weights: null });
    expect([...table]).toEqual([0, 1, 2]);
  });
});

describe("maglev", () => {
  it("gives equal nodes shares that differ by one entry at most", () => {
    // Every round gives each node one entry; the last round may end early. Keys 0 .. size − 1 are
    // the entries themselves.
    const size = 65_537;
    const placement = new Maglev(size);
    placement.assign(nodesOf(names(1000)));
    const counts = new Int32Array(1000);
    for (let key = 0; key < size; key++) counts[placement.owner(key)]++;
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it("gives shares by weight to within the first round's and the last one's turns", () => {
    // In R rounds a node of relative weight q = w / greatest has between Rq and Rq + 1 turns; all
    // turns are `size`, so R is known to within n / Σq, and a node's share to within 1 + qn / Σq
    // entries.
    const size = 4099;
    const weights = Array.from({ length: 50 }, (_, i) => 1 + (i % 7) * 0.75);
    const placement = new Maglev(size);
    placement.assign(nodesOf(names(50), weights));
    const counts = new Int32Array(50);
    for (let key = 0; key < size; key++) counts[placement.owner(key)]++;
    const sum = weights.reduce((a, b) => a + b);
    weights.forEach((weight, i) => {
      const off = Math.abs(counts[i] - (size * weight) / sum);
      expect(off).toBeLessThanOrEqual(1 + (weight * 50) / sum);
    });
  });

  it("moves little more than the lost node's keys", () => {
    // Least possible is 1/20 = 5 %. The rest depends on size / nodes (§5.3): between 1 and 2 times
    // the least, which is what Envoy's documentation says of its own Maglev too (about twice what
    // its ring moves).
    const nodes = names(20);
    const sample = keys(65_537);
    const placement = new Maglev(65_537);
    placement.assign(nodesOf(nodes));
    const before = ownersOf(placement, nodes, sample);
    placement.assign(nodesOf(nodes.slice(0, 19)));
    const after = ownersOf(placement, nodes, sample);
    const moved = after.filter((owner, i) => owner !== before[i]).length / sample.length;
    const lost = tally(before).get(nodes[19])! / sample.length;
    expect(moved).toBeGreaterThan(lost);
    expect(moved).toBeLessThan(2 * lost);
  });
});

describe("primes", () => {
  it("knows them", () => {
    expect([0, 1, 2, 3, 4, 9, 65_536, 65_537, 655_373, 2.5].map(isPrime)).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
      false,
      true,
      true,
      false,
    ]);
    expect([0, 8, 65_536, 65_538].map(nextPrime)).toEqual([2, 11, 65_537, 65_539]);
  });
});
