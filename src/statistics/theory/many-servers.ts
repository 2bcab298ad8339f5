/** Several servers: behind one queue, without one, or with one queue each. */
import { assert } from "../../assert.ts";
import { exp } from "../../maths/elementary.ts";
import { integerPower, mm1SojournMs } from "./single-queue.ts";

/**
 * Erlang B: part of the requests that find all `servers` busy and are lost, when they bring
 * `erlangs` = arrival rate × mean service time (Erlang 1917). It depends on the service times' mean
 * alone. By the recursion B(0) = 1, B(n) = a B(n−1) / (n + a B(n−1)), which never overflows.
 * O(servers).
 */
export function erlangB(servers: number, erlangs: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (erlangs * blocked) / (n + erlangs * blocked);
  return blocked;
}

/**
 * Erlang C: part of the requests that have to wait in M/M/c: c B / (c − a (1 − B)) (Erlang 1917;
 * Kleinrock I, §3.5).
 */
export function erlangC(servers: number, erlangs: number): number {
  assert(erlangs < servers, "theory holds for fewer erlangs than servers");
  const blocked = erlangB(servers, erlangs);
  return (servers * blocked) / (servers - erlangs * (1 - blocked));
}

/** M/M/c at utilization ρ a core, mean wait: C S / (c (1 − ρ)) (Kleinrock I, §3.5). */
export const mmcWaitMs = (serviceMs: number, servers: number, rho: number): number =>
  (erlangC(servers, servers * rho) * serviceMs) / (servers * (1 - rho));

export const mmcSojournMs = (serviceMs: number, servers: number, rho: number): number =>
  serviceMs + mmcWaitMs(serviceMs, servers, rho);

/**
 * M/M/c: P(wait > t) = C e^(−c (1 − ρ) t / S) (Gross, Harris, Fundamentals of Queueing Theory,
 * §2.3).
 */
export const mmcWaitTail = (
  serviceMs: number,
  servers: number,
  rho: number,
  atMs: number,
): number => erlangC(servers, servers * rho) * exp((-servers * (1 - rho) * atMs) / serviceMs);

/**
 * Bounds of the mean sojourn of join-the-shortest-queue over n one-core machines, Poisson arrivals,
 * exponential demands. No policy of separate queues beats one common queue (M/M/n), and JSQ is no
 * worse than splitting at random (M/M/1 each), since it is the best that can be done without
 * knowing demands (Winston 1977; Weber 1978).
 */
export const jsqSojournBoundsMs = (
  serviceMs: number,
  machines: number,
  rho: number,
): { readonly low: number; readonly high: number } => ({
  low: mmcSojournMs(serviceMs, machines, rho),
  high: mm1SojournMs(serviceMs, rho),
});

/**
 * Power of d choices in the limit of many machines: part of the machines with at least i requests,
 * ρ^((dⁱ − 1)/(d − 1)); ρⁱ for d = 1 (Vvedenskaya, Dobrushin, Karpelevich, Problems of Information
 * Transmission 32(1), 1996; Mitzenmacher, IEEE TPDS 12(10), 2001). Poisson arrivals, exponential
 * demands, first in, first out.
 */
export function powerOfDTail(d: number, rho: number, i: number): number {
  let exponent = 0;
  // Beyond that the power has long underflowed, and the exponent would soon not be exact.
  for (let k = 0; k < i && exponent < 1e15; k++) exponent = exponent * d + 1;
  return integerPower(rho, exponent);
}

/**
 * The mean sojourn there, in mean demands: Σ_{i ≥ 1} ρ^((dⁱ − d)/(d − 1)), by Little's law from the
 * tails (both sources). n machines are slower by a part that falls with n and grows with ρ: a test
 * against it has to allow for that.
 */
export function powerOfDSojourn(d: number, rho: number): number {
  assert(rho >= 0 && rho < 1, "theory holds for 0 ≤ ρ < 1");
  if (d === 1) return 1 / (1 - rho);
  let sum = 0;
  let exponent = 0;
  for (let term = 1; term > 1e-18; term = integerPower(rho, exponent)) {
    sum += term;
    exponent = exponent * d + d;
  }
  return sum;
}
