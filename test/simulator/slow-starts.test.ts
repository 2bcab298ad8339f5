/**
 * Slow start: the weight of a target that comes rises in steps, and strategies by weight follow it.
 */
import { describe, expect, it } from "vitest";
import { scenarioOf } from "../scenario/helpers.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { ChangeRecord, RunRecord } from "../../src/statistics/run-record.ts";
import { millis } from "../../src/units.ts";
import { counterOf } from "./observing.ts";
import {
  balancer,
  client,
  constant,
  type EventGiven,
  everyMs,
  machines,
  requestClass,
  scenario,
  strategy,
} from "./scenario-builder.ts";

const SLOW = { windowMs: millis(2_000), from: 0.1 };
const HEALTH = { intervalMs: 10, timeoutMs: 4, rise: 1, fall: 1 };
const JOIN: EventGiven = {
  kind: "add",
  atMs: 1_000,
  to: "lb",
  machines: machines(1, { first: 4 }),
};

/** Ten requests a ms to three machines, and what happens to them; slices as wide as steps. */
const run = (
  kind: string,
  events: readonly EventGiven[],
  given: Parameters<typeof balancer>[1] = {},
): RunRecord =>
  simulate(
    scenario({
      durationMs: 4_000,
      windowMs: 100,
      clients: [client("people", { arrivals: everyMs(0.1) })],
      classes: [requestClass({ demand: constant(0.01) })],
      root: balancer("lb", { strategy: strategy(kind), slowStart: SLOW, ...given }, [machines(3)]),
      events,
    }),
  );

/** Requests of 1,000 that the machine got in each slice from that time on. */
const got = (record: RunRecord, path: string, fromMs: number, slices: number): number[] =>
  Array.from({ length: slices }, (_, i) =>
    counterOf(record, path, "received", [fromMs + 100 * i, fromMs + 100 * (i + 1)]),
  );

/** Of 1,000 requests, in each of the twenty steps and in the five after them. */
const ramp = Array.from({ length: 25 }, (_, step) => {
  const part = Math.min(1, 0.1 + (0.9 * step) / 20);
  return (1_000 * part) / (3 + part);
});

/** Turns stray by less than one from the exact share, and once more where each step begins anew. */
const TURNS = 2;
/** Standard deviation of a count of 1,000 is at most √(1000 × ¼ × ¾) = 14; 4 of them. */
const CHANCE = 4 * 14;

describe("a target that joins", () => {
  it.each([
    ["weighted-round-robin", TURNS],
    ["weighted-random", CHANCE],
  ])("gets its growing share under %s", (kind, tolerance) => {
    const counts = got(run(kind, [JOIN]), "lb/4", 1_000, 25);
    for (const [i, count] of counts.entries()) {
      expect(Math.abs(count - ramp[i]), `step ${i}: ${count}`).toBeLessThanOrEqual(tolerance);
    }
  });

  it("gets its whole share at once where weights are ignored, and without slow start", () => {
    for (const record of [
      run("round-robin", [JOIN]),
      run("weighted-round-robin", [JOIN], { slowStart: { windowMs: millis(2_000), from: 1 } }),
    ]) {
      for (const count of got(record, "lb/4", 1_000, 25)) {
        expect(Math.abs(count - 250)).toBeLessThanOrEqual(TURNS);
      }
    }
  });

  it("gets its growing share of the connections at layer 4, and all requests on them", () => {
    const record = simulate(
      scenarioOf(`
duration: 40s
warmup: 0s
window: 1s
clients: { all: { users: 1_000, arrivals: { constant: 1_000/s } } }
connections: { protocol: http/1.1, tls: none, requests: 1 }
requests: { demand: 0.01ms }
balancer:
  name: lb
  layer: 4
  strategy: weighted-round-robin
  slow-start: { window: 20s, from: 10% }
  targets: [{ machines: 3 }]
events: [{ at: 10s, add: 1 machine, to: lb }]
`),
    );
    // One request a connection: so many of 1,000 a second, in each of the twenty steps and five
    // after them.
    for (const [step, expected] of ramp.entries()) {
      const from = 10_000 + 1_000 * step;
      const count = counterOf(record, "lb/4", "received", [from, from + 1_000]);
      expect(Math.abs(count - expected), `step ${step}: ${count}`).toBeLessThanOrEqual(TURNS);
    }
  });

  it("starts slowly in every replica", () => {
    const counts = got(run("weighted-round-robin", [JOIN], { replicas: 4 }), "lb/4", 1_000, 25);
    // Which replica a request meets is drawn: each of four has its own turns.
    for (const [i, count] of counts.entries()) {
      expect(Math.abs(count - ramp[i])).toBeLessThanOrEqual(CHANCE);
    }
  });
});

