/** What became of users' sessions, and what it cost. Only runs with sessions have these figures. */
import { PARTS, SESSION_COUNTS, SESSION_EVENTS } from "../run-record.ts";
import type { SessionEvent } from "../run-record.ts";
import type { Tally } from "../tally.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";

type Count = (typeof SESSION_COUNTS)[number];

/** Sum over the machines of the selection. */
function counted({ machines, span }: Tally, count: Count): number {
  const at = SESSION_COUNTS.indexOf(count);
  let sum = 0;
  for (const { machine } of machines) {
    sum += span.machines.sessions[machine * SESSION_COUNTS.length + at] ?? 0;
  }
  return sum;
}

const isMachine = ({ selection, span: { record } }: Tally): boolean =>
  selection.kind === "node" && record.nodes[selection.id].kind === "machine";

/** A machine's own count; of all else what its requests and users met. */
const of =
  (event: SessionEvent, count: Count) =>
  (tally: Tally): number => {
    if (tally.span.record.sessions === null) return NaN;
    return isMachine(tally) ? counted(tally, count) : tally.sessions[SESSION_EVENTS.indexOf(event)];
  };

const common = { needs: "sessions", machines: true } as const;

const opened: MetricDefinition = {
  ...common,
  name: "sessions-opened",
  unit: "count",
  summary: "sessions that began, for a user who had none or had lost it",
  formula: "count; all that were ever opened = held + lost",
  better: null,
  of: of("opened", "opened"),
};

const moved: MetricDefinition = {
  ...common,
  name: "sessions-moved",
  unit: "count",
  summary: "times that a session was saved, carried over and opened elsewhere; of a machine: there",
  formula: "count, whatever became of the request that caused it",
  better: "lower",
  of: of("moved", "moved-in"),
};

const lost: MetricDefinition = {
  ...common,
  name: "sessions-lost",
  unit: "count",
  summary: "sessions whose state was lost with their machine, or was out of reach",
  formula:
    "count as it is lost, whether its user comes back or not; " +
    "of a class: its request was the user's last",
  better: "lower",
  of: of("lost", "lost"),
};

const bytes: MetricDefinition = {
  ...common,
  name: "session-bytes",
  unit: "bytes",
  summary: "bytes of state that were carried from machine to machine; of a machine: to it",
  formula: "Σ state over the sessions that moved",
  better: "lower",
  of: of("bytes", "bytes-in"),
};

const demand: MetricDefinition = {
  ...common,
  name: "session-demand",
  unit: "share",
  summary:
    "core time that saving and opening sessions asks for, of all there is (none for regions)",
  formula: "(saves × save + opens × open) / (cores × speed × in-service time)",
  better: "lower",
  of(tally) {
    const { span, machines } = tally;
    if (span.record.sessions === null) return NaN;
    let coreMs = 0;
    for (const { machine, speed } of machines) coreMs += speed * span.machines.inServiceMs[machine];
    return ratio(counted(tally, "work-ms"), coreMs);
  },
};

const reloadShare: MetricDefinition = {
  ...common,
  machines: false,
  name: "reload-share",
  unit: "share",
  summary: "part of the latency that went into reloading sessions",
  formula: "Σ reload / Σ latency of completed requests",
  better: "lower",
  of: ({ span, parts, latency }) =>
    span.record.sessions === null ? NaN : ratio(parts[PARTS.indexOf("reload")], latency.sum),
};

export const sessionMetrics: readonly MetricDefinition[] = [
  opened,
  moved,
  lost,
  bytes,
  demand,
  reloadShare,
];
