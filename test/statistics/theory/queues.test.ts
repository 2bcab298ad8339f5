import { describe, expect, it } from "vitest";
import { AssertionError } from "../../../src/assert.ts";
import * as theory from "../../../src/statistics/theory.ts";

describe("one server", () => {
  it("M/M/1: at 70 % 10 ms become 33.3 ms, 23.3 of them in queue", () => {
    expect(theory.mm1SojournMs(10, 0.7)).toBeCloseTo(100 / 3, 12);
    expect(theory.mm1WaitMs(10, 0.7)).toBeCloseTo(70 / 3, 12);
    // The sojourn is exponential: its median is ln 2 means, its p99 4.605 means.
    expect(theory.mm1SojournQuantile(10, 0.7, 0.5)).toBeCloseTo((100 / 3) * Math.LN2, 10);
    expect(theory.mm1SojournQuantile(10, 0.7, 0.99)).toBeCloseTo((100 / 3) * 4.605170186, 7);
    expect(theory.mm1SojournTail(10, 0.7, theory.mm1SojournQuantile(10, 0.7, 0.9))).toBeCloseTo(
      0.1,
      12,
    );
    expect(() => theory.mm1SojournMs(10, 1)).toThrow(AssertionError);
  });

  it("M/G/1: exponential demands give M/M/1, constant ones half of its wait", () => {
    const [service, rho] = [5, 0.8];
    const mm1 = theory.mm1WaitMs(service, rho);
    expect(theory.mg1WaitMs(service, 2 * service * service, rho)).toBeCloseTo(mm1, 12);
    expect(theory.mg1WaitMs(service, service * service, rho)).toBeCloseTo(mm1 / 2, 12);
    expect(theory.mg1SojournMs(service, service * service, rho)).toBeCloseTo(15, 12);
  });

  it("processor sharing: x / (1 − ρ), so the mean of M/M/1 first in, first out", () => {
    expect(theory.mg1PsSojournMs(10, 0.7)).toBeCloseTo(theory.mm1SojournMs(10, 0.7), 12);
    expect(theory.geometricInSystem(0.5, 3)).toBe(1 / 16);
  });

  // Summed from the birth-death chain's own weights with NumPy.
  it("M/M/1/K: blocking and sojourn as the chain's sums", () => {
    expect(theory.mm1kBlocking(0.5, 3)).toBeCloseTo(0.06666666666666667, 12);
    expect(theory.mm1kBlocking(0.9, 10)).toBeCloseTo(0.0508137313274124, 12);
    expect(theory.mm1kBlocking(1.2, 5)).toBeCloseTo(0.25058812155586346, 12);
    expect(theory.mm1kBlocking(1, 4)).toBe(0.2);
    expect(theory.mm1kSojournMs(1, 0.5, 3)).toBeCloseTo(1.5714285714285716, 12);
    expect(theory.mm1kSojournMs(1, 0.9, 10)).toBeCloseTo(4.646600672123705, 12);
    expect(theory.mm1kSojournMs(1, 1.2, 5)).toBeCloseTo(3.3594925822403776, 12);
    // K = 1 is Erlang's loss system with one server.
    expect(theory.mm1kBlocking(0.7, 1)).toBeCloseTo(theory.erlangB(1, 0.7), 12);
  });

  // Roots by SciPy's brentq on σ = (k / (k + (1 − σ)/ρ))^k; k = 2, ρ = 1/2 is (3 − √5)/2.
  it("E_k/M/1: the root, and round robin's sojourn from M/M/1 towards D/M/1", () => {
    expect(theory.ekm1Root(1, 0.7)).toBeCloseTo(0.7, 12);
    expect(theory.ekm1Root(2, 0.5)).toBeCloseTo((3 - Math.sqrt(5)) / 2, 12);
    expect(theory.ekm1Root(4, 0.8)).toBeCloseTo(0.6939447217517702, 12);
    expect(theory.ekm1Root(10, 0.9)).toBeCloseTo(0.8233301819416345, 12);
    expect(theory.ekm1SojournMs(1, 100, 0.9)).toBeCloseTo(5.226810735406813, 9);
    // D/M/1 solves σ = e^(−(1 − σ)/ρ); with k → ∞ there is no difference left.
    const dm1 = theory.gm1Root(1, (s) => Math.exp(-s / 0.9));
    expect(theory.ekm1Root(1_000_000, 0.9)).toBeCloseTo(dm1, 5);
    expect(theory.gm1WaitMs(10, 0.7)).toBeCloseTo(theory.mm1WaitMs(10, 0.7), 12);
    expect(theory.gm1WaitTail(10, 0.7, 0)).toBe(0.7);
  });

  it("powers by multiplication", () => {
    expect(theory.integerPower(3, 0)).toBe(1);
    expect(theory.integerPower(3, 13)).toBe(1_594_323);
    expect(theory.integerPower(0.5, 2000)).toBe(0);
  });
});

