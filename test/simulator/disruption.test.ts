import { describe, expect, it } from "vitest";
import { type Placement, disruptionBetween } from "../../src/simulator/disruption.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { ChangeRecord, DisruptionRecord } from "../../src/statistics/run-record.ts";
import { balancer, type EventGiven, machines, scenario, strategy } from "./scenario-builder.ts";

/** As many keys as disruption samples; a rule for owners, and the weights. */
const placed = (owner: (key: number) => number, weights: readonly number[]): Placement => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = Float64Array.from(weights, (weight) => weight / total);
  const owners = Int32Array.from({ length: 16_384 }, (_, key) => owner(key));
  return { owners, weights: shares, aims: shares };
};

describe("disruption between two placements", () => {
  it("is nothing where nothing moves", () => {
    const even = placed((key) => key % 4, [1, 1, 1, 1]);
    expect(disruptionBetween(even, even)).toEqual({
      keys: 16_384,
      moved: 0,
      leastByWeight: 0,
      leastByShare: 0,
      strayed: 0,
      greatestHeir: null,
    });
  });

  it("of a lost target: all its keys must move, and one neighbour may inherit them all", () => {
    const before = placed((key) => key % 4, [1, 1, 1, 1]);
    const toOne = placed((key) => (key % 4 === 3 ? 0 : key % 4), [1, 1, 1, 0]);
    expect(disruptionBetween(before, toOne)).toEqual({
      keys: 16_384,
      moved: 1 / 4,
      leastByWeight: expect.closeTo(1 / 4, 12),
      leastByShare: 1 / 4,
      strayed: 0,
      greatestHeir: 1,
    });
    // Of 4096 orphans (keys 4 k + 3), k % 4 in {0, 1} go to 0: half of them.
    const heirs = [0, 0, 1, 2];
    const toAll = placed((key) => (key % 4 === 3 ? heirs[(key >> 2) % 4] : key % 4), [1, 1, 1, 0]);
    expect(disruptionBetween(before, toAll)).toMatchObject({ moved: 1 / 4, greatestHeir: 1 / 2 });
  });

  it("of a target that joins: what it takes must move, what goes between the others strays", () => {
    const before = placed((key) => key % 2, [1, 1]);
    const after = placed((key) => (key % 4 === 3 ? 2 : key % 8 === 0 ? 1 : key % 2), [1, 1, 1]);
    expect(disruptionBetween(before, after)).toEqual({
      keys: 16_384,
      moved: 1 / 4 + 1 / 8,
      leastByWeight: expect.closeTo(1 / 3, 12),
      // Held before ½ and ½, after ⅜, ⅜ and ¼: ½ (⅛ + ⅛ + ¼).
      leastByShare: 1 / 4,
      strayed: 1 / 8,
      greatestHeir: null,
    });
  });

  it("of a weight: keys may go to who gained, and stray between those that kept theirs", () => {
    const before = placed((key) => key % 4, [1, 1, 1, 1]);
    const gained = placed((key) => (key % 8 === 1 ? 0 : key % 4), [2, 1, 1, 1]);
    expect(disruptionBetween(before, gained)).toMatchObject({ moved: 1 / 8, strayed: 0 });
    const strayed = placed((key) => (key % 8 === 1 ? 2 : key % 4), [2, 1, 1, 1]);
    const record = disruptionBetween(before, strayed);
    expect(record).toMatchObject({ moved: 1 / 8, strayed: 1 / 8 });
    // ½ (|2/5 − 1/4| + 3 |1/5 − 1/4|) = 0.15
    expect(record.leastByWeight).toBeCloseTo(0.15, 12);
  });
});

