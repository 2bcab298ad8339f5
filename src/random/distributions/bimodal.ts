import type { SettingsOf } from "../../definition.ts";
import { defineDistribution } from "./distribution.ts";

const fields = {
  low: { kind: "quantity", doc: "the usual value", min: 0 },
  high: { kind: "quantity", doc: "the rare value", min: 0 },
  "high-share": { kind: "share", doc: "how many get the rare value", min: 0, max: 1 },
} as const;

const mix = (settings: SettingsOf<typeof fields>, term: (value: number) => number): number =>
  (1 - settings["high-share"]) * term(settings.low) + settings["high-share"] * term(settings.high);

export const bimodal = defineDistribution({
  name: "bimodal",
  summary: "one of two values: gets and scans, hits and rebuilds",
  follows: "two points with given shares",
  fields,
  check: ({ low, high }) => (low <= high ? null : "low must not be above high"),
  filler: (settings, stream) => {
    const { low, high, "high-share": share } = settings;
    return (into) => {
      for (let i = 0; i < into.length; i++) into[i] = stream.double() < share ? high : low;
    };
  },
  mean: (settings) => mix(settings, (value) => value),
  secondMoment: (settings) => mix(settings, (value) => value * value),
  cdf: (settings, x) => mix(settings, (value) => (x < value ? 0 : 1)),
});
