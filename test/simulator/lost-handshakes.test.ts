/**
 * A handshake whose end crashes is worked for by nobody: who is back knows nothing of it. The
 * client is 10 ms there and back from the balancer, the machine 4 ms from that; a request takes 10
 * ms of a core, a full handshake 3 ms.
 */
import { describe, expect, it } from "vitest";
import type { BalancerSpec } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { millis } from "../../src/units.ts";
import { layer4 } from "./connecting.ts";
import { outcomesOf, proxyCountOf, proxyCountsOf } from "./observing.ts";
import {
  balancer,
  client,
  connectionsOf,
  constant,
  machines,
  poolOf,
  recorded,
  replay,
  requestClass,
  scenario,
  workOf,
} from "./scenario-builder.ts";

const CONNECTIONS = connectionsOf({ idleMs: millis(1_000), tls: "1.3" });
const pool = poolOf({ idleMs: millis(1_000), tls: "1.3" });
const work = workOf({ handshakeMs: millis(3) });
const group = machines(1, { place: 2, handshakeMs: millis(3) });

/** One request, born at 0; that node, or replica, crashes and is back a millisecond later. */
function run(root: BalancerSpec, atMs: number, node: string, connected: boolean): RunRecord {
  return simulate(
    scenario({
      durationMs: 200,
      windowMs: 1,
      roundTripMs: [
        [0, 10, 14],
        [10, 0, 4],
        [14, 4, 0],
      ],
      classes: [requestClass({ demand: constant(10) })],
      clients: [
        client("people", { arrivals: replay, ...(connected && { connections: CONNECTIONS }) }),
      ],
      root,
      events: [
        node.endsWith("#1")
          ? { kind: "fail-replica", atMs, replicas: [{ node: "lb", number: 1 }], forMs: 1 }
          : { kind: "fail", atMs, nodes: [node], forMs: 1 },
      ],
    }),
    recorded([[0, 0, 0]]),
  );
}
const busyMs = ({ slices }: RunRecord): number =>
  slices.reduce((sum, { machines: { busyMs: of } }) => sum + of[0], 0);

describe("a client's connection", () => {
  const l4 = balancer("lb", { place: 1, ...layer4() }, [group]);

  it("to a machine: 2 round trips of 14 ms, then 7 ms on the way", () => {
    // Unharmed: at the machine at 28 + 7 ms.
    const whole = run(l4, 150, "lb/1", true);
    expect([outcomesOf(whole), busyMs(whole)]).toEqual([["completed@55"], 13]);
    // During the handshake: it sets out as that breaks. On its way: it goes on.
    const early = run(l4, 10, "lb/1", true);
    expect([outcomesOf(early), busyMs(early)]).toEqual([["completed@34"], 10]);
    const late = run(l4, 30, "lb/1", true);
    expect([outcomesOf(late), busyMs(late)]).toEqual([["completed@52"], 10]);
  });

  it("to a balancer of layer 7: 2 round trips of 10 ms, then 5 ms on the way", () => {
    const layer7 = balancer("lb", { place: 1, layer: 7, work }, [group]);
    const figures = (atMs: number) => {
      const record = run(layer7, atMs, "lb", true);
      return [proxyCountOf(record, "full"), proxyCountOf(record, "busy-ms"), busyMs(record)];
    };
    expect(figures(150)).toEqual([1, 3, 10]);
    expect(figures(10)).toEqual([0, 0, 10]);
    expect(figures(22)).toEqual([0, 0, 10]);
  });
});

describe("a balancer's connection to its target", () => {
  it("a machine: from 5 ms on 2 round trips of 4 ms, then 2 ms on the way", () => {
    const lb = balancer("lb", { place: 1, pool }, [group]);
    const figures = (atMs: number, node = "lb/1") => busyMs(run(lb, atMs, node, false));
    expect(figures(150)).toBe(13);
    expect(figures(8)).toBe(10);
    expect(figures(14)).toBe(10);
    expect(figures(14, "lb")).toBe(10); // With all beneath it.
    // The machine has done it if the replica crashes that asked for it.
    expect(figures(14, "lb#1")).toBe(13);
  });

  it("a balancer", () => {
    const inner = balancer("inner", { place: 2, work }, [machines(1, { place: 2 })]);
    const lb = balancer("lb", { place: 1, pool }, [inner]);
    const figures = (atMs: number) => proxyCountsOf(run(lb, atMs, "lb/inner", false), "full")[1];
    expect(figures(150)).toBe(1);
    expect(figures(8)).toBe(0);
    expect(figures(14)).toBe(0);
  });
});
