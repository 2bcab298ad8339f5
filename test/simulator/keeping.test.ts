/** Persistence by cookie in a run: what it does at add, drain and fail, over replicas and tiers. */
import { describe, expect, it } from "vitest";
import { persistences } from "../../src/balancing/persistence/registry.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { countsOf, noticesOf } from "./observing.ts";
import {
  balancer,
  choose,
  client,
  constant,
  type EventGiven,
  machines,
  recorded,
  replay,
  requestClass,
  scenario,
  strategy,
} from "./scenario-builder.ts";

const cookie = (lifetime: number | null = null) => choose(persistences, "cookie", { lifetime });

type Asked = readonly [timeMs: number, user: number];

/** Requests of users at their times; slices of 1 ms, so that each can be told from the others. */
function run(asked: readonly Asked[], given: Parameters<typeof scenario>[0]): RunRecord {
  const full: Scenario = scenario({
    durationMs: 400,
    windowMs: 1,
    clients: [client("people", { arrivals: replay })],
    ...given,
  });
  return simulate(full, recorded(asked.map(([timeMs, user]) => [timeMs, 0, user])));
}

/** Names of the machines that received requests, in order of time. */
function visited(record: RunRecord): string[] {
  const found: string[] = [];
  for (const { machines: columns } of record.slices) {
    for (const node of record.nodes) {
      if (node.machine < 0) continue;
      for (let n = columns.received[node.machine] ?? 0; n > 0; n--) found.push(node.path);
    }
  }
  return found;
}

/** In turn, from lb/1 on; a demand of 1 ms. */
const inTurn = (
  asked: readonly Asked[],
  count: number,
  events: readonly EventGiven[] = [],
  lifetimeMs: number | null = null,
): RunRecord =>
  run(asked, {
    root: balancer(
      "lb",
      {
        persistence: cookie(lifetimeMs),
        health: { intervalMs: 2, timeoutMs: 1, rise: 1, fall: 1 },
      },
      [machines(count)],
    ),
    events,
  });

describe("a cookie", () => {
  it("is set by the first answer, and followed from then on", () => {
    const record = inTurn(
      [
        [1, 0],
        [3, 1],
        [5, 1],
        [7, 1],
        [9, 0],
        [11, 2],
        [13, 0],
      ],
      3,
    );
    expect(visited(record)).toEqual(["lb/1", "lb/2", "lb/2", "lb/2", "lb/1", "lb/3", "lb/1"]);
  });

  it("comes too late for requests that set out before that answer; the last of theirs counts", () => {
    const record = inTurn(
      [
        [1, 0],
        [1.5, 0],
        [2.25, 0],
        [9, 0],
      ],
      3,
    );
    // The third sets out after the answer of the first, at 2, and before that of the second, 2.5.
    expect(visited(record)).toEqual(["lb/1", "lb/2", "lb/1", "lb/2"]);
  });

  it("lives for its lifetime from when it was set: being followed does not renew it", () => {
    const record = inTurn(
      [
        [1, 0],
        [11.5, 0],
        [12, 0],
        [21.5, 0],
        [23, 0],
      ],
      3,
      [],
      10,
    );
    // Set at 2 and at 13.
    expect(visited(record)).toEqual(["lb/1", "lb/1", "lb/2", "lb/2", "lb/3"]);
  });

  it("is not set by a refusal, nor by an answer for which its client did not wait", () => {
    const one = machines(1, { queueLimit: 0 });
    const refused = run(
      [
        [1, 0],
        [1.5, 1],
        [9, 1],
      ],
      {
        root: balancer("lb", { persistence: cookie() }, [one, machines(1)]),
        events: [
          { kind: "weight", atMs: 0.5, nodes: ["lb/2"], weight: 0 },
          { kind: "weight", atMs: 4, nodes: ["lb/2"], weight: 1 },
        ],
      },
    );
    expect(countsOf(refused)).toMatchObject({ completed: 2, rejected: 1 });
    expect(visited(refused).at(-1)).toBe("lb/2");
    const late = run(
      [
        [1, 0],
        [20, 0],
      ],
      {
        classes: [requestClass({ demand: constant(5), timeoutMs: 2, afterTimeout: "run-on" })],
        root: balancer("lb", { persistence: cookie() }, [machines(2)]),
      },
    );
    expect(countsOf(late)).toMatchObject({ "timed-out": 2 });
    expect(visited(late)).toEqual(["lb/1", "lb/2"]);
  });

  it("is honoured by every replica, and by those at every place", () => {
    const asked = Array.from({ length: 60 }, (_, i): Asked => [2 * i + 1, 0]);
    const record = run(asked, {
      root: balancer("lb", { persistence: cookie(), replicas: 3, strategy: strategy("random") }, [
        machines(8),
      ]),
    });
    expect(new Set(visited(record)).size).toBe(1);
  });

  it("keeps users at its own tier: a balancer, in which others place them as they like", () => {
    const asked = Array.from({ length: 8 }, (_, i): Asked => [2 * i + 1, 0]);
    const tree = (inner: object): RunRecord =>
      run(asked, {
        root: balancer("top", { persistence: cookie() }, [
          balancer("a", inner, [machines(2)]),
          balancer("b", inner, [machines(2)]),
        ]),
      });
    const outer = visited(tree({}));
    expect(outer.slice(0, 4)).toEqual(["top/a/1", "top/a/2", "top/a/1", "top/a/2"]);
    expect(new Set(visited(tree({ persistence: cookie() })))).toEqual(new Set(["top/a/1"]));
  });
});

