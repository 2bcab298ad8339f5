import { describe, expect, it } from "vitest";
import { alignmentDistance, didYouMean, nearestName } from "../../src/scenario/suggest.ts";

describe("optimal string alignment", () => {
  it.each([
    ["", "", 0],
    ["abc", "abc", 0],
    ["abc", "", 3],
    ["kitten", "sitting", 3],
    // A swap of neighbours is one step, which Levenshtein counts as two.
    ["rsp", "rps", 1],
    // No substring is edited twice: the full Damerau distance would be 2.
    ["ca", "abc", 3],
  ])("%s to %s is %d", (a, b, distance) => {
    expect(alignmentDistance(a, b)).toBe(distance);
    expect(alignmentDistance(b, a)).toBe(distance);
  });

  it("stops at the limit", () => expect(alignmentDistance("abcdef", "uvwxyz", 2)).toBe(3));
});

describe("nearest name", () => {
  it("finds slips, aliases, cases and beginnings, and nothing where nothing is near", () => {
    const known = ["machines", "cache", "round-robin", "poisson"];
    expect(nearestName("cach", known)).toBe("cache");
    expect(nearestName("servers", known)).toBe("machines");
    expect(nearestName("Round_Robin", known)).toBe("round-robin");
    expect(nearestName("rps", known)).toBe("poisson");
    expect(nearestName("roun", known)).toBe("round-robin");
    expect(nearestName("zebra", known)).toBeNull();
    expect(nearestName("constructor", known)).toBeNull();
    expect(nearestName("c", ["a", "b"])).toBeNull();
  });

  it("lists what is known where nothing is near", () => {
    expect(didYouMean("zebra", ["a", "b"])).toBe("known are a, b");
    const many = Array.from({ length: 20 }, (_, i) => `name-${i}`);
    expect(didYouMean("zebra", many)).toMatch(/name-15 and 4 more$/);
  });
});
