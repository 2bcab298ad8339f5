/**
 * Figures of short windows while a run goes on. Whoever watches stops the run at each window's edge
 * and closes the window; what is kept are differences of counters that only grow.
 */
import { Histogram, HISTOGRAM_BINS } from "../../statistics/histogram.ts";
import { MISSES, OUTCOMES } from "../../statistics/run-record.ts";
import { NONE } from "../../units.ts";
import { ProxyCount } from "../../world/proxies/counts.ts";
import type { Parts } from "../parts.ts";

/** Figures of the whole tree, one column each. NaN: no such figure. */
export const FIGURES = [
  /** Requests born per s. */
  "born",
  /** Completed per s. */
  "completed",
  /** Latency percentiles of the window's completed requests, ms. */
  "p50",
  "p99",
  /** Successes / outcomes, 0..1. */
  "availability",
  /** Outcomes that were no success, per s. */
  "errors",
  /** Busy core time / core time in service, all machines; and of the busiest machine. */
  "utilization",
  "utilization-max",
  /** Misses / look-ups, and the part of the look-ups that each class of misses is. */
  "miss-rate",
  "compulsory",
  "capacity",
  "remap",
  "scatter",
  "expiry",
  "restart",
  /** Served outside the nearest target of the root / completed. */
  "spillover",
] as const;
export type FigureName = (typeof FIGURES)[number];
export type PerNode = "utilization" | "hitRate" | "ratePerS";

/** Counters of machines at one moment, by machine index. */
interface Counters {
  busyMs: Float64Array;
  inServiceMs: Float64Array;
  received: Float64Array;
  hits: Float64Array;
  /** By machine × MISSES.length + class. */
  misses: Float64Array;
}

export class LiveFigures {
  /** By FIGURES, each with one entry a closed window. */
  readonly columns: readonly number[][] = FIGURES.map(() => []);
  private counters: Counters;
  private born = 0;
  private readonly outcomes = new Float64Array(OUTCOMES.length);
  /** Slices of the record that have been counted. */
  private slices = 0;
  /** Counts of latencies, and requests that spilled over, of the open slice at the last edge. */
  private openBins = new Float64Array(HISTOGRAM_BINS);
  private openSpilled = 0;
  private perMachine: Readonly<Record<PerNode, Float64Array>> | null = null;
  /**
   * By replica, [answered from its response cache, looked up]: since the start, in the last window.
   */
  private responses: readonly (readonly [number, number])[] = [];
  private lastResponses: readonly (readonly [number, number])[] = [];
  private lookUps = new Float64Array(0);
  private inServiceMs = new Float64Array(0);

  constructor(
    private readonly parts: Parts,
    readonly windowMs: number,
  ) {
    this.counters = this.count();
    this.responses = this.countResponses();
  }

  /** Windows closed so far. */
  get closed(): number {
    return this.columns[0].length;
  }

  /** When the next window is to be closed, ms. */
  get nextMs(): number {
    return (this.closed + 1) * this.windowMs;
  }

  /** Ends a window; the run stands at `nextMs`. O(machines + cells × bins). */
  close(): void {
    const { recorder } = this.parts;
    const values: Partial<Record<FigureName, number>> = {};
    const seconds = this.windowMs / 1_000;
    values.born = (recorder.bornTotal - this.born) / seconds;
    this.born = recorder.bornTotal;
    const ended = recorder.outcomesTotal.map((count, i) => count - this.outcomes[i]);
    this.outcomes.set(recorder.outcomesTotal);
    const all = ended.reduce((sum, count) => sum + count, 0);
    const completed = ended[OUTCOMES.indexOf("completed")];
    values.completed = completed / seconds;
    values.availability = completed / all;
    values.errors = (all - completed) / seconds;
    this.closeLatencies(completed, values);
    this.closeMachines(values);
    this.closeResponses();
    FIGURES.forEach((name, i) => this.columns[i].push(values[name] ?? NaN));
  }

  /** Of the last window, by node id; of a balancer over the machines beneath it. */
  perNode(what: PerNode, length: number): Float32Array {
    const { nodes } = this.parts.topology;
    const sums = new Float64Array(length);
    const weights = new Float64Array(length);
    const { perMachine, lookUps, inServiceMs } = this;
    for (let id = length - 1; id >= 0; id--) {
      const { parent, machine } = nodes[id];
      if (machine !== null && perMachine !== null && machine.index < lookUps.length) {
        const { index } = machine;
        const weight = what === "hitRate" ? lookUps : inServiceMs;
        weights[id] = what === "ratePerS" ? 1 : weight[index];
        sums[id] = perMachine[what][index];
      }
      if (parent === NONE) continue;
      sums[parent] += sums[id];
      weights[parent] += weights[id];
    }
    return Float32Array.from(sums, (sum, id) => {
      if (weights[id] === 0) return NaN;
      return what === "ratePerS" ? sum : sum / weights[id];
    });
  }

