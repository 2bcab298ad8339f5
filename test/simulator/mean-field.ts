/**
 * Power of d choices over n machines, by hand: the fluid limit as it fills from empty, and how far
 * n machines lie from the limit. Tails xᵢ, the part of the machines with at least i requests,
 * follow
 *
 *     dxᵢ/dt = ρ (xᵢ₋₁^d − xᵢ^d) − (xᵢ − xᵢ₊₁),   x₀ = 1
 *
 * in service times (Vvedenskaya, Dobrushin, Karpelevich 1996). For d = 1 it is also exact for a
 * single M/M/1 queue, whose tails it follows in time.
 */
import { integerPower } from "../../src/statistics/theory.ts";

export interface PowerOfD {
  readonly d: number;
  readonly rho: number;
  /** Tails kept: x₁ … x_levels. */
  readonly levels: number;
  /** Another offered load from time 0 until then, to fill the machines faster. */
  readonly rush?: { readonly rho: number; readonly until: number };
}

/**
 * Tails at time `until`, from empty. Runge–Kutta of order 4; steps of 1/4 are stable as rates stay
 * below 8.
 */
export function tailsFromEmpty(model: PowerOfD, until: number): Float64Array {
  const { d, levels, rush } = model;
  let rho = model.rho;
  const steps = Math.ceil(4 * until);
  const h = until / steps;
  let x = new Float64Array(levels + 2);
  x[0] = 1;
  const slope = (at: Float64Array): Float64Array => {
    const result = new Float64Array(levels + 2);
    let above = 1;
    for (let i = 1; i <= levels; i++) {
      const power = integerPower(at[i], d);
      result[i] = rho * (above - power) - (at[i] - at[i + 1]);
      above = power;
    }
    return result;
  };
  const moved = (by: Float64Array, part: number) => x.map((value, i) => value + part * by[i]);
  for (let step = 0; step < steps; step++) {
    rho = rush !== undefined && (step + 0.5) * h < rush.until ? rush.rho : model.rho;
    const a = slope(x);
    const b = slope(moved(a, h / 2));
    const c = slope(moved(b, h / 2));
    const e = slope(moved(c, h));
    x = x.map((value, i) => value + (h / 6) * (a[i] + 2 * b[i] + 2 * c[i] + e[i]));
  }
  return x.slice(1, levels + 1);
}

/**
 * How much longer the mean sojourn of n machines is than the limit's, times n, in service times;
 * for d choices without replacement. The mean of x is π + V/n + O(1/n²) with 0 = A V + ½ B : W + c
 * and 0 = A W + W Aᵀ + Q (Gast, Van Houdt, A Refined Mean Field Approximation, SIGMETRICS 2018,
 * theorem 1): A and B are the drift's derivatives at the fixed point π, Q the jumps' variances, and
 * c what n itself does to the drift: d different ones of m among n all have i requests with m(m −
 * 1)…/(n(n − 1)…) = x^d − (d(d − 1)/2) x^(d−1) (1 − x)/n + …
 */
export function sojournBiasTimesMachines({ d, rho, levels: k }: PowerOfD): number {
  const pi = Array.from({ length: k + 2 }, (_, i) => integerPower(rho, exponentOf(d, i)));
  pi[k + 1] = 0;
  const first = pi.map((x) => rho * d * integerPower(x, d - 1));
  const second = pi.map((x) => rho * d * (d - 1) * (d < 2 ? 0 : integerPower(x, d - 2)));
  const drawn = pi.map((x) => (rho * d * (d - 1) * integerPower(x, d - 1) * (1 - x)) / 2);
  // A, with x₁ in row 0.
  const a = Array.from({ length: k }, () => new Float64Array(k));
  for (let i = 1; i <= k; i++) {
    a[i - 1][i - 1] = -first[i] - 1;
    if (i > 1) a[i - 1][i - 2] = first[i - 1];
    if (i < k) a[i - 1][i] = 1;
  }
  // A W + W Aᵀ = −Q, row by row of W. A jump changes one tail alone, so Q is diagonal; births and
  // deaths balance.
  const lyapunov = Array.from({ length: k * k }, () => new Float64Array(k * k + 1));
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const row = lyapunov[i * k + j];
      for (let m = 0; m < k; m++) {
        row[m * k + j] += a[i][m];
        row[i * k + m] += a[j][m];
      }
      if (i === j) row[k * k] = -2 * (pi[i + 1] - pi[i + 2]);
    }
  }
  const w = solve(lyapunov);
  const curved = (i: number): number =>
    i === 0 ? 0 : (second[i] * w[(i - 1) * (k + 1)]) / 2 - drawn[i];
  const system = a.map((row, i) => Float64Array.of(...row, curved(i + 1) - curved(i)));
  return solve(system).reduce((sum, value) => sum + value, 0) / rho;
}

/** (dⁱ − 1)/(d − 1). */
function exponentOf(d: number, i: number): number {
  let exponent = 0;
  for (let step = 0; step < i; step++) exponent = exponent * d + 1;
  return exponent;
}

/** Gauss with pivots; the last column is the right side. O(n³). */
function solve(rows: Float64Array[]): Float64Array {
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let row = column + 1; row < n; row++) {
      const factor = rows[row][column] / rows[column][column];
      if (factor === 0) continue;
      for (let i = column; i <= n; i++) rows[row][i] -= factor * rows[column][i];
    }
  }
  const result = new Float64Array(n);
  for (let row = n - 1; row >= 0; row--) {
    let rest = rows[row][n];
    for (let i = row + 1; i < n; i++) rest -= rows[row][i] * result[i];
    result[row] = rest / rows[row][row];
  }
  return result;
}
