/**
 * Persistence by tables in a run: what they do as targets are added, drained, failed, returned, and
 * as the balancer is.
 */
import { describe, expect, it } from "vitest";
import { persistences } from "../../src/balancing/persistence/registry.ts";
import type { Settings } from "../../src/definition.ts";
import type { BalancerSpec, ClientRegion } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { countsOf, noticesOf, visited } from "./observing.ts";
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

type Asked = readonly [timeMs: number, user: number];
interface Given {
  readonly asked: readonly Asked[];
  readonly count?: number;
  readonly replicas?: number;
  readonly table?: Settings;
  readonly by?: BalancerSpec["strategy"];
  readonly events?: readonly EventGiven[];
  readonly clients?: Partial<ClientRegion>;
}

/** In turn, from lb/1 on; a demand of 1 ms; slices of 1 ms, so that requests can be told apart. */
function run({
  asked,
  count = 2,
  replicas = 1,
  table = {},
  events = [],
  clients,
  by,
}: Given): RunRecord {
  const users = Math.max(...asked.map(([, user]) => user)) + 1;
  return simulate(
    scenario({
      durationMs: 400,
      windowMs: 1,
      clients: [client("people", { users, arrivals: replay, ...clients })],
      root: balancer(
        "lb",
        {
          replicas,
          ...(by !== undefined && { strategy: by }),
          persistence: choose(persistences, "address", table),
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

describe("a table by address", () => {
  it("keeps who comes from an address where the last one from there was answered", () => {
    const asked: Asked[] = [...known, [5, 0], [7, 2], [9, 1], [11, 0]];
    expect(visited(run({ asked }))).toEqual([1, 2, 1, 1, 2, 1]);
    // Users 0 and 1 behind one proxy.
    const proxies = { share: 2 / 3, addresses: 1 };
    expect(visited(run({ asked, clients: { proxies } }))).toEqual([1, 1, 1, 2, 1, 1]);
  });

  it("forgets who has not asked for its idle time, and who is crowded out", () => {
    const asked: Asked[] = [...known, [12, 0], [21, 0], [23, 1], [34, 0]];
    // Set at 2 and renewed at 12 and 21; that of user 1, at 4, is over by 14.
    expect(visited(run({ asked, table: { idle: 12 } }))).toEqual([1, 2, 1, 1, 1, 2]);
    expect(visited(run({ asked: [...known, [5, 0], [7, 1]], table: { size: 1 } }))).toEqual([
      1, 2, 1, 2,
    ]);
  });

  it("gives a machine that joins unknown addresses alone", () => {
    const add: EventGiven = {
      kind: "add",
      atMs: 10,
      to: "lb",
      machines: machines(1, { first: 3 }),
    };
    const asked: Asked[] = [...known, [21, 0], [23, 1], [25, 0], [27, 2], [29, 3], [31, 3]];
    expect(visited(run({ asked, events: [add] })).slice(2)).toEqual([1, 2, 1, 3, 1, 1]);
  });

  it("lets one that drains keep its own until nobody has asked for the idle time", () => {
    const drain: EventGiven = { kind: "drain", atMs: 10, nodes: ["lb/1"] };
    const asked: Asked[] = [...known, [21, 0], [23, 2], [40, 0], [101, 0]];
    const record = run({ asked, events: [drain], table: { idle: 30 } });
    expect(visited(record).slice(2)).toEqual([1, 2, 1, 2]);
    // Used last at 40: until 70, and what was under way has arrived a millisecond later.
    expect(noticesOf(record)).toEqual(["draining lb/1@10", "left lb/1@71"]);
    const cut = run({ asked, events: [{ ...drain, deadlineMs: 20 }], table: { idle: 30 } });
    expect(noticesOf(cut)).toEqual(["draining lb/1@10", "left lb/1@30"]);
    expect(visited(cut).slice(2)).toEqual([1, 2, 2, 2]);
  });

  it("moves those of one that fails once that is believed, and not back", () => {
    const fail: EventGiven = { kind: "fail", atMs: 10, nodes: ["lb/1"], forMs: 50 };
    const asked: Asked[] = [...known, [10.001, 0], [21, 0], [101, 0], [103, 2]];
    const record = run({ asked, events: [fail] });
    expect(countsOf(record)).toMatchObject({ completed: 5, failed: 1 });
    expect(visited(record).slice(2)).toEqual([1, 2, 2, 1]);
  });

  it("is empty when its balancer is back: all are strangers again", () => {
    const fail: EventGiven = { kind: "fail", atMs: 10, nodes: ["lb"], forMs: 10 };
    const asked: Asked[] = [...known, [31, 1], [33, 0], [35, 1]];
    expect(visited(run({ asked, events: [fail] })).slice(2)).toEqual([1, 2, 1]);
    // A cookie is the client's, and outlives it.
    const cookies = simulate(
      scenario({
        durationMs: 400,
        windowMs: 1,
        clients: [client("people", { users: 2, arrivals: replay })],
        classes: [requestClass({ demand: constant(1) })],
        root: balancer("lb", { persistence: choose(persistences, "cookie") }, [machines(2)]),
        events: [fail],
      }),
      recorded(asked.map(([timeMs, user]) => [timeMs, 0, user])),
    );
    expect(visited(cookies).slice(2)).toEqual([2, 1, 2]);
  });

  it("is each replica's own, or all of theirs", () => {
    const asked = Array.from({ length: 60 }, (_, i): Asked => [2 * i + 1, 0]);
    const places = (shared: boolean): number =>
      new Set(
        visited(run({ asked, count: 8, replicas: 3, table: { shared }, by: strategy("random") })),
      ).size;
    expect(places(true)).toBe(1);
    // Each of the three placed the user once: with this seed not all at the same of eight.
    expect(places(false)).toBeGreaterThan(1);
    expect(places(false)).toBeLessThanOrEqual(3);
  });
});
