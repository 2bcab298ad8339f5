import { describe, expect, it } from "vitest";
import type { Chosen } from "../../src/definition.ts";
import {
  createRankSampler,
  popularities,
  probabilityOfRank,
} from "../../src/random/popularity/registry.ts";
import { RandomStreams } from "../../src/random/streams.ts";
import { CHI_SQUARE_LIMIT, chiSquareScore } from "./statistics.ts";

const zipf = (exponent: number): Chosen => ({ kind: "zipf", settings: { exponent } });
const uniform: Chosen = { kind: "uniform", settings: {} };
const sampler = (chosen: Chosen, count: number, name = "objects") =>
  createRankSampler(chosen, count, new RandomStreams(3).named(name));

it("every popularity of the registry is tested here", () => {
  expect(popularities.map(({ name }) => name)).toEqual(["uniform", "zipf"]);
});

describe("probabilities", () => {
  it("sum to 1 and fall as rank^−exponent", () => {
    for (const exponent of [0, 0.5, 0.99, 1, 1.01, 2, 7]) {
      for (const count of [1, 2, 255, 256, 257, 5_000, 200_000]) {
        let sum = 0;
        let lost = 0;
        for (let rank = 0; rank < count; rank++) {
          // Kahan's sum: 200,000 equal terms would else lose 2e−12.
          const term = probabilityOfRank(zipf(exponent), count, rank) - lost;
          const next = sum + term;
          lost = next - sum - term;
          sum = next;
        }
        // Each term and the normalising sum are good to a few units of 2e−16.
        expect(Math.abs(sum - 1)).toBeLessThan(5e-15);
        expect(
          probabilityOfRank(zipf(exponent), count, count - 1) /
            probabilityOfRank(zipf(exponent), count, 0),
        ).toBeCloseTo(count ** -exponent, 12);
      }
    }
  });
  it("know the harmonic number of a million", () => {
    // H(10⁶) = 14.392726722865723631…, OEIS A096618.
    expect(1 / probabilityOfRank(zipf(1), 1_000_000, 0)).toBeCloseTo(14.392726722865724, 12);
  });
  it("are equal for uniform", () => expect(probabilityOfRank(uniform, 8, 3)).toBe(0.125));
});

/** Cells of at least `least` expected draws: single ranks first, then runs of them. */
function score(chosen: Chosen, count: number, draws: number, least = 20): number {
  const observed: number[] = [];
  const expected: number[] = [];
  const cellOf = new Int32Array(count);
  let open = 0;
  for (let rank = 0; rank < count; rank++) {
    cellOf[rank] = expected.length;
    open += draws * probabilityOfRank(chosen, count, rank);
    if (open >= least || rank === count - 1) {
      expected.push(open);
      observed.push(0);
      open = 0;
    }
  }
  const ranks = sampler(chosen, count);
  for (let i = 0; i < draws; i++) observed[cellOf[ranks.next()]]++;
  return Math.abs(chiSquareScore(observed, expected));
}

describe("draws follow the probabilities, by χ² over single ranks and runs of rare ones", () => {
  it.each([
    [0, 10],
    [0, 5_000],
    [0.6, 1_000],
    [1, 2],
    [1, 127],
    [1, 128],
    [1, 129],
    [1, 193],
    [1, 10_000],
    [1, 1_000_000],
    [0.8, 1_000_000],
    [1.5, 100_000],
    [3, 10_000],
  ])("zipf of exponent %d over %d ranks", (exponent, count) => {
    expect(score(zipf(exponent), count, 1_000_000)).toBeLessThan(CHI_SQUARE_LIMIT);
  });
  it("uniform", () => {
    expect(score(uniform, 1_000, 1_000_000)).toBeLessThan(CHI_SQUARE_LIMIT);
  });
});

it("inside a step the earlier ranks are asked for more often, by as much as they should", () => {
  // The second half of each step against both: evenly drawn it would be 50 %; by Zipf's law it is
  // some 0.2 points less.
  const count = 1_000_000;
  const late = new Uint8Array(count); // 0: a step that cannot be halved; 1, 2: its halves
  for (let first = 1; first <= count;) {
    const width = Math.min(Math.max(1, Math.floor(first / 64)), count + 1 - first);
    if (width % 2 === 0) {
      late.fill(1, first - 1, first - 1 + width / 2);
      late.fill(2, first - 1 + width / 2, first - 1 + width);
    }
    first += width;
  }
  const expected = [0, 0, 0];
  for (let rank = 0; rank < count; rank++) {
    expected[late[rank]] += probabilityOfRank(zipf(1), count, rank);
  }
  const ranks = sampler(zipf(1), count);
  const observed = [0, 0, 0];
  for (let i = 0; i < 8_000_000; i++) observed[late[ranks.next()]]++;
  const draws = observed[1] + observed[2];
  const share = expected[2] / (expected[1] + expected[2]);
  const error = 0.5 / Math.sqrt(draws);
  expect(0.5 - share).toBeGreaterThan(4.5 * error); // so the test can tell
  expect(Math.abs(observed[2] / draws - share)).toBeLessThan(3 * error);
});

/** ∑ k^−0.9 up to k, by the first terms of the Euler–Maclaurin formula. */
const sum = (k: number): number => 10 * k ** 0.1 - 9.430114 + k ** -0.9 / 2;

it("two billion objects need no more than a thousand", () => {
  const count = 2 ** 31 - 1;
  const ranks = sampler(zipf(0.9), count);
  const draws = 200_000;
  let low = 0;
  let high = 0;
  for (let i = 0; i < draws; i++) {
    const rank = ranks.next();
    if (rank < 0 || rank >= count) throw new Error(`rank ${rank} out of range`);
    if (rank < 1_000_000) low++;
    if (rank >= 2 ** 30) high++;
  }
  // The shares below 10⁶ and from 2³⁰ on, each within 5 σ.
  const within = (hits: number, share: number): void =>
    expect(Math.abs(hits - draws * share)).toBeLessThan(5 * Math.sqrt(draws * share * (1 - share)));
  within(low, sum(1_000_000) / sum(count));
  within(high, 1 - sum(2 ** 30) / sum(count));
});

it("one object is always the same, however steep", () => {
  for (const chosen of [uniform, zipf(0), zipf(1), zipf(20)]) {
    const ranks = sampler(chosen, 1);
    for (let i = 0; i < 300; i++) expect(ranks.next()).toBe(0);
  }
});

it("refuses counts that are no counts", () => {
  for (const count of [0, -1, 1.5, NaN, 2 ** 31]) {
    expect(() => sampler(uniform, count)).toThrow("objects");
  }
});

it("the first ranks are these, for good", () => {
  // Golden: a change here changes every result ever published.
  const first = [zipf(1), zipf(0.7), uniform].map((chosen) => {
    const ranks = sampler(chosen, 1_000_000);
    return Array.from({ length: 6 }, () => ranks.next()).join(" ");
  });
  expect(first).toMatchInlineSnapshot(`
    [
      "5133 2 117 18 193516 956689",
      "5133 362431 51414 669993 190540 956689",
      "372914 598348 866086 114589 56871 497390",
    ]
  `);
});
