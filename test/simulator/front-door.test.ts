/**
 * How clients find the root's targets: by names that resolvers keep, or by the network's routes.
 */
import { describe, expect, it } from "vitest";
import { frontDoors } from "../../src/balancing/front-doors/registry.ts";
import type { ResolversSpec } from "../../src/scenario/scenario.ts";
import { DoorCount } from "../../src/simulator/front-door.ts";
import { simulate } from "../../src/simulator/run.ts";
import { DOOR_COUNTS } from "../../src/statistics/run-record.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { millis } from "../../src/units.ts";
import { countsOf, latencyOf, noticesOf } from "./observing.ts";
import {
  balancer,
  choose,
  client,
  type EventGiven,
  everyMs,
  machines,
  recorded,
  replay,
  requestClass,
  scenario,
  strategy,
} from "./scenario-builder.ts";

const names = (ttl: number) => choose(frontDoors, "names", { ttl });
const anycast = (converge: number) => choose(frontDoors, "anycast", { converge });
const resolvers = (given: Partial<Omit<ResolversSpec, "lookupMs">> = {}, lookupMs = 0) => ({
  usersEach: 10,
  stretched: 0,
  by: 1,
  ...given,
  lookupMs: millis(lookupMs),
});

/**
 * Clients at place 0; `a` is nearer to them than `b`, and none of it any distance away for
 * requests.
 */
const ROUND_TRIPS = [
  [0, 0, 4],
  [0, 0, 0],
  [4, 0, 0],
];
type Given = Partial<Parameters<typeof scenario>[0]>;

const world = (door: ReturnType<typeof names>, given: Given = {}) =>
  scenario({
    durationMs: 1_000,
    windowMs: 100,
    roundTripMs: ROUND_TRIPS,
    root: balancer("www", { frontDoor: door, strategy: strategy("nearest") }, [
      balancer("a", { place: 1 }, [machines(1, { place: 1, cores: 1_000 })]),
      balancer("b", { place: 2 }, [machines(1, { place: 2, cores: 1_000 })]),
    ]),
    ...given,
  });

/** Of the slices from the first to the last of these times. */
function doorOf(record: RunRecord, fromMs = 0, toMs = Infinity): number[] {
  const sums = DOOR_COUNTS.map(() => 0);
  for (const { startMs, endMs, door } of record.slices) {
    if (startMs < fromMs || endMs > toMs) continue;
    door!.forEach((count, i) => (sums[i % sums.length] += count));
  }
  return sums;
}

it("counts by codes in the order of their names", () => {
  expect(DOOR_COUNTS[DoorCount.Lookups]).toBe("lookups");
  expect(DOOR_COUNTS[DoorCount.Uses]).toBe("uses");
  expect(DOOR_COUNTS[DoorCount.Stale]).toBe("stale");
});

describe("after a change of name, with caches of uniform age", () => {
  // The change comes at 1 ms, when what is left of each answer is still uniform over its life L, so
  // P(stale at t) = 1 − t/L. A window's share is that at its middle, since it is linear in t. Of
  // R = 4,000 resolvers and N = 5,000 requests a window σ² = p(1−p)(1/R + 1/users + 1/N): at most
  // 0.25 (0.00025 + 0.000025 + 0.0002), σ = 0.011. Four of them: 0.044.
  const TOLERANCE = 0.044;
  const TTL = 500;
  const shares = (given: Partial<Omit<ResolversSpec, "lookupMs">>) => {
    const record = simulate(
      world(names(TTL), {
        clients: [
          client("all", { users: 40_000, arrivals: everyMs(0.02), resolvers: resolvers(given) }),
        ],
        events: [{ kind: "drain", atMs: 1, nodes: ["www/a"] }],
      }),
    );
    // The first one ends with the change.
    return record.slices.slice(1).map(({ startMs, endMs, door }) => ({
      middle: (startMs + endMs) / 2,
      share: door![DoorCount.Stale] / door![DoorCount.Uses],
    }));
  };
  const line = (t: number, lifeMs: number): number => Math.max(0, 1 - t / lifeMs);

  it.each([
    ["all keep to the TTL", {}, (t: number) => line(t, TTL)],
    ["all stretch it fourfold", { stretched: 1, by: 4 }, (t: number) => line(t, 4 * TTL)],
    [
      "a fifth of the users are behind those that do",
      { stretched: 0.2, by: 4 },
      (t: number) => 0.8 * line(t, TTL) + 0.2 * line(t, 4 * TTL),
    ],
  ] as const)("the share of stale users falls as it must where %s", (_title, given, expected) => {
    const measured = shares(given);
    expect(measured.length).toBe(10);
    for (const { middle, share } of measured) {
      const off = Math.abs(share - expected(middle));
      expect(off, `at ${middle} ms`).toBeLessThan(TOLERANCE);
      if (middle > TTL && !("stretched" in given)) expect(share).toBe(0);
    }
  });
});

