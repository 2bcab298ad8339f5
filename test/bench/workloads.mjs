/**
 * The four workloads of README.md: where their scenarios stand, what has to come out, and what has
 * to be set for another number of requests. Nothing here changes what is simulated, only how long.
 */

const percent = (value, tolerance) => ({ value, tolerance });

/** Settings for `requests` of them at `perMs`: the warm-up keeps its part of the run. */
const lasting = (requests, perMs, warmupPart) => [
  ["stop-after", `${requests} requests`],
  ["warmup", `${((requests * warmupPart) / perMs).toFixed(3)}ms`],
];

const W4_PER_MS = 2.4;
const w4Times = (requests) => {
  const at = (part) => (requests * part) / W4_PER_MS;
  return { warm: at(1 / 20), join: at(1 / 2), settled: at(1 / 2 + 1 / 20), window: at(1 / 60) };
};

export const WORKLOADS = [
  {
    name: "W1",
    title: "least connections over 100",
    file: "w1.yaml",
    requests: 1_000_000,
    goals: { first: 2.5, aim: 2 },
    cold: true,
    settings: (requests) => lasting(requests, 80, 1 / 10),
    /**
     * Tolerances: three standard errors of 900,000 outcomes are 0.5 % of the mean and 0.7 % of p99,
     * a quantile comes from bins that may be 0.8 % off, and the expectations have three digits.
     */
    expected: { mean: percent(1.006, 0.01), p50: percent(0.697, 0.015), p99: percent(4.63, 0.02) },
  },
  {
    name: "W2",
    title: "two choices over 1,000",
    file: "w2.yaml",
    requests: 1_000_000,
    goals: { first: 2.8, aim: 2 },
    cold: true,
    settings: (requests) => lasting(requests, 800, 1 / 10),
    expected: { mean: percent(1.947, 0.01), p99: percent(7.37, 0.02) },
  },
  {
    name: "W3",
    title: "two tiers, four regions",
    file: "w3.yaml",
    requests: 1_000_000,
    goals: { first: 2.5, aim: 1.5 },
    cold: true,
    settings: (requests) => lasting(requests, 8, 1 / 10),
    /** E25/M/1 remembers long: runs of a million scatter by one or two per cent. */
    expected: { mean: percent(37.85, 0.03), p50: percent(29.3, 0.03), p99: percent(137, 0.04) },
  },
  {
    name: "W4",
    title: "ring, caches, one joins",
    file: "w4.yaml",
    requests: 2_000_000,
    goals: { first: 1.9, aim: 1.5 },
    cold: false,
    settings(requests) {
      const { join, window } = w4Times(requests);
      const event = `{ at: ${join.toFixed(3)}ms, add: 1 machine, to: images, cache: { lru: 10_000 }, warm: false }`;
      return [
        ...lasting(requests, W4_PER_MS, 1 / 20),
        ["window", `${window.toFixed(3)}ms`],
        ["events", `[${event}]`],
      ];
    },
    /** Spans of the run by name, ms; figures of a span are asked for as `span.metric`. */
    spans(requests) {
      const { warm, join, settled } = w4Times(requests);
      return { before: [warm, join], just: [join, settled], rest: [settled, Infinity] };
    },
    /**
     * Only for 2,000,000 requests: the miss rate still rises from the warm caches' to the long
     * run's. The ring's layout is not the reference's, and decides how long queues are and how many
     * keys the newcomer takes: hence the wider bands (0.0416 of all requests are its own here,
     * 0.0458 there).
     */
    expected: {
      "before.miss-rate": percent(0.158, 0.02),
      "just.miss-rate": percent(0.189, 0.05),
      "rest.miss-rate": percent(0.177, 0.03),
      "before.utilization": percent(0.6, 0.02),
      "before.mean": percent(18, 0.15),
      "before.p99": percent(103, 0.15),
    },
    checkedAt: 2_000_000,
  },
];
