/** The counts and figures against plain counting with maps, and against what theory says. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryOf } from "../../src/definition.ts";
import { hashFunctions } from "../../src/hashing/functions/registry.ts";
import type { Placement } from "../../src/hashing/placement.ts";
import { Maglev } from "../../src/hashing/placements/maglev.ts";
import { ModN, modNKeeps } from "../../src/hashing/placements/mod-n.ts";
import { Rendezvous } from "../../src/hashing/placements/rendezvous.ts";
import { Ring } from "../../src/hashing/placements/ring.ts";
import { planChanges } from "../../src/laboratory/changes.ts";
import type { Plan } from "../../src/laboratory/changes.ts";
import { explainKey } from "../../src/laboratory/explain.ts";
import { balanceOf, disruptionOf, nearestRank } from "../../src/laboratory/figures.ts";
import type { Disruption } from "../../src/laboratory/figures.ts";
import { GeneratedKeys } from "../../src/laboratory/keys.ts";
import { labelsOf, Measurement } from "../../src/laboratory/measurement.ts";
import type { Structure, StructureCounts } from "../../src/laboratory/measurement.ts";
import { numberedNodes } from "../../src/laboratory/pool.ts";
import { timeStructure } from "../../src/laboratory/timing.ts";

const murmur3 = entryOf(hashFunctions, "murmur3");
const structure = (name: string, create: () => Placement): Structure => ({
  name,
  hash: murmur3,
  create,
});
const modN = structure("mod-n", () => new ModN("hash"));
const ring = structure("ring-hash", () => new Ring(100));
const rendezvous = structure("rendezvous", () => new Rendezvous());
const maglev = structure("maglev", () => new Maglev(4099));

function measured(structures: Structure[], plan: Plan, keys: number): readonly StructureCounts[] {
  const measurement = new Measurement(structures, plan);
  const generated = new GeneratedKeys(1);
  for (let i = 0; i < keys; i++) measurement.add(generated.bytes, generated.write(i));
  return measurement.finish();
}

const planOf = (nodes: number, ...changes: string[]): Plan =>
  planChanges(numberedNodes(nodes), changes, { seed: 1, draws: 1 });

function disruptions(one: Structure, plan: Plan, keys: number): Disruption[] {
  const [counts] = measured([one], plan, keys);
  return plan.changes.map((_, change) => disruptionOf(counts, change, plan.before, keys));
}

describe("generated keys", () => {
  it("are the texts that anybody can make", () => {
    const keys = new GeneratedKeys(42);
    const text = (number: number): string =>
      String.fromCharCode(...keys.bytes.subarray(0, keys.write(number)));
    for (const number of [0, 7, 9, 10, 99, 100, 1_234_567, 9_999_999_999]) {
      expect(text(number)).toBe(`key-42-${number}`);
    }
    expect(text(3)).toBe("key-42-3");
  });
});

describe("counting", () => {
  it("is what counting by hand gives, whatever the number of keys is modulo the batch", () => {
    const changes = ["add:2", "remove:node-3,node-5", "weight:node-2=3", "return:node-1"];
    const plan = planOf(7, ...changes);
    const property = fc.property(fc.integer({ min: 1, max: 5000 }), (keys) => {
      const [counts] = measured([ring], plan, keys);
      const before = new Ring(100);
      before.assign(plan.before);
      const generated = new GeneratedKeys(1);
      for (const [change, { courses }] of plan.changes.entries()) {
        const after = new Ring(100);
        after.assign(courses[0].at(-1)!);
        let moved = 0;
        const held = new Float64Array(plan.before.slots);
        for (let i = 0; i < keys; i++) {
          const hash = murmur3.hash(generated.bytes, generated.write(i));
          if (before.owner(hash) !== after.owner(hash)) moved++;
          held[after.owner(hash)]++;
        }
        expect(counts.courses[change][0].moved).toBe(moved);
        expect(counts.courses[change][0].held).toEqual(held);
      }
    });
    fc.assert(property, { seed: 4, numRuns: 15 });
  });

  it("moves under mod-n what arithmetic says, most of it among those that stayed", () => {
    // 5 → 6 moves 1 − 5/lcm(5, 6) = 5/6, of which a sixth goes to the new node. 100,000 keys: σ =
    // √(1/6 × 5/6 / 100,000) = 0.12 points, we allow 4 σ.
    const [added] = disruptions(modN, planOf(5, "add:1"), 100_000);
    expect(Math.abs(added.moved - (1 - modNKeeps(5, 6)))).toBeLessThan(0.0048);
    expect(Math.abs(added.strayed - (5 / 6 - 1 / 6))).toBeLessThan(0.006);
    expect(added.least).toBeCloseTo(1 / 6, 12);
    expect(added.heirs).toBeNull();
  });

  it("moves under rendezvous the lost node's keys alone, evenly to all others", () => {
    const [lost, back] = disruptions(rendezvous, planOf(11, "remove:node-4", "return:node-4"), 1e5);
    // 1/11 of 100,000 keys: σ = √(1/11 × 10/11 / 100,000) = 0.09 points.
    expect(Math.abs(lost.moved - 1 / 11)).toBeLessThan(4 * 0.0009);
    expect(lost.least).toBeCloseTo(1 / 11, 12);
    expect(lost.strayed).toBe(0);
    // What really was held is what really moved.
    expect(lost.leastByShare).toBeCloseTo(lost.moved, 12);
    expect(lost.heirs).toBe(10);
    // A tenth of some 9,091 keys each: σ = √(0.1 × 0.9 / 9,091) = 0.31 points, the greatest of ten
    // within 4 σ.
    expect(lost.greatestHeir).toBeGreaterThan(0.1);
    expect(lost.greatestHeir).toBeLessThan(0.1 + 4 * 0.0031);
    expect([back.moved, back.least, back.excess]).toEqual([0, 0, 0]);
  });

  it("has one heir where each node has one point", () => {
    const single = structure("ring-hash:1", () => new Ring(1));
    const [lost] = disruptions(single, planOf(11, "remove:node-4"), 20_000);
    expect([lost.heirs, lost.greatestHeir]).toEqual([1, 1]);
  });

  it("calls astray only what goes between nodes whose weights did not change", () => {
    const [heavier] = disruptions(rendezvous, planOf(6, "weight:node-2=2"), 50_000);
    expect(heavier.strayed).toBe(0);
    // ½ Σ|w′ − w|: node-2 goes from 1/6 to 2/7. σ = √(0.119 × 0.881 / 50,000) = 0.14 points.
    expect(heavier.least).toBeCloseTo(2 / 7 - 1 / 6, 12);
    expect(Math.abs(heavier.moved - heavier.least)).toBeLessThan(4 * 0.0014);
    const [shuffled] = disruptions(maglev, planOf(6, "weight:node-2=2"), 50_000);
    expect(shuffled.strayed).toBeGreaterThan(0);
  });

  it("asks for no weights of who ignores them", () => {
    const nodes = [5, 1, 1, 1].map((weight, i) => ({ name: `node-${i + 1}`, weight }));
    const plan = planChanges(nodes, ["remove:first", "weight:node-2=3"], { seed: 1, draws: 1 });
    const [lost, heavier] = disruptions(modN, plan, 20_000);
    expect(lost.least).toBeCloseTo(1 / 4, 12);
    expect([heavier.least, heavier.moved]).toEqual([0, 0]);
    const [gone, more] = disruptions(rendezvous, plan, 20_000);
    expect(gone.least).toBeCloseTo(5 / 8, 12);
    // Of 8 it had 1, of 10 it has 3.
    expect(more.least).toBeCloseTo(3 / 10 - 1 / 8, 12);
  });

  it("means are taken over the draws", () => {
    const drawn = planChanges(numberedNodes(8), ["remove:random:2"], { seed: 3, draws: 5 });
    const [counts] = measured([ring], drawn, 3000);
    const courses = counts.courses[0];
    const { moved } = disruptionOf(counts, 0, drawn.before, 3000);
    expect(courses).toHaveLength(5);
    expect(moved).toBeCloseTo(courses.reduce((sum, one) => sum + one.moved, 0) / 5 / 3000, 12);
  });

  it("refuses what no memory holds", () => {
    const huge = structure("huge", () => {
      const placement = new Ring(1);
      return Object.assign(placement, { bytes: () => 2 ** 31 });
    });
    expect(() => new Measurement([huge], planOf(3, "add:1"))).toThrow("huge and those before it");
  });
});

describe("balance", () => {
  it("divides shares by weights", () => {
    const nodes = [1, 2, 5].map((weight, i) => ({ name: `n${i}`, weight }));
    const { before } = planChanges(nodes, [], { seed: 1, draws: 1 });
    const balance = balanceOf(Float64Array.of(200, 200, 400), before, 800);
    // Fair shares of 800 keys are 100, 200 and 500.
    expect([balance.least, balance.p50, balance.greatest]).toEqual([0.8, 1, 2]);
    expect(balance.imbalance).toBeCloseTo(2 / ((0.8 + 1 + 2) / 3), 12);
    expect(balance.empty).toBe(0);
    expect(labelsOf(before)).toEqual([0, 1, 2]);
  });

  it("takes percentiles by nearest rank", () => {
    const sorted = Float64Array.from({ length: 200 }, (_, i) => i + 1);
    const ranks = [0.005, 0.01, 0.5, 0.99, 0.995, 1].map((p) => nearestRank(sorted, p));
    expect(ranks).toEqual([1, 2, 100, 198, 199, 200]);
    expect(nearestRank(Float64Array.of(7), 0.01)).toBe(7);
  });
});

describe("explain", () => {
  it.each([modN, ring, rendezvous, maglev])("$name tells the steps to the owner", (one) => {
    const { before } = planOf(9);
    for (const key of ["", "/index.html", "Grüße, 世界"]) {
      const { owner, steps, value } = explainKey(one, before, key);
      expect(value).toMatch(/^0x[0-9a-f]{8}$/);
      expect(owner).toMatch(/^node-[1-9]$/);
      expect(steps.join("\n")).toContain(owner);
      expect(steps.length).toBeGreaterThanOrEqual(2);
    }
  });

  it("the ring's walk names the heirs in turn", () => {
    const { before, changes } = planOf(9, "remove:first");
    const { steps, owner } = explainKey(ring, before, "some key");
    const next = /node-\d$/.exec(steps[2])?.[0];
    const without = planChanges(numberedNodes(9), [`remove:${owner}`], { seed: 1, draws: 1 });
    expect(explainKey(ring, without.changes[0].courses[0][0], "some key").owner).toBe(next);
    expect(changes).toHaveLength(1);
  });
});

describe("timing", () => {
  it("takes the median of nine rounds by the clock that it is given", () => {
    // A clock that goes on by 3 ms at each look: a round is one call of 8,192 lookups.
    let ms = 0;
    const clock = (): number => (ms += 3);
    const { before, changes } = planOf(4, "add:1");
    const { lookupNs, buildNs, updateNs } = timeStructure(ring, before, changes, clock);
    expect(lookupNs).toBe(3e6 / 8192);
    expect([buildNs, updateNs]).toEqual([3e6, 3e6]);
    expect(timeStructure(ring, before, [], clock).updateNs).toBeNull();
  });
});
