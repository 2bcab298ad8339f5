/** Jump and its kin: hashes of a key into a range of buckets. */
import { describe, expect, it } from "vitest";
import { combine32 } from "../../../src/hashing/mix32.ts";
import { membersOf } from "../../../src/hashing/placement.ts";
import { binomialHash } from "../../../src/hashing/placements/binomial.ts";
import { flipHash } from "../../../src/hashing/placements/flip.ts";
import { jumpBackSplitMix, jumpBackXorshift } from "../../../src/hashing/placements/jump-back.ts";
import { jumpHash } from "../../../src/hashing/placements/jump.ts";
import { restOf } from "../../../src/hashing/mix32.ts";
import { Numbered } from "../../../src/hashing/placements/parts/numbered.ts";
import type { RangeHash } from "../../../src/hashing/placements/parts/numbered.ts";
import { powerHash } from "../../../src/hashing/placements/power.ts";
import { keys } from "../keys.ts";

const hashes: Record<string, RangeHash> = {
  jump: jumpHash,
  "jump-back": jumpBackSplitMix,
  "jump-back by xorshift": jumpBackXorshift,
  binomial: binomialHash,
  flip: flipHash,
  power: powerHash,
};
const sample = keys(20_000);

/** The buckets of the sample, folded into one number. */
const fingerprint = (hash: RangeHash, buckets: number): number =>
  sample.reduce((sum, key) => combine32(sum, hash(key, restOf(key), buckets)), 0);

/** [buckets, fingerprint of their 20,000 keys] by structure. */
const VECTORS: Record<string, readonly (readonly [number, number])[]> = {
  jump: [
    [2, 1637624975],
    [3, -608355609],
    [7, -1210811635],
    [8, -65814479],
    [9, -1487143479],
    [17, 684001519],
    [1000, -627329236],
    [1025, -1431312132],
    [100000, 1903688440],
  ],
  "jump-back": [
    [2, -1028338838],
    [3, -910220407],
    [7, 1095563860],
    [8, 1403004558],
    [9, 1628940199],
    [17, 1555082737],
    [1000, -1819730638],
    [1025, -967019571],
    [100000, 570796433],
  ],
  "jump-back by xorshift": [
    [2, -293924951],
    [3, -1338940841],
    [7, 453807834],
    [8, -426438955],
    [9, 1606724838],
    [17, 1839780409],
    [1000, 961724004],
    [1025, 1579467699],
    [100000, -571365161],
  ],
  binomial: [
    [2, 921297544],
    [3, -2011207582],
    [7, 509648664],
    [8, 1158106572],
    [9, 1095368993],
    [17, -1104479678],
    [1000, -1078122083],
    [1025, 1024374540],
    [100000, 339175723],
  ],
  flip: [
    [2, 921297544],
    [3, 205989766],
    [7, -445653480],
    [8, -351712594],
    [9, 1504108459],
    [17, -741976973],
    [1000, -1907680918],
    [1025, -1821063729],
    [100000, 1317224799],
  ],
  power: [
    [2, 921297544],
    [3, 1312765313],
    [7, 417789137],
    [8, 1472345108],
    [9, -332641669],
    [17, 868024142],
    [1000, 1318726616],
    [1025, 1513949448],
    [100000, 1887061403],
  ],
};

