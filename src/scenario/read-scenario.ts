/**
 * YAML text to a scenario with every default written out, or to every problem with its position.
 * Station 2 of a request.
 */
import { millis } from "../units.ts";
import { Geography } from "./geography.ts";
import { checkObjects, checkUsers } from "./check-objects.ts";
import { checkPinned } from "./check-pinned.ts";
import { checkPlaces, standHere } from "./check-places.ts";
import type { LoadedTree, Loader } from "./load.ts";
import { loadTree } from "./load.ts";
import type { Change, Override } from "./overrides.ts";
import { applyChange, parseOverride } from "./overrides.ts";
import { folderOf, stemOf } from "./paths.ts";
import type { Problem } from "./problem.ts";
import { Problems } from "./problem.ts";
import { DEFAULT_REPORT_MS, readBalancers } from "./read-balancers.ts";
import { readClients } from "./read-clients.ts";
import { checkEvents, readEvents } from "./read-events.ts";
import { readOrigin } from "./read-origin.ts";
import { readExpectations, readVariations } from "./read-expect.ts";
import type { VariationsRead } from "./read-expect.ts";
import { checkSizes, checkWeighed, withResolvers } from "./read-front.ts";
import { checkConditions, checkNamedClasses } from "./read-routes.ts";
import { withLayers } from "./read-layers.ts";
import { readRecord } from "./read-record.ts";
import { NO_CLASSES, readClasses } from "./read-requests.ts";
import { checkSlowStarts } from "./read-slow-start.ts";
import { readTimes, starvationOf } from "./read-times.ts";
import type { NamedFile, Reading } from "./reading.ts";
import { strategyNeeds } from "./registries.ts";
import type { BalancerSpec, EventSpec, Scenario } from "./scenario.ts";
import { scenarioShape } from "./shapes.ts";
import type { MapNode } from "./tree.ts";

export type { Loader } from "./load.ts";
export { MAX_SCENARIO_BYTES } from "./load.ts";
export type { Override } from "./overrides.ts";
export { formatProblem } from "./problem.ts";
export type { Problem } from "./problem.ts";
export type { NamedFile } from "./reading.ts";

export interface ReadOptions {
  /** In order; a later one wins. */
  readonly overrides?: readonly Override[];
  /** Instead of the scenario's own. */
  readonly seed?: number;
}
export interface ScenarioRead {
  readonly scenario: Scenario;
  /** Seeds that the file wants for a comparison; null: it does not say. */
  readonly seeds: readonly number[] | null;
  /** Files that the scenario names: traces and lists of numbers, to be loaded into `Inputs`. */
  readonly files: readonly NamedFile[];
  /** Of severity "warning": the scenario can be run all the same. */
  readonly warnings: readonly Problem[];
}
export type ReadResult = ScenarioRead | { readonly problems: readonly Problem[] };

/** Settings of a balancer, and of its front door, that people look for at the top of the file. */
const OF_BALANCER = [
  "forwarding",
  "front-door",
  "layer",
  "nat",
  "pool",
  "response-cache",
  "routes",
  "spread",
];
const BELOW: ReadonlyMap<string, string> = new Map([
  ...OF_BALANCER.map((name) => [name, `write ${name} on a balancer`] as const),
  ...["names", "anycast"].map(
    (name) => [name, `write front-door: { ${name}: … } on the first balancer`] as const,
  ),
]);

/**
 * Reads a scenario file with all that it includes. Never throws, whatever the text; all problems
 * are told at once, sorted by position. O(text), plus a reading of the tree for each value of
 * `compare`.
 */
export function readScenario(file: string, loader: Loader, options: ReadOptions = {}): ReadResult {
  const opened = openScenario(file, loader);
  return "problems" in opened ? opened : opened.read(options);
}

/** A scenario whose text has been parsed once, to be read with different settings. */
export interface OpenScenario {
  read(options?: ReadOptions): ReadResult;
}

/** The first half of `readScenario`, for those who read many variants. */
export function openScenario(
  file: string,
  loader: Loader,
): OpenScenario | { readonly problems: readonly Problem[] } {
  const problems = new Problems();
  const loaded = loadTree(file, loader, problems);
  if (loaded === null) return { problems: problems.sorted() };
  return { read: (options = {}) => readTree(file, loaded, problems.sorted(), options) };
}

function readTree(
  file: string,
  { tree, isPartial }: LoadedTree,
  earlier: readonly Problem[],
  options: ReadOptions,
): ReadResult {
  const problems = new Problems();
  problems.expectFile(file);
  for (const problem of earlier) problems.add(problem);
  const overrides = [...(options.overrides ?? [])];
  if (options.seed !== undefined) {
    overrides.push({ path: "seed", value: String(options.seed), from: "--seed" });
  }
  const changes = overrides.flatMap((override) => parseOverride(override, problems) ?? []);
  // What a change names may stand in an include that failed.
  const told = isPartial ? new Problems() : problems;
  const whole = changes.reduce((now, change) => applyChange(now, change, told), tree);
  const changed = overrides.map(({ path }) => path);
  const reading: Reading = { problems, files: [], folder: folderOf(file), isPartial, changed };
  const resolved = resolve(file, whole, reading);
  for (const { value, override, at } of resolved?.trials ?? []) {
    tryValue(file, whole, { path: override.path, value, at }, problems);
  }
  if (resolved === null || problems.failed) return { problems: problems.sorted() };
  const { scenario, seeds } = resolved;
  return { scenario, seeds, files: reading.files, warnings: problems.sorted() };
}

