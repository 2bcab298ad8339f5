/** One contract for all placement structures; what is special about each stands in its own test. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Maglev } from "../../src/hashing/placements/maglev.ts";
import { ModN } from "../../src/hashing/placements/mod-n.ts";
import { byIdentity, membersOf } from "../../src/hashing/placement.ts";
import type { Placement } from "../../src/hashing/placement.ts";
import { Rendezvous } from "../../src/hashing/placements/rendezvous.ts";
import { Ring } from "../../src/hashing/placements/ring.ts";
import { NONE } from "../../src/units.ts";
import { keys, names, nodesOf, ownersOf, tally } from "./keys.ts";

const structures: Record<string, () => Placement> = {
  "mod-n": () => new ModN("hash"),
  ring: () => new Ring(100),
  rendezvous: () => new Rendezvous(),
  maglev: () => new Maglev(4099),
};
const sample = keys(4000);

for (const [name, make] of Object.entries(structures)) {
  describe(name, () => {
    it("gives NONE without nodes, and all keys to a single one", () => {
      const placement = make();
      expect(placement.owner(7)).toBe(NONE);
      placement.assign(nodesOf(["a"]));
      for (const key of sample) expect(placement.owner(key)).toBe(0);
      placement.assign(nodesOf([]));
      expect(placement.owner(7)).toBe(NONE);
    });

    it("takes signed and unsigned keys alike", () => {
      const placement = make();
      placement.assign(nodesOf(names(9)));
      for (const key of sample) expect(placement.owner(key >>> 0)).toBe(placement.owner(key));
    });

    it("gives labels, in whatever order and with whatever gaps they are", () => {
      const placement = make();
      placement.assign({ ...membersOf([0, 11, 22, 33, 44, 55]), size: 3, usable: [5, 2, 3, 0] });
      const owners = new Set(Array.from(sample, (key) => placement.owner(key)));
      expect([...owners].toSorted((a, b) => a - b)).toEqual([2, 3, 5]);
    });

    it("spreads keys over equal nodes", () => {
      // 4,000 keys on 5 nodes: 800 each, σ = √(4,000 × 0.16) = 25 by sampling. A ring's shares
      // scatter by 1/√100 = 10 % = 80 as well: together σ = 84, and the greatest of five stays
      // within 4 σ.
      const placement = make();
      placement.assign(nodesOf(names(5)));
      for (const count of tally(ownersOf(placement, names(5), sample)).values()) {
        expect(Math.abs(count - 800)).toBeLessThan(336);
      }
    });

    it("comes back to the same owners when the nodes are the same again", () => {
      const placement = make();
      placement.assign(nodesOf(names(12)));
      const before = ownersOf(placement, names(12), sample);
      placement.assign(nodesOf(names(30)));
      placement.assign(nodesOf(names(3)));
      placement.assign(nodesOf(names(12)));
      expect(ownersOf(placement, names(12), sample)).toEqual(before);
    });

    if (make().traits.orderless) {
      it("does not ask in which order the nodes joined", () => {
        const shuffled = fc.shuffledSubarray(names(14), { minLength: 1 });
        const property = fc.property(shuffled, (some) => {
          const placement = make();
          const sorted = some.toSorted();
          const weights = new Map(sorted.map((node, i) => [node, 1 + (i % 3)]));
          const weigh = (nodes: readonly string[]) => nodes.map((node) => weights.get(node)!);
          placement.assign(nodesOf(some, weigh(some)));
          const owners = ownersOf(placement, some, sample.subarray(0, 500));
          const other = make();
          other.assign(nodesOf(sorted, weigh(sorted)));
          expect(ownersOf(other, sorted, sample.subarray(0, 500))).toEqual(owners);
        });
        fc.assert(property, { seed: 2, numRuns: 40 });
      });
    }

    if (make().traits.drops === "any") {
      it("moves keys only to nodes that come and from nodes that go", () => {
        const subset = fc.subarray(names(20), { minLength: 1 });
        const property = fc.property(subset, subset, (before, after) => {
          const placement = make();
          placement.assign(nodesOf(before));
          const first = ownersOf(placement, before, sample);
          const other = make();
          other.assign(nodesOf(after));
          const second = ownersOf(other, after, sample);
          for (let i = 0; i < first.length; i++) {
            if (first[i] === second[i]) continue;
            expect(after.includes(first[i]) && before.includes(second[i])).toBe(false);
          }
        });
        fc.assert(property, { seed: 3, numRuns: 40 });
      });
    }

    if (make().traits.weighted) {
      it("gives shares by weight", () => {
        // Weights 1, 2, 3, 4 of 4,000 keys: 400 to 1,600. Sampling σ ≤ 31; a ring of 100 to 400
        // points a node scatters by 1/√100 to 1/√400, at most 80 keys; together below 86, and all
        // stay within 4 σ.
        const placement = make();
        const nodes = names(4);
        placement.assign(nodesOf(nodes, [1, 2, 3, 4]));
        const counts = tally(ownersOf(placement, nodes, sample));
        nodes.forEach((node, i) => {
          expect(Math.abs(counts.get(node)! - 400 * (i + 1))).toBeLessThan(344);
        });
      });
    }
  });
}

describe("byIdentity", () => {
  it("orders identities as unsigned numbers, equal ones as they stand", () => {
    const { usable, identity } = membersOf([-1, 5, 0, 5, 0x7fffffff]);
    expect([...byIdentity(usable, 5, identity)]).toEqual([2, 1, 3, 4, 0]);
  });
});
