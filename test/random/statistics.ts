/**
 * Yardsticks of the tests of samplers. Seeds are fixed, so a test that passes once passes always.
 */

/**
 * Kolmogorov and Smirnov's distance times √n. Under the hypothesis it exceeds x with probability 2
 * e^(−2x²) for n in the thousands; 2.3 is exceeded once in 20,000 seeds. Only for continuous
 * distributions.
 */
export function kolmogorov(values: Float64Array, cdf: (x: number) => number): number {
  const sorted = values.toSorted();
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const expected = cdf(sorted[i]);
    distance = Math.max(distance, expected - i / n, (i + 1) / n - expected);
  }
  return distance * Math.sqrt(n);
}
export const KOLMOGOROV_LIMIT = 2.3;

/**
 * (χ² − df) / √(2 df): about standard normal for many cells. Expected counts should be 5 or more;
 * cells of expectation 0 must be empty.
 */
export function chiSquareScore(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  let sum = 0;
  let cells = 0;
  for (let i = 0; i < observed.length; i++) {
    if (expected[i] === 0) {
      if (observed[i] !== 0) return Infinity;
      continue;
    }
    const difference = observed[i] - expected[i];
    sum += (difference * difference) / expected[i];
    cells++;
  }
  const freedom = cells - 1;
  return (sum - freedom) / Math.sqrt(2 * freedom);
}
/**
 * Five σ; χ² is skew for few cells, so this is exceeded about once in 10,000 seeds at 10 cells,
 * less at more.
 */
export const CHI_SQUARE_LIMIT = 5;

/** Mean and standard error of the mean. */
export function meanAndError(values: Float64Array): { mean: number; error: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  return { mean, error: Math.sqrt(squares / values.length / values.length) };
}
