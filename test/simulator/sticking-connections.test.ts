/**
 * Persistence by TLS session and by connection in a run, request by request: what it does as all
 * that it rests on comes and goes.
 */
import { describe, expect, it } from "vitest";
import { persistences } from "../../src/balancing/persistence/registry.ts";
import type { Settings } from "../../src/definition.ts";
import type { ConnectionsSpec } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { millis } from "../../src/units.ts";
import { countsOf, noticesOf, visited } from "./observing.ts";
import {
  balancer,
  choose,
  client,
  connectionsOf,
  type EventGiven,
  machines,
  recorded,
  replay,
  scenario,
} from "./scenario-builder.ts";

type Asked = readonly [timeMs: number, user: number];
interface Given {
  readonly by: "tls-session" | "connection" | "none";
  readonly asked: readonly Asked[];
  readonly connections?: Partial<ConnectionsSpec>;
  readonly table?: Settings;
  readonly count?: number;
  readonly replicas?: number;
  readonly events?: readonly EventGiven[];
}

/** One connection a user for good, unless said. */
const LASTING = connectionsOf({ protocol: "http/2", tls: "1.3", resume: 1 });
/** A new one for each request, each resumed. */
const EACH = { requests: 1 };

/** In turn, from lb/1 on; a demand of 1 ms and no distance; slices of 1 ms. */
function run(given: Given): RunRecord {
  const { by, asked, connections = {}, table, count = 2, replicas = 1, events = [] } = given;
  const users = Math.max(...asked.map(([, user]) => user)) + 1;
  return simulate(
    scenario({
      durationMs: 400,
      windowMs: 1,
      clients: [
        client("people", { users, arrivals: replay, connections: { ...LASTING, ...connections } }),
      ],
      root: balancer(
        "lb",
        {
          replicas,
          layer: 7,
          ...(by !== "none" && { persistence: choose(persistences, by, table) }),
          health: { intervalMs: 2, timeoutMs: 1, rise: 1, fall: 1 },
        },
        [machines(count)],
      ),
      events,
    }),
    recorded(asked.map(([timeMs, user]) => [timeMs, 0, user])),
  );
}

const known: Asked[] = [
  [1, 0],
  [3, 1],
];
const asked: Asked[] = [...known, [5, 0], [7, 2], [9, 1], [11, 0]];
const IN_TURN = [1, 2, 1, 2, 1, 2];
const KEPT = [1, 2, 1, 1, 2, 1];
const join: EventGiven = { kind: "add", atMs: 10, to: "lb", machines: machines(1, { first: 3 }) };
const drain: EventGiven = { kind: "drain", atMs: 10, nodes: ["lb/1"] };
const fail: EventGiven = { kind: "fail", atMs: 10, nodes: ["lb/1"], forMs: 50 };
const restart: EventGiven = { kind: "fail", atMs: 10, nodes: ["lb"], forMs: 10 };

