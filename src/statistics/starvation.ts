/**
 * Starvation of machines (ours; Envoy's slow start uses the word so): who got less than a part of
 * the fair share, when.
 */
import { fairShares } from "./fair-shares.ts";
import type { StarvationSettings } from "./metrics/metric.ts";
import type { NodeRecord } from "./run-record.ts";
import { treeOf } from "./selection.ts";
import type { Span } from "./tally.ts";

/** By machine index. */
export interface Starvation {
  /** In-service time in windows in which it starved. */
  readonly starvedMs: Float64Array;
  /** In-service time in windows that were wide enough to judge. */
  readonly observedMs: Float64Array;
}

const known = new WeakMap<Span, { settings: StarvationSettings; starvation: Starvation }>();

/**
 * For each machine, windows follow each other from the span's begin; one is closed as soon as it is
 * `windowMs` long and the machine's fair share in it is at least `fairRequests`, so that every
 * judged window had arrivals. What is left at the end stays unjudged. A fair share is the pool's
 * requests, divided by weight × time in service, slice by slice (see fair-shares.ts): a machine
 * that is out of service has none. O(slices × machines), once for a span and its settings.
 */
export function starvationIn(span: Span, settings: StarvationSettings): Starvation {
  const before = known.get(span);
  if (before !== undefined && equal(before.settings, settings)) return before.starvation;
  const count = span.machines.received.length;
  const starvation = {
    starvedMs: new Float64Array(count),
    observedMs: new Float64Array(count),
  };
  for (const pool of treeOf(span.record.nodes).pool) {
    if (pool.length > 0) judge(span, pool, settings, starvation);
  }
  known.set(span, { settings, starvation });
  return starvation;
}

const equal = (a: StarvationSettings, b: StarvationSettings): boolean =>
  a.share === b.share && a.windowMs === b.windowMs && a.fairRequests === b.fairRequests;

function judge(
  span: Span,
  pool: readonly NodeRecord[],
  settings: StarvationSettings,
  into: Starvation,
): void {
  // Of each machine's open window: its length, its time in service, what it got, what would have
  // been fair.
  const openMs = new Float64Array(pool.length);
  const serviceMs = new Float64Array(pool.length);
  const got = new Float64Array(pool.length);
  const fair = new Float64Array(pool.length);
  const fairHere = new Float64Array(pool.length);
  for (const slice of span.slices) {
    const { machines, startMs, endMs } = slice;
    fairShares(slice, pool, fairHere);
    for (let i = 0; i < pool.length; i++) {
      const { machine, cores } = pool[i];
      // Out of service or without weight: it is not asked, so its window stands still.
      if (!(machines.weightedMs[machine] > 0)) continue;
      openMs[i] += endMs - startMs;
      serviceMs[i] += machines.inServiceMs[machine] / cores;
      got[i] += machines.received[machine];
      fair[i] += fairHere[i];
      if (fair[i] <= 0 || fair[i] < settings.fairRequests || openMs[i] < settings.windowMs) {
        continue;
      }
      into.observedMs[machine] += serviceMs[i];
      if (got[i] < settings.share * fair[i]) into.starvedMs[machine] += serviceMs[i];
      openMs[i] = serviceMs[i] = got[i] = fair[i] = 0;
    }
  }
}
