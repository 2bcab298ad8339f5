/**
 * Vectors of every hash function, each from where it is defined or from the program that uses it.
 */
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { avalanche } from "../../../src/hashing/functions/haproxy.ts";
import { restOf } from "../../../src/hashing/mix32.ts";
import { hashFunctions } from "../../../src/hashing/functions/registry.ts";
import { Word64, remainder64 } from "../../../src/hashing/word64.ts";
import { Xxh64 } from "../../../src/hashing/functions/xxh64.ts";
import { entryOf } from "../../../src/definition.ts";
import { TextBytes } from "../../../src/hashing/text.ts";

const FOX = "The quick brown fox jumps over the lazy dog";
const buffer = new TextBytes();

function hashed(name: string, text: string): bigint {
  const hash = entryOf(hashFunctions, name);
  buffer.set(text);
  const high = BigInt(hash.hash(buffer.bytes, buffer.length) >>> 0);
  return hash.bits === 32 ? high : (high << 32n) | BigInt(hash.low >>> 0);
}

const expectAll = (name: string, vectors: readonly (readonly [string, bigint | number])[]) => {
  for (const [text, value] of vectors) expect(hashed(name, text), text).toBe(BigInt(value));
};

describe("hash functions", () => {
  it("xxh64", () => {
    // envoyproxy/envoy, test/common/common/hash_test.cc, TEST(Hash, xxHash).
    expectAll("xxh64", [
      ["foo", 3728699739546630719n],
      ["bar", 5234164152756840025n],
      ["foo\nbar", 8917841378505826757n],
      ["lyft", 4400747396090729504n],
      ["", 17241709254077376921n],
    ]);
    // `printf %s TEXT | xxhsum -H1` of xxhsum 0.8.1 (Debian 12): one stripe, one and a rest, three
    // and a rest.
    expectAll("xxh64", [
      ["0123456789abcdef".repeat(2), 0x642a94958e71e6c5n],
      [FOX, 0x0b242d361fda71bcn],
      ["x".repeat(100), 0x92f0de5a88a3c094n],
    ]);
  });

  it("murmur2", () => {
    // envoyproxy/envoy, test/common/common/hash_test.cc, TEST(Hash, murmurHash2).
    expectAll("murmur2", [
      ["foo", 9631199822919835226n],
      ["bar", 11474628671133349555n],
      ["foo\nbar", 16306510975912980159n],
      ["lyft", 12847078931730529320n],
      ["", 6142509188972423790n],
    ]);
    // std::hash<std::string> of libstdc++ 12.2 on x86-64: one block, two blocks, a rest.
    expectAll("murmur2", [
      ["12345678", 10113836418918046885n],
      ["10.0.0.1:8080_15", 13155085790108309382n],
      [FOX, 15910076551593770101n],
    ]);
  });

  it("murmur3", () => {
    // The table of Wikipedia's article "MurmurHash", seed 0.
    expectAll("murmur3", [
      ["", 0],
      ["test", 0xba6bd213],
      [FOX, 0x2e4ff723],
    ]);
  });

  it("crc32", () => {
    // The check value of the catalogue of CRC algorithms, CRC-32/ISO-HDLC; Python 3's zlib.crc32.
    expectAll("crc32", [
      ["123456789", 0xcbf43926],
      ["", 0],
      [FOX, 1095738169],
    ]);
  });

  it("sdbm, djb2, wt6 and crc32 with and without avalanche", () => {
    // The converters of the same names of HAProxy 2.6.12 (Debian 12), as in
    // `%[path,sdbm]` and `%[path,sdbm(1)]`; test/programs/haproxy.test.ts asks it again.
    const names = ["sdbm", "djb2", "wt6", "crc32"];
    const vectors: readonly (readonly [string, readonly number[]])[] = [
      ["/", [47, 177620, 1886637733, 2043925204, 2118074832, 3725504903, 2250254464, 2724628003]],
      [
        "/foobar",
        [
          4163191996, 464920781, 4283142285, 2343381053, 1806572221, 311495988, 1295841083,
          192757471,
        ],
      ],
      [
        "/The-quick-brown-fox-jumps-over-the-lazy-dog",
        [
          1769670352, 826156533, 1840774796, 3896861132, 3830026629, 2991853356, 1195365686,
          231479197,
        ],
      ],
    ];
    for (const [text, values] of vectors) {
      const plain = names.map((name) => Number(hashed(name, text)));
      expect([...plain, ...plain.map((hash) => avalanche(hash) >>> 0)]).toEqual(values);
    }
  });

  it("fnv1a and fnv1a-64", () => {
    // draft-eastlake-fnv, its test vectors (also in fnv/test_fnv.c of Noll's own code).
    expectAll("fnv1a", [
      ["", 0x811c9dc5],
      ["a", 0xe40c292c],
      ["foobar", 0xbf9cf968],
    ]);
    expectAll("fnv1a-64", [
      ["", 0xcbf29ce484222325n],
      ["a", 0xaf63dc4c8601ec8cn],
      ["foobar", 0x85944171f73967e8n],
    ]);
  });

  it("md5 and sha256, their first eight bytes", () => {
    // RFC 1321, A.5; FIPS 180-4's example.
    expectAll("md5", [
      ["", 0xd41d8cd98f00b204n],
      ["abc", 0x900150983cd24fb0n],
    ]);
    expectAll("sha256", [["abc", 0xba7816bf8f01cfean]]);
    for (const name of ["md5", "sha256"]) {
      const digits = createHash(name).update(FOX).digest("hex").slice(0, 16);
      expect(hashed(name, FOX)).toBe(BigInt(`0x${digits}`));
    }
  });

  it("have 32 bits more for structures that read 64, where they have no more", () => {
    for (const hash of hashFunctions.filter(({ bits }) => bits === 32)) {
      buffer.set("key");
      const high = hash.hash(buffer.bytes, buffer.length);
      expect(hash.low).toBe(restOf(high));
    }
  });

  it("look at nothing beyond the length, and keep nothing from the text before", () => {
    const short = fc.string({ unit: "binary", maxLength: 70 });
    const property = fc.property(short, short, (text, before) => {
      for (const { name } of hashFunctions) {
        const alone = hashed(name, text);
        hashed(name, before);
        buffer.set(text);
        buffer.bytes.fill(0xff, buffer.length);
        const hash = entryOf(hashFunctions, name);
        expect(BigInt(hash.hash(buffer.bytes, buffer.length) >>> 0)).toBe(
          hash.bits === 32 ? alone : alone >> 32n,
        );
      }
    });
    fc.assert(property, { seed: 6, numRuns: 100 });
  });
});