describe("by TLS session", () => {
  const by = "tls-session";

  it("keeps who resumes, and knows nobody who shakes hands in full", () => {
    expect(visited(run({ by, asked, connections: EACH }))).toEqual(KEPT);
    expect(visited(run({ by, asked, connections: { ...EACH, resume: 0 } }))).toEqual(IN_TURN);
    expect(visited(run({ by: "none", asked, connections: EACH }))).toEqual(IN_TURN);
    // On one connection there is one handshake, and nothing to resume.
    expect(visited(run({ by, asked, connections: { resume: 0 } }))).toEqual(KEPT);
  });

  it("forgets who has not asked for its idle time, and who is crowded out", () => {
    const later: Asked[] = [...known, [12, 0], [21, 0], [23, 1], [34, 0]];
    const idle = { by, asked: later, connections: EACH, table: { idle: 12 } } as const;
    // Set at 2 and renewed at 12 and 21; that of user 1, at 4, is over by 14.
    expect(visited(run(idle))).toEqual([1, 2, 1, 1, 1, 2]);
    const crowded = { by, asked: [...known, [5, 0], [7, 1]], connections: EACH } as const;
    expect(visited(run({ ...crowded, table: { size: 1 } }))).toEqual([1, 2, 1, 2]);
  });

  it("gives a machine that joins strangers alone", () => {
    const later: Asked[] = [...known, [21, 0], [23, 1], [25, 0], [27, 2], [29, 3], [31, 3]];
    const record = run({ by, asked: later, connections: EACH, events: [join] });
    expect(visited(record).slice(2)).toEqual([1, 2, 1, 3, 1, 1]);
  });

  it("lets one that drains keep its own until nobody has asked for the idle time", () => {
    const later: Asked[] = [...known, [21, 0], [23, 2], [40, 0], [101, 0]];
    const given = { by, asked: later, connections: EACH, table: { idle: 30 } } as const;
    const record = run({ ...given, events: [drain] });
    expect(visited(record).slice(2)).toEqual([1, 2, 1, 2]);
    // Used last at 40: until 70, and what was under way has arrived a millisecond later.
    expect(noticesOf(record)).toEqual(["draining lb/1@10", "left lb/1@71"]);
    const cut = run({ ...given, events: [{ ...drain, deadlineMs: 20 }] });
    expect(noticesOf(cut)).toEqual(["draining lb/1@10", "left lb/1@30"]);
    expect(visited(cut).slice(2)).toEqual([1, 2, 2, 2]);
  });

  it("moves those of one that fails once that is believed, and not back", () => {
    const later: Asked[] = [...known, [10.001, 0], [21, 0], [101, 0], [103, 2]];
    const record = run({ by, asked: later, connections: EACH, events: [fail] });
    expect(countsOf(record)).toMatchObject({ completed: 5, failed: 1 });
    expect(visited(record).slice(2)).toEqual([1, 2, 2, 1]);
  });

  it("is empty when its balancer is back, though sessions go on", () => {
    const later: Asked[] = [...known, [31, 1], [33, 0], [35, 1]];
    const record = run({ by, asked: later, connections: EACH, events: [restart] });
    expect(visited(record).slice(2)).toEqual([1, 2, 1]);
  });
});

describe("by connection", () => {
  const by = "connection";

  it("lasts as long as the connection", () => {
    expect(visited(run({ by, asked }))).toEqual(KEPT);
    expect(visited(run({ by: "none", asked }))).toEqual(IN_TURN);
    expect(visited(run({ by, asked, connections: EACH }))).toEqual(IN_TURN);
    // Two requests each: the third of user 0 begins its second connection.
    expect(visited(run({ by, asked, connections: { requests: 2 } }))).toEqual([1, 2, 1, 1, 2, 2]);
  });

  it("ends where the connection has been idle for too long", () => {
    const later: Asked[] = [...known, [12, 0], [21, 0], [23, 1], [34, 0]];
    // Idle from 2, 13 and 22 on: only the first is less than 11 ms, and 22 to 34 is more.
    const record = run({ by, asked: later, connections: { idleMs: millis(11) } });
    expect(visited(record)).toEqual([1, 2, 1, 1, 1, 2]);
  });

  it("gives a machine that joins new connections alone", () => {
    const later: Asked[] = [...known, [21, 0], [23, 1], [25, 0], [27, 2], [29, 3], [31, 3]];
    const record = run({ by, asked: later, events: [join] });
    expect(visited(record).slice(2)).toEqual([1, 2, 1, 3, 1, 1]);
  });

  it("moves those of one that fails once that is believed, and not back", () => {
    const later: Asked[] = [...known, [10.001, 0], [21, 0], [101, 0], [103, 2]];
    const record = run({ by, asked: later, events: [fail] });
    expect(countsOf(record)).toMatchObject({ completed: 5, failed: 1 });
    expect(visited(record).slice(2)).toEqual([1, 2, 2, 1]);
  });

  it("knows no connection from before its balancer failed", () => {
    const later: Asked[] = [...known, [31, 1], [33, 0], [35, 1]];
    expect(visited(run({ by, asked: later, events: [restart] })).slice(2)).toEqual([1, 2, 1]);
  });
});
