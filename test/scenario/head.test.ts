import { expect, it } from "vitest";
import { headOf } from "../../src/scenario/head.ts";

it("tells what a scenario says of itself, without reading the rest", () => {
  const text =
    "question: >-\n  one\n  two\ninclude: base.yaml\ncompare: { a.b: [1, { c: d }] }\nx: 1";
  expect(headOf(text)).toEqual({
    question: "one two",
    expectation: "",
    include: ["base.yaml"],
    compare: [{ path: "a.b", values: ["1", "{ c: d }"] }],
  });
});

it.each(["", "[1, 2]", "question: [1]", "compare: 3\ninclude:", "a: b: c", "- - -"])(
  "finds nothing in %j, and does not mind",
  (text) => {
    expect(headOf(text)).toEqual({ question: "", expectation: "", include: [], compare: [] });
  },
);
