/** What the machines' caches had, and why they did not have the rest. */
import { MISSES } from "../run-record.ts";
import type { MissClass } from "../run-record.ts";
import type { Tally } from "../tally.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";

function missesOf(tally: Tally): number {
  let sum = 0;
  for (const count of tally.misses) sum += count;
  return sum;
}

const hitRate: MetricDefinition = {
  name: "hit-rate",
  unit: "share",
  summary: "part of the look-ups that the machine's cache could answer",
  formula: "hits / (hits + misses)",
  better: "higher",
  machines: true,
  of: (tally) => ratio(tally.hits, tally.hits + missesOf(tally)),
};

const missRate: MetricDefinition = {
  name: "miss-rate",
  unit: "share",
  summary: "part of the look-ups that the machine's cache could not answer",
  formula: "misses / (hits + misses)",
  better: "lower",
  machines: true,
  of: (tally) => ratio(missesOf(tally), tally.hits + missesOf(tally)),
};

const meanings: Readonly<Record<MissClass, string>> = {
  compulsory: "nobody in this tier ever had the key (Hill's 3Cs)",
  capacity: "this machine had it and evicted it (Hill's 3Cs)",
  remap: "another machine had it, and the key's owner changed since",
  scatter: "another machine had it, without a change of owner",
  expiry: "it was too old",
  restart: "it was lost with its machine",
};

const byClass = (name: MissClass, index: number): MetricDefinition => ({
  name: `${name}-misses`,
  unit: "share",
  summary: `part of the look-ups that missed because ${meanings[name]}`,
  formula: `${name} misses / (hits + misses); the six sum to the miss rate`,
  better: "lower",
  machines: true,
  of: (tally) => ratio(tally.misses[index], tally.hits + missesOf(tally)),
});

export const cacheMetrics: readonly MetricDefinition[] = [
  hitRate,
  missRate,
  ...MISSES.map(byClass),
];
