/** Events and metrics, with what they follow and how they are reckoned: `lbsim explain NAME`. */
import type { Field } from "../definition.ts";
import { metrics } from "../statistics/metrics/registry.ts";
import type { MetricDefinition, MetricUnit } from "../statistics/metrics/registry.ts";
import { events } from "../world/events.ts";
import type { EventDefinition, EventField } from "../world/events.ts";
import { kindOf } from "./describe-entry.ts";

/** Those of that name, and those that are written with it: `fail` is `fail-randomly` too. */
export const eventsNamed = (name: string): readonly EventDefinition[] =>
  events.filter((event) => event.name === name || event.verb === name);

export const metricsNamed = (name: string): readonly MetricDefinition[] =>
  metrics.filter((metric) => metric.name === name);

/** What it does, whom it follows, how it is written and its fields. */
export function describeEventEntry({
  name,
  summary,
  follows,
  example,
  fields,
}: EventDefinition): string[] {
  return [
    `${name} (event): ${summary}`,
    `Follows ${follows}`,
    `Written ${example}`,
    "Fields",
    ...Object.entries(fields).map(([each, field]) => `  ${each}: ${field.doc} (${sortOf(field)})`),
  ];
}

/** What it is, its formula and unit, and of whom it has a figure. */
export function describeMetric(metric: MetricDefinition): string[] {
  const { name, summary, formula, unit, better, whole, machines } = metric;
  const whose =
    whole === true
      ? "the whole run alone"
      : `balancers, regions and classes where they have any${machines ? ", and machines" : ""}`;
  return [
    `${name} (metric): ${summary}`,
    `Formula: ${formula}`,
    `In ${UNITS[unit]}${better === null ? "" : `; ${better} is better`}; of ${whose}`,
  ];
}

const UNITS: Readonly<Record<MetricUnit, string>> = {
  share: "per cent",
  ms: "milliseconds",
  count: "numbers",
  rate: "a second",
  ratio: "multiples",
  bytes: "bytes",
};

type SpecialKind = Exclude<EventField["kind"], Field["kind"]>;
const KINDS: Readonly<Record<SpecialKind, string>> = {
  nodes: "nodes by path, fra/3, fra/1..4 or fra/*, or a list of them",
  replicas: "replicas, fra#2, or a list of them",
  regions: "client regions, a list of them, or *",
  names: "one or a list",
  link: "list of two",
  "machine-count": "1 machine, 4 machines",
  setting: "fra.strategy, fra/3.weight",
  any: "as the setting asks for",
  pick: "one of the caches or none",
};

const isSpecial = (kind: EventField["kind"]): kind is SpecialKind => kind in KINDS;
const isPlain = (field: EventField): field is Field => !isSpecial(field.kind);

function sortOf(field: EventField): string {
  const none = "none" in field && field.none ? " or none" : "";
  if (isPlain(field)) return kindOf(field).replace(/;|$/, (end) => `${none}${end}`);
  const kind = KINDS[field.kind];
  return `${kind}; ${field.optional === true ? "may be left out" : "required"}`;
}
