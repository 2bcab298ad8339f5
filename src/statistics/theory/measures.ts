/** Formulas about routing and placement that are no queue. */
import { assert } from "../../assert.ts";
import { gammaP } from "../../maths/elementary.ts";
import { integerPower } from "./single-queue.ts";

/**
 * Part of the requests that must go elsewhere when the preferred target is offered `load` times its
 * capacity (arrival rate × mean demand / capacity; may exceed 1): max(0, 1 − 1/ρ), since at best it
 * serves its capacity.
 */
export const unavoidableSpillover = (load: number): number => (load > 1 ? 1 - 1 / load : 0);

function greatestCommonDivisor(a: number, b: number): number {
  let [one, other] = [a, b];
  while (other > 0) [one, other] = [other, one % other];
  return one;
}

/**
 * Part of the keys that keep their machine when `key mod N` becomes `key mod M`, machines joining
 * or leaving at the end of the list: min(N, M) / lcm(N, M), since of each lcm(N, M) keys in a row
 * just the first min(N, M) agree. 5 → 6 keeps 1/6, 8 → 16 keeps half.
 */
export const modNKeeps = (before: number, after: number): number =>
  (Math.min(before, after) * greatestCommonDivisor(before, after)) / (before * after);

/**
 * Least part of the keys that must move for shares to follow the weights: ½ Σ |w′ − w| over
 * normalised weights. A target that is absent has weight 0; both lists name the same targets in the
 * same order. 1/(n+1) on adding one of n + 1 equal ones.
 */
export function leastDisruption(before: readonly number[], after: readonly number[]): number {
  assert(before.length === after.length, "both lists name the same targets");
  const totals = [before, after].map((weights) => weights.reduce((sum, weight) => sum + weight, 0));
  let sum = 0;
  for (let i = 0; i < before.length; i++) {
    sum += Math.abs(after[i] / totals[1] - before[i] / totals[0]);
  }
  return sum / 2;
}

/**
 * Coefficient of variation of a target's share of a hash ring with k random points for each of n
 * equal targets: √((n − 1) / (n k + 1)), about 1/√k. The n k arcs are a uniform point of a simplex,
 * so a share is Beta(k, (n − 1) k).
 */
export const ringShareCv = (targets: number, points: number): number =>
  Math.sqrt((targets - 1) / (targets * points + 1));

/**
 * Expected greatest share over mean share on that ring. Shares are Gamma(k) variables over their
 * sum, which is independent of them, so E[max share] × n = E[max of n Gamma(k)] / k = ∫₀^∞ 1 − P(k,
 * k x)ⁿ dx, here by Simpson's rule to about 1e-6. With one point it is the harmonic number Hₙ,
 * about ln n.
 */
export function ringGreatestOverMean(targets: number, points: number): number {
  const tail = (x: number): number => 1 - integerPower(gammaP(points, points * x), targets);
  let end = 1;
  while (tail(end) > 1e-9) end *= 1.25;
  const steps = 2000;
  const width = end / steps;
  let sum = tail(0) + tail(end);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * tail(i * width);
  return (sum * width) / 3;
}

/** Hₙ = 1 + 1/2 + … + 1/n. O(n). */
export function harmonic(n: number): number {
  let sum = 0;
  for (let k = n; k >= 1; k--) sum += 1 / k;
  return sum;
}

/**
 * Mean age of a report that is sent every `intervalMs` and travels `delayMs`, at a random moment:
 * delay + interval / 2. The greatest is delay + interval.
 */
export const meanReportAgeMs = (intervalMs: number, delayMs: number): number =>
  delayMs + intervalMs / 2;

/**
 * Time from a silent failure until probes have declared it, for a random phase: the first failing
 * probe is sent up to an interval later, `fall` failures in a row are needed, and the last of them
 * must run into its timeout (or the interval, if probes follow each other regardless). Least and
 * greatest; the mean lies in the middle.
 */
export function detectionMs(health: {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
}): { readonly low: number; readonly high: number } {
  const low = (health.fall - 1) * health.intervalMs + health.timeoutMs;
  return { low, high: low + health.intervalMs };
}
