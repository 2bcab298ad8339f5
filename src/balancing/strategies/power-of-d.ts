import { defineStrategy } from "../strategy.ts";
import { POWER_OF_D_FIELDS, RandomChoices, needsOfPowerOfD } from "./parts/power-of-d.ts";

class PowerOfD extends RandomChoices {
  /** The usable slots in some order, shuffled a little further by each pick. */
  private order = new Int32Array(0);

  override membershipChanged(): void {
    super.membershipChanged();
    const { view } = this;
    if (this.d === 2) return;
    if (view.size > this.order.length) this.order = new Int32Array(2 * view.size);
    for (let i = 0; i < view.size; i++) this.order[i] = view.usable[i];
  }

  pick(): number {
    const { usable, random, size } = this;
    if (this.d !== 2 || size < 2) return this.pickOfMany();
    const first = random.below(size);
    const other = random.below(size - 1);
    // One more from the first on, without a branch that half of all draws would mispredict.
    const second = other + ((first - other - 1) >>> 31);
    return this.comparison.better(usable[first], usable[second]);
  }

  private pickOfMany(): number {
    const { order, random, size, comparison } = this;
    if (size === 1) return this.usable[0];
    const draws = this.d < size ? this.d : size;
    let best = 0;
    let least = Infinity;
    for (let i = 0; i < draws; i++) {
      // The first steps of a shuffle: whatever the order before, each choice of d is equally
      // likely.
      const j = i + random.below(size - i);
      const slot = order[j];
      order[j] = order[i];
      order[i] = slot;
      const cost = comparison.costOf(slot);
      if (i > 0 && cost >= least) continue;
      best = slot;
      least = cost;
    }
    return best;
  }
}

/**
 * Draws d different targets and takes the one with the fewest requests in flight (or the least
 * utilization); the first drawn on a tie.
 *
 * Follows Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10),
 * 2001, drawn without replacement as in Finagle's P2C: one busy target of three gets no request
 * while both others are idle. Cost: O(d) a pick, O(n) a change. Left open: weights (targets are
 * drawn uniformly, and requests in flight are divided by weight), d greater than the pool (then all
 * are drawn), and what a target without any report has in use (nothing).
 */
export const powerOfD = defineStrategy({
  name: "power-of-d",
  summary: "the better one of d different random targets",
  follows: "Mitzenmacher 2001; without replacement as Finagle's P2CPick",
  fields: POWER_OF_D_FIELDS,
  primary: "d",
  needs: [],
  alsoNeeds: ({ d, by }) => needsOfPowerOfD(d, by),
  create: (view, { d, by }, random) => new PowerOfD(view, d, by, random),
});
