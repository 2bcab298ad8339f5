/**
 * What balancers do beside picking, against closed forms: their cores, connections, response
 * caches.
 */
import { describe, expect, it } from "vitest";
import { PROXY_COUNTS } from "../../src/statistics/run-record.ts";
import type { ProxyCountName } from "../../src/statistics/run-record.ts";
import type { Tally } from "../../src/statistics/tally.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import * as theory from "../../src/statistics/theory.ts";
import { simulate } from "../../src/simulator/run.ts";
import { scenarioOf } from "../scenario/helpers.ts";
import { expectTheory, sum, warmupFor } from "./theory-runs.ts";

const countOf = ({ span }: Tally, name: ProxyCountName): number =>
  span.proxies[PROXY_COUNTS.indexOf(name)];

/** Machines that are never busy for long: a microsecond of demand on a thousand cores. */
const textOf = (ratePerMs: number, lb: string, rest: string): string => `
${rest}
clients: { all: { arrivals: { poisson: ${1_000 * ratePerMs}/s } } }
balancer: { name: lb, health: none, ${lb}, targets: [{ machines: 1, cores: 1_000 }] }`;

function talliesOf(text: string, seeds: number): Tally[] {
  const scenario = scenarioOf(text);
  return Array.from({ length: seeds }, (_, i) => {
    const record = simulate(scenario, undefined, i + 1);
    return tallyOf(record, EVERYTHING, record.warmupMs, record.endMs);
  });
}

const SEEDS = 10;
/**
 * Half the interval of ten seeds in standard errors: t of 9 degrees at 99.9 % is 4.78, of an error
 * that is itself estimated from ten, √(16.92 / 9) = 1.37 times too large at most (χ² of 9 degrees
 * at 95 %).
 */
const HALF_AT_MOST = 4.78 * 1.37;

/**
 * Standard error over mean of the mean wait of so many requests at M/M/c, by Little's law from that
 * of the queue's length over time: its variance constant is 2 Σ (Σ_{i ≤ j} (f_i − f) π_i)² / λπ_j,
 * f the number that waits (birth-and-death processes in Whitt, Asymptotic formulas for Markov
 * processes with applications to simulation, Operations Research 40, 1992).
 */
function scatterOfWait(cores: number, rho: number, requests: number): number {
  const rate = cores * rho;
  const weights = [1];
  // Beyond a hundred thousandth of a millionth of all time there is nothing but rounding.
  for (let j = 1; weights.at(-1)! > 1e-11; j++) {
    weights.push((weights[j - 1] * rate) / Math.min(j, cores));
  }
  const whole = weights.reduce((a, b) => a + b, 0);
  const waiting = (j: number): number => Math.max(0, j - cores);
  const mean = weights.reduce((total, weight, j) => total + (waiting(j) * weight) / whole, 0);
  let below = 0;
  let constant = 0;
  for (const [j, weight] of weights.entries()) {
    below += ((waiting(j) - mean) * weight) / whole;
    constant += (2 * below ** 2) / (rate * (weight / whole));
  }
  return Math.sqrt((constant * rate) / requests) / mean;
}

describe("the cores of a layer-7 balancer", () => {
  for (const { cores, rho, requests } of [
    { cores: 2, rho: 0.5, requests: 100_000 },
    { cores: 2, rho: 0.9, requests: 400_000 },
  ]) {
    it(`${cores} at ρ = ${rho} wait as Erlang C says`, () => {
      const ratePerMs = cores * rho;
      const warmupMs = warmupFor(rho);
      const endMs = warmupMs + Math.round(requests / SEEDS / ratePerMs);
      const times = `duration: ${endMs}ms\nwarmup: ${warmupMs}ms\nwindow: ${endMs}ms`;
      const work = `work: { cores: ${cores}, request: { exponential: 1ms } }`;
      const demand = "requests: { demand: 1us, timeout: none }";
      const tallies = talliesOf(textOf(ratePerMs, work, `${times}\n${demand}`), SEEDS);
      const waits = tallies.map((tally) => countOf(tally, "wait-ms") / countOf(tally, "worked"));
      // 2.4 % at 0.5, 3.6 % at 0.9.
      const within = HALF_AT_MOST * scatterOfWait(cores, rho, requests);
      expectTheory(waits, theory.mmcWaitMs(1, cores, rho), { within });
      const busy = tallies.map((tally) => countOf(tally, "busy-ms") / countOf(tally, "core-ms"));
      // Exponential gaps and works: of N requests √(2/N), at most 0.45 %.
      expectTheory(busy, rho, { within: HALF_AT_MOST * Math.sqrt(2 / requests) });
      // What its clients felt of it is the same: the part of the latency is wait and work.
      const [tally] = tallies;
      const felt = tally.parts[3] / tally.latency.count;
      const told =
        (countOf(tally, "wait-ms") + countOf(tally, "busy-ms")) / countOf(tally, "worked");
      // Who is there at either end is in one and not in the other: some tens of 40,000 and more.
      expect(Math.abs(felt / told - 1)).toBeLessThan(0.01);
    });
  }
});

