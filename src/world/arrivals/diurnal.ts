/**
 * Day and night: 24 hourly factors, linear between. Simulated time 0 is midnight UTC; `utc-offset`
 * makes it local. With a shorter `period` a day passes faster.
 */
import { exp, log } from "../../maths/elementary.ts";
import { defineArrivals, MOST_RATE_PER_MS } from "./arrivals.ts";
import { hazards } from "./gaps.ts";
import type { RateSegments } from "./varying-rate.ts";
import { VaryingRateArrivals } from "./varying-rate.ts";

const HOURS = 24;
const DAY_MS = 86_400_000;

/**
 * A day of people at home and at work, from midnight on: lowest at 4, a morning rise, a plateau,
 * the peak at 20. Ours; only its shape counts: it is scaled to mean 1, and `peak` stretches it.
 */
const DEFAULT_PROFILE: readonly number[] = [
  0.62, 0.44, 0.33, 0.27, 0.25, 0.29, 0.4, 0.58, 0.8, 0.97, 1.06, 1.12, 1.17, 1.16, 1.14, 1.15, 1.2,
  1.28, 1.4, 1.52, 1.58, 1.5, 1.26, 0.91,
];

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/**
 * Scaled to mean 1. The mean over a day of straight lines through 24 points is the points' mean.
 */
function normalised(profile: readonly number[]): number[] {
  const mean = sumOf(profile) / profile.length;
  return profile.map((factor) => factor / mean);
}

/**
 * Every factor to the power γ, which keeps highs high and lows low (and 0 at 0), and scaled to mean
 * 1 again.
 */
function sharpened(profile: readonly number[], gamma: number): number[] {
  const highest = Math.max(...profile);
  return normalised(
    profile.map((factor) => (factor === 0 ? 0 : exp(gamma * log(factor / highest)))),
  );
}

/**
 * The hourly factors of mean 1, local time: the profile as it is, or raised to the power at which
 * the greatest of them is `peak` (found by halving; the greatest grows with the power from 1
 * towards 24 / number of greatest hours).
 */
export function hourlyFactors(profile: readonly number[] | null, peak: number | null): number[] {
  const shape = profile ?? DEFAULT_PROFILE;
  if (peak === null) return normalised(shape);
  let low = 0;
  let high = 1;
  while (Math.max(...sharpened(shape, high)) < peak && high < 1024) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (Math.max(...sharpened(shape, middle)) < peak) low = middle;
    else high = middle;
  }
  return sharpened(shape, high);
}

class Days implements RateSegments {
  private readonly rates: Float64Array;
  private readonly hourMs: number;
  /** Part of an hour by which the first segment is shorter, where the offset is no whole hour. */
  private readonly late: number;
  private readonly firstHour: number;

  constructor(meanRate: number, factors: readonly number[], periodMs: number, offset: number) {
    this.rates = Float64Array.from(factors, (factor) => factor * meanRate);
    this.hourMs = periodMs / HOURS;
    const local = offset < 0 ? offset + HOURS : offset;
    this.firstHour = Math.floor(local);
    this.late = local - this.firstHour;
  }

  endMs(n: number): number {
    return (n + 1 - this.late) * this.hourMs;
  }

  startRate(n: number): number {
    const rate = this.rateAt(n);
    // The first segment begins within its hour.
    return n > 0 ? rate : rate + this.late * (this.rateAt(1) - rate);
  }

  endRate(n: number): number {
    return this.rateAt(n + 1);
  }

  private rateAt(hour: number): number {
    return this.rates[(this.firstHour + hour) % HOURS];
  }
}

function check(profile: readonly number[] | null, peak: number | null): string | null {
  if (profile !== null && sumOf(profile) === 0) return "has a profile of zeros only";
  if (peak === null) return null;
  const shape = profile ?? DEFAULT_PROFILE;
  const highest = Math.max(...shape);
  const lasting = shape.filter((factor) => factor === highest).length;
  if (lasting === HOURS && peak !== 1) return "has a flat profile, which has no peak";
  // Within 1 %, since the limit itself is never reached.
  const most = (0.99 * HOURS) / lasting;
  const zeros = shape.filter((factor) => factor === 0).length;
  const least = HOURS / (HOURS - zeros);
  if (peak > most) return `has a peak that this profile cannot have: at most ${most.toFixed(2)}`;
  if (peak < least) return `has a peak that this profile cannot have: at least ${least.toFixed(2)}`;
  return null;
}

export const diurnal = defineArrivals({
  name: "diurnal",
  summary: "independent arrivals whose rate follows the hours of the day",
  follows: "Poisson process with a rate of straight lines between hourly values, inverted exactly",
  fields: {
    mean: {
      kind: "rate",
      above: 0,
      max: MOST_RATE_PER_MS,
      doc: "mean over a day, of the whole region",
    },
    peak: {
      kind: "number",
      min: 1,
      max: HOURS,
      optional: true,
      doc: "highest hour ÷ mean; sharpens or flattens the profile; none: the profile as it is",
    },
    profile: {
      kind: "numbers",
      of: "number",
      length: HOURS,
      min: 0,
      optional: true,
      doc: "factors at 0 … 23 o'clock local time, of any scale; none: quiet at 4, peak at 20",
    },
    period: { kind: "duration", above: 0, min: 1, default: DAY_MS, doc: "length of a day" },
    "utc-offset": {
      kind: "number",
      min: -14,
      max: 14,
      default: 0,
      doc: "hours by which local time is ahead; time 0 is midnight UTC",
    },
  },
  primary: "mean",
  check: ({ profile, peak }) => check(profile, peak),
  create: (settings, context) => {
    const { mean, peak, profile, period } = settings;
    const factors = hourlyFactors(profile, peak);
    const days = new Days(mean, factors, period, settings["utc-offset"]);
    return new VaryingRateArrivals(days, hazards(context));
  },
  meanRate: ({ mean }) => mean,
});
