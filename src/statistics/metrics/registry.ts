/** All metrics, in the order in which people get to see them. */
import { cacheMetrics } from "./caches.ts";
import { frontDoorMetrics } from "./front-door.ts";
import { connectionMetrics } from "./connections.ts";
import { latencyMetrics } from "./latency.ts";
import { machineMetrics } from "./machines.ts";
import type { MetricDefinition } from "./metric.ts";
import { originMetrics } from "./origin.ts";
import { outcomeMetrics } from "./outcomes.ts";
import { placementMetrics } from "./placement.ts";
import { proxyMetrics } from "./proxies.ts";
import { sessionMetrics } from "./sessions.ts";

export { isThere } from "./metric.ts";
export type { MetricDefinition, MetricSettings, MetricUnit, StarvationSettings } from "./metric.ts";

export const metrics: readonly MetricDefinition[] = [
  ...outcomeMetrics,
  ...latencyMetrics,
  ...machineMetrics,
  ...cacheMetrics,
  ...originMetrics,
  ...placementMetrics,
  ...sessionMetrics,
  ...frontDoorMetrics,
  ...connectionMetrics,
  ...proxyMetrics,
];

const byName = new Map(metrics.map((metric) => [metric.name, metric]));

/** The metric of that name; undefined where there is none. */
export const metricNamed = (name: string): MetricDefinition | undefined => byName.get(name);
