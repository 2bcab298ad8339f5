import { describe, expect, it } from "vitest";
import {
  RendezvousSkeleton,
  skeletonOf,
} from "../../../src/hashing/placements/rendezvous-skeleton.ts";
import { membersOf } from "../../../src/hashing/placement.ts";
import { identityOf, keys, names, nodesOf, ownersOf, tally } from "../keys.ts";

describe("the skeleton", () => {
  it("has fours and one remainder, and no more nodes in a cluster than were asked for", () => {
    expect(skeletonOf(20, 32)).toEqual([]);
    expect(skeletonOf(33, 32)).toEqual([2]);
    expect(skeletonOf(1000, 32)).toEqual([4, 4, 2]);
    expect(skeletonOf(100_000, 32)).toEqual([4, 4, 4, 4, 4, 4]);
    for (const nodes of [1, 31, 65, 500, 12_345]) {
      const leaves = skeletonOf(nodes, 32).reduce((product, fanout) => product * fanout, 1);
      expect(nodes / leaves).toBeLessThanOrEqual(32);
    }
  });
});

describe("rendezvous-skeleton", () => {
  it("gives equal shares to nodes of equal clusters", () => {
    // 256 nodes, 8 clusters of 32; 256,000 keys, 1,000 each, σ = 32; the greatest of 256 within 4.5
    // σ.
    const nodes = names(256);
    const placement = new RendezvousSkeleton(32);
    placement.assign(nodesOf(nodes));
    const counts = tally(ownersOf(placement, nodes, keys(256_000)));
    expect(counts.size).toBe(256);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(144);
  });

  it("gives a lost node's keys to its own cluster alone, and takes them back there", () => {
    const sample = keys(40_000);
    const all = membersOf(names(256).map(identityOf));
    const placement = new RendezvousSkeleton(32);
    const place = (): number[] => Array.from(sample, (key) => placement.owner(key));
    placement.assign(all);
    const before = place();
    const usable = Array.from({ length: 256 }, (_, i) => i).filter((label) => label !== 77);
    placement.assign({ ...all, size: 255, usable });
    const after = place();
    const heirs = new Set(after.filter((_, i) => before[i] === 77));
    expect(heirs.size).toBe(31);
    expect(after.every((owner, i) => owner === before[i] || before[i] === 77)).toBe(true);
    placement.assign(all);
    expect(place()).toEqual(before);
  });

  it("deals anew when the clusters have become half as large, and stays whole", () => {
    const all = membersOf(names(512).map(identityOf));
    const placement = new RendezvousSkeleton(32);
    placement.assign(all);
    for (const size of [400, 250, 100, 20, 3, 1, 0, 5, 512]) {
      const usable = Array.from({ length: size }, (_, i) => i);
      placement.assign({ ...all, size, usable });
      const owners = new Set(Array.from(keys(20_000), (key) => placement.owner(key)));
      // 20,000 keys on at most 512 nodes: 39 each; that one has none is a chance of 512 × e^−19
      // where its cluster is twice as full as the mean.
      expect(owners.size).toBe(Math.max(1, size));
    }
  });
});
