import { defineStrategy } from "../strategy.ts";
import { POWER_OF_D_FIELDS, RandomChoices, needsOfPowerOfD } from "./parts/power-of-d.ts";

class PowerOfDWithReplacement extends RandomChoices {
  pick(): number {
    const { usable, random, size, comparison } = this;
    let best = usable[random.below(size)];
    let least = comparison.costOf(best);
    for (let i = 1; i < this.d; i++) {
      const slot = usable[random.below(size)];
      const cost = comparison.costOf(slot);
      if (cost >= least) continue;
      best = slot;
      least = cost;
    }
    return best;
  }
}

/**
 * Draws d targets, perhaps the same one again, and takes the one with the fewest requests in flight
 * (or the least utilization); the first drawn on a tie.
 *
 * Follows Envoy's least request (N_CHOICES) and gRPC's least_request_experimental (A48), which draw
 * with replacement: one busy target of three still gets (1/3)² = 11.1 % of the requests. Cost: O(d)
 * a pick, O(n) a change. Left open: weights. Envoy switches to a schedule by weight / (active + 1)
 * when they differ, gRPC ignores them; here targets are drawn uniformly and requests in flight are
 * divided by weight, as in `power-of-d`.
 */
export const powerOfDWithReplacement = defineStrategy({
  name: "power-of-d-with-replacement",
  summary: "the better one of d random targets, perhaps drawn twice",
  follows: "Envoy 1.32, LeastRequestLoadBalancer N_CHOICES with equal weights; gRPC A48",
  fields: POWER_OF_D_FIELDS,
  primary: "d",
  needs: [],
  alsoNeeds: ({ d, by }) => needsOfPowerOfD(d, by),
  create: (view, { d, by }, random) => new PowerOfDWithReplacement(view, d, by, random),
});
