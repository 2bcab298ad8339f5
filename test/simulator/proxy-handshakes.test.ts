/**
 * Handshakes and round trips where a layer-7 balancer ends the clients' connections and opens its
 * own: exact, for every kind of handshake on the client's side, fresh and pooled on the other. The
 * client is 10 ms there and back from the balancer, the machine 4 ms from that; one user asks at 0,
 * 100 and 200 ms.
 */
import { describe, expect, it } from "vitest";
import type { BackendsSpec, ConnectionsSpec } from "../../src/scenario/scenario.ts";
import { CONNECTION_COUNTS, PROXY_COUNTS } from "../../src/statistics/run-record.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { simulate } from "../../src/simulator/run.ts";
import { millis } from "../../src/units.ts";
import { latencyOf } from "./observing.ts";
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

/** How long either end keeps a connection that is idle. */
const idleMs = millis(1_000);

function run(given: Partial<ConnectionsSpec>, pool: Partial<BackendsSpec>): RunRecord {
  return simulate(
    scenario({
      durationMs: 400,
      windowMs: 400,
      roundTripMs: [
        [0, 10, 14],
        [10, 0, 4],
        [14, 4, 0],
      ],
      classes: [requestClass({ demand: constant(10), affinity: "user" })],
      clients: [
        client("people", {
          arrivals: replay,
          connections: connectionsOf({ idleMs, tls: "1.3", ...given }),
        }),
      ],
      root: balancer(
        "lb",
        {
          place: 1,
          layer: 7,
          pool: poolOf({ idleMs, tls: "1.3", ...pool }),
          work: workOf({ handshakeMs: millis(2), resumedMs: millis(0.5) }),
        },
        [machines(1, { place: 2, handshakeMs: millis(3) })],
      ),
    }),
    recorded([0, 100, 200].map((timeMs) => [timeMs, 0, 0] as const)),
  );
}

const sumOf = (values: Float64Array, names: readonly string[], name: string): number =>
  values.reduce((sum, value, i) => sum + (i % names.length === names.indexOf(name) ? value : 0), 0);

function figures({ slices, ...record }: RunRecord): Record<string, number> {
  const [{ proxies, connections, machines: columns }] = slices;
  const ofProxy = (name: string): number => sumOf(proxies, PROXY_COUNTS, name);
  const ofClients = (name: string): number => sumOf(connections!.counts, CONNECTION_COUNTS, name);
  expect(record.outcomesTotal[0]).toBe(3);
  return {
    opened: ofClients("opened"),
    trips: ofClients("round-trips"),
    full: ofProxy("full"),
    resumed: ofProxy("resumed"),
    busyMs: ofProxy("busy-ms"),
    backends: ofProxy("opened"),
    backendTrips: ofProxy("dialed"),
    machineMs: columns.busyMs[0],
  };
}

/**
 * Round trips of TCP and TLS (RFC 9293 §3.5, RFC 5246 §7.3, RFC 8446 §2), and who works how much.
 */
const KINDS: readonly (readonly [string, Partial<ConnectionsSpec>, number, number, number])[] = [
  ["no TLS", { tls: "none" }, 1, 0, 0],
  ["TLS 1.2, full", { tls: "1.2" }, 3, 1, 0],
  ["TLS 1.2, resumed", { tls: "1.2", resume: 1 }, 2, 0, 1],
  ["TLS 1.3, full", { tls: "1.3" }, 2, 1, 0],
  ["TLS 1.3, resumed", { tls: "1.3", resume: 1 }, 2, 0, 1],
  ["0-RTT", { tls: "1.3", resume: 1, earlyData: true }, 1, 0, 1],
];
const BACKENDS = { fresh: { requests: 1 }, pooled: {} } as const;

describe.each(["http/1.1", "http/2"] as const)("%s", (protocol) => {
  for (const [name, given, trips, full, resumed] of KINDS) {
    for (const [how, pool] of Object.entries(BACKENDS)) {
      it(`${name}, ${how} connections to the machine`, () => {
        const kept = run({ ...given, protocol }, { ...pool, protocol });
        const backends = how === "fresh" ? 3 : 1;
        expect(figures(kept)).toEqual({
          opened: 1,
          trips,
          full,
          resumed,
          busyMs: 2 * full + 0.5 * resumed,
          backends,
          backendTrips: 2 * backends,
          machineMs: 30 + 3 * backends,
        });
        expect(latencyOf(kept)["connect"]).toBe(10 * trips + 4 * 2 * backends);
        const each = run({ ...given, protocol, requests: 1 }, { ...pool, protocol });
        expect(figures(each)).toMatchObject({
          opened: 3,
          trips: 3 * trips,
          full: 3 * full,
          resumed: 3 * resumed,
          backends,
        });
        expect(latencyOf(each)["connect"]).toBe(30 * trips + 4 * 2 * backends);
      });
    }
  }
});