  /** Of the last window, by node id: of each balancer that caches responses, over its replicas. */
  responseHitRates(length: number): Float32Array {
    const hits = new Float64Array(length);
    const lookUps = new Float64Array(length);
    for (const [at, [hit, looked]] of this.lastResponses.entries()) {
      const { id } = this.parts.replicas[at].balancer.node;
      hits[id] += hit;
      lookUps[id] += looked;
    }
    return Float32Array.from(hits, (hit, id) => (lookUps[id] === 0 ? NaN : hit / lookUps[id]));
  }

  private closeResponses(): void {
    const now = this.countResponses();
    this.lastResponses = now.map(([hit, looked], at) => {
      const [hitBefore, lookedBefore] = this.responses[at] ?? [0, 0];
      return [hit - hitBefore, looked - lookedBefore];
    });
    this.responses = now;
  }

  private countResponses(): (readonly [number, number])[] {
    return this.parts.replicas.map(({ proxy }) => {
      if (proxy === null || proxy.cache === null) return [0, 0];
      const { counts } = proxy;
      const hits = counts[ProxyCount.Hits];
      return [hits, hits + counts[ProxyCount.Misses] + counts[ProxyCount.Coalesced]];
    });
  }

  private closeLatencies(completed: number, values: Partial<Record<FigureName, number>>): void {
    const { recorder } = this.parts;
    const bins = this.openBins.map((count) => -count);
    let spilled = -this.openSpilled;
    for (; this.slices < recorder.slices.length; this.slices++) {
      for (const cell of recorder.slices[this.slices].cells) {
        cell.latency.countInto(bins, 1);
        spilled += cell.spilled;
      }
    }
    this.openBins = new Float64Array(HISTOGRAM_BINS);
    this.openSpilled = 0;
    for (const cell of recorder.openCells()) {
      cell.latency.countInto(this.openBins, 1);
      this.openSpilled += cell.spilled;
    }
    for (let bin = 0; bin < HISTOGRAM_BINS; bin++) bins[bin] += this.openBins[bin];
    const moments = { count: completed, sum: 0, sumOfSquares: 0, max: Infinity };
    const histogram = Histogram.of(bins, 0, HISTOGRAM_BINS - 1, moments);
    values.p50 = histogram.quantile(0.5);
    values.p99 = histogram.quantile(0.99);
    values.spillover = (spilled + this.openSpilled) / completed;
  }

  private closeMachines(values: Partial<Record<FigureName, number>>): void {
    const before = this.counters;
    const now = this.count();
    this.counters = now;
    const since = (column: keyof Counters): Float64Array<ArrayBuffer> =>
      Float64Array.from(now[column], (value, i) => value - (before[column][i] ?? 0));
    const busyMs = since("busyMs");
    const inServiceMs = since("inServiceMs");
    const hits = since("hits");
    const misses = since("misses");
    const total = (column: Float64Array): number => column.reduce((sum, value) => sum + value, 0);
    const byClass = MISSES.map((_, of) => {
      let sum = 0;
      for (let i = of; i < misses.length; i += MISSES.length) sum += misses[i];
      return sum;
    });
    const missed = byClass.reduce((sum, count) => sum + count, 0);
    const looked = missed + total(hits);
    values.utilization = total(busyMs) / total(inServiceMs);
    let busiest = 0;
    busyMs.forEach((busy, i) => {
      if (inServiceMs[i] > 0) busiest = Math.max(busiest, busy / inServiceMs[i]);
    });
    values["utilization-max"] = busiest;
    values["miss-rate"] = missed / looked;
    MISSES.forEach((name, i) => (values[name] = byClass[i] / looked));
    this.inServiceMs = inServiceMs;
    this.lookUps = Float64Array.from(hits, (count, i) => {
      let sum = count;
      for (let of = 0; of < MISSES.length; of++) sum += misses[i * MISSES.length + of];
      return sum;
    });
    const seconds = this.windowMs / 1_000;
    this.perMachine = {
      utilization: busyMs,
      hitRate: hits,
      ratePerS: since("received").map((count) => count / seconds),
    };
  }

  private count(): Counters {
    const { machines } = this.parts;
    const { all } = machines;
    const of = (value: (machine: (typeof all)[number]) => number): Float64Array =>
      Float64Array.from(all, value);
    const misses = new Float64Array(all.length * MISSES.length);
    for (const { index, memory } of all) {
      if (memory !== null) misses.set(memory.misses, index * MISSES.length);
    }
    return {
      busyMs: of((machine) => machines.busyMsOf(machine)),
      inServiceMs: of((machine) => machines.inServiceMsOf(machine)),
      received: of(({ received }) => received),
      hits: of(({ memory }) => memory?.hits ?? 0),
      misses,
    };
  }
}