describe("with a cookie", () => {
  const known: Asked[] = [
    [1, 0],
    [3, 1],
  ];

  it("a target that joins gets new users alone", () => {
    const join: EventGiven = {
      kind: "add",
      atMs: 10,
      to: "lb",
      machines: machines(1, { first: 3 }),
    };
    const record = inTurn([...known, [21, 0], [23, 1], [25, 0], [27, 2], [29, 2]], 2, [join]);
    expect(visited(record).slice(2)).toEqual(["lb/1", "lb/2", "lb/1", "lb/3", "lb/3"]);
  });

  const drain = (deadlineMs: number | null): EventGiven => ({
    kind: "drain",
    atMs: 10,
    nodes: ["lb/1"],
    deadlineMs,
  });
  const later: Asked[] = [
    [21, 0],
    [23, 2],
    [25, 3],
    [27, 0],
    [101, 0],
  ];

  it("a target that drains keeps its users until its deadline, where cookies are for good", () => {
    const record = inTurn([...known, ...later], 2, [drain(60)]);
    expect(visited(record).slice(2)).toEqual(["lb/1", "lb/2", "lb/2", "lb/1", "lb/2"]);
    expect(noticesOf(record)).toEqual(["draining lb/1@10", "left lb/1@70"]);
    const patient = inTurn([...known, ...later], 2, [drain(null)]);
    expect(visited(patient).at(-1)).toBe("lb/1");
    expect(noticesOf(patient)).toEqual(["draining lb/1@10"]);
  });

  it("a target that drains leaves when the last cookie that names it is over", () => {
    const record = inTurn([...known, ...later], 2, [drain(null)], 50);
    // Set at 2, over at 52; a millisecond later nothing of before can still arrive.
    expect(noticesOf(record)).toEqual(["draining lb/1@10", "left lb/1@53"]);
    expect(visited(record).slice(2)).toEqual(["lb/1", "lb/2", "lb/2", "lb/1", "lb/2"]);
  });

  it("users of a target that fails move once that is believed, and do not go back", () => {
    const fail: EventGiven = { kind: "fail", atMs: 10, nodes: ["lb/1"], forMs: 50 };
    const asked: Asked[] = [...known, [10.001, 0], [21, 0], [23, 0], [101, 0], [103, 2], [105, 1]];
    const record = inTurn(asked, 2, [fail]);
    expect(countsOf(record)).toMatchObject({ completed: 7, failed: 1 });
    // The third is refused there; user 2 is new, and it is lb/1's turn.
    expect(visited(record).slice(2)).toEqual(["lb/1", "lb/2", "lb/2", "lb/2", "lb/1", "lb/2"]);
  });

  it("a late answer to a request that followed it does not bring the user back", () => {
    // Far away and believed down by slow probes alone, lb/2 still answers what it has.
    const record = run(
      [
        [1, 1],
        [3, 0],
        [9, 0],
        [40, 0],
        [101, 0],
      ],
      {
        roundTripMs: [
          [0, 0],
          [0, 0],
        ],
        root: balancer(
          "lb",
          {
            place: 0,
            persistence: cookie(),
            health: { intervalMs: 2, timeoutMs: 1, rise: 1, fall: 1 },
          },
          [machines(1, { place: 0 }), machines(1, { place: 1 })],
        ),
        events: [
          { kind: "slow", atMs: 8, nodes: ["lb/2"], factor: 50 },
          { kind: "delay", atMs: 10, between: [0, 1], byMs: 20, forMs: 60 },
        ],
      },
    );
    expect(countsOf(record).completed).toBe(5);
    expect(visited(record)).toEqual(["lb/1", "lb/2", "lb/2", "lb/1", "lb/1"]);
  });
});
