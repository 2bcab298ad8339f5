import { describe, expect, it } from "vitest";
import { Fingerprint } from "../../src/engine/fingerprint.ts";

const of = (...folds: readonly (readonly [number, number])[]): string => {
  const clock = { nowMs: 0 };
  const fingerprint = new Fingerprint(clock);
  for (const [timeMs, value] of folds) {
    clock.nowMs = timeMs;
    fingerprint.fold(value);
  }
  return fingerprint.toString();
};

describe("the fingerprint", () => {
  it("is 16 hexadecimal digits, equal for equal outcomes", () => {
    expect(of([1, 2], [3, 4])).toMatch(/^[0-9a-f]{16}$/);
    expect(of([1, 2], [3, 4])).toBe(of([1, 2], [3, 4]));
  });

  it("tells order, values, the last bit of a time and one outcome more apart", () => {
    const all = [
      of(),
      of([1, 2]),
      of([2, 1]),
      of([1, 2], [3, 4]),
      of([3, 4], [1, 2]),
      of([1 + Number.EPSILON, 2]),
      of([-1, 2]),
      of([0, 0]),
      of([0, 0], [0, 0]),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it("has no collision among 20,000 outcomes that differ little", () => {
    // 64 bits: two of 20,000 would meet by chance once in 9 · 10¹⁰ tries.
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i++) seen.add(of([i % 1000, (i / 1000) | 0]));
    expect(seen.size).toBe(20_000);
  });
});