describe("jump", () => {
  it("agrees with the reference code in C++", () => {
    // go-jump's vectors, there "generated from the reference C++ code". Words: high, low; for 1, 2,
    // 3 … buckets.
    const vectors: readonly [number, number, readonly number[]][] = [
      [0, 0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
      [0, 1, [0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 17, 17]],
      [0, 0xdeadbeef, [0, 1, 2, 3, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 16, 16, 16]],
      [0x0ddc0ffe, 0xebadf00d, [0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 15, 15, 15, 15]],
    ];
    for (const [high, low, buckets] of vectors) {
      expect(buckets.map((_, i) => jumpHash(high, low, i + 1))).toEqual(buckets);
    }
  });

  it("agrees with Guava", () => {
    // Guava's HashingTest, testConsistentHash_linearCongruentialGeneratorCompatibility and the
    // golden values that go-jump took from Guava.
    const of100 = [0, 55, 62, 8, 45, 59, 86, 97, 82, 59, 73, 37, 17, 56, 86, 21, 90, 37, 38, 83];
    expect(of100.map((_, key) => jumpHash(0, key, 100))).toEqual(of100);
    expect([2, 2201, 2202].map((key) => jumpHash(0, key, 100_001))).toEqual([80343, 22152, 15018]);
    const long = [10863919174838991n, 2016238256797177309n, 1673758223894951030n];
    const words = (key: bigint) => [Number(key >> 32n), Number(key & 0xffffffffn)] as const;
    expect(long.map((key) => jumpHash(...words(key), 11))).toEqual([6, 3, 5]);
  });
});

describe("range hashes", () => {
  // Made with the published programs on the keys of this test as 64-bit hashes: jump by Guava 33.6
  // (Hashing.consistentHash), jump-back by Dynatrace hash4j at 41d814f (jumpBackHashSplitMix64 and
  // jumpBackHashXorshiftL7R9), the others by SUPSI's java-consistent-hashing-algorithms at 68803f8
  // (BinomialEngine, FlipEngine and PowerEngine, handed the mixers of this project as their hash
  // function).
  it.each(Object.entries(VECTORS))("%s agrees with its program", (name, vectors) => {
    const seen = vectors.map(([buckets]) => [buckets, fingerprint(hashes[name], buckets)]);
    expect(seen).toEqual(vectors);
  });

  it.each(Object.entries(hashes))(
    "%s moves a key only to the bucket that is new",
    (_name, hash) => {
      const some = sample.subarray(0, 300);
      for (const key of some) {
        let before = hash(key, restOf(key), 1);
        for (let buckets = 2; buckets <= 300; buckets++) {
          const after = hash(key, restOf(key), buckets);
          if (after !== before && after !== buckets - 1) {
            expect.fail(`${buckets} buckets: from ${before} to ${after}`);
          }
          before = after;
        }
      }
    },
  );

  it.each(Object.entries(hashes))("%s spreads keys evenly over any range", (name, hash) => {
    for (const buckets of [2, 3, 5, 9, 16, 17, 33]) {
      const counts = new Float64Array(buckets);
      for (const key of sample) counts[hash(key, restOf(key), buckets)]++;
      const mean = sample.length / buckets;
      const chiSquare = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
      // χ² of n − 1 degrees has mean n − 1 and σ = √(2(n − 1)); 5 σ, since its tail is heavier than
      // the normal one and 42 are looked at. Binomial's rehash, a square, is not quite fair: of 5
      // and 7 buckets number 2 has 4 % less than its part and number 3 so much more (2 million
      // keys), and the last of 33 2.6 % less; that adds 20,000 / 5 × 2 × 0.043² = 15 at most.
      const unfair = name === "binomial" ? 15 : 0;
      const most = buckets - 1 + 5 * Math.sqrt(2 * (buckets - 1)) + unfair;
      if (chiSquare > most) expect.fail(`${name}, ${buckets} buckets: χ² = ${chiSquare} > ${most}`);
    }
  });
});

describe("the nodes as numbered buckets", () => {
  it("shifts all behind a node lost in the middle, and nothing when the last one goes", () => {
    const placement = new Numbered(jumpHash);
    const five = membersOf([10, 11, 12, 13, 14]);
    placement.assign(five);
    const before = Array.from(sample, (key) => placement.owner(key));
    placement.assign({ ...five, size: 4, usable: [0, 1, 2, 3] });
    const last = Array.from(sample, (key) => placement.owner(key));
    expect(last.every((owner, i) => owner === before[i] || before[i] === 4)).toBe(true);
    placement.assign({ ...five, size: 4, usable: [0, 1, 3, 4] });
    const middle = Array.from(sample, (key) => placement.owner(key));
    // Buckets 0 and 1 keep theirs; 2 and 3 are now nodes 3 and 4.
    expect(middle).toEqual(last.map((bucket) => [0, 1, 3, 4][bucket]));
  });

  it("parts tiers by salt", () => {
    // Without one, keys of bucket 2 of 4 all fall on bucket 2 of the next tier's 4 too.
    const plain = new Numbered(jumpHash);
    const salted = new Numbered(jumpHash, 1);
    const nodes = membersOf([1, 2, 3, 4]);
    plain.assign(nodes);
    salted.assign(nodes);
    const below = sample.filter((key) => plain.owner(key) === 2);
    const counts = [0, 0, 0, 0];
    for (const key of below) counts[salted.owner(key)]++;
    // Some 5,000 keys over 4 nodes: 1,250, σ = √(5,000 × 3/16) = 31; 5 σ.
    for (const count of counts) expect(Math.abs(count - below.length / 4)).toBeLessThan(153);
  });
});
