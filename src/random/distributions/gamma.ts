import { exp, gammaP, log } from "../../maths/elementary.ts";
import type { RandomStream } from "../stream.ts";
import { standardExponential, standardNormal } from "../ziggurat.ts";
import { defineDistribution } from "./distribution.ts";

/**
 * Fills with gamma values of that shape and scale; 1.0 to 1.05 tries each.
 * Marsaglia, Tsang: A Simple Method for Generating Gamma Variables, ACM TOMS 26(3), 2000, for
 * shapes ≥ 1; a smaller shape a is the value of a + 1 times U^(1/a) (their section 6), here
 * e^(−E/a), which cannot lose its tail.
 */
export function fillGamma(
  stream: RandomStream,
  into: Float64Array,
  shape: number,
  scale: number,
): void {
  const boosted = shape < 1;
  const d = (boosted ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let i = 0; i < into.length; i++) {
    let cube = 0;
    for (;;) {
      const x = standardNormal(stream);
      const root = 1 + c * x;
      if (root <= 0) continue;
      cube = root * root * root;
      const u = stream.double();
      const square = x * x;
      if (u < 1 - 0.0331 * square * square) break;
      if (log(u) < 0.5 * square + d * (1 - cube + log(cube))) break;
    }
    const boost = boosted ? exp(-standardExponential(stream) / shape) : 1;
    into[i] = scale * d * cube * boost;
  }
}

export const gamma = defineDistribution({
  name: "gamma",
  summary: "between constant (large shape), exponential (shape 1) and very uneven (small shape)",
  follows: "Marsaglia, Tsang 2000 (gamma), squeeze and boost",
  fields: {
    mean: { kind: "quantity", doc: "mean", above: 0 },
    shape: { kind: "number", doc: "shape; its inverse is the squared variation", above: 0 },
  },
  filler:
    ({ mean, shape }, stream) =>
    (into) =>
      fillGamma(stream, into, shape, mean / shape),
  mean: ({ mean }) => mean,
  secondMoment: ({ mean, shape }) => mean * mean * (1 + 1 / shape),
  cdf: ({ mean, shape }, x) => gammaP(shape, (x * shape) / mean),
});
