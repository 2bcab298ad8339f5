/**
 * How clients found the root's targets. Only runs in which they look for them have these figures.
 */
import { DOOR_COUNTS } from "../run-record.ts";
import type { Tally } from "../tally.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";

/** Over all regions or one; NaN where the figure is nobody's: of a node or a class. */
function counted({ span, selection }: Tally, count: (typeof DOOR_COUNTS)[number]): number {
  if (span.record.frontDoor === null) return NaN;
  if (selection.kind === "node" || selection.kind === "class") return NaN;
  let sum = 0;
  for (const { door } of span.slices) {
    for (let i = DOOR_COUNTS.indexOf(count); i < (door?.length ?? 0); i += DOOR_COUNTS.length) {
      const region = Math.floor(i / DOOR_COUNTS.length);
      if (selection.kind === "all" || selection.index === region) sum += door![i];
    }
  }
  return sum;
}

const common = { needs: "frontDoor", machines: false, better: "lower" } as const;

const lookups: MetricDefinition = {
  ...common,
  name: "lookups",
  unit: "count",
  summary: "questions that resolvers had no answer to and asked the root (none for nodes, classes)",
  formula: "count; those who wait for an answer under way ask no question of their own",
  of: (tally) => counted(tally, "lookups"),
};

const stale: MetricDefinition = {
  ...common,
  name: "stale-users",
  unit: "share",
  summary:
    "part of the openings of connections and of the attempts without one that went where an answer " +
    "or a route led, to a target that the root would give nobody any more (none for nodes, classes)",
  formula: "answers used that name a target not usable / answers used",
  of: (tally) => ratio(counted(tally, "stale"), counted(tally, "uses")),
};

export const frontDoorMetrics: readonly MetricDefinition[] = [lookups, stale];
