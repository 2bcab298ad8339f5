/**
 * How many keys change their owner when a pool changes, next to the least that any placement could
 * move.
 */
import type { Pool } from "../balancing/pool.ts";
import type { DisruptionRecord } from "../statistics/run-record.ts";
import { keyOf } from "../world/source.ts";

/** Sampled keys: their share's standard error is at most ½ / √16384 = 0.4 %. */
const KEYS = 16_384;

/** Who owns what in a pool at one moment. */
export interface Placement {
  /** By sampled key: the owner's slot. */
  readonly owners: Int32Array;
  /** By slot: normalised weight of the usable targets, 0 elsewhere. */
  readonly weights: Float64Array;
  /**
   * The shares at which the strategy aims: those of the weights, or equal ones where it ignores
   * them.
   */
  readonly aims: Float64Array;
}

/**
 * `salt`: the run's, of keys. null where the strategy places no keys or nothing is usable. O(keys ×
 * cost of a lookup).
 */
export function placementOf(pool: Pool, salt: number): Placement | null {
  if (!pool.keyed || pool.size === 0) return null;
  const owners = new Int32Array(KEYS);
  for (let key = 0; key < KEYS; key++) owners[key] = pool.owner(keyOf(key, salt), key);
  const weights = new Float64Array(pool.slots);
  const aims = pool.ignoresWeights ? new Float64Array(pool.slots) : weights;
  let total = 0;
  for (let i = 0; i < pool.size; i++) total += pool.weight[pool.usable[i]];
  for (let i = 0; i < pool.size; i++) {
    const slot = pool.usable[i];
    weights[slot] = pool.weight[slot] / total;
    if (pool.ignoresWeights) aims[slot] = 1 / pool.size;
  }
  return { owners, weights, aims };
}

/** What the change from one placement to the next moved; the shares are of all sampled keys. */
export function disruptionBetween(before: Placement, after: Placement): DisruptionRecord {
  const slots = after.weights.length;
  const heldBefore = new Float64Array(slots);
  const heldAfter = new Float64Array(slots);
  const inherited = new Float64Array(slots);
  const was = (slot: number): number => before.weights[slot] ?? 0;
  let moved = 0;
  let strayed = 0;
  let orphans = 0;
  for (let key = 0; key < KEYS; key++) {
    const from = before.owners[key];
    const to = after.owners[key];
    heldBefore[from]++;
    heldAfter[to]++;
    if (after.weights[from] === 0) {
      orphans++;
      inherited[to]++;
    }
    if (from === to) continue;
    moved++;
    if (after.weights[from] > 0 && was(to) > 0 && sameRatio(before, after, from, to)) strayed++;
  }
  let byWeight = 0;
  let byShare = 0;
  let heir = 0;
  for (let slot = 0; slot < slots; slot++) {
    byWeight += Math.abs(after.aims[slot] - (before.aims[slot] ?? 0)) / 2;
    byShare += Math.abs(heldAfter[slot] - heldBefore[slot]) / 2;
    if (inherited[slot] > heir) heir = inherited[slot];
  }
  return {
    keys: KEYS,
    moved: moved / KEYS,
    leastByWeight: byWeight,
    leastByShare: byShare / KEYS,
    strayed: strayed / KEYS,
    greatestHeir: orphans === 0 ? null : heir / orphans,
  };
}

/**
 * Neither of two targets gained weight against the other: no reason for a key to go from one to the
 * other.
 */
function sameRatio(before: Placement, after: Placement, a: number, b: number): boolean {
  const left = before.weights[a] * after.weights[b];
  const right = before.weights[b] * after.weights[a];
  return Math.abs(left - right) < 1e-12;
}
