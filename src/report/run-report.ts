/** One run for people: verdicts, facts and tables out of its summary. */
import type { ExpectationResult, Judged } from "../experiment/expectations.ts";
import { metricNamed } from "../statistics/metrics/registry.ts";
import type { MetricUnit } from "../statistics/metrics/registry.ts";
import type { MetricValues, RunSummary, SessionsSummary } from "../statistics/run-summary.ts";
import { clock, grouped, humanise } from "./numbers.ts";
import { filled, withoutEmptyColumns } from "./report-model.ts";
import type { Fact, Report, Table, Verdict } from "./report-model.ts";
import { proxyTable } from "./proxy-tables.ts";
import {
  balancerTable,
  classTable,
  latencyTable,
  missTable,
  regionTable,
  staleOf,
} from "./run-tables.ts";
import { connectionTable, connectionsText, keptText, layerTable } from "./connection-tables.ts";
import { changeTable, failoverTable } from "./change-tables.ts";

export interface RunReportParts {
  readonly summary: RunSummary;
  readonly expectations: readonly ExpectationResult[];
  /** Simulated time at which Ctrl-C stopped it; null: it ran to its end. */
  readonly stoppedMs: number | null;
  /** The command that does it again. */
  readonly command: string;
}

export function runReport(parts: RunReportParts): Report {
  const { summary, stoppedMs, command } = parts;
  const tables: Table[] = [
    latencyTable(summary),
    balancerTable(summary),
    regionTable(summary),
    classTable(summary),
    missTable(summary),
    connectionTable(summary),
    layerTable(summary),
    proxyTable(summary),
    changeTable(summary),
    failoverTable(summary),
  ];
  return {
    title: summary.name,
    words: wordsOf(summary),
    verdicts: parts.expectations.map(verdictOf),
    facts: facts(summary),
    tables: filled(tables).map(withoutEmptyColumns),
    notes: [
      ...(stoppedMs === null
        ? []
        : [
            `Partial: stopped by hand at ${clock(stoppedMs)} of simulated time. The figures end there.`,
          ]),
      ...overloadNote(summary),
    ],
    footer: [
      { label: "seed", text: String(summary.seed) },
      { label: "fingerprint", text: summary.fingerprint },
      { label: "version", text: `lbsim ${summary.version}` },
      { label: "again", text: command },
    ],
  };
}

/** The scenario's own words, those that it has. */
export const wordsOf = (scenario: { question: string; expectation: string }): Fact[] =>
  [
    { label: "question", text: scenario.question },
    { label: "expected", text: scenario.expectation },
  ].filter((fact) => fact.text !== "");

/** `p99 of fra from 5 min to 6 min below 20 %: 25.0 %`. Bounds and figures of rates come per ms. */
export function verdictOf(result: ExpectationResult): Verdict {
  const { unit, of, fromMs, toMs, observed, passed } = result;
  const whose = of === "all" ? null : of;
  const wanted = expectedText({ ...result, of: whose, duringMs: [fromMs, toMs] });
  const seen = observed === null ? "no figure" : boundText(observed, unit);
  return { passed, text: `${wanted}: ${seen}` };
}

const boundText = (value: number, unit: MetricUnit): string =>
  humanise(unit === "rate" ? value * 1000 : value, unit);

/** `p99 of fra from 5 min to 6 min below 20 %`. Bounds of rates come per ms. */
export function expectedText({
  metric,
  unit,
  of,
  duringMs,
  above,
  below,
}: Omit<Judged, "passed">): string {
  const bounds = [
    ...(above === null ? [] : [`above ${boundText(above, unit)}`]),
    ...(below === null ? [] : [`below ${boundText(below, unit)}`]),
  ];
  const whose = of === null ? "" : ` of ${of}`;
  const when = duringMs === null ? "" : ` from ${duringMs.map(clock).join(" to ")}`;
  return `${metric}${whose}${when} ${bounds.join(" and ")}`;
}

