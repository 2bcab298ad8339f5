/** A rate that changes at given times and is constant between. Before the first row nobody asks. */
import { defineArrivals, MOST_RATE_PER_MS } from "./arrivals.ts";
import { hazards } from "./gaps.ts";
import type { RateSegments } from "./varying-rate.ts";
import { VaryingRateArrivals } from "./varying-rate.ts";

interface Row {
  readonly from: number;
  readonly rate: number;
}

class Rows implements RateSegments {
  private readonly rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.rows = rows[0].from === 0 ? rows : [{ from: 0, rate: 0 }, ...rows];
  }

  endMs(n: number): number {
    return n + 1 < this.rows.length ? this.rows[n + 1].from : Infinity;
  }

  startRate(n: number): number {
    return this.rows[n].rate;
  }

  endRate(n: number): number {
    return this.rows[n].rate;
  }
}

function meanOver(rows: readonly Row[], durationMs: number | null): number {
  const last = rows[rows.length - 1];
  if (durationMs === null) return last.rate;
  let sum = 0;
  rows.forEach(({ from, rate }, i) => {
    const end = Math.min(durationMs, rows[i + 1]?.from ?? durationMs);
    sum += rate * Math.max(0, end - from);
  });
  return sum / durationMs;
}

export const piecewise = defineArrivals({
  name: "piecewise",
  summary: "independent arrivals at a rate that changes at given times",
  follows: "Poisson process with a step function as its rate, inverted exactly",
  fields: {
    steps: {
      kind: "rows",
      doc: "in order of time; the last rate stays to the end",
      fields: {
        from: { kind: "duration", min: 0, doc: "time from which the rate holds" },
        rate: { kind: "rate", min: 0, max: MOST_RATE_PER_MS, doc: "arrivals of the whole region" },
      },
    },
  },
  primary: "steps",
  check: ({ steps }) => {
    if (steps.length === 0) return "needs at least one step { from, rate }";
    for (let i = 1; i < steps.length; i++) {
      if (steps[i].from <= steps[i - 1].from) {
        return `has steps out of order: each must begin after the one before it (step ${i + 1})`;
      }
    }
    if (steps.every(({ rate }) => rate === 0)) return "has no step with a rate above 0";
    return null;
  },
  create: ({ steps }, context) => new VaryingRateArrivals(new Rows(steps), hazards(context)),
  meanRate: ({ steps }, durationMs) => meanOver(steps, durationMs),
});
