/** How long a run is, what of it counts, and in which windows. */
import { entryOf } from "../definition.ts";
import type { Millis } from "../units.ts";
import { millis, MOST_MS } from "../units.ts";
import { arrivals } from "../world/arrivals/registry.ts";
import { quote } from "./problem.ts";
import { readRecord } from "./read-record.ts";
import type { RecordRead } from "./read-record.ts";
import type { Reading } from "./reading.ts";
import type { ClientRegion, StarvationSpec } from "./scenario.ts";
import type { scenarioShape } from "./shapes.ts";
import { starvationShape } from "./shapes.ts";
import type { TreeNode } from "./tree.ts";
import { typeInWords } from "./tree.ts";
import { formatDuration, parseQuantity, parseSeeds } from "./units.ts";

type Top = RecordRead<typeof scenarioShape>;

export interface Times {
  readonly durationMs: Millis | null;
  readonly requestLimit: number | null;
  readonly warmupMs: Millis;
  readonly windowMs: Millis;
  readonly seeds: readonly number[] | null;
}

const MOST_WINDOWS = 100_000;
/** Where nobody can tell how long the run will be. */
const UNKNOWN_WINDOW_MS = 1_000;

export function readTimes(top: Top, clients: readonly ClientRegion[], reading: Reading): Times {
  const { problems } = reading;
  const { values } = top;
  const durationMs = values.duration;
  const requestLimit = readRequestCount(values["stop-after"], reading);
  if (!top.has("duration") && !top.has("stop-after") && !reading.isPartial) {
    const would = "write duration: 10min or stop-after: 1_000_000 requests";
    problems.error(top.at("duration"), "the run has no end", would);
  }
  const expectedMs = expectedLength(durationMs, requestLimit, clients);
  if (!top.has("duration") && expectedMs !== null && expectedMs > MOST_MS) {
    const what = `so many requests take more than ${formatDuration(MOST_MS)} at these rates`;
    problems.error(top.at("stop-after"), what, "write fewer, or a duration");
  }
  const warmupMs = values.warmup ?? (expectedMs === null ? 0 : niceAtMost(expectedMs / 10));
  if (durationMs !== null && warmupMs >= durationMs) {
    const what = `the warm-up of ${formatDuration(warmupMs)} is the whole run`;
    const would = `it must be shorter than ${formatDuration(durationMs)}`;
    problems.error(top.at("warmup"), what, would);
  }
  const windowMs =
    values.window ?? (expectedMs === null ? UNKNOWN_WINDOW_MS : niceNear(expectedMs / 60));
  if (expectedMs !== null && expectedMs / windowMs > MOST_WINDOWS) {
    const what = `${Math.ceil(expectedMs / windowMs)} windows are more than ${MOST_WINDOWS}`;
    problems.error(top.at("window"), what, "write a wider window");
  }
  return {
    durationMs: durationMs === null ? null : millis(durationMs),
    requestLimit,
    warmupMs: millis(warmupMs),
    windowMs: millis(windowMs),
    seeds: readSeeds(values.seeds, values.seed, reading),
  };
}

/** In ms, by the mean rates; null where they are not known beforehand. */
function expectedLength(
  durationMs: number | null,
  requestLimit: number | null,
  clients: readonly ClientRegion[],
): number | null {
  if (requestLimit === null) return durationMs;
  let rate = 0;
  for (const { arrivals: chosen } of clients) {
    const known = arrivals.some(({ name }) => name === chosen.kind);
    rate += known ? entryOf(arrivals, chosen.kind).meanRate(chosen.settings, durationMs) : NaN;
  }
  if (!(rate > 0) || !Number.isFinite(rate)) return durationMs;
  const untilLimit = requestLimit / rate;
  return durationMs === null ? untilLimit : Math.min(durationMs, untilLimit);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/**
 * Lengths of time from a second on that people count in. Below: 1, 2, 2.5 and 5 in every decade.
 */
const NICE = [
  ...[1, 2, 5, 10, 15, 20, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR),
];
const DAY = 24 * HOUR;

/** The greatest nice length that is not more than `ms`; from a day on whole days. */
export function niceAtMost(ms: number): number {
  if (ms >= DAY) return Math.floor(ms / DAY) * DAY;
  if (ms >= SECOND) return NICE.findLast((length) => length <= ms) ?? SECOND;
  // Nanoseconds are where durations end.
  let decade = 100;
  while (decade > ms && decade > 1e-6) decade /= 10;
  return [5, 2.5, 2, 1].map((n) => n * decade).find((length) => length <= ms) ?? decade;
}

/** The nice length that is nearest to `ms` in ratio. */
export function niceNear(ms: number): number {
  const below = niceAtMost(ms);
  const candidates = [2, 2.5, 3].map((factor) => niceAtMost(below * factor));
  const above = Math.min(...candidates.filter((length) => length > below), below * 10);
  return ms / below <= above / ms ? below : above;
}

/** `1_000_000 requests` or the number alone; null after a problem or where nothing stands. */
function readRequestCount(node: TreeNode | null, { problems }: Reading): number | null {
  if (node === null) return null;
  const would = "write stop-after: 1_000_000 requests";
  if (node.type !== "text") {
    problems.error(node.at, `stop-after is ${typeInWords(node)}`, would);
    return null;
  }
  const count = /^(\S+)(?: requests?)?$/.exec(node.text)?.[1] ?? "";
  const parsed = parseQuantity(count, "count");
  if (parsed.ok && parsed.value >= 1) return parsed.value;
  problems.error(node.at, `stop-after: ${quote(node.text)} is not a number of requests`, would);
  return null;
}

function readSeeds(
  node: TreeNode | null,
  seed: number,
  { problems }: Reading,
): readonly number[] | null {
  if (node === null) return null;
  if (node.type !== "text") {
    problems.error(node.at, `seeds is ${typeInWords(node)}`, "write for example 10 or 1..20");
    return null;
  }
  const parsed = parseSeeds(node.text, seed);
  if (parsed.ok) return parsed.value;
  problems.error(node.at, parsed.what, parsed.would);
  return null;
}

export function starvationOf(
  node: TreeNode | null,
  windowMs: number,
  reading: Reading,
): StarvationSpec {
  const read =
    node === null ? null : readRecord(starvationShape, node, { noun: "starvation" }, reading);
  return {
    share: read?.values.share ?? starvationShape.share.default,
    windowMs: millis(read?.values.window ?? windowMs),
    fairRequests: read?.values["fair-requests"] ?? starvationShape["fair-requests"].default,
    waitMs: millis(read?.values.wait ?? starvationShape.wait.default),
  };
}