describe("disruption in a run", () => {
  const changes = (
    kind: string,
    events: readonly EventGiven[],
    seed = 1,
  ): readonly ChangeRecord[] =>
    simulate(
      scenario({
        seed,
        requestLimit: null,
        durationMs: 1000,
        root: balancer("lb", { strategy: strategy(kind) }, [machines(16)]),
        events,
      }),
    ).changes;
  const join: EventGiven = {
    kind: "add",
    atMs: 100,
    to: "lb",
    machines: machines(1, { first: 17 }),
  };
  const one = (list: readonly ChangeRecord[]): DisruptionRecord => list[0].disruption!;
  // Standard error of a share p among 16,384 sampled keys: √(p (1 − p) / 16,384); 4 of them are
  // allowed.
  const sampling = (p: number) => 4 * Math.sqrt((p * (1 - p)) / 16_384);

  it("mod-n from 16 to 17 moves 16/17 of the keys, 15/17 of them for nothing", () => {
    const { moved, leastByWeight, strayed } = one(changes("mod-n", [join]));
    expect(Math.abs(moved - 16 / 17)).toBeLessThan(sampling(16 / 17));
    expect(leastByWeight).toBeCloseTo(1 / 17, 12);
    // All that moves but does not land on the new one, which gets 1/17.
    expect(Math.abs(strayed - 15 / 17)).toBeLessThan(sampling(15 / 17));
  });

  it("a ring, rendezvous and Maglev move what they must, and rings and rendezvous nothing else", () => {
    for (const kind of ["ring-hash", "rendezvous"]) {
      const shares = [1, 2, 3, 4, 5].map((seed) => one(changes(kind, [join], seed)));
      for (const { moved, strayed, leastByShare } of shares) {
        expect(strayed).toBe(0);
        expect(moved).toBeCloseTo(leastByShare, 12);
      }
      // A share on a ring of k points has a relative spread of 1/√k: 0.1 at 100 points. Five
      // layouts, 4 σ: 0.18 / 17.
      const mean = shares.reduce((sum, { moved }) => sum + moved, 0) / shares.length;
      expect(Math.abs(mean - 1 / 17)).toBeLessThan(0.18 / 17 + sampling(1 / 17) / Math.sqrt(5));
    }
    const maglev = one(changes("maglev", [join]));
    expect(maglev.moved).toBeGreaterThan(1 / 17 - sampling(1 / 17));
    expect(maglev.moved).toBeLessThan(3 / 17); // about twice the least, says Envoy of its own
    expect(maglev.strayed).toBeGreaterThan(0);
  });

  it("is back where it was when a target leaves and comes back by its health", () => {
    const list = simulate(
      scenario({
        durationMs: 1000,
        root: balancer(
          "lb",
          {
            strategy: strategy("ring-hash"),
            health: { intervalMs: 10, timeoutMs: 5, rise: 1, fall: 1 },
          },
          [machines(8)],
        ),
        events: [{ kind: "fail", atMs: 100, nodes: ["lb/3"], forMs: 100 }],
      }),
    ).changes;
    expect(list.map(({ what }) => what)).toEqual(["3 believed down", "3 believed up"]);
    const [gone, back] = list.map(({ disruption }) => disruption!);
    expect(back.moved).toBe(gone.moved);
    expect([gone.strayed, back.strayed, back.greatestHeir]).toEqual([0, 0, null]);
    expect(gone.greatestHeir).toBeGreaterThan(1 / 7);
    expect(gone.greatestHeir).toBeLessThan(0.5);
  });

  it("asks no more than was moved where weights are ignored", () => {
    const uneven = (kind: string, events: readonly EventGiven[]) =>
      simulate(
        scenario({
          durationMs: 1000,
          root: balancer("lb", { strategy: strategy(kind) }, [
            machines(1, { weight: 5 }),
            machines(3),
          ]),
          events,
        }),
      ).changes.map(({ disruption }) => disruption!);
    const gone: EventGiven = { kind: "remove", atMs: 100, nodes: ["lb/1"] };
    const heavier: EventGiven = { kind: "weight", atMs: 200, nodes: ["lb/2"], weight: 4 };
    for (const kind of ["dx", "rendezvous-skeleton"]) {
      const [lost, later] = uneven(kind, [gone, heavier]);
      // One of four that count the same, whatever their weights; then of three nothing changes.
      expect(lost.leastByWeight).toBeCloseTo(1 / 4, 12);
      expect(Math.abs(lost.moved - 1 / 4)).toBeLessThan(sampling(1 / 4) + 0.01);
      expect(lost.strayed).toBe(0);
      expect([later.leastByWeight, later.moved]).toEqual([0, 0]);
    }
    const [lost, later] = uneven("rendezvous", [gone, heavier]);
    expect(lost.leastByWeight).toBeCloseTo(5 / 8, 12);
    expect(Math.abs(lost.moved - 5 / 8)).toBeLessThan(sampling(5 / 8));
    // From ⅓ of three to 4/6.
    expect(later.leastByWeight).toBeCloseTo(1 / 3, 12);
  });

  it("is not spoken of where keys are not placed", () => {
    const [change] = changes("least-connections", [join]);
    expect(change).toMatchObject({
      atMs: 100,
      what: "17 joined",
      targetsBefore: 16,
      targetsAfter: 17,
      disruption: null,
    });
  });
});
