/** Clients' connections: how many, what opening them took, and how they ended. */
import { CONNECTION_COUNTS } from "../run-record.ts";
import type { ConnectionEvent } from "../run-record.ts";
import type { Tally } from "../tally.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";

const WIDTH = CONNECTION_COUNTS.length;

/**
 * Sum over the counts that pass; connections are regions' users', so nodes and classes have none.
 */
function counted({ span, selection }: Tally, passes: (event: ConnectionEvent) => boolean): number {
  if (span.record.connections === null) return NaN;
  if (selection.kind === "node" || selection.kind === "class") return NaN;
  const first = selection.kind === "region" ? selection.index * WIDTH : 0;
  let sum = 0;
  for (const { connections } of span.slices) {
    if (connections === null) return NaN;
    const { counts } = connections;
    const end = selection.kind === "region" ? first + WIDTH : counts.length;
    for (let i = first; i < end; i++) if (passes(CONNECTION_COUNTS[i % WIDTH])) sum += counts[i];
  }
  return sum;
}

const only =
  (...events: readonly ConnectionEvent[]) =>
  (event: ConnectionEvent) =>
    events.includes(event);
const isClosed = (event: ConnectionEvent): boolean => event.startsWith("closed-");
const isBroken = (event: ConnectionEvent): boolean => event.startsWith("broken-");

const count = (
  name: string,
  passes: (event: ConnectionEvent) => boolean,
  summary: string,
  formula: string,
  better: MetricDefinition["better"] = "lower",
): MetricDefinition => ({
  name,
  needs: "connections",
  unit: "count",
  summary: `${summary} (regions and all)`,
  formula,
  better,
  machines: false,
  of: (tally) => counted(tally, passes),
});

/** By node id, at the end of the span. */
const openAtEnd = ({ span }: Tally): Float64Array | undefined =>
  span.slices.at(-1)?.connections?.open;

const open: MetricDefinition = {
  name: "connections-open",
  needs: "connections",
  unit: "count",
  summary: "open connections at the end of the span: all, through a balancer, or to a machine",
  formula:
    "opened − closed − broken since time 0; connections that end above a node are not its own, but " +
    "a balancer's own are where they run through layer 4",
  better: null,
  machines: true,
  of(tally) {
    const { selection } = tally;
    if (selection.kind === "region" || selection.kind === "class") return NaN;
    const held = openAtEnd(tally);
    if (held === undefined) return NaN;
    return held[selection.kind === "node" ? selection.id : 0] ?? 0;
  },
};

const imbalance: MetricDefinition = {
  name: "connection-imbalance",
  needs: "connections",
  unit: "ratio",
  summary:
    "how far the machine with most open connections is above the mean, at the end of the span",
  formula:
    "max / mean of open connections over its machines in service (none where they end above)",
  better: "lower",
  machines: false,
  of(tally) {
    const last = tally.span.slices.at(-1);
    const held = tally.machines
      .filter(({ machine }) => (last?.machines.inServiceMs[machine] ?? 0) > 0)
      .map(({ id }) => last?.connections?.open[id] ?? 0);
    const sum = held.reduce((a, b) => a + b, 0);
    return ratio(Math.max(...held) * held.length, sum);
  },
};

const perConnection: MetricDefinition = {
  name: "requests-per-connection",
  needs: "connections",
  unit: "ratio",
  summary: "requests that set out on a connection, for each that was opened (regions and all)",
  formula: "carried / opened",
  better: "higher",
  machines: false,
  of: (tally) => ratio(counted(tally, only("carried")), counted(tally, only("opened"))),
};

export const connectionMetrics: readonly MetricDefinition[] = [
  open,
  imbalance,
  count("connections-opened", only("opened"), "connections that were opened", "count"),
  count(
    "connections-closed",
    isClosed,
    "connections that ended in good order",
    "by requests + idling + age + giving up",
    null,
  ),
  count(
    "connections-broken",
    isBroken,
    "connections that broke under their users",
    "by crash + silence + removal + replica + move + table + door",
  ),
  count(
    "connections-refused",
    only("refused"),
    "attempts to open a connection that got to no handshake",
    "count",
  ),
  count("tables-full", only("table-full"), "connections that a full table refused", "count"),
  count(
    "tables-evicted",
    only("broken-by-eviction"),
    "connections that a full table pushed out",
    "count",
  ),
  count("reconnects", only("reconnects"), "connections opened by users whose last broke", "count"),
  count("handshakes", only("full"), "full TLS handshakes", "count"),
  count(
    "handshakes-resumed",
    only("resumed", "early"),
    "resumed TLS handshakes, early data among them",
    "count",
    null,
  ),
  count("handshakes-early", only("early"), "resumed TLS handshakes with early data", "count", null),
  count(
    "connect-round-trips",
    only("round-trips"),
    "round trips of all handshakes: TCP's, TLS's, and a WebSocket's upgrade",
    "Σ round trips over the connections opened",
  ),
  perConnection,
];
