/**
 * Arrivals at equal distances, the first after one distance. Times are kept as counts since the
 * rate last changed, so that 8,000/s is exact after an hour: sums of 0.125 ms are, sums of 1/3 ms
 * would drift.
 */
import type { ArrivalProcess } from "./arrivals.ts";
import { defineArrivals, DRAWN, MOST_RATE_PER_MS } from "./arrivals.ts";

class ConstantArrivals implements ArrivalProcess {
  readonly user = DRAWN;
  readonly object = DRAWN;
  readonly bytes = DRAWN;
  private readonly ratePerMs: number;
  private factor = 1;
  /** Arrivals are at sinceMs + (offset + k) / (rate × factor), k = 0, 1, … */
  private sinceMs = NaN;
  private offset = 1;
  private k = 0;

  constructor(ratePerMs: number) {
    this.ratePerMs = ratePerMs;
    this.sinceMs = 0;
  }

  first(): number {
    return this.pending();
  }

  next(): number {
    this.k++;
    return this.pending();
  }

  scale(nowMs: number, factor: number): number {
    const gone = (nowMs - this.sinceMs) * this.ratePerMs * this.factor;
    this.offset = Math.max(0, this.offset + this.k - gone);
    this.k = 0;
    this.sinceMs = nowMs;
    this.factor = factor;
    return this.pending();
  }

  private pending(): number {
    const gaps = this.offset + this.k;
    return gaps === 0 ? this.sinceMs : this.sinceMs + gaps / (this.ratePerMs * this.factor);
  }
}

export const constant = defineArrivals({
  name: "constant",
  summary: "one arrival after the other at equal distances",
  follows: "open-loop load generators at a constant rate (wrk2, vegeta)",
  fields: {
    rate: { kind: "rate", above: 0, max: MOST_RATE_PER_MS, doc: "arrivals of the whole region" },
  },
  primary: "rate",
  create: ({ rate }) => new ConstantArrivals(rate),
  meanRate: ({ rate }) => rate,
});
