/** The pools that were played again own what the run's own pools owned. */
import { describe, expect, it } from "vitest";
import {
  type PlacementHistory,
  placementHistories,
  structureOf,
} from "../../src/simulator/placement-history.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { ChangeRecord, RunRecord } from "../../src/statistics/run-record.ts";
import { millis } from "../../src/units.ts";
import { balancer, type EventGiven, machines, scenario, strategy } from "./scenario-builder.ts";

const LIMITS = { balancers: 9, states: 99, owners: 256 };

/** Changes of one balancer that had their moment to themselves. */
const alone = (record: RunRecord, balancerId: number): ChangeRecord[] => {
  const own = record.changes.filter((change) => change.balancer === balancerId);
  return own.filter(({ atMs }) => own.filter((other) => other.atMs === atMs).length === 1);
};

/** Every change measured by the run is found again with the same figures. */
function expectSame(record: RunRecord, histories: readonly PlacementHistory[]): number {
  let compared = 0;
  for (const { balancer: id, states } of histories) {
    for (const { atMs, what, disruption } of alone(record, id)) {
      const state = states.find((one) => one.atMs === atMs);
      expect([state?.what, state?.moved, state?.least]).toEqual([
        what,
        disruption?.moved ?? null,
        disruption?.leastByWeight ?? null,
      ]);
      compared++;
    }
  }
  return compared;
}

const EVENTS: readonly EventGiven[] = [
  { kind: "add", atMs: 100, to: "lb", machines: machines(2, { first: 9, weight: 3 }) },
  { kind: "remove", atMs: 200, nodes: ["lb/2"] },
  { kind: "drain", atMs: 300, nodes: ["lb/4"], deadlineMs: 10 },
  { kind: "weight", atMs: 400, nodes: ["lb/9"], weight: 0.5 },
  { kind: "fail", atMs: 500, nodes: ["lb/3"], manner: "crash", forMs: 100 },
  { kind: "strategy", atMs: 700, nodes: ["lb"], strategy: strategy("maglev", { table: 1009 }) },
  { kind: "add", atMs: 800, to: "lb", machines: machines(1, { first: 11 }) },
];
const HEALTH = { intervalMs: 10, timeoutMs: 5, rise: 2, fall: 2, asks: "node" } as const;

const played = (kind: string, settings = {}, events = EVENTS, seed = 5) => {
  const root = balancer("lb", { strategy: strategy(kind, settings), health: HEALTH, replicas: 2 }, [
    machines(8),
  ]);
  const given = scenario({ seed, durationMs: 1_000, requestLimit: null, root, events });
  const record = simulate(given);
  return { record, histories: placementHistories(given, record, LIMITS) };
};

const NESTED = { placement: strategy("ring-hash") };

describe("a placement played again", () => {
  it.each(["bounded-load", "replicated"])("by %s is that of its structure", (kind) => {
    const { record, histories } = played(kind, NESTED);
    expect(expectSame(record, histories)).toBeGreaterThanOrEqual(7);
  });

  it.each([
    "mod-n",
    "ring-hash",
    "rendezvous",
    "maglev",
    "jump",
    "anchor",
    "memento",
    "ketama",
    "haproxy-consistent",
  ])("by %s moves what the run measured, change by change", (kind) => {
    const { record, histories } = played(kind);
    // Joined, left, weight, believed down, up, strategy, joined; an idle machine drains and leaves
    // at once.
    expect(expectSame(record, histories)).toBeGreaterThanOrEqual(7);
  });

  it("depends on the seed's layout", () => {
    const owners = [5, 6].map((seed) => played("ring-hash", {}, [], seed).histories[0].states[0]);
    expect(owners[0].owners).not.toEqual(owners[1].owners);
  });

  it("tells shares, fair shares and who owns what is drawn", () => {
    const [{ states, targets, shape, size }] = played("mod-n", {}, EVENTS.slice(0, 1)).histories;
    expect([shape, size, targets.length]).toEqual(["keys", 256, 10]);
    const [before, after] = states;
    expect([...before.fair]).toEqual([...Array.from({ length: 8 }, () => 1 / 8), 0, 0]);
    expect(before.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    // 8 × 1 and 2 × 3.
    expect(after.fair[9]).toBeCloseTo(3 / 14, 12);
    expect(before.owners.every((owner) => owner >= 0 && owner < 8)).toBe(true);
    expect(after.owners.some((owner) => owner >= 8)).toBe(true);
    expect([before.moved, before.least]).toEqual([null, null]);
  });

  it("draws Maglev's table entry by entry, and rings around the circle", () => {
    const [{ states, size }] = played("maglev", { table: 257 }, []).histories;
    expect([size, states[0].owners.length]).toEqual([257, 256]);
    const counts = Array.from({ length: 8 }, (_, slot) =>
      states[0].owners.reduce((count, owner) => count + (owner === slot ? 1 : 0), 0),
    );
    // 257 entries in turns of 8: 32 or 33 each, one of them beyond the 256 that are drawn.
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(31);
    expect(Math.max(...counts)).toBeLessThanOrEqual(33);
    const [ring] = played("ring-hash", { nodes: 1 }, []).histories;
    const runs = ring.states[0].owners.filter((owner, i, all) => i > 0 && owner !== all[i - 1]);
    // One point a target: 8 arcs, the first of which may be cut by the circle's beginning.
    expect(runs.length).toBeLessThanOrEqual(8);
  });

  it("counts what it does not tell, and leaves out who places no keys or starts slowly", () => {
    const root = balancer("lb", { strategy: strategy("ring-hash") }, [machines(8)]);
    const given = scenario({ durationMs: 1_000, requestLimit: null, root, events: EVENTS });
    const record = simulate(given);
    const [{ states, more }] = placementHistories(given, record, { ...LIMITS, states: 3 });
    const times = new Set(record.changes.map(({ atMs }) => atMs)).size;
    expect([states.length, more]).toEqual([3, times - 2]);
    const plain = scenario({
      durationMs: 100,
      root: balancer("lb", { strategy: strategy("random") }, [machines(2)]),
    });
    expect(placementHistories(plain, simulate(plain), LIMITS)).toEqual([]);
    const slow = scenario({
      durationMs: 100,
      root: { ...root, slowStart: { windowMs: millis(10), from: 0.1 } },
    });
    expect(placementHistories(slow, simulate(slow), LIMITS)).toEqual([]);
  });

  it("finds the structure inside a strategy that does more", () => {
    expect(structureOf(strategy("bounded-load", NESTED)).kind).toBe("ring-hash");
    expect(structureOf(strategy("maglev")).kind).toBe("maglev");
  });
});
