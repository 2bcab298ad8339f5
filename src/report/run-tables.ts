/** The tables of one run: where the time goes, and who got what. */
import { PARTS } from "../statistics/run-record.ts";
import type { BalancerSummary, MetricValues, RunSummary } from "../statistics/run-summary.ts";
import { clock, grouped, humanise } from "./numbers.ts";
import type { Column, Row, Table, Value } from "./report-model.ts";
import { endsAbove, hasOwnBeneath } from "./connection-tables.ts";

/** A table for people ends somewhere; all of it is in summary.json. */
export const MOST_ROWS = 40;

export interface MetricColumn extends Column {
  readonly metric: string;
}

export const column = (
  metric: string,
  unit: Column["unit"],
  head = metric,
  group?: string,
): MetricColumn => ({ metric, head, unit, ...(group === undefined ? {} : { group }) });

const RATE = column("rate", "rate", "requests");
const AVAILABILITY = column("availability", "share");
const LATENCIES = [column("p50", "ms", "p50", "latency"), column("p99", "ms", "p99", "latency")];
const MISSES = column("miss-rate", "share", "miss rate");
const SESSIONS = [
  column("sessions-moved", "count", "sessions moved", "sessions"),
  column("sessions-lost", "count", "lost", "sessions"),
  column("session-bytes", "bytes", "carried", "sessions"),
];

export const cellsOf = (metrics: MetricValues, columns: readonly MetricColumn[]): Value[] =>
  columns.map(({ metric }) => metrics[metric] ?? null);

function named(
  title: string,
  head: string,
  columns: readonly MetricColumn[],
  rows: readonly {
    readonly name: string;
    readonly metrics: MetricValues;
    readonly of?: string;
  }[],
): Table {
  return {
    title,
    columns: [{ head, unit: "text" }, ...columns],
    rows: shortened(
      rows.map(({ name, metrics, of }) => ({
        cells: [name, ...cellsOf(metrics, columns)],
        ...(of === undefined ? {} : { of }),
      })),
    ),
    notes: remark(rows.length),
  };
}

const shortened = (rows: readonly Row[]): Row[] => rows.slice(0, MOST_ROWS);
const remark = (rows: number): string[] =>
  rows > MOST_ROWS ? [`${rows - MOST_ROWS} more are in summary.json.`] : [];

/** Means of the parts that occurred, for all and for each region; they sum to the mean. */
export function latencyTable(summary: RunSummary): Table {
  const { overall, regions } = summary;
  const parts = PARTS.filter((part) => (overall[part] ?? 0) > 0);
  // They sum to the last one: in one unit that can be seen.
  const columns = [
    ...parts.map((part) => column(part, "ms", part, "parts")),
    column("mean", "ms", "sum", "parts"),
  ].map((one) => ({ ...one, scale: "parts" }));
  const rows = [{ name: "all", metrics: overall }, ...(regions.length > 1 ? regions : [])];
  const table = named("Where the time goes: mean of completed requests", "from", columns, rows);
  return overall.mean === null ? { ...table, rows: [] } : table;
}

const BALANCER_COLUMNS: readonly MetricColumn[] = [
  RATE,
  column("utilization", "share", "utilized", "machines"),
  column("peak-utilization", "share", "busiest", "machines"),
  column("imbalance", "ratio", "imbalance", "machines"),
  column("starvation", "share", "starving", "machines"),
  ...LATENCIES,
  MISSES,
  ...SESSIONS,
  column("connections-open", "count", "open, from clients", "connections"),
  column("connection-imbalance", "ratio", "their imbalance", "connections"),
  column("backend-connections", "count", "held to targets", "connections"),
  AVAILABILITY,
];

/** The tree, indented, each with what all beneath it did. */
export function balancerTable({ balancers, starvation, connections }: RunSummary): Table {
  const rows = balancers.map((balancer): Row => {
    const { path, tier, strategy, metrics } = balancer;
    const own = {
      ...metrics,
      ...(endsAbove(path, connections?.layers) && { "connections-open": null }),
      // There are those of balancers, and the column is about clients'.
      ...(hasOwnBeneath(path, connections?.layers) && { "connection-imbalance": null }),
    };
    return {
      depth: tier,
      of: path,
      cells: [nameOf(balancer), strategy, ...cellsOf(own, BALANCER_COLUMNS)],
    };
  });
  return {
    title: "Balancers and all beneath them",
    columns: [
      { head: "balancer", unit: "text" },
      { head: "strategy", unit: "text" },
      ...BALANCER_COLUMNS,
    ],
    rows: shortened(rows),
    notes: [...remark(rows.length), ...unownedNote(balancers), starvationNote(starvation)],
    trend: "p99",
  };
}