describe("several servers", () => {
  // Erlang B with 10 servers and 10 erlangs is 0.2146 in any traffic table; digits from Poisson
  // weights (SciPy).
  it("Erlang B and C", () => {
    expect(theory.erlangB(10, 10)).toBeCloseTo(0.2145823431073482, 12);
    expect(theory.erlangB(5, 3)).toBeCloseTo(0.11005434782608706, 12);
    expect(theory.erlangC(5, 3)).toBeCloseTo(0.23615160349854245, 12);
    expect(theory.erlangC(100, 90)).toBeCloseTo(0.21694048090636894, 11);
    // One server: who finds it busy waits.
    expect(theory.erlangC(1, 0.5)).toBeCloseTo(0.5, 12);
    expect(theory.erlangB(10_000, 10_000)).toBeGreaterThan(0);
  });

  it("M/M/c: wait and its tail; c = 1 is M/M/1", () => {
    expect(theory.mmcWaitMs(1, 100, 0.9)).toBeCloseTo(0.021694048090636894, 12);
    expect(theory.mmcSojournMs(10, 1, 0.7)).toBeCloseTo(100 / 3, 10);
    expect(theory.mmcWaitTail(10, 5, 0.6, 0)).toBeCloseTo(0.23615160349854245, 12);
    // The tail's integral is the mean: C × S / (c (1 − ρ)).
    const rate = (5 * 0.4) / 10;
    expect(theory.mmcWaitTail(10, 5, 0.6, 3)).toBeCloseTo(
      0.23615160349854245 * Math.exp(-3 * rate),
      12,
    );
    const { low, high } = theory.jsqSojournBoundsMs(10, 10, 0.9);
    expect(low).toBeCloseTo(theory.mmcSojournMs(10, 10, 0.9), 12);
    expect(high).toBeCloseTo(100, 10);
  });

  // Summed in Python with whole-number exponents. Mitzenmacher's predictions for d = 2 read 1.2657
  // at 0.5, 2.6141 at 0.9, 5.4320 at 0.99.
  it("power of d choices in the mean-field limit", () => {
    const table = [
      [2, 0.5, 1.2656860360875726],
      [2, 0.9, 2.614057377323876],
      [2, 0.99, 5.431996579161878],
      [3, 0.5, 1.125244140626819],
      [3, 0.9, 2.027855968995279],
      [3, 0.99, 3.8578465196583918],
    ] as const;
    for (const [d, rho, expected] of table) {
      expect(theory.powerOfDSojourn(d, rho)).toBeCloseTo(expected, 10);
    }
    expect(theory.powerOfDSojourn(1, 0.9)).toBeCloseTo(10, 10);
    expect(theory.powerOfDSojourn(2, 0)).toBe(1);
  });

  it("its tails sum to the requests there: Little's law", () => {
    for (const [d, rho] of [
      [1, 0.5],
      [2, 0.9],
      [3, 0.99],
    ] as const) {
      let inSystem = 0;
      for (let i = 1; i <= 200; i++) inSystem += theory.powerOfDTail(d, rho, i);
      expect(inSystem / rho).toBeCloseTo(theory.powerOfDSojourn(d, rho), 9);
    }
    expect(theory.powerOfDTail(2, 0.9, 3)).toBeCloseTo(0.9 ** 7, 12);
  });
});