describe("the core of a layer-4 balancer", () => {
  const rho = 0.8;
  const requests = 400_000;
  // Works that scatter less than exponential ones let the wait scatter less: M/M/1's is the most.
  const within = HALF_AT_MOST * scatterOfWait(1, rho, requests);
  /**
   * Requests of 3 segments and answers of 7, 0.1 ms a packet, on connections that are all opened in
   * the warm-up: one a user, over HTTP/2, which nobody closes.
   */
  const textOf4 = (ratePerMs: number, lb: string, demand: string): string => {
    const warmupMs = warmupFor(rho);
    const endMs = warmupMs + Math.round(requests / SEEDS / ratePerMs);
    return `
duration: ${endMs}ms
warmup: ${warmupMs}ms
window: ${endMs}ms
connections: { protocol: http/2, idle: none, tls: none }
clients: { all: { users: 5, arrivals: { poisson: ${1_000 * ratePerMs}/s } } }
requests:
  { demand: ${demand}, timeout: none, affinity: user, request-size: 3_000B, response-size: 10_000B }
balancer:
  name: lb
  layer: 4
  health: none
  forwarding: { packet: 0.1ms }
  ${lb}
  targets: [{ machines: 1, cores: 1_000 }]`;
  };

  it("with direct return waits as M/D/1 says at ρ = 0.8", () => {
    const ratePerMs = rho / 0.3;
    const tallies = talliesOf(textOf4(ratePerMs, "direct-return: true", "1us"), SEEDS);
    const waits = tallies.map((tally) => countOf(tally, "wait-ms") / countOf(tally, "worked"));
    expectTheory(waits, theory.mg1WaitMs(0.3, 0.3 ** 2, rho), { within });
    const busy = tallies.map((tally) => countOf(tally, "busy-ms") / countOf(tally, "core-ms"));
    expectTheory(busy, rho, { within: HALF_AT_MOST * Math.sqrt(1 / requests) });
    // What its clients felt is that wait and 0.3 ms; who is there at either end is in one alone.
    const [tally] = tallies;
    const felt = tally.parts[3] / tally.latency.count;
    expect(Math.abs(felt / (waits[0] + 0.3) - 1)).toBeLessThan(0.01);
  });

  it("else waits as M/G/1 says, where machines take long enough to mix the answers", () => {
    // 3 and 7 packets in turn: S = 0.5 ms, E[S²] = (0.3² + 0.7²) / 2.
    const ratePerMs = rho / (0.3 + 0.7);
    const tallies = talliesOf(
      textOf4(ratePerMs, "direct-return: false", "{ exponential: 100ms }"),
      SEEDS,
    );
    const waits = tallies.map((tally) => countOf(tally, "wait-ms") / countOf(tally, "worked"));
    expectTheory(waits, theory.mg1WaitMs(0.5, 0.29, rho), { within });
    const busy = tallies.map((tally) => countOf(tally, "busy-ms") / countOf(tally, "core-ms"));
    expectTheory(busy, rho, { within: HALF_AT_MOST * Math.sqrt(1 / requests) });
  });
});

it("connections in use are arrival rate × time held: Little's law, without sampling", () => {
  const pool = "pool: { connections: 100, idle: 20ms }";
  const requests = "requests: { demand: { exponential: 4ms }, timeout: none }";
  const rest = `stop-after: 20_000 requests\nwarmup: 0s\nwindow: 1s\n${requests}`;
  const [tally] = talliesOf(textOf(3, pool, rest), 1);
  // All is over at the end and nothing is any distance: a connection is held as long as its request
  // lasts, so ∫ in use = Σ latency to the rounding.
  expect(countOf(tally, "held-ms") / tally.latency.sum).toBeCloseTo(1, 9);
  expect(tally.latency.count).toBe(20_000);
  // And by its parts: 3 a ms × 4 ms = 12, within 4 σ of 20,000 exponential times and gaps, 4 %.
  const mean = countOf(tally, "held-ms") / tally.span.toMs;
  expect(Math.abs(mean / 12 - 1)).toBeLessThan(0.04);
  expect(countOf(tally, "open-ms")).toBeGreaterThan(countOf(tally, "held-ms"));
});

describe("a response cache of 500 among 10,000 objects", () => {
  for (const exponent of [0.7, 1.1]) {
    it(`hits as Che says at Zipf ${exponent}`, () => {
      const probabilities = theory.zipfProbabilities(10_000, exponent);
      const expected = theory.cheLru(probabilities, 500).hitRate;
      const objects = `objects: { count: 10_000, zipf: ${exponent} }`;
      // Cold at first: filled after some 2 T < 4,000 requests, 40 ms; the warm-up leaves out 100.
      const rest = `duration: 400ms\nwarmup: 100ms\nrequests: { demand: 1us, ${objects} }`;
      const tallies = talliesOf(textOf(100, "response-cache: { lru: 500 }", rest), 8);
      const rates = tallies.map(
        (tally) => countOf(tally, "hits") / (countOf(tally, "hits") + countOf(tally, "misses")),
      );
      // As of a machine's cache (theory-caches.test.ts): Che's own error is some 1/C; who asks
      // within the microsecond of a fetch misses too, some 10⁻⁴ of all.
      expectTheory(rates, expected, { bias: 0.005, within: 0.025 });
      expect(sum(tallies[0].span.machines.completed)).toBeGreaterThan(0);
    });
  }
});