/** Requests that got no answer, of those that are a balancer's. */
const failuresOf = ({ metrics }: BalancerSummary): number =>
  Math.round((metrics.requests ?? 0) * (1 - (metrics.availability ?? 1)));

/**
 * Rows beneath the first tell of what ended there: what was lost on its way to a target that fails
 * or is removed, or found none, is the first one's alone.
 */
function unownedNote([root, ...rest]: readonly BalancerSummary[]): string[] {
  const beneath = rest.filter(({ tier }) => tier === 1);
  if (beneath.length === 0) return [];
  const unowned = failuresOf(root) - beneath.reduce((sum, one) => sum + failuresOf(one), 0);
  if (unowned <= 0) return [];
  return [
    `Of the ${grouped(failuresOf(root))} failures of ${nameOf(root)} ${grouped(unowned)} are in no ` +
      "row beneath it: lost on the way to a target, by its failure or removal, or none was usable.",
  ];
}

/** A share of starvation means nothing without its threshold. */
const starvationNote = ({ share, windowMs, fairRequests }: RunSummary["starvation"]): string =>
  `Starving: part of the windows of ${clock(windowMs)} (wider where its fair share is below ` +
  `${fairRequests} requests) in which a machine got less than ${humanise(share, "share")} of it.`;

const nameOf = ({ path }: BalancerSummary): string => path.slice(path.lastIndexOf("/") + 1);

const STALE = column("stale-users", "share", "stale", "users");

/** What the share of stale ones is of: whoever keeps a connection asks when he opens it. */
export const staleOf = ({ connections }: RunSummary): string =>
  connections === undefined ? "the attempts" : "the openings and attempts";

const USER_COLUMNS: readonly MetricColumn[] = [
  RATE,
  AVAILABILITY,
  ...LATENCIES,
  column("spillover", "share", "spillover", "users"),
  column("users-moved", "share", "users moved", "users"),
  STALE,
  MISSES,
  ...SESSIONS,
];

/** Only where there is more than one: else it repeats the overall facts. */
export function regionTable(summary: RunSummary): Table {
  const rows = summary.regions.map((region) => ({ ...region, of: `region:${region.name}` }));
  const stale = { ...STALE, head: `stale, of ${staleOf(summary)}` };
  const columns = USER_COLUMNS.map((one) => (one === STALE ? stale : one));
  const table = named("Regions", "region", columns, rows.length > 1 ? rows : []);
  return { ...table, trend: "p99" };
}

export const classTable = ({ classes }: RunSummary): Table =>
  named("Request classes", "class", USER_COLUMNS, classes.length > 1 ? classes : []);

const MISS_COLUMNS: readonly MetricColumn[] = [
  column("miss-rate", "share", "all misses"),
  ...["compulsory", "capacity", "remap", "scatter", "expiry", "restart"].map((kind) =>
    column(`${kind}-misses`, "share", kind, "kind"),
  ),
];

/** Of all look-ups; the classes sum to all misses. A class that nobody met is left out. */
export function missTable({ overall, balancers }: RunSummary): Table {
  const rows = [
    { name: "all", metrics: overall, of: "all" },
    ...balancers
      .filter(({ datacenter }) => datacenter)
      .map((balancer) => ({
        name: nameOf(balancer),
        metrics: balancer.metrics,
        of: balancer.path,
      })),
  ].filter(({ metrics }) => metrics["miss-rate"] !== null);
  const met = MISS_COLUMNS.filter(({ metric }) => (overall[metric] ?? 0) > 0);
  const title = "Cache misses by cause, of all look-ups";
  const table = named(title, "datacenter", met, met.length > 0 ? rows : []);
  return { ...table, trend: "miss-rate" };
}
