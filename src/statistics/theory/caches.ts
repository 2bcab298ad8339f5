/**
 * Hit rates of one cache under independent requests with fixed probabilities (the independent
 * reference model).
 */
import { assert } from "../../assert.ts";
import { expm1, pow } from "../../maths/elementary.ts";

/** Probabilities of ranks 0 … count − 1, the k-th in proportion to (k + 1)^−exponent. O(count). */
export function zipfProbabilities(count: number, exponent: number): Float64Array {
  const probabilities = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    probabilities[rank] = exponent === 0 ? 1 : pow(rank + 1, -exponent);
    sum += probabilities[rank];
  }
  for (let rank = 0; rank < count; rank++) probabilities[rank] /= sum;
  return probabilities;
}

/**
 * Part of an object's requests that hit, if it stays in the cache for the characteristic time T (in
 * requests).
 */
type HitModel = (probability: number, time: number) => number;

/** Each request renews the stay: 1 − e^(−p T). */
const renewed: HitModel = (probability, time) => -expm1(-probability * time);
/** Only a miss begins a stay: p T / (1 + p T). */
const notRenewed: HitModel = (probability, time) => (probability * time) / (1 + probability * time);

export interface CacheHits {
  /** Part of all requests that hit. */
  readonly hitRate: number;
  /** T: how many requests an object stays without being asked for. */
  readonly characteristicTime: number;
}

/**
 * Che's approximation for LRU: T solves Σ (1 − e^(−pᵢ T)) = C, and then object i hits with 1 −
 * e^(−pᵢ T) (Che, Tung, Wang, IEEE JSAC 20(7), 2002; why it is so near: Fricker, Robert, Roberts,
 * ITC 24, 2012). `capacity` in entries, below the number of objects with a probability. O(objects)
 * for each of some 60 steps.
 */
export const cheLru = (probabilities: ArrayLike<number>, capacity: number): CacheHits =>
  hitsOf(probabilities, capacity, renewed);

/**
 * The same for FIFO and RANDOM, which have one and the same hit rate: Σ pᵢT / (1 + pᵢT) = C
 * (Gelenbe 1973 for the equality; Fricker, Robert, Roberts 2012, §3; Martina, Garetto, Leonardi,
 * INFOCOM 2014, for the approximation).
 */
export const cheFifo = (probabilities: ArrayLike<number>, capacity: number): CacheHits =>
  hitsOf(probabilities, capacity, notRenewed);

function hitsOf(probabilities: ArrayLike<number>, capacity: number, hits: HitModel): CacheHits {
  const filled = (time: number): number => {
    let sum = 0;
    for (let i = 0; i < probabilities.length; i++) sum += hits(probabilities[i], time);
    return sum;
  };
  let possible = 0;
  for (let i = 0; i < probabilities.length; i++) if (probabilities[i] > 0) possible++;
  assert(capacity > 0, "a cache holds something");
  if (capacity >= possible) return { hitRate: 1, characteristicTime: Infinity };
  let high = capacity;
  while (filled(high) < capacity) high *= 2;
  let low = 0;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (filled(middle) < capacity) low = middle;
    else high = middle;
  }
  const characteristicTime = (low + high) / 2;
  let hitRate = 0;
  for (let i = 0; i < probabilities.length; i++) {
    hitRate += probabilities[i] * hits(probabilities[i], characteristicTime);
  }
  return { hitRate, characteristicTime };
}

/**
 * LFU with perfect knowledge of the probabilities, the best that independent requests allow: the C
 * greatest of them.
 */
export function perfectLfu(probabilities: ArrayLike<number>, capacity: number): number {
  const sorted = Float64Array.from(probabilities).toSorted();
  let sum = 0;
  for (let i = Math.max(0, sorted.length - capacity); i < sorted.length; i++) sum += sorted[i];
  return sum;
}
