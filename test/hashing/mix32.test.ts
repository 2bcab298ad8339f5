import { describe, expect, it } from "vitest";
import { combine32, mix32, premix32 } from "../../src/hashing/mix32.ts";

describe("mix32", () => {
  it("is murmur3's fmix32", () => {
    // murmur3 x86_32 of the empty text is fmix32 of its seed; vectors of Wikipedia's article
    // "MurmurHash".
    expect(mix32(0)).toBe(0);
    expect(mix32(1) >>> 0).toBe(0x514e28b7);
    expect(mix32(0xffffffff) >>> 0).toBe(0x81f16f39);
  });

  it("gives signed integers, and the same for signed and unsigned arguments", () => {
    for (const x of [0, 1, 0x7fffffff, 0x80000000, 0xdeadbeef]) {
      expect(mix32(x) | 0).toBe(mix32(x));
      expect(mix32(x | 0)).toBe(mix32(x));
    }
  });

  it("flips each bit of the result with about every second change of a bit", () => {
    // 32 × 32 cells of 2,000 fair coins each: σ = √(0.25 / 2,000) = 1.1 points; the greatest of
    // 1,024 stays below 5 σ.
    const flips = new Int32Array(32 * 32);
    for (let x = 0; x < 2000; x++) {
      const base = mix32(x * 7919);
      for (let bit = 0; bit < 32; bit++) {
        const changed = base ^ mix32((x * 7919) ^ (1 << bit));
        for (let out = 0; out < 32; out++) flips[bit * 32 + out] += (changed >>> out) & 1;
      }
    }
    for (const count of flips) expect(Math.abs(count / 2000 - 0.5)).toBeLessThan(0.056);
  });
});

describe("combine32", () => {
  it("is made of its two halves, and asks which comes first", () => {
    expect(combine32(3, 5)).toBe(mix32(premix32(3) + 5));
    expect(combine32(3, 5)).not.toBe(combine32(5, 3));
    expect(combine32(0, 0)).not.toBe(0);
  });

  it("has no collision while the first is the same", () => {
    const seen = new Set<number>();
    for (let b = 0; b < 100_000; b++) seen.add(combine32(12345, b));
    expect(seen.size).toBe(100_000);
  });
});
