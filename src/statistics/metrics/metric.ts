/**
 * What every metric says of itself. `list metrics`, `expect`, the summary and the tables follow
 * from it.
 */
import type { RunRecord } from "../run-record.ts";
import type { Tally } from "../tally.ts";

/**
 * `ms`: milliseconds. `share`: 0..1. `rate`: per ms, as all rates inside; people get it per second
 * (× 1000).
 */
export type MetricUnit = "share" | "ms" | "count" | "rate" | "ratio" | "bytes";

export interface StarvationSettings {
  /**
   * α: a machine starves in a window in which it got less than this part of its weighted fair
   * share.
   */
  readonly share: number;
  readonly windowMs: number;
  /** Windows are widened until the fair share is at least this many requests. */
  readonly fairRequests: number;
  /** W: a request starves that waited in queue longer than this. The recorder has counted by it. */
  readonly waitMs: number;
}

export interface MetricSettings {
  readonly starvation: StarvationSettings;
  /**
   * By region: node id of the root's target that would serve it if nothing were full; −1 where
   * there is none. Without it the unavoidable part of spillover is not defined.
   */
  readonly preferred?: readonly number[];
}

export interface MetricDefinition {
  /** As written in a scenario: lower case with dashes. */
  readonly name: string;
  readonly unit: MetricUnit;
  /** One line for `list`. */
  readonly summary: string;
  /** The formula, and the source where it is not ours. */
  readonly formula: string;
  /** Which direction is good; null where neither is. */
  readonly better: "lower" | "higher" | null;
  /** Where a run has none of these, nothing is said of the metric. */
  readonly needs?:
    | "sessions"
    | "connections"
    | "proxies"
    | "frontDoor"
    | "forwarding"
    | "resumptions"
    | "responseCaches";
  /** It has a figure for a single machine. */
  readonly machines: boolean;
  /** It has one for the whole run alone: what it speaks of is nobody's part. */
  readonly whole?: true;
  /** NaN where it is not defined (nothing happened that it could be taken from). */
  of(tally: Tally, settings: MetricSettings): number;
}

/** Whether a run has what the metric speaks of. */
export function isThere({ needs }: MetricDefinition, record: RunRecord): boolean {
  if (needs === "forwarding") return record.proxies?.forwards === true;
  if (needs === "resumptions") return record.proxies?.resumes === true;
  if (needs === "responseCaches") return record.proxies?.caches === true;
  return needs === undefined || record[needs] !== null;
}

/** NaN instead of an infinity or a figure about nothing. */
export const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : NaN);
