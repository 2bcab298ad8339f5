/**
 * One contract for all placement structures of the registry, by what each one says of itself; what
 * is special about each stands in its own test.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Settings } from "../../src/definition.ts";
import { byIdentity, membersOf, NO_NODES } from "../../src/hashing/placement.ts";
import type { Members, Placement } from "../../src/hashing/placement.ts";
import type { PlacementDefinition } from "../../src/hashing/placement-definition.ts";
import { placements } from "../../src/hashing/registry.ts";
import { NONE } from "../../src/units.ts";
import { defaultsOf, identityOf, keys, names } from "./keys.ts";

/** Settings beside the defaults that take another way through the code. */
const variants: Record<string, readonly Settings[]> = {
  "ring-hash": [{ nodes: 1 }, { hash: "sha256" }],
  maglev: [{ table: 4099 }],
  "rendezvous-skeleton": [{ cluster: 4 }],
  "multi-probe": [{ probes: 3 }],
  jump: [{ salt: 7 }],
  "jump-back": [{ generator: "xorshift" }],
  anchor: [{ capacity: 41 }],
  dx: [{ capacity: 1024 }],
  "envoy-ring-hash": [{ minimum: 500, maximum: 500 }, { hash: "murmur2" }],
  "envoy-maglev": [{ table: 251 }],
  "haproxy-consistent": [{ avalanche: false }],
  "haproxy-map-based": [{ avalanche: true }],
};

/**
 * By how much of itself the share of a node of weight 1 scatters, by theory, beyond the chance of
 * the sample: one σ, or a bound. A structure that is not named: not at all.
 */
const scatters: Record<string, number> = {
  "mod-n": 0,
  // 1/√points; a single point leaves some nodes hardly any keys.
  'ring-hash {"nodes":1}': 1,
  "ring-hash": 0.1,
  rendezvous: 0,
  // An entry of 65,537 more or less; of 4,099.
  maglev: 0.001,
  "rendezvous-skeleton": 0,
  // Five nodes in clusters of three and two: 1/4 and 1/6 instead of 1/5, of which this is a third.
  'rendezvous-skeleton {"cluster":4}': 0.09,
  // A node after a gap of g mean gaps gets k/(k − 1) × (1 − e^(−(k − 1)g)) of its part with k
  // probes; with exponential gaps σ = k/(k − 1) × √(1/(2k − 1) − 1/k²).
  "multi-probe": 0.156,
  'multi-probe {"probes":3}': 0.447,
  jump: 0,
  "jump-back": 0,
  // Its program's rehash.
  binomial: 0.044,
  flip: 0,
  power: 0,
  anchor: 0,
  dx: 0,
  memento: 0,
  // 16 bits of hash: equal straws once in 65,536 / 5 keys.
  straw2: 0.001,
  // A ring of 160 points for each unit of weight: 1/√160.
  ketama: 0.079,
  // A ring of 1,024 points, of which the least of weights 1 to 4 has a tenth: 1/√103; of 500,
  // 1/√50.
  "envoy-ring-hash": 0.099,
  'envoy-ring-hash {"minimum":500,"maximum":500}': 0.141,
  // An entry of 65,537 more or less; of 251, of which the least of weights 1 to 4 has 25.
  "envoy-maglev": 0.001,
  'envoy-maglev {"table":251}': 0.04,
  // 16 points for each unit of weight; each has half of the gap before it and half of that behind:
  // the variance of two halves is half of that of a whole. √(1/2)/√16.
  "haproxy-consistent": 0.177,
  "haproxy-map-based": 0,
};

/** They place everything anew as a pool shrinks or grows by much: see their own tests. */
const dealsAnew: ReadonlySet<string> = new Set(["rendezvous-skeleton"]);

const UNIVERSE = names(40);
const universe = membersOf(
  UNIVERSE.map(identityOf),
  UNIVERSE.map(() => 1),
  UNIVERSE,
);
const pathOf = (label: number): string => UNIVERSE[label];
/** Some of the universe, in that order; their labels stay theirs, as in a pool. */
const those = (usable: readonly number[], weight = universe.weight): Members => ({
  ...universe,
  weight,
  size: usable.length,
  usable,
});
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const without = (count: number, gone: number): number[] => upTo(count).filter((n) => n !== gone);

const sample = keys(4000);
const few = sample.subarray(0, 800);
const owners = (placement: Placement, of = sample): Int32Array =>
  Int32Array.from(of, (key) => placement.owner(key));
const partThat = (list: Int32Array, test: (owner: number, i: number) => boolean): number =>
  list.filter(test).length / list.length;
const placed = (make: () => Placement, members: Members): Placement => {
  const placement = make();
  placement.assign(members);
  return placement;
};
const subset = fc.shuffledSubarray(upTo(20), { minLength: 1 });

