/**
 * What holds for every strategy of the registry; the consequences of each one stand in strategies/.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { strategies } from "../../src/balancing/registry.ts";
import { strategyNeeds } from "../../src/scenario/registries.ts";
import type { Settings } from "../../src/definition.ts";
import { FakePool, defaultsOf, equalTargets, request } from "./fake-view.ts";
import type { Target } from "./fake-view.ts";

/** Settings beside the defaults that take another way through the code. */
const variants: Record<string, readonly Settings[]> = {
  "least-connections": [
    { ties: "first" },
    { ties: "random" },
    { by: "report" },
    { ties: "random", by: "report" },
  ],
  "power-of-d": [{ d: 1 }, { d: 3 }, { d: 100 }, { by: "report" }, { d: 3, by: "utilization" }],
  "power-of-d-with-replacement": [{ d: 1 }, { d: 5 }, { by: "utilization" }],
  "mod-n": [{ of: "raw" }],
  "ring-hash": [{ nodes: 1 }, { hash: "sha256" }],
  maglev: [{ table: 251 }],
  "envoy-ring-hash": [{ minimum: 500, maximum: 500 }, { hash: "murmur2" }],
  "envoy-maglev": [{ table: 251 }],
  "haproxy-consistent": [{ hash: "crc32", avalanche: false }],
  "haproxy-map-based": [{ hash: "wt6", avalanche: true }],
  anchor: [{ capacity: 64 }],
  "rendezvous-skeleton": [{ cluster: 3 }],
  "bounded-load": [
    { rule: "envoy", factor: 1 },
    { placement: { kind: "mod-n", settings: { of: "raw" } }, factor: 1 },
    { placement: { kind: "memento", settings: {} }, factor: 2 },
  ],
  replicated: [
    { reads: "turns", replicas: 3 },
    { reads: "random", replicas: 1 },
    { placement: { kind: "maglev", settings: { table: 251 } } },
  ],
  geo: [{ latency: 0 }],
  waterfall: [{ full: 0.5, burst: 1 }],
};

type Step =
  | { readonly do: "pick" | "return" | "join" | "out" | "in" | "report"; readonly n: number }
  | { readonly do: "weigh"; readonly n: number; readonly weight: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("pick" as const), n: fc.nat(50) }) },
  fc.record({
    do: fc.constantFrom("return" as const, "join" as const, "out" as const, "in" as const),
    n: fc.nat(60),
  }),
  fc.record({ do: fc.constant("report" as const), n: fc.nat(60) }),
  fc.record({
    do: fc.constant("weigh" as const),
    n: fc.nat(60),
    weight: fc.constantFrom(1, 1, 2, 0.5, 1 / 3, 7),
  }),
);

const target = fc.record({
  weight: fc.constantFrom(1, 1, 1, 3),
  capacity: fc.constantFrom(0, 0.01, 1),
  distances: fc.array(fc.constantFrom(5, 10, 20), { minLength: 1, maxLength: 3 }),
});

/** Does the steps and gives all picks; each must be one of the usable. */
function play(pool: FakePool, steps: readonly Step[]): number[] {
  const picks: number[] = [];
  const open: number[] = [];
  let requests = 0;
  for (const { do: what, n, ...more } of steps) {
    const slot = n % pool.slots;
    if (what === "join") {
      pool.join({ weight: 1 + (n % 2), distances: [5 + (n % 3)] });
      pool.refresh();
    } else if (what === "out" && pool.size > 1) pool.takeOut(slot);
    else if (what === "in") pool.bringBack(slot);
    else if (what === "weigh" && "weight" in more) {
      pool.weight[slot] = more.weight;
      pool.refresh();
    } else if (what === "report") {
      pool.report(slot, { utilization: (n % 7) / 7, inFlight: n % 5, healthy: (n % 4) / 4 });
    } else if (what === "return" && open.length > 0) pool.back(open.splice(n % open.length, 1)[0]);
    else if (what === "pick") {
      for (let i = 0; i <= n && pool.size > 0; i++) {
        pool.nowMs += 0.1;
        const picked = pool.send(request(requests, requests % 3));
        requests++;
        if (!Array.from(pool.usable).includes(picked)) expect.fail(`picked ${picked}, out of use`);
        picks.push(picked);
        open.push(picked);
      }
    }
  }
  return picks;
}

