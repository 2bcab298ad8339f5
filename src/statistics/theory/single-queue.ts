/**
 * One machine with one core and an endless queue. Times are in whatever unit the service time is
 * given in; ρ, the utilization, is arrival rate × mean service time and lies in [0, 1).
 */
import { assert } from "../../assert.ts";
import { exp, log } from "../../maths/elementary.ts";

const stable = (rho: number): void => assert(rho >= 0 && rho < 1, "theory holds for 0 ≤ ρ < 1");

/**
 * M/M/1, mean time from arrival to end of service: S / (1 − ρ) (Kleinrock, Queueing Systems I,
 * 1975, §3.2).
 */
export function mm1SojournMs(serviceMs: number, rho: number): number {
  stable(rho);
  return serviceMs / (1 - rho);
}

/** M/M/1, mean wait in queue: ρ S / (1 − ρ) (Kleinrock I, §3.2). */
export const mm1WaitMs = (serviceMs: number, rho: number): number =>
  rho * mm1SojournMs(serviceMs, rho);

/** M/M/1, P(sojourn > t) = e^(−(1 − ρ) t / S) (Kleinrock I, §5.6). */
export function mm1SojournTail(serviceMs: number, rho: number, atMs: number): number {
  stable(rho);
  return exp((-(1 - rho) * atMs) / serviceMs);
}

/** M/M/1, the time that a part `q` of all sojourns stays below; the tail inverted. */
export const mm1SojournQuantile = (serviceMs: number, rho: number, q: number): number =>
  -mm1SojournMs(serviceMs, rho) * log(1 - q);

/**
 * M/G/1 first in, first out, mean wait in queue: λ E[S²] / (2 (1 − ρ)) (Pollaczek 1930, Khinchine
 * 1932; Kleinrock I, §5.6). `secondMoment` is E[S²]: 2 S² for exponential demands, S² for constant
 * ones.
 */
export function mg1WaitMs(serviceMs: number, secondMoment: number, rho: number): number {
  stable(rho);
  return (rho * secondMoment) / (2 * serviceMs * (1 - rho));
}

export const mg1SojournMs = (serviceMs: number, secondMoment: number, rho: number): number =>
  serviceMs + mg1WaitMs(serviceMs, secondMoment, rho);

/**
 * M/G/1 processor sharing, mean sojourn of a request that demands x: x / (1 − ρ), whatever the
 * distribution (Kleinrock, Time-shared systems, JACM 14(2), 1967; Sakata, Noguchi, Oizumi 1971).
 * With x = the mean demand: the mean sojourn.
 */
export function mg1PsSojournMs(demandMs: number, rho: number): number {
  stable(rho);
  return demandMs / (1 - rho);
}

/** M/G/1 processor sharing (or any M/M/1): P(n requests there) = (1 − ρ) ρⁿ. */
export function geometricInSystem(rho: number, n: number): number {
  stable(rho);
  return (1 - rho) * integerPower(rho, n);
}

/** x^n for whole n ≥ 0 by multiplication alone. O(log n). */
export function integerPower(x: number, n: number): number {
  let result = 1;
  let square = x;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/**
 * M/M/1/K, part of the requests that find K there (one in service, K − 1 waiting) and are turned
 * away: (1 − ρ) ρ^K / (1 − ρ^(K+1)), 1 / (K + 1) at ρ = 1; any ρ ≥ 0 (Kleinrock I, §3.6).
 */
export function mm1kBlocking(rho: number, capacity: number): number {
  if (rho === 1) return 1 / (capacity + 1);
  return ((1 - rho) * integerPower(rho, capacity)) / (1 - integerPower(rho, capacity + 1));
}

/**
 * M/M/1/K, mean sojourn of those who are let in: Σ n p_n / (λ (1 − blocking)) (Little's law). O(K).
 */
export function mm1kSojournMs(serviceMs: number, rho: number, capacity: number): number {
  let weight = 1;
  let total = 1;
  let inSystem = 0;
  for (let n = 1; n <= capacity; n++) {
    weight *= rho;
    total += weight;
    inSystem += n * weight;
  }
  return (inSystem / total / rho / (1 - mm1kBlocking(rho, capacity))) * serviceMs;
}

/**
 * G/M/1: the root σ in (0, 1) of σ = A*((1 − σ) / S), where A*(s) is the Laplace transform of the
 * times between arrivals, in the same unit as S. It is the chance that an arrival has to wait
 * (Kleinrock I, §6.4). By bisection, 1e-15.
 */
export function gm1Root(serviceMs: number, arrivalTransform: (s: number) => number): number {
  let low = 0;
  let high = 1;
  // σ = 1 is a root too: the curve lies below the diagonal just before it, so go down from there
  // first.
  const below = (sigma: number) => arrivalTransform((1 - sigma) / serviceMs) < sigma;
  let step = 0.5;
  while (!below(1 - step)) {
    step /= 2;
    assert(step > 1e-12, "theory holds for ρ < 1");
  }
  high = 1 - step;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (below(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** G/M/1, mean wait in queue: σ S / (1 − σ) (Kleinrock I, §6.4). */
export const gm1WaitMs = (serviceMs: number, sigma: number): number =>
  (sigma * serviceMs) / (1 - sigma);

/** G/M/1: P(wait > t) = σ e^(−(1 − σ) t / S) (Kleinrock I, §6.4). */
export const gm1WaitTail = (serviceMs: number, sigma: number, atMs: number): number =>
  sigma * exp((-(1 - sigma) * atMs) / serviceMs);

/**
 * E_k/M/1, the root for times between arrivals that are the sum of k exponential ones: A*(s) = (k /
 * (k + s a))^k, a = S/ρ the mean time. This is what each of k machines sees when one dispatcher
 * gives a Poisson stream round robin.
 */
export function ekm1Root(k: number, rho: number): number {
  stable(rho);
  return gm1Root(1, (s) => integerPower(k / (k + s / rho), k));
}

/**
 * E_k/M/1, mean sojourn: S / (1 − σ): round robin over k one-core machines at utilization ρ each.
 */
export const ekm1SojournMs = (serviceMs: number, k: number, rho: number): number =>
  serviceMs / (1 - ekm1Root(k, rho));