for (const definition of placements) {
  for (const settings of [{}, ...(variants[definition.name] ?? [])]) {
    const some = Object.keys(settings).length > 0;
    const title = some ? `${definition.name} ${JSON.stringify(settings)}` : definition.name;
    const make = (): Placement =>
      definition.create({ ...defaultsOf(definition.fields), ...settings });
    const scatter = scatters[title] ?? scatters[definition.name] ?? 0;
    describe(title, () => {
      placesKeys(make);
      sharesKeys(make, scatter);
      moves(definition.name, make, scatter);
      hasOrder(definition.name, make);
    });
  }
  describe(definition.name, () => describesItself(definition));
}

function placesKeys(make: () => Placement): void {
  it("gives NONE without nodes, and all keys to a single one", () => {
    const placement = make();
    expect(placement.owner(7)).toBe(NONE);
    placement.assign(those([3]));
    for (const key of few) expect(placement.owner(key)).toBe(3);
    placement.assign(those([]));
    expect(placement.owner(7)).toBe(NONE);
    expect(placement.ownerAt?.(7, 0) ?? NONE).toBe(NONE);
    placement.assign(those([5]));
    expect(placement.owner(7)).toBe(5);
    expect(placement.bytes()).toBeGreaterThan(0);
  });

  it("takes signed and unsigned keys alike, and repeats itself", () => {
    const placement = placed(make, those(upTo(9)));
    const again = placed(make, those(upTo(9)));
    for (const key of few) {
      const owner = placement.owner(key);
      expect(placement.owner(key >>> 0)).toBe(owner);
      expect(again.owner(key)).toBe(owner);
    }
  });

  it("gives labels, in whatever order and with whatever gaps they are", () => {
    const placement = placed(make, those([35, 2, 3]));
    // 800 keys; a share of a tenth at least is expected even of a single point's third.
    expect(new Set(owners(placement, few))).toEqual(new Set([35, 2, 3]));
  });

  it("explains any owner by name, and that there is none", () => {
    const placement = make();
    expect(placement.explain(7, pathOf)).toEqual(NO_NODES);
    for (const usable of [[4], upTo(12), [2, 30, 7]]) {
      placement.assign(those(usable));
      for (const key of few.subarray(0, 40)) {
        const lines = placement.explain(key, pathOf);
        expect(lines.join("\n")).toContain(pathOf(placement.owner(key)));
        for (const line of lines) expect(line).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
    placement.assign(those([]));
    expect(placement.explain(7, pathOf)).toEqual(NO_NODES);
  });
}

function sharesKeys(make: () => Placement, scatter: number): void {
  it("spreads keys over equal nodes", () => {
    // 4,000 keys on 5 nodes: 800 each, σ = √(4,000 × 0.16) = 25 by sampling; to that, in squares,
    // the structure's own scatter. The greatest of five stays within 4 σ.
    const counts = tally(owners(placed(make, those(upTo(5)))));
    const sigma = Math.hypot(25, 800 * scatter);
    for (const label of upTo(5)) {
      expect(Math.abs((counts.get(label) ?? 0) - 800)).toBeLessThan(4 * sigma);
    }
  });

  const weights = [1, 2, 3, 4, ...upTo(40)];
  if (make().traits.weighted) {
    it("gives shares by weight", () => {
      // Weights 1, 2, 3, 4 of 4,000 keys: 400 to 1,600. Sampling σ ≤ 31; a structure whose points
      // grow with the weight scatters by 1/√weight of what it does at weight 1; 4 σ.
      const counts = tally(owners(placed(make, those(upTo(4), weights))));
      for (const label of upTo(4)) {
        const sigma = Math.hypot(31, 400 * scatter * Math.sqrt(label + 1));
        const expected = 400 * (label + 1);
        expect(Math.abs((counts.get(label) ?? 0) - expected)).toBeLessThan(4 * sigma);
      }
    });
  } else {
    it("ignores weights, as it says", () => {
      const weighted = owners(placed(make, those(upTo(4), weights)), few);
      expect(weighted).toEqual(owners(placed(make, those(upTo(4))), few));
    });
  }
}

function moves(name: string, make: () => Placement, scatter: number): void {
  const { drops, orderless, remembers = false } = make().traits;

  if (!remembers) {
    it("comes back to the same owners when the nodes are the same again", () => {
      const placement = placed(make, those(upTo(12)));
      const before = owners(placement);
      for (const count of [30, 3, 12]) placement.assign(those(upTo(count)));
      expect(owners(placement)).toEqual(before);
    });

    it("is after any series of changes the same as built at once", () => {
      const property = fc.property(fc.array(subset, { minLength: 2, maxLength: 5 }), (series) => {
        const placement = make();
        for (const usable of series) placement.assign(those(usable));
        expect(owners(placement, few)).toEqual(owners(placed(make, those(series.at(-1)!)), few));
      });
      fc.assert(property, { seed: 4, numRuns: 12 });
    });
  }

  if (orderless) {
    it("does not ask in which order the nodes joined", () => {
      const weights = upTo(40).map((label) => 1 + (label % 3));
      const property = fc.property(subset, (usable) => {
        const sorted = usable.toSorted((a, b) => a - b);
        const one = owners(placed(make, those(usable, weights)), few);
        expect(owners(placed(make, those(sorted, weights)), few)).toEqual(one);
      });
      fc.assert(property, { seed: 2, numRuns: 20 });
    });
  }

  if (drops === "any") {
    it("moves keys only to nodes that come and from nodes that go", () => {
      const property = fc.property(fc.array(subset, { minLength: 2, maxLength: 6 }), (series) => {
        const placement = placed(make, those(series[0]));
        for (let i = 1; i < series.length; i++) {
          const before = owners(placement, few);
          placement.assign(those(series[i]));
          const after = owners(placement, few);
          const [gone, come] = [series[i - 1], series[i]];
          const strayed = (owner: number, at: number): boolean =>
            owner !== before[at] && come.includes(before[at]) && gone.includes(owner);
          const size = Math.max(gone.length, come.length) / Math.min(gone.length, come.length);
          if (dealsAnew.has(name) && size > 1.5) continue;
          expect(partThat(after, strayed)).toBe(0);
        }
      });
      fc.assert(property, { seed: 3, numRuns: 20 });
    });
  }

  const last = drops === "any" ? 8 : 20;
  it("moves the least when a node comes or goes, where it promises so, and never less", () => {
    // Least possible is ½ Σ|w′ − w| = 1/21 of the keys when one of 21 equal nodes goes or comes:
    // 4.8 %. What moves is the node's share: σ = √(1/21 × 20/21 / 4,000) = 0.34 points by sampling,
    // and the scatter of that share; 4 σ.
    const sigma = Math.hypot(0.0034, scatter / 21);
    const placement = placed(make, those(upTo(21)));
    const before = owners(placement);
    placement.assign(those(without(21, last)));
    const after = owners(placement);
    const moved = partThat(after, (owner, i) => owner !== before[i]);
    const held = partThat(before, (owner) => owner === last);
    expect(moved).toBeGreaterThanOrEqual(held);
    if (drops !== "none") {
      expect(moved).toBe(held);
      expect(Math.abs(moved - 1 / 21)).toBeLessThan(4 * sigma);
    }
    placement.assign(those(upTo(21)));
    const back = owners(placement);
    if (!remembers || drops === "any") expect(back).toEqual(before);
  });
}

function hasOrder(name: string, make: () => Placement): void {
  if (make().ownerAt === undefined) return;
  it("ranks all nodes, the owner first, none twice", () => {
    const placement = placed(make, those(upTo(9)));
    for (const key of few.subarray(0, 200)) {
      const ranked = upTo(9).map((rank) => placement.ownerAt!(key, rank));
      expect(ranked[0]).toBe(placement.owner(key));
      expect(ranked.toSorted((a, b) => a - b)).toEqual(upTo(9));
      expect(placement.ownerAt!(key, 9)).toBe(NONE);
    }
  });

  // CRUSH draws anew instead.
  const { drops, orderless } = make().traits;
  if (drops !== "any" || !orderless || name === "straw2") return;
  it("has those next who would own the key if the first were gone", () => {
    const placement = placed(make, those(upTo(9)));
    const other = make();
    for (const key of few.subarray(0, 30)) {
      const ranked = [0, 1, 2, 3].map((rank) => placement.ownerAt!(key, rank));
      for (let rank = 1; rank < 4; rank++) {
        other.assign(those(upTo(9).filter((label) => !ranked.slice(0, rank).includes(label))));
        expect(other.owner(key)).toBe(ranked[rank]);
      }
    }
  });
}

function describesItself(definition: PlacementDefinition): void {
  it("says what it follows and what it costs", () => {
    expect(definition.follows.length).toBeGreaterThan(5);
    for (const cost of Object.values(definition.cost)) expect(cost.length).toBeGreaterThan(3);
    expect(definition.check?.(defaultsOf(definition.fields)) ?? null).toBeNull();
  });
}

function tally(of: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const owner of of) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return counts;
}

describe("byIdentity", () => {
  it("orders identities as unsigned numbers, equal ones as they stand", () => {
    const { usable, identity } = membersOf([-1, 5, 0, 5, 0x7fffffff]);
    expect([...byIdentity(usable, 5, identity)]).toEqual([2, 1, 3, 4, 0]);
  });
});
