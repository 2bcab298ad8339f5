/** A few users at a distance from layer 4 and its machines: tests follow each connection. */
import type { BalancerSpec, ConnectionsSpec, Layer4Spec } from "../../src/scenario/scenario.ts";
import { placements } from "../../src/balancing/registry.ts";
import { simulate } from "../../src/simulator/run.ts";
import { CONNECTION_COUNTS, OUTCOMES, PARTS } from "../../src/statistics/run-record.ts";
import type { ConnectionEvent, Outcome, Part, RunRecord } from "../../src/statistics/run-record.ts";
import {
  balancer,
  choose,
  client,
  connectionsOf,
  constant,
  machines,
  recorded,
  replay,
  requestClass,
  scenario,
} from "./scenario-builder.ts";
import type { EventGiven, Recorded } from "./scenario-builder.ts";

export const layer4 = (
  given: Partial<Layer4Spec> = {},
): Pick<BalancerSpec, "layer" | "layer4"> => ({
  layer: 4,
  layer4: { spread: choose(placements, "mod-n"), nat: null, directReturn: false, ...given },
});

export interface Given {
  readonly connections?: Partial<ConnectionsSpec>;
  readonly requests: readonly Recorded[];
  readonly root?: BalancerSpec;
  readonly events?: readonly EventGiven[];
  readonly timeoutMs?: number;
  readonly durationMs?: number;
}
/** The client is 10 ms away from everything, there and back; each request needs 5 ms. */
export function run(given: Given): RunRecord {
  const { requests, events = [], timeoutMs = null, durationMs = 10_000 } = given;
  const root = given.root ?? balancer("lb", { place: 1, ...layer4() }, [near(2)]);
  return simulate(
    scenario({
      durationMs,
      roundTripMs: [
        [0, 10, 40],
        [10, 0, 20],
        [40, 20, 0],
      ],
      clients: [
        client("people", {
          arrivals: replay,
          users: 10,
          connections: connectionsOf(given.connections),
        }),
      ],
      classes: [requestClass({ affinity: "user", demand: constant(5), timeoutMs })],
      root,
      events,
    }),
    recorded(requests),
  );
}
export const near = (count: number, given = {}) =>
  machines(count, { place: 1, cores: 10, ...given });

export function countsOf(record: RunRecord): Partial<Record<ConnectionEvent, number>> {
  const counts: Partial<Record<ConnectionEvent, number>> = {};
  for (const { connections } of record.slices) {
    connections!.counts.forEach((count, i) => {
      const name = CONNECTION_COUNTS[i % CONNECTION_COUNTS.length];
      if (count > 0) counts[name] = (counts[name] ?? 0) + count;
    });
  }
  return counts;
}
export function partOf({ slices }: RunRecord, part: Part): number {
  let sum = 0;
  for (const { cells } of slices) for (const { parts } of cells) sum += parts[PARTS.indexOf(part)];
  return sum;
}
export const outcome = ({ outcomesTotal }: RunRecord, name: Outcome): number =>
  outcomesTotal[OUTCOMES.indexOf(name)];
/** Requests that reached each machine. */
export function receivedBy(record: RunRecord): number[] {
  const sums: number[] = [];
  for (const { machines: columns } of record.slices) {
    columns.received.forEach((count, i) => (sums[i] = (sums[i] ?? 0) + count));
  }
  return sums;
}
/** Where a count stands in those of the first region. */
export const countAt = (name: string): number =>
  CONNECTION_COUNTS.findIndex((count) => count === name);
