import { describe, expect, it } from "vitest";
import { registries } from "../../src/scenario/registries.ts";
import {
  alignmentDistance,
  didYouMean,
  nearestName,
  suggestAmong,
} from "../../src/scenario/suggest.ts";

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

describe("a program's name", () => {
  const { placements, strategies } = registries;

  it.each([
    ["nginx", 'did you mean "ketama"?'],
    ["HAProxy", 'did you mean "haproxy-consistent" or "haproxy-map-based"?'],
    ["envoy", 'did you mean "envoy-ring-hash" or "envoy-maglev"?'],
    ["ceph", 'did you mean "straw2"?'],
    ["guava", 'did you mean "jump"?'],
    ["maglef", 'did you mean "maglev"?'],
  ])("%s: %s", (name, told) => expect(suggestAmong(name, placements)).toBe(told));

  it("comes from what strategies follow too, names that hold it first", () => {
    const told = suggestAmong("haproxy", strategies);
    expect(told).toMatch(
      /^did you mean "haproxy-consistent", "haproxy-map-based", .*"bounded-load"/,
    );
  });

  it("goes before the others where many speak of it, and years and nonsense do not count", () => {
    expect(suggestAmong("hash", placements)).toMatch(
      /^known are ring-hash, envoy-ring-hash, mod-n/,
    );
    expect(suggestAmong("2014", placements)).toMatch(/^known are mod-n, ring-hash/);
    expect(suggestAmong("zebra", placements)).toMatch(/^known are mod-n, ring-hash/);
  });
});
