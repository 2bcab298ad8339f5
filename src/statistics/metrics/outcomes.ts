/** How many requests there were, and how they ended. */
import { OUTCOMES } from "../run-record.ts";
import type { Outcome } from "../run-record.ts";
import type { Tally } from "../tally.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";

export function ended(tally: Tally): number {
  let sum = 0;
  for (const count of tally.outcomes) sum += count;
  return sum;
}

export const completed = (tally: Tally): number => tally.outcomes[OUTCOMES.indexOf("completed")];

/** A machine's own count of what was sent to it; requests that ended elsewhere. */
function requestsOf(tally: Tally): number {
  const { selection, span } = tally;
  if (selection.kind !== "node") return ended(tally);
  const node = span.record.nodes[selection.id];
  return node.kind === "machine" ? span.machines.received[node.machine] : ended(tally);
}

export const requests: MetricDefinition = {
  name: "requests",
  unit: "count",
  summary: "requests that ended, in whatever way; of a machine: that reached it",
  formula: "completed + rejected + timed out + failed + unroutable",
  better: null,
  machines: true,
  of: requestsOf,
};

export const born: MetricDefinition = {
  name: "born",
  unit: "count",
  summary: "requests that clients sent (regions, classes and all; nodes have none)",
  formula: "count at birth",
  better: null,
  machines: false,
  of: (tally) => tally.born,
};

export const rate: MetricDefinition = {
  name: "rate",
  unit: "rate",
  summary: "requests that ended, by time; of a machine: that reached it",
  formula: "requests / span",
  better: null,
  machines: true,
  of: (tally) => ratio(requestsOf(tally), tally.span.toMs - tally.span.fromMs),
};

const availabilityOf = (tally: Tally): number => ratio(completed(tally), ended(tally));

export const availability: MetricDefinition = {
  name: "availability",
  unit: "share",
  summary: "part of the requests that got their answer",
  formula: "completed / requests",
  better: "higher",
  machines: false,
  of: availabilityOf,
};

export const errorRate: MetricDefinition = {
  name: "error-rate",
  unit: "share",
  summary: "part of the requests that got no answer",
  formula: "1 − availability",
  better: "lower",
  machines: false,
  of: (tally) => 1 - availabilityOf(tally),
};

const share = (outcome: Outcome, summary: string): MetricDefinition => ({
  name: outcome,
  unit: "share",
  summary,
  formula: `${outcome.replace("-", " ")} / requests`,
  better: "lower",
  machines: false,
  of: (tally) => ratio(tally.outcomes[OUTCOMES.indexOf(outcome)], ended(tally)),
});

export const outcomeMetrics: readonly MetricDefinition[] = [
  requests,
  born,
  rate,
  availability,
  errorRate,
  share("rejected", "part of the requests that a full queue turned away"),
  share("timed-out", "part of the requests whose client gave up waiting"),
  share("failed", "part of the requests that were lost with a machine or a connection"),
  share("unroutable", "part of the requests for which no target was usable"),
];
