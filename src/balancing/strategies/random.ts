import type { RandomStream } from "../../random/stream.ts";
import { defineStrategy } from "../strategy.ts";
import type { PoolView, Strategy } from "../strategy.ts";

class UniformRandom implements Strategy {
  private readonly view: PoolView;
  private readonly random: RandomStream;
  private usable: PoolView["usable"];
  private size = 0;

  constructor(view: PoolView, random: RandomStream) {
    this.view = view;
    this.random = random;
    this.usable = view.usable;
  }

  membershipChanged(): void {
    this.usable = this.view.usable;
    this.size = this.view.size;
  }

  pick(): number {
    return this.usable[this.random.below(this.size)];
  }
}

/**
 * Any target, all equally likely; weights are ignored.
 *
 * Follows Envoy's random policy for hosts of equal weight. Cost: O(1) a pick. Nothing is left open.
 */
export const uniformRandom = defineStrategy({
  name: "random",
  summary: "any target, all equally likely",
  follows: "Envoy 1.32, RandomLoadBalancer",
  fields: {},
  needs: [],
  create: (view, _settings, random) => new UniformRandom(view, random),
});
