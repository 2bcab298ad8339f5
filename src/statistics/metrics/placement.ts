/**
 * Who went where: users that were moved, requests that spilled over, keys that changed their owner.
 */
import type { DisruptionRecord } from "../run-record.ts";
import { treeOf } from "../selection.ts";
import { changesIn } from "../tally.ts";
import type { Tally } from "../tally.ts";
import { unavoidableSpillover } from "../theory/measures.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";
import { completed } from "./outcomes.ts";

const usersMoved: MetricDefinition = {
  name: "users-moved",
  unit: "share",
  summary: "part of the answers whose user landed on another machine than the time before",
  formula: "moved / completed; none where users are not told apart (affinity object or none)",
  better: "lower",
  machines: false,
  of: (tally) => (tally.span.record.tellsUsers ? ratio(tally.moved, completed(tally)) : NaN),
};

const spillover: MetricDefinition = {
  name: "spillover",
  unit: "share",
  summary:
    "part of the answers that came from elsewhere than the nearest of the root's targets still " +
    "there (who leaves a drained or removed one for the next is at home there)",
  formula: "served outside the preferred target / completed",
  better: "lower",
  machines: false,
  of: (tally) => ratio(tally.spilled, completed(tally)),
};

/**
 * Offered load of each preferred target from the run's own figures, then its overflow, weighted by
 * what it was offered.
 */
function unavoidable(tally: Tally, preferred: readonly number[]): number {
  const { span, selection } = tally;
  const { record } = span;
  const classes = record.classes.length;
  const tree = treeOf(record.nodes);
  let work = 0;
  let started = 0;
  for (const { machine, speed } of record.nodes) {
    if (machine < 0) continue;
    work += span.machines.busyMs[machine] * speed;
    started += span.machines.started[machine];
  }
  const demandMs = ratio(work, started);
  const offered = new Float64Array(record.nodes.length);
  const asked = new Float64Array(record.nodes.length);
  for (let i = 0; i < span.born.length; i++) {
    const region = Math.floor(i / classes);
    const target = preferred[region] ?? -1;
    if (target < 0) continue;
    offered[target] += span.born[i];
    const chosen =
      selection.kind === "all" ||
      (selection.kind === "region" && selection.index === region) ||
      (selection.kind === "class" && selection.index === i - region * classes);
    if (chosen) asked[target] += span.born[i];
  }
  let spilled = 0;
  let total = 0;
  for (let target = 0; target < offered.length; target++) {
    if (!(asked[target] > 0)) continue;
    let coreMs = 0;
    for (const { machine, speed } of tree.machines[target]) {
      coreMs += speed * span.machines.inServiceMs[machine];
    }
    const load = coreMs > 0 ? (offered[target] * demandMs) / coreMs : Infinity;
    spilled += asked[target] * unavoidableSpillover(load);
    total += asked[target];
  }
  return ratio(spilled, total);
}

const spilloverUnavoidable: MetricDefinition = {
  name: "spillover-unavoidable",
  unit: "share",
  summary: "part of the requests for which the preferred target had no capacity at all",
  formula:
    "max(0, 1 − 1/ρ), ρ the offered load on the preferred target (born × mean demand / capacity)",
  better: null,
  machines: false,
  of: (tally, { preferred }) =>
    preferred === undefined || tally.selection.kind === "node"
      ? NaN
      : unavoidable(tally, preferred),
};

/** Mean over the changes that have one; NaN where none has. */
export function meanDisruption(
  changes: readonly { readonly disruption: DisruptionRecord | null }[],
  of: (disruption: DisruptionRecord) => number,
): number {
  let sum = 0;
  let count = 0;
  for (const { disruption } of changes) {
    if (disruption === null) continue;
    sum += of(disruption);
    count++;
  }
  return ratio(sum, count);
}

const keysMoved: MetricDefinition = {
  name: "keys-moved",
  unit: "share",
  summary: "part of the keys whose owner changed, mean over the changes of the pools",
  formula: "moved / sampled keys, at each change of a keyed strategy's usable targets",
  better: "lower",
  machines: false,
  of: (tally) => meanDisruption(changesIn(tally), (disruption) => disruption.moved),
};

const keysMovedLeast: MetricDefinition = {
  name: "keys-moved-least",
  unit: "share",
  summary: "the least part of the keys that had to move at those changes",
  formula:
    "½ Σ|w′ − w| over normalised weights, equal ones where the strategy ignores them; 1/(n+1) on " +
    "adding one, 1/n on removing one",
  better: null,
  machines: false,
  of: (tally) => meanDisruption(changesIn(tally), (disruption) => disruption.leastByWeight),
};

export const placementMetrics: readonly MetricDefinition[] = [
  usersMoved,
  spillover,
  spilloverUnavoidable,
  keysMoved,
  keysMovedLeast,
];
