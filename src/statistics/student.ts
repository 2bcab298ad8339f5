/**
 * Student's t distribution for whole degrees of freedom by + − × ÷ and sqrt alone, so that
 * intervals are equal to the byte in every engine. The distribution function is the finite sum of
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 (odd) and 26.7.4 (even).
 */
import { assert } from "../assert.ts";

/**
 * arc tangent of x ≥ 0, to a few ulp: the argument is halved until the alternating series converges
 * at once.
 */
function arcTangent(x: number): number {
  // Four halvings bring any angle below π/32, where 10 terms suffice for 53 bits: (π/32)^20 ≈
  // 4e-21.
  let tangent = x > 1 ? 1 / x : x;
  const halvings = 4;
  for (let i = 0; i < halvings; i++) tangent /= 1 + Math.sqrt(1 + tangent * tangent);
  const square = tangent * tangent;
  let series = 0;
  for (let k = 21; k >= 1; k -= 2) series = 1 / k - square * series;
  const angle = tangent * series * (1 << halvings);
  return x > 1 ? Math.PI / 2 - angle : angle;
}

/** P(|T| ≤ t) for t ≥ 0 and `degrees` ≥ 1. O(degrees). */
export function studentWithin(t: number, degrees: number): number {
  assert(Number.isInteger(degrees) && degrees >= 1, "degrees of freedom are whole and at least 1");
  const cosSquare = degrees / (degrees + t * t);
  const sin = t / Math.sqrt(degrees + t * t);
  if (degrees % 2 === 0) {
    let term = 1;
    let sum = 1;
    for (let k = 2; k <= degrees - 2; k += 2) {
      term *= (cosSquare * (k - 1)) / k;
      sum += term;
    }
    return sin * sum;
  }
  let sum = 0;
  let term = Math.sqrt(cosSquare);
  for (let k = 1; k <= degrees - 2; k += 2) {
    if (k > 1) term *= (cosSquare * (k - 1)) / k;
    sum += term;
  }
  return (2 / Math.PI) * (arcTangent(t / Math.sqrt(degrees)) + sin * sum);
}

/**
 * The t with P(|T| ≤ t) = level: half the width of a two-sided interval in standard errors.
 * Relative error below 1e-9.
 */
export function studentQuantile(level: number, degrees: number): number {
  assert(level > 0 && level < 1, "a level lies between 0 and 1");
  let high = 1;
  while (studentWithin(high, degrees) < level) {
    high *= 2;
    assert(high < 1e15, "this level is too near to 1 to be told from it");
  }
  let low = 0;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
