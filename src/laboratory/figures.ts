/** From counts to figures: how evenly keys are spread, and what a change moved. */
import type { Members } from "../hashing/placement.ts";
import { coefficientOfVariation, greatestOverMean } from "../statistics/balance.ts";
import type { CourseCounts, StructureCounts } from "./measurement.ts";
import { labelsOf } from "./measurement.ts";

/**
 * Of each node's share of the keys over its fair share (its part of the weights): 1 for all where
 * the spread is even.
 */
export interface Balance {
  /** Greatest over mean: by so much the nodes must be larger than if they shared evenly. */
  readonly imbalance: number;
  readonly least: number;
  readonly greatest: number;
  /** σ/μ over the nodes. */
  readonly deviation: number;
  readonly p1: number;
  readonly p50: number;
  readonly p99: number;
  /** The interval in which 99 % of the nodes are. */
  readonly p0_5: number;
  readonly p99_5: number;
  /** Nodes that have no key at all. */
  readonly empty: number;
}

/** `held`: keys by label, of `keys` in all. O(n log n). */
export function balanceOf(held: Float64Array, members: Members, keys: number): Balance {
  const labels = labelsOf(members);
  let total = 0;
  for (const label of labels) total += members.weight[label];
  const shares = labels.map((label) => (held[label] * total) / (keys * members.weight[label]));
  const sorted = Float64Array.from(shares).toSorted();
  return {
    imbalance: greatestOverMean(shares),
    least: sorted[0],
    greatest: sorted[sorted.length - 1],
    deviation: coefficientOfVariation(shares),
    p1: nearestRank(sorted, 0.01),
    p50: nearestRank(sorted, 0.5),
    p99: nearestRank(sorted, 0.99),
    p0_5: nearestRank(sorted, 0.005),
    p99_5: nearestRank(sorted, 0.995),
    empty: shares.filter((share) => share === 0).length,
  };
}

/** The least value that a part `p` of the values does not exceed: always one that occurs. */
export const nearestRank = (sorted: Float64Array, p: number): number =>
  sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];

/**
 * What chance alone makes of an even spread: σ/μ of what n equally likely nodes hold.
 *
 * Key i is given c_i times and goes to one node with all of them, so a node holds H = Σ c_i X_i,
 * where X_i is 1 with chance 1/n: Var H = Σ c_i² × (1/n)(1 − 1/n), E H = K/n of the K = Σ c_i keys
 * given. σ/μ = √Var H / E H = √((n − 1) Σ c_i²) / K = √((n − 1) Σ p_i²) with p_i = c_i / K. Where
 * no key is given twice, Σ c_i² = K and this is the multinomial distribution's √((n − 1) / K).
 *
 * @param squares Σ c_i²
 */
export const chanceDeviation = (nodes: number, keys: number, squares = keys): number =>
  Math.sqrt((nodes - 1) * squares) / keys;

/** Σ c² over the distinct values, each of which is there c times. O(n log n), a copy. */
export function squaredCounts(values: Int32Array): number {
  const sorted = values.toSorted();
  let sum = 0;
  let from = 0;
  for (let to = 1; to <= sorted.length; to++) {
    if (to < sorted.length && sorted[to] === sorted[from]) continue;
    const count = to - from;
    sum += count * count;
    from = to;
  }
  return sum;
}

/** Shares of all keys; means over the courses where chance decides. */
export interface Disruption {
  readonly moved: number;
  /**
   * ½ Σ|w′ − w| over normalised weights: what the change asks of any structure. All count the same
   * where the structure ignores weights, and no bound follows them.
   */
  readonly least: number;
  /** ½ Σ|s′ − s| over the shares really held: what these layouts ask. */
  readonly leastByShare: number;
  /** `moved − least`. */
  readonly excess: number;
  /** Moved between nodes neither of which gained weight against the other. */
  readonly strayed: number;
  /** How many nodes got something of a lost one, on average; null: none was lost. */
  readonly heirs: number | null;
  /** The greatest part of one lost node's keys that went to one heir; null: none was lost. */
  readonly greatestHeir: number | null;
  /** Balance after the change. */
  readonly imbalanceAfter: number;
  readonly deviationAfter: number;
}

export function disruptionOf(
  counts: StructureCounts,
  change: number,
  before: Members,
  keys: number,
): Disruption {
  const each = counts.courses[change].map((course) => ofCourse(course, counts, before, keys));
  const mean = (figure: (one: Disruption) => number): number =>
    each.reduce((sum, one) => sum + figure(one), 0) / each.length;
  const lost = each.every(({ heirs }) => heirs !== null);
  return {
    moved: mean(({ moved }) => moved),
    least: mean(({ least }) => least),
    leastByShare: mean(({ leastByShare }) => leastByShare),
    excess: mean(({ excess }) => excess),
    strayed: mean(({ strayed }) => strayed),
    heirs: lost ? mean(({ heirs }) => heirs ?? 0) : null,
    greatestHeir: lost ? mean(({ greatestHeir }) => greatestHeir ?? 0) : null,
    imbalanceAfter: mean(({ imbalanceAfter }) => imbalanceAfter),
    deviationAfter: mean(({ deviationAfter }) => deviationAfter),
  };
}

function ofCourse(
  course: CourseCounts,
  { held, placement, bounded }: StructureCounts,
  before: Members,
  keys: number,
): Disruption {
  const { after, inherited } = course;
  const byWeights = placement.traits.weighted || bounded !== null;
  const was = normalised(before, byWeights);
  const is = normalised(after, byWeights);
  let byWeight = 0;
  let byShare = 0;
  for (let label = 0; label < was.length; label++) {
    byWeight += Math.abs(is[label] - was[label]) / 2;
    byShare += Math.abs(course.held[label] - held[label]) / 2;
  }
  const { imbalance, deviation } = balanceOf(course.held, after, keys);
  const moved = course.moved / keys;
  return {
    moved,
    least: byWeight,
    leastByShare: byShare / keys,
    excess: moved - byWeight,
    strayed: course.strayed / keys,
    ...inheritance(inherited),
    imbalanceAfter: imbalance,
    deviationAfter: deviation,
  };
}

/** By label; 0 for who is not there. */
function normalised(members: Members, byWeights: boolean): Float64Array {
  const weights = new Float64Array(members.slots);
  const labels = labelsOf(members);
  const weightOf = (label: number): number => (byWeights ? members.weight[label] : 1);
  const total = labels.reduce((sum, label) => sum + weightOf(label), 0);
  for (const label of labels) weights[label] = weightOf(label) / total;
  return weights;
}

/** Of lost nodes that had keys. */
function inheritance(
  inherited: ReadonlyMap<number, Float64Array>,
): Pick<Disruption, "heirs" | "greatestHeir"> {
  let lost = 0;
  let heirs = 0;
  let greatestHeir = 0;
  for (const byHeir of inherited.values()) {
    const keys = byHeir.reduce((sum, count) => sum + count, 0);
    if (keys === 0) continue;
    lost++;
    for (const count of byHeir) {
      if (count > 0) heirs++;
      greatestHeir = Math.max(greatestHeir, count / keys);
    }
  }
  return lost === 0 ? { heirs: null, greatestHeir: null } : { heirs: heirs / lost, greatestHeir };
}
