/**
 * Bursts: a Poisson process whose rate switches between two values after exponential times (a
 * Markov-modulated Poisson process of two states; base 0 makes it an on/off source). The switches
 * have a stream of their own: how many arrivals fall between them never moves them. The run begins
 * in either state with its long-run probability.
 */
import type { Sampler } from "../../random/registry.ts";
import { createSampler } from "../../random/registry.ts";
import type { ArrivalContext } from "./arrivals.ts";
import { defineArrivals, MOST_RATE_PER_MS } from "./arrivals.ts";
import { hazards } from "./gaps.ts";
import type { RateSegments } from "./varying-rate.ts";
import { VaryingRateArrivals } from "./varying-rate.ts";

interface BurstSettings {
  readonly base: number;
  readonly burst: number;
  readonly every: number;
  readonly lasting: number;
}

class Switching implements RateSegments {
  private readonly rates: readonly [number, number];
  private readonly meansMs: readonly [number, number];
  /** State in segment 0: 0 is calm, 1 a burst; they alternate. */
  private readonly firstState: number;
  private readonly sojourns: Sampler;
  /** Ends of the segments from `forgotten` on, as far as they have been drawn. */
  private ends = new Float64Array(64);
  private forgotten = 0;
  private drawn = 0;

  constructor(settings: BurstSettings, context: ArrivalContext) {
    const { base, burst, every, lasting } = settings;
    this.rates = [base, burst];
    this.meansMs = [every, lasting];
    this.firstState = context.random("first-state").double() < lasting / (every + lasting) ? 1 : 0;
    this.sojourns = createSampler(
      { kind: "exponential", settings: { mean: 1 } },
      context.random("states"),
    );
  }

  endMs(n: number): number {
    while (n - this.forgotten >= this.drawn) this.draw();
    return this.ends[n - this.forgotten];
  }

  startRate(n: number): number {
    return this.rates[this.stateOf(n)];
  }

  endRate(n: number): number {
    return this.rates[this.stateOf(n)];
  }

  passed(n: number): void {
    const gone = n - this.forgotten;
    // One is kept, from which the next is drawn; moving the rest is paid by as many that went.
    if (gone < this.ends.length / 2) return;
    this.ends.copyWithin(0, gone - 1, this.drawn);
    this.drawn -= gone - 1;
    this.forgotten = n - 1;
  }

  private stateOf(n: number): 0 | 1 {
    return (n + this.firstState) % 2 === 0 ? 0 : 1;
  }

  private draw(): void {
    if (this.drawn === this.ends.length) {
      const ends = new Float64Array(2 * this.drawn);
      ends.set(this.ends);
      this.ends = ends;
    }
    const before = this.drawn === 0 ? 0 : this.ends[this.drawn - 1];
    const mean = this.meansMs[this.stateOf(this.forgotten + this.drawn)];
    this.ends[this.drawn++] = before + mean * this.sojourns.next();
  }
}

export const bursts = defineArrivals({
  name: "bursts",
  summary: "calm and bursts in turn, each of exponential length, independent arrivals in each",
  follows: "two-state Markov-modulated Poisson process: Heffes, Lucantoni 1986",
  fields: {
    base: {
      kind: "rate",
      min: 0,
      max: MOST_RATE_PER_MS,
      doc: "rate in calm times; 0 makes it on/off",
    },
    burst: { kind: "rate", above: 0, max: MOST_RATE_PER_MS, doc: "rate in a burst" },
    every: {
      kind: "duration",
      above: 0,
      min: 0.001,
      doc: "mean length of the calm between two bursts",
    },
    lasting: { kind: "duration", above: 0, min: 0.001, doc: "mean length of a burst" },
  },
  create: (settings, context) =>
    new VaryingRateArrivals(new Switching(settings, context), hazards(context)),
  meanRate: ({ base, burst, every, lasting }) =>
    (base * every + burst * lasting) / (every + lasting),
});
