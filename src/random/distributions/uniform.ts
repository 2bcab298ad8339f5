import { defineDistribution } from "./distribution.ts";

export const uniform = defineDistribution({
  name: "uniform",
  summary: "every value between two bounds alike",
  follows: "the continuous uniform distribution",
  fields: {
    min: { kind: "quantity", doc: "lower bound", min: 0, default: 0 },
    max: { kind: "quantity", doc: "upper bound", above: 0 },
  },
  primary: "max",
  check: ({ min, max }) => (min < max ? null : "min must be below max"),
  filler: ({ min, max }, stream) => {
    const width = max - min;
    return (into) => {
      for (let i = 0; i < into.length; i++) into[i] = min + width * stream.double();
    };
  },
  mean: ({ min, max }) => (min + max) / 2,
  secondMoment: ({ min, max }) => (min * min + min * max + max * max) / 3,
  cdf: ({ min, max }, x) => Math.min(1, Math.max(0, (x - min) / (max - min))),
});
