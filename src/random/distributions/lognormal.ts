import type { SettingsOf } from "../../definition.ts";
import { exp, log, normalCdf } from "../../maths/elementary.ts";
import { fillNormal } from "../ziggurat.ts";
import { defineDistribution } from "./distribution.ts";

const fields = {
  median: { kind: "quantity", doc: "median (or give the mean)", above: 0, optional: true },
  mean: { kind: "quantity", doc: "mean (or give the median)", above: 0, optional: true },
  sigma: {
    kind: "number",
    doc: "standard deviation of the logarithm; 0.6 is mild, 1.5 wild",
    min: 0,
    max: 10,
  },
} as const;

const medianOf = ({ median, mean, sigma }: SettingsOf<typeof fields>): number =>
  median ?? (mean ?? NaN) * exp(-0.5 * sigma * sigma);

export const lognormal = defineDistribution({
  name: "lognormal",
  summary: "its logarithm is normal: many latencies and sizes look like it",
  follows: "exp of a normal value, that by the ziggurat of Marsaglia, Tsang 2000",
  fields,
  check: ({ median, mean }) =>
    (median === null) === (mean === null) ? "needs either median or mean" : null,
  filler: (settings, stream) => {
    const median = medianOf(settings);
    const { sigma } = settings;
    return (into) => {
      fillNormal(stream, into);
      for (let i = 0; i < into.length; i++) into[i] = median * exp(sigma * into[i]);
    };
  },
  mean: (settings) => medianOf(settings) * exp(0.5 * settings.sigma * settings.sigma),
  secondMoment: (settings) => {
    const median = medianOf(settings);
    return median * median * exp(2 * settings.sigma * settings.sigma);
  },
  cdf: (settings, x) => {
    const median = medianOf(settings);
    if (settings.sigma === 0) return x < median ? 0 : 1;
    return x === 0 ? 0 : normalCdf(log(x / median) / settings.sigma);
  },
});
