/** Many users who know nothing of each other: independent arrivals of a constant rate. */
import type { Sampler } from "../../random/registry.ts";
import type { ArrivalProcess } from "./arrivals.ts";
import { defineArrivals, DRAWN, MOST_RATE_PER_MS } from "./arrivals.ts";
import { hazards } from "./gaps.ts";

class PoissonArrivals implements ArrivalProcess {
  readonly user = DRAWN;
  readonly object = DRAWN;
  readonly bytes = DRAWN;
  private readonly hazards: Sampler;
  private readonly ratePerMs: number;
  /**
   * Mean gap, the pending arrival, what is left of its hazard while the rate is 0. Typed: V8 boxes
   * doubles in fields.
   */
  private readonly state = new Float64Array(3);

  constructor(ratePerMs: number, hazardsOf: Sampler) {
    this.ratePerMs = ratePerMs;
    this.hazards = hazardsOf;
    this.state[0] = 1 / ratePerMs;
  }

  first(): number {
    return this.next(0);
  }

  next(nowMs: number): number {
    const { state } = this;
    return (state[1] = nowMs + this.hazards.next() * state[0]);
  }

  scale(nowMs: number, factor: number): number {
    const { state } = this;
    const [gapMs, pendingMs] = state;
    const left = gapMs === Infinity ? state[2] : (pendingMs - nowMs) / gapMs;
    state[0] = 1 / (this.ratePerMs * factor);
    state[2] = left;
    // An arrival that is due now comes now, even when the rate falls to 0.
    return (state[1] = left <= 0 ? nowMs : nowMs + left * state[0]);
  }
}

export const poisson = defineArrivals({
  name: "poisson",
  summary: "independent arrivals at a constant rate",
  follows: "Poisson process; gaps are exponential",
  fields: {
    rate: { kind: "rate", above: 0, max: MOST_RATE_PER_MS, doc: "arrivals of the whole region" },
  },
  primary: "rate",
  create: ({ rate }, context) => new PoissonArrivals(rate, hazards(context)),
  meanRate: ({ rate }) => rate,
});
