/**
 * What the two strategies of d random choices share: settings, what they compare, and among whom.
 */
import type { RandomStream } from "../../../random/stream.ts";
import type { Need, PoolView, Strategy } from "../../strategy.ts";
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

export const needsOfPowerOfD = (d: number, by: string): readonly Need[] => [
  by === "own" ? "in-flight" : "reports",
  // Of one drawn nothing is compared.
  ...(d > 1 && by !== "utilization" ? (["weights"] as const) : []),
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

  /**
   * The one that costs less, the first on a tie. Counts are compared without a branch: which of two
   * is less is as hard to foresee for a processor as for us.
   */
  better(first: number, second: number): number {
    if (this.weights === null && this.by === "own") {
      const isSecond = (this.measures[second] - this.measures[first]) >> 31;
      return first ^ ((first ^ second) & isSecond);
    }
    return this.costOf(second) < this.costOf(first) ? second : first;
  }

  costOf(slot: number): number {
    const measure = this.measures[slot];
    if (this.weights !== null) return measure / this.weights[slot];
    return measure < 0 ? 0 : measure;
  }
}

/** They differ in how they draw: `pick`. */
export abstract class RandomChoices implements Strategy {
  protected readonly view: PoolView;
  protected readonly random: RandomStream;
  protected readonly d: number;
  protected readonly comparison: Comparison;
  protected usable: PoolView["usable"];
  protected size = 0;

  constructor(view: PoolView, d: number, by: string, random: RandomStream) {
    this.view = view;
    this.random = random;
    this.d = d;
    this.comparison = new Comparison(by);
    this.usable = view.usable;
  }

  membershipChanged(): void {
    this.usable = this.view.usable;
    this.size = this.view.size;
    this.comparison.membershipChanged(this.view);
  }

  abstract pick(): number;
}