describe("xxh64 with a seed", () => {
  it("is another function", () => {
    // The specification's steps for an empty text, in BigInt.
    const mask = (1n << 64n) - 1n;
    let hash = (1n + 0x27d4eb2f165667c5n) & mask;
    hash = ((hash ^ (hash >> 33n)) * 0xc2b2ae3d27d4eb4fn) & mask;
    hash = ((hash ^ (hash >> 29n)) * 0x165667b19e3779f9n) & mask;
    hash ^= hash >> 32n;
    const seeded = new Xxh64(1);
    expect(seeded.hash(new Uint8Array(0), 0) >>> 0).toBe(Number(hash >> 32n));
    expect(seeded.low >>> 0).toBe(Number(hash & 0xffffffffn));
  });
});

describe("avalanche", () => {
  it("gives no value twice", () => {
    const seen = new Set<number>();
    for (let x = 0; x < 200_000; x++) seen.add(avalanche(x * 21_473));
    expect(seen.size).toBe(200_000);
  });
});

describe("64-bit arithmetic in halves", () => {
  const half = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 1, 0x7fffffff, -0x80000000, 0xffff));
  const wide = (high: number, low: number): bigint =>
    (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

  it("is BigInt's", () => {
    const property = fc.property(
      half,
      half,
      half,
      half,
      fc.integer({ min: 1, max: 63 }),
      (a, b, c, d, bits) => {
        const word = () => new Word64().set(a, b);
        const is = ({ high, low }: Word64, value: bigint) =>
          expect(wide(high, low)).toBe(BigInt.asUintN(64, value));
        const [x, y] = [wide(a, b), wide(c, d)];
        is(word().plus(c, d), x + y);
        is(word().times(c, d), x * y);
        is(word().xor(c, d), x ^ y);
        is(word().foldRight(bits), x ^ (x >> BigInt(bits)));
        if (bits > 31) return;
        is(word().rotate(bits), (x << BigInt(bits)) | (x >> BigInt(64 - bits)));
        is(word().foldLeft(bits), x ^ (x << BigInt(bits)));
      },
    );
    fc.assert(property, { seed: 7, numRuns: 2000 });
  });

  it("has BigInt's remainder, up to divisors of 2^26", () => {
    const divisors = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 26 }),
      fc.constantFrom(1, 7, 65_537, 5_000_011, 2 ** 26 - 5),
    );
    const property = fc.property(half, half, divisors, (a, b, divisor) => {
      expect(BigInt(remainder64(a, b, divisor))).toBe(wide(a, b) % BigInt(divisor));
    });
    fc.assert(property, { seed: 8, numRuns: 5000 });
  });
});
