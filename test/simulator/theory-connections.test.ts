/** What connections that live long do to a fleet, against closed forms. */
import { describe, expect, it } from "vitest";
import { placements } from "../../src/balancing/registry.ts";
import type { BalancerSpec, ConnectionsSpec } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import {
  balancer,
  choose,
  client,
  connectionsOf,
  constant,
  exponential,
  machines,
  poisson,
  requestClass,
  scenario,
  strategy,
} from "./scenario-builder.ts";
import type { EventGiven } from "./scenario-builder.ts";

const USERS = 2000;

function run(
  root: BalancerSpec,
  lifetime: ConnectionsSpec["lifetime"],
  events: readonly EventGiven[],
  durationMs: number,
): RunRecord {
  return simulate(
    scenario({
      durationMs,
      windowMs: 1000,
      clients: [
        client("people", {
          users: USERS,
          arrivals: poisson(1),
          connections: connectionsOf({ protocol: "http/2", lifetime }),
        }),
      ],
      classes: [requestClass({ affinity: "user", demand: constant(0.1) })],
      root,
      events,
    }),
  );
}

describe("machines that join", () => {
  const LIFETIME_MS = 20_000;
  const JOINED_MS = 60_000;
  /** Part of the open connections that end at the new ten of twenty machines, after so many ms. */
  function shareOnNew(kind: string, afterMs: readonly number[]): number[] {
    const layer4 = { spread: choose(placements, "mod-n"), nat: null, directReturn: false };
    const root = balancer("lb", { layer: 4, layer4, strategy: strategy(kind) }, [machines(10)]);
    const add = { kind: "add", atMs: JOINED_MS, to: "lb", machines: machines(10, { first: 11 }) };
    const record = run(
      root,
      exponential(LIFETIME_MS),
      [add as EventGiven],
      JOINED_MS + Math.max(...afterMs),
    );
    return afterMs.map((ms) => {
      const { open } = record.slices.find(({ endMs }) => endMs === JOINED_MS + ms)!.connections!;
      let onNew = 0;
      for (const { machine, joinedMs, id } of record.nodes) {
        if (machine >= 0 && joinedMs > 0) onNew += open[id];
      }
      return onNew / open[0];
    });
  }

  // Users reconnect with their next request, 2 s later on average, so 20/22 of them have a
  // connection: 1818, as many after the change as before it. Of those a part exp(−t/L) was opened
  // before. The number on the new machines is nowhere more spread than binomial: σ ≤ √(1/4 / 1818)
  // = 1.2 points, and we allow 4 σ.
  const within = 0.047;
  const replaced = (ms: number): number => 1 - Math.exp(-ms / LIFETIME_MS);

  it("get their part of what is replaced under round robin: k/(N+k) (1 − e^(−t/L))", () => {
    const times = [5_000, 10_000, 20_000, 40_000];
    for (const [i, share] of shareOnNew("round-robin", times).entries()) {
      expect(Math.abs(share - replaced(times[i]) / 2)).toBeLessThan(within);
    }
  });

  // So after half a lifetime twice what round robin gives: 39.3 % of the connections for 19.7, 29
  // of those σ apart.
  it("get all of it under least connections, until they have as many: at t = L ln 2", () => {
    const times = [5_000, 10_000, 20_000];
    for (const [i, share] of shareOnNew("least-connections", times).entries()) {
      expect(Math.abs(share - Math.min(0.5, replaced(times[i])))).toBeLessThan(within);
    }
  });
});

describe("a replica of layer 4 that dies", () => {
  /** Part of the connections that break, of n replicas' one. */
  function broken(replicas: number, spread: string, kind: string, shared = false): number {
    const nat = { size: 10_000, idleMs: null, whenFull: "refuse", shared } as const;
    const layer4 = { spread: choose(placements, spread), nat, directReturn: false };
    const root = balancer("lb", { layer: 4, layer4, replicas, strategy: strategy(kind) }, [
      machines(7),
    ]);
    const events = [
      { kind: "fail-replica", atMs: 15_000, replicas: [{ node: "lb", number: 2 }] },
    ] as const;
    const { slices, connections } = run(root, null, events, 16_000);
    const before = slices.find(({ endMs }) => endMs === 15_000)!.connections!.open[0];
    return connections!.broken / before;
  }

  // Some 2000 connections, each by itself: σ ≤ √(1/4 / 2000) = 1.1 points, and we allow 4 σ.
  const within = 0.045;

  it.each([3, 5])("takes 1 − 1/n with it where routers hash mod n, of %d", (n) => {
    // Remainders by n and by n − 1 are independent (they have no common factor). A connection stays
    // where the first is not the dead one's and the second names the same replica: (n − 1) pairs of
    // n (n − 1).
    expect(Math.abs(broken(n, "mod-n", "round-robin") - (1 - 1 / n))).toBeLessThan(within);
  });

  it.each([3, 5])("takes hardly more than its own 1/n where they place by Maglev, of %d", (n) => {
    // Its paper allows some disturbance among those that stay: with a table of 65,537 entries far
    // below 1 %.
    expect(Math.abs(broken(n, "maglev", "round-robin") - 1 / n)).toBeLessThan(within);
  });

  it("takes none where the table is shared, or all replicas place alike", () => {
    expect(broken(3, "mod-n", "round-robin", true)).toBe(0);
    expect(broken(3, "mod-n", "maglev")).toBe(0);
    expect(broken(3, "mod-n", "mod-n")).toBe(0);
  });
});
