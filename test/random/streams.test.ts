import { describe, expect, it } from "vitest";
import { RandomStreams, Stream } from "../../src/random/streams.ts";
import { fillWithXoshiro128 } from "../../src/random/xoshiro128.ts";
import { CHI_SQUARE_LIMIT, chiSquareScore, meanAndError } from "./statistics.ts";

const words = (stream: Stream, count: number): number[] =>
  Array.from({ length: count }, () => stream.uint32());
/** Its first word is 2^32 − 1: rotating by 7 and adding 0 leaves all ones. */
const greatest = (): Stream => new Stream(Int32Array.of(0, 1, 1, -1));
const named = (name: string, seed = 1): Stream => new RandomStreams(seed).named(name);

describe("xoshiro128++", () => {
  // From the tests of the crate rand_xoshiro 0.7 (xoshiro128plusplus.rs), there "produced with the
  // reference implementation" xoshiro128plusplus.c of Blackman and Vigna; state 1, 2, 3, 4.
  const reference = [
    641, 1573767, 3222811527, 3517856514, 836907274, 4247214768, 3867114732, 1355841295, 495546011,
    621204420,
  ];
  it("gives the reference's words", () => {
    const into = new Uint32Array(10);
    fillWithXoshiro128(Int32Array.of(1, 2, 3, 4), into);
    expect([...into]).toEqual(reference);
    expect(words(new Stream(Int32Array.of(1, 2, 3, 4)), 10)).toEqual(reference);
  });
  it("goes on where the last batch ended", () => {
    const whole = new Uint32Array(1000);
    fillWithXoshiro128(Int32Array.of(1, 2, 3, 4), whole);
    expect(words(new Stream(Int32Array.of(1, 2, 3, 4)), 1000)).toEqual([...whole]);
  });
});

describe("named streams", () => {
  it("depend on seed and name alone", () => {
    const first = new RandomStreams(7);
    const a = words(first.named("arrivals/europe"), 600);
    const b = words(first.named("demands/europe"), 600);

    const second = new RandomStreams(7);
    const demands = second.named("demands/europe");
    const picks = second.named("picks/fra");
    const arrivals = second.named("arrivals/europe");
    const mixedA: number[] = [];
    const mixedB: number[] = [];
    for (let i = 0; i < 600; i++) {
      picks.double();
      mixedA.push(arrivals.uint32());
      mixedB.push(demands.uint32());
    }
    expect(mixedA).toEqual(a);
    expect(mixedB).toEqual(b);
  });
  it("differ where a name or the seed differs in the least", () => {
    // "a" and "aa", U+0101 and U+0001, a and a\0 collide in seedrandom's default generator, which
    // Alea replaces here.
    const names = ["", "a", "aa", "aaa", "b", "a/", "a/1", "a/11", "ā", "\u0001", "\0", "a\0", "/"];
    const keys = new Set<string>();
    for (const seed of [0, 1, -1, 11, 0.5, 1e21]) {
      for (const name of names) keys.add(words(named(name, seed), 4).join());
    }
    expect(keys.size).toBe(6 * names.length);
  });
  it("never meet among 100,000 numbered names", () => {
    // Of n(n−1)/2 = 5·10⁹ pairs of 64-bit beginnings, 3·10⁻¹⁰ are expected to be equal.
    const streams = new RandomStreams(3);
    const beginnings = new Set<string>();
    for (let i = 0; i < 100_000; i++) {
      const stream = streams.named(`picks/global/fra/${i}`);
      beginnings.add(`${stream.uint32()}/${stream.uint32()}`);
    }
    expect(beginnings.size).toBe(100_000);
  });
  it("of neighbouring names have first draws that are uniform and not alike", () => {
    const streams = new RandomStreams(5);
    const count = 40_000;
    const first = Array.from({ length: count }, (_, i) => streams.named(`m/${i}`).double());
    const cells = new Float64Array(400);
    for (let i = 0; i + 1 < count; i += 2) {
      cells[Math.floor(first[i] * 20) * 20 + Math.floor(first[i + 1] * 20)]++;
    }
    const score = chiSquareScore(cells, new Float64Array(400).fill(count / 2 / 400));
    expect(Math.abs(score)).toBeLessThan(CHI_SQUARE_LIMIT);
  });
  it("change half their bits when one character of the name changes", () => {
    const streams = new RandomStreams(9);
    let changed = 0;
    for (let i = 0; i < 2_000; i++) {
      let difference = streams.named(`x${i}a`).uint32() ^ streams.named(`x${i}b`).uint32();
      for (; difference !== 0; difference &= difference - 1) changed++;
    }
    // 64,000 fair bits: σ = ½ √64,000 = 126; we allow 5 σ.
    expect(Math.abs(changed - 32_000)).toBeLessThan(632);
  });
  it("are not correlated pairwise", () => {
    const streams = new RandomStreams(11);
    const count = 5_000;
    const columns = Array.from({ length: 20 }, (_, i) => {
      const stream = streams.named(`service/${i}`);
      return Float64Array.from({ length: count }, () => stream.double() - 0.5);
    });
    // Each product has mean 0 and σ = 1/12; 190 pairs stay within 5 σ/√n but for once in 9,000
    // seeds.
    for (let i = 0; i < columns.length; i++) {
      for (let j = 0; j < i; j++) {
        const { mean } = meanAndError(columns[i].map((value, row) => value * columns[j][row]));
        expect(Math.abs(mean)).toBeLessThan(5 / 12 / Math.sqrt(count));
      }
    }
  });
  it("are these, for good", () => {
    // Golden: a change here changes every result ever published.
    expect(words(named("arrivals/europe", 7), 4)).toEqual([
      3407734497, 2687605862, 889316255, 3843700076,
    ]);
    expect(named("", 0).double()).toBe(0.4494919583013529);
  });
  it("want a finite seed", () => {
    expect(() => new RandomStreams(NaN)).toThrow("finite");
  });
});

