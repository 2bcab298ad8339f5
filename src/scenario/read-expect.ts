/** `expect`: what must hold, and `compare`: what is varied. */
import type { MetricDefinition } from "../statistics/metrics/registry.ts";
import { metrics } from "../statistics/metrics/registry.ts";
import { whereOf } from "./make-events.ts";
import type { NodeTree } from "./node-tree.ts";
import type { Override } from "./overrides.ts";
import { quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import { readRecord } from "./read-record.ts";
import type { RecordRead } from "./read-record.ts";
import type { Reading } from "./reading.ts";
import type { Expectation, Variation } from "./scenario.ts";
import { expectationShape } from "./shapes.ts";
import { didYouMean } from "./suggest.ts";
import type { TreeNode } from "./tree.ts";
import { flowText, typeInWords } from "./tree.ts";
import type { QuantityKind } from "./units.ts";
import { formatDuration, parseQuantity, parseSpan } from "./units.ts";

export interface ExpectContext {
  /** null: they could not be read, so nothing is said of what `of` names. */
  readonly everyNode: NodeTree | null;
  readonly regions: readonly string[];
  readonly classes: readonly string[];
  readonly durationMs: number | null;
  readonly warmupMs: number;
  readonly reading: Reading;
}

/** How a metric's bounds are written. */
export const BOUND_KINDS: Readonly<Record<MetricDefinition["unit"], QuantityKind>> = {
  share: "share",
  ms: "duration",
  count: "count",
  rate: "rate",
  ratio: "number",
  bytes: "size",
};

export function readExpectations(node: TreeNode | null, context: ExpectContext): Expectation[] {
  if (node === null) return [];
  if (node.type !== "list") {
    const would = "write a list, each with a dash";
    context.reading.problems.error(node.at, `expect is ${typeInWords(node)}`, would);
    return [];
  }
  return node.items.flatMap((item) => readExpectation(item, context));
}

/** One for each node that `of` matches. */
function readExpectation(node: TreeNode, context: ExpectContext): Expectation[] {
  const { problems } = context.reading;
  const read = readRecord(expectationShape, node, { noun: "an expectation" }, context.reading);
  if (read === null) return [];
  const name = read.values.metric?.type === "text" ? read.values.metric.text : "";
  const metric = metrics.find((one) => one.name === name);
  if (metric === undefined && read.has("metric")) {
    const known = metrics.map((one) => one.name);
    problems.error(
      read.at("metric"),
      `no metric is called ${quote(name)}`,
      didYouMean(name, known),
    );
  }
  if (!read.has("above") && !read.has("below")) {
    problems.error(node.at, "the expectation has no bound", "write below: or above:");
  }
  const kind = metric === undefined ? null : BOUND_KINDS[metric.unit];
  const above = readBound(read, "above", kind, context);
  const below = readBound(read, "below", kind, context);
  if (above !== null && below !== null && above >= below) {
    problems.error(
      read.at("above"),
      "nothing is above and below at once",
      "above is the lower one",
    );
  }
  const duringMs = readDuring(read, context);
  return readSubjects(read, metric, context).map((of) => {
    return { metric: name, of, duringMs, above, below, where: whereOf(node.at) };
  });
}

type Read = RecordRead<typeof expectationShape>;

function readBound(
  read: Read,
  field: "above" | "below",
  kind: QuantityKind | null,
  { reading }: ExpectContext,
): number | null {
  const node = read.values[field];
  if (node === null || kind === null) return null;
  const parsed = node.type === "text" ? parseQuantity(node.text, kind) : null;
  if (parsed?.ok === true) return parsed.value;
  const what = parsed === null ? `${field} is ${typeInWords(node)}` : `${field}: ${parsed.what}`;
  reading.problems.error(node.at, what, parsed === null ? "write a number" : parsed.would);
  return null;
}

function readDuring(read: Read, context: ExpectContext): readonly [number, number] | null {
  const { durationMs, warmupMs, reading } = context;
  const node = read.values.during;
  if (node === null) return null;
  const parsed = node.type === "text" ? parseSpan(node.text) : null;
  if (parsed === null || !parsed.ok) {
    const what = parsed === null ? `during is ${typeInWords(node)}` : parsed.what;
    reading.problems.error(node.at, what, parsed?.would ?? "write for example 5min..6min");
    return null;
  }
  const [from, to] = parsed.value;
  if (to === Infinity && durationMs === null) {
    reading.problems.error(
      node.at,
      "the end is not known without a duration",
      "write a time instead",
    );
    return null;
  }
  const last = to === Infinity ? (durationMs ?? 0) : to;
  if (durationMs !== null && (last > durationMs || from >= durationMs)) {
    const would = `the run ends at ${formatDuration(durationMs)}`;
    reading.problems.error(node.at, "the span is outside the run", would);
  } else if (last <= warmupMs) {
    const would = `it ends at ${formatDuration(warmupMs)}`;
    reading.problems.error(
      node.at,
      "the span lies within the warm-up, which is not counted",
      would,
    );
  }
  return [from, last];
}

function readSubjects(
  read: Read,
  metric: MetricDefinition | undefined,
  context: ExpectContext,
): (string | null)[] {
  const { everyNode, regions, classes, reading } = context;
  const node = read.values.of;
  if (node === null) return [null];
  if (node.type !== "text") {
    reading.problems.error(node.at, `of is ${typeInWords(node)}`, "write the name of a node");
    return [];
  }
  if (everyNode === null) return [];
  const [prefix, ...rest] = node.text.split(":");
  if (rest.length > 0) {
    const name = rest.join(":");
    const known = prefix === "region" ? regions : prefix === "class" ? classes : [];
    if (known.includes(name)) return [node.text];
    const would = known.length === 0 ? "write region:name or class:name" : didYouMean(name, known);
    reading.problems.error(node.at, `nothing is called ${quote(node.text)}`, would);
    return [];
  }
  const matched = everyNode.match(node.text);
  if (matched.ok) {
    const machines = matched.value.filter((match) => match.kind === "machine");
    if (metric === undefined || metric.machines || machines.length < matched.value.length) {
      const usable = metric?.machines === false ? "balancer" : null;
      const fitting = matched.value.filter((match) => usable === null || match.kind === usable);
      return fitting.map((match) => match.path);
    }
    const would = `name the balancer above: ${machines[0].path.replace(/\/\d+$/, "")}`;
    reading.problems.error(node.at, `${metric.name} has no figure for a single machine`, would);
    return [];
  }
  if (regions.includes(node.text)) return [`region:${node.text}`];
  if (classes.includes(node.text)) return [`class:${node.text}`];
  reading.problems.error(node.at, matched.what, matched.would);
  return [];
}

export interface VariationsRead {
  readonly variations: Variation[];
  /** Each value as an override of its own, to be tried. */
  readonly trials: readonly {
    readonly override: Override;
    readonly value: TreeNode;
    readonly at: Position;
  }[];
}

/** Each is tried by reading the whole scenario with it. */
const MOST_VALUES = 1_000;

export function readVariations(node: TreeNode | null, { problems }: Reading): VariationsRead {
  const variations: Variation[] = [];
  const trials: { override: Override; value: TreeNode; at: Position }[] = [];
  const would = "write for example fra.strategy: [mod-n, maglev]";
  if (node === null) return { variations, trials };
  if (node.type !== "map") {
    problems.error(node.at, `compare is ${typeInWords(node)}`, would);
    return { variations, trials };
  }
  for (const { key, keyAt, value } of node.entries.values()) {
    if (value.type !== "list" || value.items.length === 0) {
      const what = value.type === "list" ? "an empty list" : typeInWords(value);
      problems.error(value.at, `compare ${key} is ${what}`, would);
      continue;
    }
    const values = value.items.map(flowText);
    const twice = values.findIndex((text, i) => values.indexOf(text) < i);
    if (twice >= 0) {
      const what = `compare ${key} names ${quote(values[twice])} twice`;
      problems.warn(value.items[twice].at, what, "the two rows will be equal");
    }
    if (trials.length + values.length > MOST_VALUES) {
      problems.error(value.at, `compare has more than ${MOST_VALUES} values`, "compare fewer");
      break;
    }
    variations.push({ path: key, values });
    for (const [i, item] of value.items.entries()) {
      trials.push({ override: { path: key, value: values[i] }, value: item, at: keyAt });
    }
  }
  return { variations, trials };
}
