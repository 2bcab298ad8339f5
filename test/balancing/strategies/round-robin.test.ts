import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakePool, equalTargets, request } from "../fake-view.ts";

const turns = (pool: FakePool, count: number): number[] =>
  Array.from({ length: count }, (_, i) => pool.pick(request(i)));
const letters = (slots: readonly number[]): string =>
  slots.map((slot) => "abcdefgh"[slot]).join(" ");

/** nginx's rule as it stands, over all targets at each pick. */
function smoothByDefinition(weights: readonly number[], count: number): number[] {
  const total = weights.reduce((a, b) => a + b);
  const balances = weights.map(() => 0);
  return Array.from({ length: count }, () => {
    weights.forEach((weight, i) => (balances[i] += weight));
    const best = balances.indexOf(Math.max(...balances));
    balances[best] -= total;
    return best;
  });
}

describe("round-robin", () => {
  it("takes each target in turn, from the first, whatever its weight", () => {
    const pool = new FakePool([{ weight: 5 }, {}, {}]).use("round-robin");
    expect(letters(turns(pool, 7))).toBe("a b c a b c a");
  });

  it("goes on behind the one it took last when the pool changes", () => {
    const pool = new FakePool(equalTargets(4)).use("round-robin");
    expect(letters(turns(pool, 2))).toBe("a b");
    pool.takeOut(1);
    expect(letters(turns(pool, 1))).toBe("c");
    pool.bringBack(1);
    pool.join({});
    pool.refresh();
    expect(letters(turns(pool, 4))).toBe("d e a b");
  });
});

describe("weighted-round-robin", () => {
  it("gives 5, 1, 1 the order a a b a c a a", () => {
    // The example of nginx's commit that brought the smooth rule (52327e0627f4, 2012).
    const pool = new FakePool([{ weight: 5 }, {}, {}]).use("weighted-round-robin");
    expect(letters(turns(pool, 14))).toBe("a a b a c a a a a b a c a a");
  });

  it("is round robin when weights are equal", () => {
    const pool = new FakePool(equalTargets(3).map(() => ({ weight: 7 })));
    expect(letters(turns(pool.use("weighted-round-robin"), 7))).toBe("a b c a b c a");
  });

  it("is nginx's sequence for any whole weights, before the round is known and after", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
    const property = fc.property(weights, fc.constantFrom(1, 10, 0.01), (list, divisor) => {
      const pool = new FakePool(list.map((w) => ({ weight: w / divisor })));
      const count = 2 * list.reduce((a, b) => a + b) + 5;
      expect(turns(pool.use("weighted-round-robin"), count)).toEqual(
        smoothByDefinition(list, count),
      );
    });
    fc.assert(property, { seed: 7, numRuns: 200 });
  });

  it("keeps within one turn a class of the due part for weights that have no round", () => {
    // Balances stay between −total and +total, so after t picks a target's count is within 1 of t ×
    // its part, and a tie more.
    const list = [Math.SQRT2, 1, Math.PI, 1, 0.123456789];
    const pool = new FakePool(list.map((weight) => ({ weight }))).use("weighted-round-robin");
    const counts = list.map(() => 0);
    const total = list.reduce((a, b) => a + b);
    for (let t = 1; t <= 3000; t++) {
      counts[pool.pick(request(t))]++;
      list.forEach((w, i) => expect(Math.abs(counts[i] - (t * w) / total)).toBeLessThan(2));
    }
  });

  it("goes on in each weight's order when a target is lost", () => {
    const pool = new FakePool(equalTargets(4)).use("weighted-round-robin");
    expect(letters(turns(pool, 2))).toBe("a b");
    pool.takeOut(3);
    expect(letters(turns(pool, 3))).toBe("c a b");
  });
});
