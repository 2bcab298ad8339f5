/** What the clients of completed requests felt: the whole, and the parts that sum to it. */
import { PARTS } from "../run-record.ts";
import type { Part } from "../run-record.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";
import { completed } from "./outcomes.ts";

const quantile = (name: string, q: number): MetricDefinition => ({
  name,
  unit: "ms",
  summary: `latency that ${q * 100} % of the completed requests stay below`,
  formula: "quantile of a log-linear histogram, within 0.8 % of the exact one",
  better: "lower",
  machines: false,
  of: (tally) => tally.latency.quantile(q),
});

const meanings: Readonly<Record<Part, string>> = {
  resolve: "finding an address",
  connect: "setting up a connection, TLS included",
  network: "on the wire, there and back",
  balancer: "inside balancers",
  wait: "in queue at the machine",
  service: "being served",
  miss: "waiting for what the cache did not have",
  reload: "having the session's state opened elsewhere",
  retry: "in attempts that came to nothing",
};

const part = (name: Part): MetricDefinition => ({
  name,
  unit: "ms",
  summary: `mean time of a completed request ${meanings[name]}`,
  formula: "sum over completed requests / completed; the parts sum to the mean",
  better: "lower",
  machines: name === "wait",
  of(tally) {
    const { selection, span } = tally;
    if (selection.kind === "node" && name === "wait") {
      const { machine } = span.record.nodes[selection.id];
      if (machine >= 0) return ratio(span.machines.waitMs[machine], span.machines.started[machine]);
    }
    // Parts are differences of times: rounding may leave a nothing a hair below zero.
    return Math.max(0, ratio(tally.parts[PARTS.indexOf(name)], tally.latency.count));
  },
});

const mean: MetricDefinition = {
  name: "mean",
  unit: "ms",
  summary: "mean latency of completed requests, from intended send to last byte",
  formula: "Σ latency / completed (exact)",
  better: "lower",
  machines: false,
  of: (tally) => tally.latency.mean(),
};

const greatest: MetricDefinition = {
  name: "max",
  unit: "ms",
  summary: "greatest latency of a completed request",
  formula: "exact",
  better: "lower",
  machines: false,
  of: (tally) => (tally.latency.count > 0 ? tally.latency.max : NaN),
};

const requestStarvation: MetricDefinition = {
  name: "request-starvation",
  unit: "share",
  summary: "part of the answered requests that waited in queue longer than W",
  formula: "waited longer than W / completed; W is the scenario's setting",
  better: "lower",
  machines: false,
  of: (tally) => ratio(tally.waitedLong, completed(tally)),
};

export const latencyMetrics: readonly MetricDefinition[] = [
  mean,
  quantile("p50", 0.5),
  quantile("p90", 0.9),
  quantile("p95", 0.95),
  quantile("p99", 0.99),
  quantile("p99.9", 0.999),
  greatest,
  ...PARTS.map(part),
  requestStarvation,
];
