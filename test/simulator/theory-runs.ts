/**
 * Runs for the tests against theory: from a scenario's text to figures after the warm-up, and how
 * far they may lie off.
 */
import { expect } from "vitest";
import { simulate } from "../../src/simulator/run.ts";
import { estimate } from "../../src/statistics/intervals.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import type { Selection } from "../../src/statistics/selection.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import type { Tally } from "../../src/statistics/tally.ts";
import { scenarioOf } from "../scenario/helpers.ts";

/**
 * One pool without any distance, so that latency is wait and service alone. The mean demand is 1 ms
 * in all these tests: a millisecond is a service time, and the rate per ms is the offered load in
 * cores.
 */
export interface Model {
  /** Of all machines together. */
  readonly ratePerMs: number;
  /** Another rate from time 0 until then, to fill the machines faster. */
  readonly rush?: { readonly ratePerMs: number; readonly untilMs: number };
  readonly machines?: number;
  /** YAML of one machine beyond its number: `cores: 4, queue: 0`. */
  readonly machine?: string;
  readonly strategy?: string;
  /** YAML of the requests beyond the timeout. */
  readonly requests?: string;
  readonly warmupMs: number;
  readonly measuredMs: number;
  /** One slice for all by default. */
  readonly windowMs?: number;
  /** Further fields of the scenario. */
  readonly extra?: string;
}

export function textOf(model: Model): string {
  const { ratePerMs, machines = 1, machine, strategy = "round-robin" } = model;
  const group = machine === undefined ? "" : `, ${machine}`;
  const { rush } = model;
  const arrivals =
    rush === undefined
      ? `{ poisson: ${perSecond(ratePerMs)} }`
      : `{ piecewise: [{ from: 0ms, rate: ${perSecond(rush.ratePerMs)} }, ` +
        `{ from: ${rush.untilMs}ms, rate: ${perSecond(ratePerMs)} }] }`;
  const durationMs = model.warmupMs + model.measuredMs;
  return `
duration: ${durationMs}ms
warmup: ${model.warmupMs}ms
window: ${model.windowMs ?? durationMs}ms
clients: { all: { arrivals: ${arrivals} } }
requests: { timeout: none, ${model.requests ?? "demand: { exponential: 1ms }"} }
balancer:
  { name: web, strategy: ${strategy}, health: none, targets: [{ machines: ${machines}${group} }] }
${model.extra ?? ""}`;
}

const perSecond = (ratePerMs: number): string => `${Math.round(1_000_000 * ratePerMs) / 1_000}/s`;

/** One record a seed, 1 … `seeds`: the replications are independent. */
export function recordsOf(model: Model, seeds: number): RunRecord[] {
  const scenario = scenarioOf(textOf(model));
  return Array.from({ length: seeds }, (_, i) => simulate(scenario, undefined, i + 1));
}

/** What was counted after the warm-up. */
export const tallyAfterWarmup = (record: RunRecord, selection: Selection = EVERYTHING): Tally =>
  tallyOf(record, selection, record.warmupMs, record.endMs);

export const talliesOf = (model: Model, seeds: number): Tally[] =>
  recordsOf(model, seeds).map((record) => tallyAfterWarmup(record));

export const meanLatencyMs = (tally: Tally): number => tally.latency.mean();

/** Mean wait of all that began service, from the machines' own counters. */
export function meanWaitMs({ span }: Tally): number {
  return sum(span.machines.waitMs) / sum(span.machines.started);
}

/** Requests at each machine at the end of each slice: what it received less what it completed. */
export function queuesAtEdges(record: RunRecord): { endMs: number; queues: Float64Array }[] {
  const queues = new Float64Array(record.slices[0].machines.received.length);
  return record.slices.map(({ endMs, machines }) => {
    queues.forEach((before, i) => {
      queues[i] = before + machines.received[i] - machines.completed[i];
    });
    return { endMs, queues: queues.slice() };
  });
}

/** Part of the requests that waited longer than the scenario's `starvation: { wait }`. */
export const waitedLong = (tally: Tally): number => tally.waitedLong / tally.outcomes[0];

export const sum = (values: Float64Array): number =>
  values.reduce((total, value) => total + value, 0);

export interface Allowance {
  /**
   * Relative: what theory itself is off, or what the measurement adds; its working stands where it
   * is given.
   */
  readonly bias?: number;
  /**
   * Half the interval must be below this part of the expected value, or the test would show
   * nothing.
   */
  readonly within?: number;
}

/**
 * The mean of independent replications against theory. What sampling allows is Student's t interval
 * of 99.9 % from the replications' own spread: with the right model one comparison in a thousand
 * fails, and the seeds are fixed, so it does not flicker.
 */
export function expectTheory(
  values: readonly number[],
  expected: number,
  { bias = 0, within = 0.05 }: Allowance = {},
): void {
  const { mean, half } = estimate(values, 0.999);
  const told = `mean ${mean} ± ${half} of ${values.length}, theory ${expected}`;
  expect(half, told).toBeLessThan(within * expected);
  expect(Math.abs(mean - expected), told).toBeLessThanOrEqual(half + bias * expected);
}

/**
 * Time in which an M/M/1 queue forgets how it began, in service times: 1/(1 − √ρ)² (Cohen, The
 * Single Server Queue, II.2).
 */
export const relaxation = (rho: number): number => 1 / (1 - Math.sqrt(rho)) ** 2;

/**
 * After that many relaxation times e^−8 < 0.04 % of the start is left, far below what sampling
 * allows.
 */
export const warmupFor = (rho: number): number => Math.ceil(8 * relaxation(rho));
