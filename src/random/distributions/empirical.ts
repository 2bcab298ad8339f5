import { assert } from "../../assert.ts";
import type { SettingsOf } from "../../definition.ts";
import { defineDistribution } from "./distribution.ts";
import type { NumberFiles } from "./distribution.ts";

const fields = {
  values: {
    kind: "numbers",
    of: "quantity",
    doc: "the observed values (or give a file)",
    min: 0,
    optional: true,
  },
  file: {
    kind: "file",
    doc: "plain numbers ≥ 0 in ms, or bytes for a size (or give values)",
    optional: true,
  },
  scale: { kind: "number", doc: "every value is multiplied by it", above: 0, default: 1 },
} as const;

function valuesOf(
  { values, file, scale }: SettingsOf<typeof fields>,
  files: NumberFiles,
): Float64Array {
  const raw = file === null ? values : files.get(file);
  assert(raw !== undefined && raw !== null, `the file ${file} was not read`);
  assert(raw.length > 0, "an empirical distribution needs a value");
  const scaled = Float64Array.from(raw, (value) => scale * value);
  for (const value of scaled) {
    assert(value >= 0 && value < Infinity, `an empirical value must be ≥ 0, but is ${value}`);
  }
  return scaled;
}

const average = (values: Float64Array, term: (value: number) => number): number => {
  let sum = 0;
  for (const value of values) sum += term(value);
  return sum / values.length;
};

export const empirical = defineDistribution({
  name: "empirical",
  summary: "the observed values, each equally likely",
  follows: "resampling with replacement",
  fields,
  check: ({ values, file }) => {
    if ((values === null) === (file === null)) return "needs either values or file";
    return values !== null && values.length === 0 ? "needs at least one value" : null;
  },
  filler: (settings, stream, files) => {
    const values = valuesOf(settings, files);
    return (into) => {
      for (let i = 0; i < into.length; i++) into[i] = values[stream.below(values.length)];
    };
  },
  mean: (settings, files) => average(valuesOf(settings, files), (value) => value),
  secondMoment: (settings, files) => average(valuesOf(settings, files), (value) => value * value),
  cdf: (settings, x, files) => average(valuesOf(settings, files), (value) => (value <= x ? 1 : 0)),
});