/** Without it a reader takes a queue that only grows for a property of the strategy. */
function overloadNote({ overloaded }: RunSummary): string[] {
  if (overloaded.length === 0) return [];
  const said = overloaded
    .map(({ path, load, own }) => {
      const what = own === true ? `${path}'s own cores` : path;
      return `${what} ${humanise(load, "share")}`;
    })
    .join(", ");
  return [
    `Offered more than it can serve (offered load before anything spills over): ${said}. ` +
      "Where it stays so, queues only grow, and latencies tell how long the run was.",
  ];
}

function facts(summary: RunSummary): Fact[] {
  const { overall, endMs, warmupMs } = summary;
  const say = (name: string): string => {
    const metric = metricNamed(name);
    return metric === undefined ? "–" : humanise(overall[name] ?? null, metric.unit);
  };
  const measured =
    warmupMs > 0
      ? `from ${clock(Math.min(warmupMs, endMs))} (warm-up left out) to ${clock(endMs)}`
      : `in ${clock(endMs)}`;
  const list = [
    {
      label: "requests",
      text: `${say("requests")} ended ${measured}, ${say("rate")}`,
    },
    { label: "availability", text: availability(overall, say) },
    {
      label: "latency",
      text: ["p50", "p90", "p99", "p99.9", "max"].map((name) => `${name} ${say(name)}`).join(", "),
    },
    {
      label: "machines",
      text:
        `utilization ${say("utilization")}, busiest ${say("peak-utilization")}, ` +
        `imbalance ${say("imbalance")}, starving ${say("starvation")}`,
    },
  ];
  if (overall["miss-rate"] !== null) {
    list.push({ label: "caches", text: `miss rate ${say("miss-rate")}` });
  }
  if (overall["origin-rate"] !== null) {
    const refused = overall["origin-refused"] === 0 ? "" : `, refused ${say("origin-refused")}`;
    list.push({
      label: "origin",
      text:
        `${say("origin-rate")}, utilization ${say("origin-utilization")}, ` +
        `wait ${say("origin-wait")}${refused}`,
    });
  }
  if (overall.lookups !== undefined) {
    const asked = overall.lookups === 0 ? "" : `${say("lookups")} lookups, `;
    const text = `${asked}${say("stale-users")} of ${staleOf(summary)} went where the root sends nobody any more`;
    list.push({ label: "front door", text });
  }
  if (summary.sessions !== undefined) {
    list.push({ label: "sessions", text: sessionsText(summary.sessions, say) });
  }
  if (summary.connections !== undefined) {
    list.push({ label: "connections", text: connectionsText(summary.connections) });
  }
  if (summary.backends !== undefined) {
    list.push({ label: "to targets", text: keptText(summary.backends) });
  }
  return [...list, { label: "conservation", text: conservation(summary) }];
}

const FAILURES = ["rejected", "timed-out", "failed", "unroutable"] as const;

function availability(overall: MetricValues, say: (name: string) => string): string {
  const failures = FAILURES.filter((name) => (overall[name] ?? 0) > 0);
  const why = failures.map((name) => `${name} ${say(name)}`).join(", ");
  return `${say("availability")}${why === "" ? "" : ` (${why})`}`;
}

/** What was ever opened is held or lost; the rest is from the warm-up on, as all figures. */
function sessionsText(
  { opened, held, lost, holds }: SessionsSummary,
  say: (name: string) => string,
): string {
  const kept = `${grouped(opened)} opened ${holds ? "=" : "≠"} ${grouped(held)} held + ${grouped(lost)} lost`;
  const moved = `moved ${say("sessions-moved")}, carried ${say("session-bytes")}`;
  const cost = `reloads ${say("reload-share")} of the latency`;
  return `${kept}; ${moved}, ${cost}, saving and opening ${say("session-demand")} of the cores' time`;
}

/** Over the whole run, the warm-up too: every request is somewhere. */
function conservation({ conservation: c }: RunSummary): string {
  const parts = [
    [c.completed, "completed"],
    [c.rejected, "rejected"],
    [c.timedOut, "timed out"],
    [c.failed, "failed"],
    [c.unroutable, "unroutable"],
    [c.inFlight, "in flight at the end"],
  ] as const;
  const sum = parts
    .filter(([count], index) => count > 0 || index === 0)
    .map(([count, what]) => `${grouped(count)} ${what}`)
    .join(" + ");
  return `${grouped(c.born)} born ${c.holds ? "=" : "≠"} ${sum}`;
}
