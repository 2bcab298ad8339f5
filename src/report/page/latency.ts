/** Latency for the percentile plot, and its split into parts. */
import { metricNamed } from "../../statistics/metrics/registry.ts";
import { tidy } from "../../statistics/rounding.ts";
import { PARTS } from "../../statistics/run-record.ts";
import type { RunRecord } from "../../statistics/run-record.ts";
import type { SummarySettings } from "../../statistics/run-summary.ts";
import { nameOf } from "../../statistics/selection.ts";
import { spanOf, tallyIn } from "../../statistics/tally.ts";
import type { LatencyModel } from "./page-model.ts";
import { selectionsOf } from "./series.ts";

/** Between two nines so many more. */
const BETWEEN = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85];

/** 0, 0.1, …, 0.5, …, 0.9, 0.91, …, 0.99, …, 0.99999: rising. */
export const QUANTILES: readonly number[] = [
  ...[1, 0.1, 0.01, 0.001, 0.0001].flatMap((rest) =>
    BETWEEN.map((part) => Number((1 - rest * (1 - part)).toPrecision(9))),
  ),
  0.95,
  0.995,
  0.99999,
]
  .toSorted((a, b) => a - b)
  .filter((q, index, all) => q !== all[index - 1]);

const parts = PARTS.map((name) => metricNamed(name)!);

/** From the warm-up to the end. A quantile needs one request beyond it. */
export function latencyModel(record: RunRecord, settings: SummarySettings): LatencyModel {
  const span = spanOf(record, Math.min(settings.warmupMs, record.endMs), record.endMs);
  return {
    of: selectionsOf(record).map((selection) => {
      const tally = tallyIn(span, selection);
      const { count } = tally.latency;
      return {
        of: nameOf(record, selection),
        quantiles: QUANTILES.map((q) =>
          (1 - q) * count >= 1 ? tidy(tally.latency.quantile(q)) : null,
        ),
        parts: parts.map((part) => tidy(part.of(tally, settings))),
        mean: tidy(tally.latency.mean()),
        requests: tidy(count),
      };
    }),
  };
}
