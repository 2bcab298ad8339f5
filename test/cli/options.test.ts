import { describe, expect, it } from "vitest";

import { commandLine, seedOf, seedsOf, seedsText } from "../../src/cli/options.ts";

describe("options", () => {
  it("reads seeds as a number, a range and a list", () => {
    expect(seedsOf("3")).toEqual([1, 2, 3]);
    expect(seedsOf("5..7")).toEqual([5, 6, 7]);
    expect(seedsOf("9,3,9,4..5")).toEqual([9, 3, 4, 5]);
    expect(seedOf("4_000")).toBe(4000);
  });

  it.each(["0", "7..5", "-1", "1.5", "x", "", "1..1000000", "1..", "9007199254740993"])(
    "refuses %j as seeds",
    (text) => {
      expect(() => seedsOf(text)).toThrow();
    },
  );

  it("writes seeds as short as they can be", () => {
    expect(seedsText([1, 2, 3])).toBe("1..3");
    expect(seedsText([3, 5])).toBe("3,5");
    expect(seedsText([7])).toBe("7");
  });

  it("writes a command that a shell reads back", () => {
    expect(commandLine(["run", "my file.yaml", "--set", "a={ b: 'c' }"])).toBe(
      `lbsim run 'my file.yaml' --set 'a={ b: '\\''c'\\'' }'`,
    );
  });
});
