import type { SettingsOf } from "../../definition.ts";
import { exp, expm1, log, log1p, pow } from "../../maths/elementary.ts";
import { fillExponential } from "../ziggurat.ts";
import { defineDistribution } from "./distribution.ts";

const fields = {
  shape: { kind: "number", doc: "tail index: smaller is heavier", above: 0 },
  min: { kind: "quantity", doc: "least value", above: 0 },
  max: { kind: "quantity", doc: "greatest value; without it the tail has no end", optional: true },
} as const;

/**
 * E[X^k]. Density shape · min^shape · x^(−shape−1) / (1 − (min/max)^shape); the integral of
 * x^(k−shape−1) is written with expm1, so that shape = k is no special size but only a limit.
 */
function moment({ shape, min, max }: SettingsOf<typeof fields>, k: number): number {
  const base = pow(min, k);
  if (max === null) return shape > k ? (shape * base) / (shape - k) : Infinity;
  const octaves = log(max / min);
  const power = k - shape;
  const integral = power === 0 ? octaves : expm1(power * octaves) / power;
  return (shape * base * integral) / -expm1(-shape * octaves);
}

export const pareto = defineDistribution({
  name: "pareto",
  summary: "a power law, cut at a greatest value: few requests make most of the work",
  follows: "inversion; bounded as in Harchol-Balter, Performance Modeling, chapter 20",
  fields,
  check: ({ min, max }) => (max === null || min < max ? null : "min must be below max"),
  filler: ({ shape, min, max }, stream) => {
    if (max === null) {
      return (into) => {
        fillExponential(stream, into, 1 / shape);
        for (let i = 0; i < into.length; i++) into[i] = min * exp(into[i]);
      };
    }
    const kept = -expm1(-shape * log(max / min)); // share of the unbounded law below max
    return (into) => {
      for (let i = 0; i < into.length; i++) {
        const value = min * exp(-log1p(-kept * stream.double()) / shape);
        into[i] = value < max ? value : max;
      }
    };
  },
  mean: (settings) => moment(settings, 1),
  secondMoment: (settings) => moment(settings, 2),
  cdf: ({ shape, min, max }, x) => {
    if (x <= min) return 0;
    if (max === null) return -expm1(-shape * log(x / min));
    return x >= max ? 1 : expm1(-shape * log(x / min)) / expm1(-shape * log(max / min));
  },
});
