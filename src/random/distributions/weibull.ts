import { exp, expm1, gammaLn, pow } from "../../maths/elementary.ts";
import { fillExponential } from "../ziggurat.ts";
import { defineDistribution } from "./distribution.ts";

const scaleOf = (mean: number, shape: number): number => mean / exp(gammaLn(1 + 1 / shape));

export const weibull = defineDistribution({
  name: "weibull",
  summary: "a power of an exponential: times to failure, heavy below shape 1",
  follows: "scale · E^(1/shape), E exponential",
  fields: {
    mean: { kind: "quantity", doc: "mean", above: 0 },
    shape: {
      kind: "number",
      doc: "below 1 heavier than exponential, above 1 lighter",
      min: 0.05,
      max: 100,
    },
  },
  filler: ({ mean, shape }, stream) => {
    const scale = scaleOf(mean, shape);
    const power = 1 / shape;
    return (into) => {
      fillExponential(stream, into, 1);
      for (let i = 0; i < into.length; i++) into[i] = scale * pow(into[i], power);
    };
  },
  mean: ({ mean }) => mean,
  secondMoment: ({ mean, shape }) => {
    const scale = scaleOf(mean, shape);
    return scale * scale * exp(gammaLn(1 + 2 / shape));
  },
  cdf: ({ mean, shape }, x) => -expm1(-pow(x / scaleOf(mean, shape), shape)),
});
