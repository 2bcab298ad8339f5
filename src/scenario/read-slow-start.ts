/** `slow-start` of a balancer, and whether its strategies can do anything with it. */
import { millis } from "../units.ts";
import type { NodeTree } from "./node-tree.ts";
import { orList } from "./problem.ts";
import type { Position } from "./problem.ts";
import { readRecord } from "./read-record.ts";
import type { RecordRead } from "./read-record.ts";
import { readNumber } from "./read-values.ts";
import type { Reading } from "./reading.ts";
import { defaultOf, registries, strategyNeeds } from "./registries.ts";
import type { Registered } from "./registries.ts";
import type { EventSpec, SlowStartSpec, Variation } from "./scenario.ts";
import type { balancerShape } from "./shapes-tree.ts";
import { slowStartShape } from "./shapes-tree.ts";

/** Null: targets have their whole weight at once. */
export function readSlowStart(
  read: RecordRead<typeof balancerShape>,
  reading: Reading,
): SlowStartSpec | null {
  const node = read.values["slow-start"];
  if (node === null) return null;
  const { window, from } = slowStartShape;
  const given =
    node.type === "text"
      ? {
          window: readNumber("slow-start", window, "duration", node, reading.problems),
          from: from.default,
        }
      : readRecord(slowStartShape, node, { noun: "slow-start" }, reading)?.values;
  const windowMs = given?.window ?? 0;
  return given === undefined || windowMs === 0
    ? null
    : { windowMs: millis(windowMs), from: given.from };
}

/**
 * Slow start is a weight that grows: where no strategy that the balancer ever has heeds weights, it
 * would do nothing, and nobody would see why. As nginx, which refuses it beside hash and random.
 * @param slowStarts by path of the balancer
 */
export function checkSlowStarts(
  slowStarts: ReadonlyMap<string, Position>,
  tree: NodeTree,
  events: readonly EventSpec[],
  compare: readonly Variation[],
  { problems, changed }: Reading,
): void {
  // Then those that do without it are what the others stand beside.
  const tried = [...compare.map(({ path }) => path), ...changed];
  const isCompared = tried.some((path) => path.endsWith("strategy"));
  for (const [path, at] of slowStarts) {
    const spec = tree.balancer(path)?.source;
    if (spec === undefined || spec.strategy.kind === "") continue;
    const later = events.flatMap((event) =>
      event.kind === "strategy" && event.nodes.includes(path) ? [event.strategy] : [],
    );
    if ([spec.strategy, ...later].some((one) => strategyNeeds(one, "weights"))) continue;
    const { kind } = spec.strategy;
    const heeding = heedful();
    const as = heeding.includes(kind) ? `${kind} with these settings` : kind;
    const what = `slow-start does nothing: ${as} does not heed weights`;
    const would =
      spec.frontDoor?.kind === "anycast"
        ? "by anycast the network decides: leave it out"
        : `leave it out, or write as strategy ${orList(heeding)}`;
    if (isCompared) problems.warn(at, what, would);
    else problems.error(at, what, would);
  }
}

/** Strategies that heed weights as they are without settings. */
function heedful(): string[] {
  const heeds = ({ name, fields }: Registered): boolean => {
    const settings = Object.entries(fields).map(([key, field]) => [key, defaultOf(field)] as const);
    return strategyNeeds({ kind: name, settings: Object.fromEntries(settings) }, "weights");
  };
  return registries.strategies.filter(heeds).map(({ name }) => name);
}
