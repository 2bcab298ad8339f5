/**
 * How evenly a list of figures is spread: the three measures that the papers use, as pure
 * functions.
 */

/**
 * Greatest over mean: 1 when all are equal, n when one has everything. Maglev (NSDI 2016, §5.1)
 * calls it over-provisioning: by this factor the machines must be larger than if they shared
 * evenly. NaN for an empty or all-zero list. O(n).
 */
export function greatestOverMean(values: readonly number[]): number {
  let sum = 0;
  let greatest = -Infinity;
  for (const value of values) {
    sum += value;
    if (value > greatest) greatest = value;
  }
  return sum > 0 ? (greatest * values.length) / sum : NaN;
}

/**
 * Coefficient of variation σ/μ of the whole population (divided by n, not n − 1); `weights` ≥ 0
 * count a value by that much. NaN where the mean is 0 or nothing counts. O(n).
 */
export function coefficientOfVariation(
  values: readonly number[],
  weights?: readonly number[],
): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    total += weight;
    sum += weight * values[i];
  }
  const mean = sum / total;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const distance = values[i] - mean;
    squares += (weights === undefined ? 1 : weights[i]) * distance * distance;
  }
  return mean > 0 ? Math.sqrt(squares / total) / mean : NaN;
}

/**
 * Jain's fairness index (Σx)² / (n Σx²): 1 when all are equal, 1/n when one has everything (Jain,
 * Chiu, Hawe, DEC-TR-301, 1984). It is 1 / (1 + CV²), which is also what `weights` mean here. NaN
 * for an all-zero list. O(n).
 */
export function jainIndex(values: readonly number[], weights?: readonly number[]): number {
  let total = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    total += weight;
    sum += weight * values[i];
    squares += weight * values[i] * values[i];
  }
  return squares > 0 ? (sum * sum) / (total * squares) : NaN;
}