describe("names", () => {
  const one = (lookupMs: number, given: Partial<ResolversSpec> = {}) =>
    client("all", {
      users: 1,
      arrivals: replay,
      resolvers: resolvers({ usersEach: 1, ...given }, lookupMs),
    });
  const timeless = [requestClass({ timeoutMs: null })];

  it("cost what is left of a lookup: all of it, a part, nothing", () => {
    const record = simulate(
      world(names(100), { clients: [one(20)], classes: timeless }),
      // The answer of time 0 is too old by 100, whatever its age. This one holds from 170 to 270.
      recorded([150, 160, 175, 269.5, 270]),
    );
    expect(latencyOf(record).resolve).toBeCloseTo(20 + 10 + 0 + 0 + 20, 9);
    expect(latencyOf(record).whole).toBeCloseTo(50 + 5 * 1, 9);
    expect(doorOf(record)).toEqual([2, 5, 0]);
  });

  it("lead where the answer says, whatever has become of that target", () => {
    const fail: EventGiven = { kind: "fail", atMs: 180, nodes: ["www/a"] };
    const probed = { intervalMs: 5, timeoutMs: 10, rise: 1, fall: 1 };
    const base = world(names(100), { clients: [one(0)], events: [fail] });
    const asked = recorded([150, 200, 249, 251, 260]);
    const blind = simulate(base, asked);
    expect(countsOf(blind)).toMatchObject({ completed: 1, failed: 4 });
    const seen = simulate({ ...base, root: { ...base.root, health: watch(probed) } }, asked);
    // Believed down since 185 or before; the answer of 150 holds to 250.
    expect(countsOf(seen)).toMatchObject({ completed: 3, failed: 2 });
    expect(doorOf(seen)).toEqual([2, 5, 2]);
  });

  it("keep a target that drains until the last answer that names it is too old", () => {
    const drain: EventGiven = { kind: "drain", atMs: 180, nodes: ["www/a"] };
    const stretched = { stretched: 1, by: 3 };
    const record = simulate(
      world(names(100), { clients: [one(0, stretched)], events: [drain] }),
      recorded([310, 400]),
    );
    // The answer of time 0 ends somewhere before 300, and nothing asks between: gone then.
    const left = noticesOf(record).find((notice) => notice.startsWith("left"))!;
    const leftMs = Number(left.split("@")[1]);
    expect(leftMs).toBeGreaterThanOrEqual(180);
    expect(leftMs).toBeLessThanOrEqual(301);
    const asked = simulate(
      world(names(100), {
        clients: [one(0, stretched)],
        events: [{ ...drain, atMs: 350 }],
      }),
      recorded([310, 400, 609, 612]),
    );
    // Asked at 310, kept to 610, when the last one that was sent there is answered.
    expect(noticesOf(asked)).toEqual(["draining www/a@350", "left www/a@610"]);
    expect(countsOf(asked).completed).toBe(4);
    expect(doorOf(asked)).toEqual([2, 4, 2]);
  });

  it("are answered for those who have given up too: the next one finds the answer there", () => {
    const record = simulate(
      world(names(100), {
        clients: [one(20)],
        classes: [requestClass({ timeoutMs: millis(10), afterTimeout: "cancel" })],
      }),
      recorded([150, 180]),
    );
    expect(countsOf(record)).toMatchObject({ completed: 1, "timed-out": 1 });
    expect(latencyOf(record).resolve).toBeUndefined();
    expect(doorOf(record)).toEqual([1, 1, 0]);
  });

  it("that lead nowhere are not kept", () => {
    const record = simulate(
      world(names(100), {
        clients: [one(5)],
        classes: timeless,
        events: [
          { kind: "drain", atMs: 120, nodes: ["www/a"], deadlineMs: 1 },
          { kind: "remove", atMs: 121, nodes: ["www/b"] },
          { kind: "weight", atMs: 300, nodes: ["www/a"], weight: 2 },
        ],
      }),
      recorded([150, 151, 170]),
    );
    expect(countsOf(record)).toMatchObject({ unroutable: 3 });
    expect(doorOf(record)).toEqual([2, 0, 0]);
  });

  it("are placed by the resolver where the strategy places keys: its users stay together", () => {
    const record = simulate(
      world(names(10), {
        root: balancer("www", { frontDoor: names(10), strategy: strategy("rendezvous") }, [
          machines(8, { place: 1 }),
        ]),
        clients: [
          client("all", {
            users: 100,
            arrivals: everyMs(1),
            resolvers: resolvers({ usersEach: 100 }),
          }),
        ],
      }),
    );
    const received = record.slices.flatMap(({ machines: { received: by } }) => [...by]);
    const busy = new Set(received.map((count, i) => (count > 0 ? i % 8 : -1)));
    expect(busy.size).toBe(2); // one machine, and −1 for the others
  });
});

