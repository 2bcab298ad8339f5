import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashText, utf8 } from "../../src/hashing/text.ts";

describe("hashText", () => {
  // The table of Wikipedia's article "MurmurHash": text, seed, murmur3 x86_32.
  it.each([
    ["", 0, 0],
    ["", 1, 0x514e28b7],
    ["", 0xffffffff, 0x81f16f39],
    ["test", 0, 0xba6bd213],
    ["test", 0x9747b28c, 0x704b81dc],
    ["Hello, world!", 0, 0xc0363e43],
    ["Hello, world!", 0x9747b28c, 0x24884cba],
    ["The quick brown fox jumps over the lazy dog", 0, 0x2e4ff723],
    ["The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd],
  ])("of %j with seed %d", (text, seed, expected) => {
    expect(hashText(text, seed) >>> 0).toBe(expected);
  });

  it("hashes the bytes of UTF-8, whatever their number modulo 4", () => {
    const encoder = new TextEncoder();
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect([...utf8(text)]).toEqual([...encoder.encode(text)]);
      }),
      { seed: 1, numRuns: 300 },
    );
    expect([...utf8("\ud800x")]).toEqual([0xef, 0xbf, 0xbd, 0x78]);
  });
});
