/** What a run's clients did with their connections, since time 0. */
import { CONNECTION_COUNTS } from "./run-record.ts";
import type { ConnectionEvent, RunRecord } from "./run-record.ts";

/** Since time 0, the warm-up too. */
export interface ConnectionsSummary {
  readonly opened: number;
  readonly closed: number;
  readonly broken: number;
  readonly open: number;
  /** None was lost or made up. */
  readonly holds: boolean;
  /** By `CONNECTION_COUNTS`, those that occurred. */
  readonly counts: Readonly<Partial<Record<ConnectionEvent, number>>>;
  /** By path, where something decides once a connection. */
  readonly layers: readonly LayerSummary[];
}

export interface LayerSummary {
  readonly path: string;
  readonly layer: "door" | 4 | 7;
  readonly decides: "connection" | "request";
  readonly strategy: string | null;
  readonly replicas: number;
  /** At the end of the run. */
  readonly open: number;
}

/** Only of a run with connections. O(slices × regions). */
export function connectionsOf({
  connections,
  slices,
  nodes,
  layers,
}: RunRecord): ConnectionsSummary {
  const { opened, closed, broken, open } = connections!;
  const sums = CONNECTION_COUNTS.map(() => 0);
  for (const slice of slices) {
    slice.connections?.counts.forEach((count, i) => (sums[i % sums.length] += count));
  }
  const counts: Partial<Record<ConnectionEvent, number>> = {};
  CONNECTION_COUNTS.forEach((name, i) => {
    if (sums[i] > 0) counts[name] = sums[i];
  });
  const held = slices.at(-1)?.connections?.open;
  return {
    opened,
    closed,
    broken,
    open,
    holds: opened === closed + broken + open,
    counts,
    layers: layers.map(({ node, layer, decides, replicas }) => ({
      path: nodes[node].path,
      layer,
      decides,
      strategy: nodes[node].strategy,
      replicas,
      open: held?.[node] ?? 0,
    })),
  };
}