for (const definition of strategies) {
  const { name } = definition;
  for (const settings of [{}, ...(variants[name] ?? [])]) {
    describe(`${name} ${JSON.stringify(settings)}`, () => {
      it("picks usable targets alone and repeats itself, whatever happens to the pool", () => {
        const property = fc.property(
          fc.array(target, { minLength: 1, maxLength: 12 }),
          fc.array(step, { maxLength: 40 }),
          (targets: Target[], steps) => {
            const picks = play(new FakePool(targets).use(name, settings), steps);
            expect(play(new FakePool(targets).use(name, settings), steps)).toEqual(picks);
          },
        );
        fc.assert(property, { seed: 6, numRuns: 40 });
      });

      it("shrinks to one target, to none, and grows to fifty", () => {
        const pool = new FakePool(equalTargets(3)).use(name, settings);
        pool.takeOut(0, 2);
        for (let i = 0; i < 20; i++) expect(pool.send(request(i))).toBe(1);
        pool.takeOut(1);
        pool.bringBack(0, 2);
        for (let i = 0; i < 20; i++) expect([0, 2]).toContain(pool.send(request(i)));
        for (let i = 0; i < 47; i++) pool.join({});
        pool.bringBack(1);
        for (let i = 0; i < 500; i++) expect(pool.send(request(i))).toBeLessThan(50);
      });

      it("spares no one of equal targets for good", () => {
        // 4,000 requests on 8 targets, 500 each. A ring of one point a target, multi-probe's too,
        // may leave a target hardly any keys; all others give each one at least a fifth of its
        // part: 100 is far beyond chance, σ = 21.
        const pool = new FakePool(equalTargets(8)).use(name, settings);
        const counts = new Int32Array(8);
        for (let i = 0; i < 4000; i++) {
          const slot = pool.send(request(i));
          counts[slot]++;
          pool.report(slot, { utilization: counts[slot] / 4000, inFlight: counts[slot] });
        }
        const few = settings.nodes === 1 || name === "multi-probe" ? 1 : 100;
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(few);
      });

      it("names weights among its needs if and only if its picks depend on them", () => {
        const picksWith = (weight: number): number[] => {
          const targets = Array.from({ length: 8 }, (_, i) => (i === 3 ? { weight } : {}));
          const pool = new FakePool(targets).use(name, settings);
          const sent = new Int32Array(8);
          return Array.from({ length: 600 }, (_, i) => {
            const slot = pool.send(request(i));
            sent[slot]++;
            pool.report(slot, { utilization: sent[slot] / 600, inFlight: sent[slot] });
            return slot;
          });
        };
        const all = { ...defaultsOf(definition.fields), ...settings };
        const named = strategyNeeds({ kind: name, settings: all }, "weights");
        // A whole number, since some programs round weights.
        expect(String(picksWith(7)) !== String(picksWith(1))).toBe(named);
      });

      if (new FakePool(equalTargets(1)).use(name, settings).keepsToOwners) {
        it("gives a key to its owner, every time", () => {
          const pool = new FakePool(equalTargets(9)).use(name, settings);
          for (let i = 0; i < 300; i++) {
            const owner = pool.owner(request(i));
            expect(pool.send(request(i))).toBe(owner);
            expect(pool.send(request(i))).toBe(owner);
          }
          pool.takeOut(4);
          pool.bringBack(4);
          const again = new FakePool(equalTargets(9)).use(name, settings);
          for (let i = 0; i < 300; i++)
            expect(pool.owner(request(i))).toBe(again.owner(request(i)));
        });
      }
    });
  }

  describe(name, () => {
    it("says what it follows and what its settings mean", () => {
      expect(definition.follows.length).toBeGreaterThan(5);
      expect(definition.summary.length).toBeGreaterThan(5);
      for (const field of Object.values(definition.fields)) {
        expect(field.doc.length).toBeGreaterThan(5);
        expect("default" in field).toBe(true);
      }
      if (definition.primary !== undefined) {
        expect(Object.keys(definition.fields)).toContain(definition.primary);
      }
      expect(
        definition.check?.(defaultsOf(definition.fields), [{ count: 10_000, weight: 1 }]) ?? null,
      ).toBeNull();
    });

    it("names the key among its needs if and only if it places keys", () => {
      expect(new FakePool(equalTargets(1)).use(name).keyed).toBe(definition.needs.includes("key"));
    });
  });
}

describe("the consistent family", () => {
  const ids = Array.from({ length: 6000 }, (_, i) => i);
  const movedOnJoin = (name: string): { moved: number; strayed: number } => {
    const pool = new FakePool(equalTargets(16)).use(name);
    const before = ids.map((i) => pool.owner(request(i)));
    pool.join({});
    pool.refresh();
    const after = ids.map((i) => pool.owner(request(i)));
    const moved = ids.filter((i) => before[i] !== after[i]);
    return {
      moved: moved.length / ids.length,
      strayed: moved.filter((i) => after[i] !== 16).length / ids.length,
    };
  };

  // Least possible is 1/17 = 5.9 %; σ of 6,000 keys is 0.3 points, of the ring's share 1/√100 of
  // itself, 0.6 points: 4 σ of both.
  it.each(["ring-hash", "rendezvous"])(
    "%s moves the new target's share and no key else",
    (name) => {
      const { moved, strayed } = movedOnJoin(name);
      expect(strayed).toBe(0);
      expect(Math.abs(moved - 1 / 17)).toBeLessThan(0.027);
    },
  );

  it("maglev moves at most twice the least", () => {
    expect(movedOnJoin("maglev").moved).toBeLessThan(2 / 17);
  });

  it("mod-n moves 16/17", () => {
    // σ = √(0.059 × 0.941 / 6,000) = 0.3 points; 4 σ.
    expect(Math.abs(movedOnJoin("mod-n").moved - 16 / 17)).toBeLessThan(0.013);
  });
});
