/**
 * Layer 4 beneath layer 7, for tests that follow each connection: the client is 10 ms there and
 * back from `edge` (layer 7), the layer-4 balancer `vip` 4 ms from that and 6 ms from the machines,
 * which are 8 ms from `edge` the straight way; each request needs 5 ms.
 */
import type {
  BackendsSpec,
  BalancerSpec,
  ConnectionsSpec,
  Layer4Spec,
  NatSpec,
} from "../../src/scenario/scenario.ts";
import { CONNECTION_COUNTS } from "../../src/statistics/run-record.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { simulate } from "../../src/simulator/run.ts";
import { millis } from "../../src/units.ts";
import { layer4 } from "./connecting.ts";
import { proxyCountOf } from "./observing.ts";
import {
  balancer,
  client,
  connectionsOf,
  constant,
  type EventGiven,
  machines,
  poolOf,
  recorded,
  type Recorded,
  replay,
  requestClass,
  scenario,
} from "./scenario-builder.ts";

export const POOL = poolOf();
/** What all replicas counted. */
export const ofProxies = proxyCountOf;
export const NAT: NatSpec = { size: 100, idleMs: null, whenFull: "refuse", shared: false };

export interface Given {
  readonly requests: readonly Recorded[];
  readonly connections?: Partial<ConnectionsSpec>;
  readonly edge?: Partial<BalancerSpec>;
  /** null: none. */
  readonly pool?: Partial<BackendsSpec> | null;
  readonly vip?: Partial<BalancerSpec>;
  readonly layer4?: Partial<Layer4Spec>;
  readonly targets?: BalancerSpec["targets"];
  readonly events?: readonly EventGiven[];
  readonly affinity?: "user" | "address";
  readonly timeoutMs?: number;
  readonly durationMs?: number;
}

export const far = (count: number) =>
  machines(count, { place: 3, cores: 10, handshakeMs: millis(3) });

export function run(given: Given): RunRecord {
  const { durationMs = 2_000, targets = [far(2)], timeoutMs = null } = given;
  const vip = balancer("vip", { place: 2, ...layer4(given.layer4), ...given.vip }, targets);
  return simulate(
    scenario({
      durationMs,
      windowMs: 100,
      roundTripMs: [
        [0, 10, 14, 18],
        [10, 0, 4, 8],
        [14, 4, 0, 6],
        [18, 8, 6, 0],
      ],
      clients: [
        client("people", {
          arrivals: replay,
          users: 10,
          connections: connectionsOf(given.connections),
        }),
      ],
      classes: [
        requestClass({ affinity: given.affinity ?? "user", demand: constant(5), timeoutMs }),
      ],
      root: balancer(
        "edge",
        {
          place: 1,
          layer: 7,
          ...(given.pool !== null && { pool: poolOf(given.pool) }),
          ...given.edge,
        },
        [vip],
      ),
      events: given.events ?? [],
    }),
    recorded(given.requests),
  );
}

export const ofClients = ({ slices }: RunRecord, name: string): number =>
  slices.reduce((sum, { connections }) => {
    const at = CONNECTION_COUNTS.findIndex((count) => count === name);
    return sum + connections!.counts[at];
  }, 0);
/** Open connections through a node, or to it, at the end of the slice that ends at that time. */
export function heldAt({ slices, nodes }: RunRecord, path: string, endMs: number): number {
  const { id } = nodes.find((node) => node.path === path)!;
  return slices.find((slice) => slice.endMs === endMs)!.connections!.open[id];
}