describe("a slow start", () => {
  it("is for those that come: not for those there from the start", () => {
    for (const path of ["lb/1", "lb/2", "lb/3"]) {
      for (const count of got(run("weighted-round-robin", []), path, 0, 10)) {
        expect(Math.abs(count - 1_000 / 3)).toBeLessThanOrEqual(TURNS);
      }
    }
  });

  it("begins anew each time that a target is believed up again", () => {
    const fail = (atMs: number): EventGiven => ({
      kind: "fail",
      atMs,
      nodes: ["lb/3"],
      forMs: 100,
    });
    const record = run("weighted-round-robin", [fail(500), fail(1_500)], { health: HEALTH });
    const ups = record.notices.filter(({ what }) => what === "believed-up");
    expect(ups).toHaveLength(2);
    // Back within one interval of the recovery, at 0.6 and 1.6 s: early in its second window it has
    // 10 to 14.5 % of a weight against 2, of 1,000 requests 47.6 to 67.6.
    for (const { atMs } of ups) {
      const [count] = got(record, "lb/3", 100 * Math.ceil(atMs / 100), 1);
      expect(count).toBeGreaterThanOrEqual(47.6 - TURNS);
      expect(count).toBeLessThanOrEqual(67.6 + TURNS);
    }
    // 2 s after the second it is whole.
    const [last] = got(record, "lb/3", 3_800, 1);
    expect(Math.abs(last - 1_000 / 3)).toBeLessThanOrEqual(TURNS);
  });

  it("goes on by the weight that is set meanwhile", () => {
    const heavy: EventGiven = { kind: "weight", atMs: 2_000, nodes: ["lb/4"], weight: 3 };
    const record = run("weighted-round-robin", [JOIN, heavy]);
    // From 2 s on steps 10 and more of 20: 3 × 0.55 against 3, at the end 3 against 3.
    const [half] = got(record, "lb/4", 2_000, 1);
    expect(Math.abs(half - (1_000 * 1.65) / 4.65)).toBeLessThanOrEqual(TURNS);
    const [end] = got(record, "lb/4", 3_500, 1);
    expect(Math.abs(end - 500)).toBeLessThanOrEqual(TURNS);
  });

  it("is no change of membership, and later changes are not charged with its moves", () => {
    const remove: EventGiven = { kind: "remove", atMs: 3_500, nodes: ["lb/1"] };
    const changes = (slow: boolean): readonly ChangeRecord[] =>
      run("ring-hash", [JOIN, remove], slow ? {} : { slowStart: { windowMs: millis(1), from: 1 } })
        .changes;
    const [joined, left, ...none] = changes(true);
    const [joinedWhole, leftWhole] = changes(false);
    expect(none).toEqual([]);
    expect(left).toEqual(leftWhole);
    // A tenth of a weight against 3, instead of a whole one.
    expect(joined.disruption!.leastByWeight).toBeCloseTo(0.1 / 3.1, 12);
    expect(joined.disruption!.moved).toBeLessThan(joinedWhole.disruption!.moved / 3);
  });
});