/**
 * A value of `compare` is read as it will be read when its turn comes; its problems stand where it
 * is written.
 */
function tryValue(file: string, tree: MapNode, change: Change, problems: Problems): void {
  const inner = new Problems();
  const varied = applyChange(tree, change, inner);
  resolve(file, varied, {
    problems: inner,
    files: [],
    folder: folderOf(file),
    isPartial: false,
    changed: [],
  });
  for (const problem of inner.sorted()) if (problem.severity === "error") problems.add(problem);
}

interface Resolved {
  readonly scenario: Scenario;
  readonly seeds: readonly number[] | null;
  readonly trials: VariationsRead["trials"];
}

function resolve(file: string, tree: MapNode, reading: Reading): Resolved | null {
  const top = readRecord(scenarioShape, tree, { noun: "the scenario", elsewhere: BELOW }, reading);
  if (top === null) return null;
  const { values } = top;
  const { trials, variations } = readVariations(values.compare, reading);
  const geography = new Geography(values.places, values.network, reading);
  const asked = values.requests === null ? NO_CLASSES : readClasses(values.requests, reading);
  const { classes } = asked;
  const clients =
    values.clients === null
      ? null
      : readClients(values.clients, values.connections, classes, geography, reading);
  const tiers =
    values.balancer === null ? null : readBalancers(values.balancer, geography, reading);
  const origin =
    values.origin === null ? null : readOrigin(values.origin, asked, tiers, geography, reading);
  const times = readTimes(top, clients?.regions ?? [], reading);
  const starvation = starvationOf(values.starvation, times.windowMs, reading);
  // A duration that is wrong is not a run without end.
  const endMs = times.durationMs ?? (top.has("duration") ? Infinity : null);
  const { warmupMs } = times;
  const until = { durationMs: endMs, warmupMs, reading };
  if (clients === null || tiers === null || reading.isPartial) {
    checkEvents(values.events, { durationMs: endMs, reading });
    readExpectations(values.expect, { ...until, everyNode: null, regions: [], classes: [] });
    return null;
  }
  checkObjects(clients, asked, reading);
  checkUsers(classes, clients, tiers, reading);
  checkSizes(clients, asked, geography.bandwidthsAt, reading);
  checkPinned(clients.regions, tiers, reading);
  checkWeighed(tiers.asked.weighed, clients, asked, reading);
  const isDoorCompared = variations.some(({ path }) => path.endsWith("front-door"));
  const regions = withResolvers(clients, tiers.root, isDoorCompared, reading);
  checkNamedClasses(tiers.asked.named, classes, reading);
  checkConditions(tiers.asked.conditions, classes, reading);
  const here = checkPlaces(clients, tiers, geography, reading);
  const standing = here ? standHere(tiers.root, geography) : tiers.root;
  const root = withLayers(standing, tiers, clients.regions, !here, reading);
  const { durationMs } = times;
  const classNames = classes.map(({ name }) => name);
  const asking = { clients: clients.regions, classes: classNames };
  const context = { root, ...asking, geography, durationMs: endMs, reading };
  const { events, everyNode } = readEvents(values.events, context);
  checkSlowStarts(tiers.slowStarts, everyNode, events, variations, reading);
  const expect = readExpectations(values.expect, {
    everyNode,
    regions: clients.regions.map(({ name }) => name),
    classes: classNames,
    ...until,
  });
  const scenario: Scenario = {
    format: 1,
    name: stemOf(file),
    question: values.question,
    expectation: values.expectation,
    reason: values.reason,
    seed: values.seed,
    durationMs,
    requestLimit: times.requestLimit,
    warmupMs,
    windowMs: times.windowMs,
    starvation,
    places: geography.places(),
    roundTripMs: geography.matrixMs().map((row) => row.map((ms) => millis(ms))),
    ...geography.bandwidths(),
    classes,
    clients: regions,
    root: withReports(root, reportsNeeded(events, tiers.silent)),
    origin,
    events,
    expect,
    compare: variations,
  };
  return { scenario, seeds: times.seeds, trials };
}

/** Balancers to which an event gives a strategy that needs reports: they travel from the start. */
function reportsNeeded(events: readonly EventSpec[], silent: ReadonlySet<string>): Set<string> {
  const needed = new Set<BalancerSpec["path"]>();
  for (const event of events) {
    if (event.kind !== "strategy" || !strategyNeeds(event.strategy, "reports")) continue;
    for (const path of event.nodes) if (!silent.has(path)) needed.add(path);
  }
  return needed;
}

/** The tree with the default interval of reports where `needed` and nothing was said. */
function withReports(root: BalancerSpec, needed: ReadonlySet<string>): BalancerSpec {
  const interval =
    root.reportIntervalMs === null && needed.has(root.path)
      ? millis(DEFAULT_REPORT_MS)
      : root.reportIntervalMs;
  const targets = root.targets.map((target) => {
    return target.kind === "balancer" ? withReports(target, needed) : target;
  });
  return { ...root, reportIntervalMs: interval, targets };
}
