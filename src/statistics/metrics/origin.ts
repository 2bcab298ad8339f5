/**
 * What the origin behind the caches had to do. It is one for all: only the whole run has figures.
 */
import type { OriginRecord } from "../run-record.ts";
import type { Tally } from "../tally.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";

const ofOrigin =
  (figure: (origin: OriginRecord, spanMs: number) => number): MetricDefinition["of"] =>
  ({ span, selection }: Tally) => {
    if (span.origin === null || selection.kind !== "all") return NaN;
    return figure(span.origin, span.toMs - span.fromMs);
  };

export const originMetrics: readonly MetricDefinition[] = [
  {
    name: "origin-rate",
    unit: "rate",
    summary: "fetches that reached the origin",
    formula: "fetches / time",
    better: "lower",
    machines: false,
    whole: true,
    of: ofOrigin(({ fetches }, spanMs) => ratio(fetches, spanMs)),
  },
  {
    name: "origin-utilization",
    unit: "share",
    summary: "part of the time of the origin's cores that they were busy",
    formula: "busy core time / (cores × time)",
    better: "lower",
    machines: false,
    whole: true,
    of: ofOrigin(({ busyMs, coreMs }) => ratio(busyMs, coreMs)),
  },
  {
    name: "origin-wait",
    unit: "ms",
    summary: "mean time that a fetch waited for a core of the origin",
    formula: "Σ wait / fetches that began service",
    better: "lower",
    machines: false,
    whole: true,
    of: ofOrigin(({ waitMs, started }) => ratio(waitMs, started)),
  },
  {
    name: "origin-refused",
    unit: "share",
    summary: "part of the fetches that found the origin's queue full",
    formula: "refused / fetches",
    better: "lower",
    machines: false,
    whole: true,
    of: ofOrigin(({ refused, fetches }) => ratio(refused, fetches)),
  },
];
