/** What the two strategies of d random choices share: their settings, and what they compare. */
import type { Need, PoolView } from "../../strategy.ts";
import { equalWeights } from "./equal-weights.ts";

export const POWER_OF_D_FIELDS = {
  d: { kind: "count", min: 1, default: 2, doc: "targets drawn for each request" },
  by: {
    kind: "choice",
    of: ["own", "report", "utilization"],
    default: "own",
    doc: "what is compared: own requests in flight, those last reported, or reported utilization",
  },
} as const;

export const needsOfPowerOfD = (by: string): readonly Need[] => [
  by === "own" ? "in-flight" : "reports",
];

/** Requests in flight divided by weight, or utilization (0 before the first report). */
export class Comparison {
  private readonly by: string;
  private measures: PoolView["inFlight"] = [];
  private weights: PoolView["weight"] | null = null;

  constructor(by: string) {
    this.by = by;
  }

  membershipChanged(view: PoolView): void {
    const { by } = this;
    if (by === "utilization") this.measures = view.reportedUtilization;
    else this.measures = by === "own" ? view.inFlight : view.reportedInFlight;
    this.weights = by === "utilization" || equalWeights(view) ? null : view.weight;
  }

  costOf(slot: number): number {
    const measure = this.measures[slot];
    if (this.weights !== null) return measure / this.weights[slot];
    return measure < 0 ? 0 : measure;
  }
}
