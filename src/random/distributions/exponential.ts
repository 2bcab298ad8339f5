import { expm1 } from "../../maths/elementary.ts";
import { fillExponential } from "../ziggurat.ts";
import { defineDistribution } from "./distribution.ts";

export const exponential = defineDistribution({
  name: "exponential",
  summary: "without memory: service times of M/M/c, gaps of a Poisson process",
  follows: "ziggurat of Marsaglia, Tsang 2000, exact tail",
  fields: { mean: { kind: "quantity", doc: "mean", above: 0 } },
  primary: "mean",
  filler:
    ({ mean }, stream) =>
    (into) =>
      fillExponential(stream, into, mean),
  mean: ({ mean }) => mean,
  secondMoment: ({ mean }) => 2 * mean * mean,
  cdf: ({ mean }, x) => -expm1(-x / mean),
});