describe("draws", () => {
  const count = 500_000;
  it("uint32 is uniform in its high and in its low byte", () => {
    const stream = named("bytes");
    const high = new Float64Array(256);
    const low = new Float64Array(256);
    for (let i = 0; i < count; i++) {
      const word = stream.uint32();
      high[word >>> 24]++;
      low[word & 255]++;
    }
    const expected = new Float64Array(256).fill(count / 256);
    expect(Math.abs(chiSquareScore(high, expected))).toBeLessThan(CHI_SQUARE_LIMIT);
    expect(Math.abs(chiSquareScore(low, expected))).toBeLessThan(CHI_SQUARE_LIMIT);
  });
  it("double is uniform in pairs, below 1, and uses its 53rd bit", () => {
    const stream = named("pairs");
    const cells = new Float64Array(1024);
    let odd = 0;
    let most = 0;
    for (let i = 0; i < count; i++) {
      const a = stream.double();
      const b = stream.double();
      most = Math.max(most, a, b);
      cells[Math.floor(a * 32) * 32 + Math.floor(b * 32)]++;
      if ((a * 2 ** 53) % 2 === 1) odd++;
    }
    const score = chiSquareScore(cells, new Float64Array(1024).fill(count / 1024));
    expect(Math.abs(score)).toBeLessThan(CHI_SQUARE_LIMIT);
    expect(most).toBeLessThan(1);
    // A fair bit: σ = ½ √500,000 = 354; we allow 5 σ.
    expect(Math.abs(odd - count / 2)).toBeLessThan(1770);
  });
  it("below(n) is uniform on 0 … n − 1", () => {
    const stream = named("below");
    for (const n of [1, 2, 3, 7, 10, 1000]) {
      const cells = new Float64Array(n);
      for (let i = 0; i < 100_000; i++) cells[stream.below(n)]++;
      if (n === 1) expect(cells[0]).toBe(100_000);
      else {
        const score = chiSquareScore(cells, new Float64Array(n).fill(100_000 / n));
        expect(Math.abs(score)).toBeLessThan(CHI_SQUARE_LIMIT);
      }
    }
  });
  it("below(n) stays below n at the edges", () => {
    expect(greatest().uint32()).toBe(2 ** 32 - 1);
    for (const n of [1, 2, 3, 1000, 2 ** 30 + 1, 2 ** 31 - 1, 2 ** 31]) {
      expect(greatest().below(n)).toBe(n - 1);
    }
    expect(greatest().double()).toBeLessThan(1);
  });
});