describe("anycast", () => {
  const all = client("all", { users: 10, arrivals: everyMs(1) });

  it("follows a change after it has converged, and back", () => {
    const record = simulate(
      world(anycast(100), {
        clients: [all],
        events: [
          { kind: "weight", atMs: 300, nodes: ["www/a"], weight: 0 },
          { kind: "weight", atMs: 600, nodes: ["www/a"], weight: 1 },
        ],
      }),
    );
    const [a, b] = [0, 1].map((machine) =>
      record.slices.map(({ machines: { received } }) => received[machine]),
    );
    expect(a).toEqual([99, 100, 100, 100, 0, 0, 0, 100, 100, 100]);
    expect(b).toEqual([0, 0, 0, 0, 98, 100, 100, 2, 0, 0]);
    // On its way for 2 ms to b: what set out by 698 is counted there. Stale: 300 to 399.
    expect(doorOf(record, 300, 400)[DoorCount.Stale]).toBe(100);
    expect(doorOf(record)[DoorCount.Stale]).toBe(100);
  });

  it("takes a change back that is over before it converged", () => {
    const record = simulate(
      world(anycast(100), {
        clients: [all],
        events: [
          { kind: "weight", atMs: 300, nodes: ["www/a"], weight: 0 },
          { kind: "weight", atMs: 330, nodes: ["www/a"], weight: 1 },
        ],
      }),
    );
    // Each change arrives 100 ms later, in order: b has the clients from 400 to 430.
    const b = record.slices.reduce((sum, { machines: { received } }) => sum + received[1], 0);
    expect(b).toBe(30);
  });

  it("lets what drains go when nobody is brought there any more", () => {
    const record = simulate(
      world(anycast(100), {
        clients: [all],
        events: [{ kind: "drain", atMs: 300, nodes: ["www/a"] }],
      }),
    );
    expect(noticesOf(record)).toEqual(["draining www/a@300", "left www/a@400"]);
    expect(countsOf(record).failed).toBe(0);
  });
});

const watch = (given: { intervalMs: number; timeoutMs: number; rise: number; fall: number }) =>
  balancer("x", { health: given }, []).health;
