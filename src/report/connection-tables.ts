/** The tables of clients' connections: how they ended, and who decided what once a connection. */
import { CONNECTION_COUNTS } from "../statistics/run-record.ts";
import type { ConnectionEvent } from "../statistics/run-record.ts";
import type { ConnectionsSummary } from "../statistics/connections-summary.ts";
import type { RunSummary } from "../statistics/run-summary.ts";
import { grouped, humanise } from "./numbers.ts";
import type { Table } from "./report-model.ts";

interface Kept {
  readonly opened: number;
  readonly closed: number;
  readonly broken: number;
  readonly open: number;
  readonly holds: boolean;
}

/** What was ever opened is closed, broken or open. */
export function keptText({ opened, closed, broken, open, holds }: Kept): string {
  const sum = `${grouped(closed)} closed + ${grouped(broken)} broken + ${grouped(open)} open`;
  return `${grouped(opened)} opened ${holds ? "=" : "≠"} ${sum}, since time 0`;
}

/** All of one span, so that what each carried can be reckoned from what is on the line. */
export function connectionsText(summary: ConnectionsSummary): string {
  const { opened, counts } = summary;
  const each = humanise(opened > 0 ? (counts.carried ?? 0) / opened : null, "ratio");
  const trips = grouped(counts["round-trips"] ?? 0);
  return `${keptText(summary)}; ${each} requests each, ${trips} round trips on connecting`;
}

const MEANINGS: Readonly<Record<ConnectionEvent, string>> = {
  opened: "opened",
  reconnects: "… by users whose last one broke",
  full: "… with a full TLS handshake",
  resumed: "… with a resumed one",
  early: "… with early data",
  "round-trips": "round trips, upgrades included",
  carried: "requests on open connections",
  refused: "attempts without an answer",
  "table-full": "… refused by a full table",
  "closed-by-requests": "closed: as many requests as allowed",
  "closed-by-idling": "closed: idle",
  "closed-by-age": "closed: old enough",
  "closed-by-giving-up": "closed: the client gave up waiting",
  "broken-by-crash": "broken: its end crashed",
  "broken-by-silence": "broken: its end fell silent",
  "broken-by-removal": "broken: its end was removed",
  "broken-by-replica": "broken: a replica stopped",
  "broken-by-move": "broken: sent to a replica that did not know it",
  "broken-by-table-idling": "broken: forgotten by a table",
  "broken-by-eviction": "broken: pushed out of a full table",
  "broken-by-door": "broken: its way to the front door changed",
};

/** What became of connections since time 0, the warm-up too. */
export function connectionTable({ connections }: RunSummary): Table {
  const rows = CONNECTION_COUNTS.flatMap((name) => {
    const count = connections?.counts[name];
    return count === undefined ? [] : [{ cells: [MEANINGS[name], count] }];
  });
  return {
    title: "Connections, from time 0",
    columns: [
      { head: "connections", unit: "text" },
      { head: "count", unit: "count" },
    ],
    rows,
    notes: [],
  };
}

const COUNTS = { connection: "open connections", request: "active requests" } as const;

/**
 * Whether clients' connections end above that balancer: it then has none of theirs, and what it
 * holds are its own connections to its targets.
 */
export const endsAbove = (
  path: string,
  layers: ConnectionsSummary["layers"] | undefined = [],
): boolean => layers.some(({ path: above, layer }) => layer === 7 && path.startsWith(`${above}/`));

/** Whether what is beneath that balancer is reached by some balancer's own connections. */
export const hasOwnBeneath = (
  path: string,
  layers: ConnectionsSummary["layers"] | undefined = [],
): boolean =>
  layers.some(
    (one) =>
      one.layer === 4 &&
      endsAbove(one.path, layers) &&
      (`${one.path}/`.startsWith(`${path}/`) || path.startsWith(`${one.path}/`)),
  );

/** Whether no connection through layer 4 gets to that balancer: its requests come as they are. */
const isBare = (path: string, layers: ConnectionsSummary["layers"]): boolean =>
  endsAbove(path, layers) &&
  ![path, path.slice(0, path.lastIndexOf("/"))].some((one) =>
    layers.some((each) => each.path === one && each.layer === 4),
  );

/** What each balancer decides on, and what a strategy compares there. */
export function layerTable({ connections }: RunSummary): Table {
  const layers = connections?.layers ?? [];
  const rows = layers.map(({ path, layer, decides, strategy, replicas, open }) => ({
    depth: path.split("/").length - 1,
    cells: [
      path.slice(path.lastIndexOf("/") + 1),
      layer === "door" ? "door" : String(layer),
      layer === "door" ? "connection (the client)" : decides,
      strategy,
      COUNTS[decides],
      replicas,
      isBare(path, layers) ? null : open,
    ],
  }));
  return {
    title: "Layers",
    columns: [
      { head: "balancer", unit: "text" },
      { head: "layer", unit: "text" },
      { head: "decides once a", unit: "text" },
      { head: "strategy", unit: "text" },
      { head: "in flight means", unit: "text" },
      { head: "replicas", unit: "count" },
      { head: "connections at the end", unit: "count" },
    ],
    rows,
    notes: [],
  };
}
