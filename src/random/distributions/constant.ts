import { defineDistribution } from "./distribution.ts";

export const constant = defineDistribution({
  name: "constant",
  summary: "always the same value",
  follows: "the degenerate distribution",
  fields: { value: { kind: "quantity", doc: "the value", min: 0 } },
  primary: "value",
  filler:
    ({ value }) =>
    (into) =>
      void into.fill(value),
  mean: ({ value }) => value,
  secondMoment: ({ value }) => value * value,
  cdf: ({ value }, x) => (x < value ? 0 : 1),
});
