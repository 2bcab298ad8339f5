import type { RandomStream } from "../../random/stream.ts";
import { defineStrategy } from "../strategy.ts";
import type { PoolView, Strategy } from "../strategy.ts";
import { AliasTable } from "./parts/alias-table.ts";

class WeightedRandom implements Strategy {
  private readonly view: PoolView;
  private readonly random: RandomStream;
  private readonly table = new AliasTable();
  private usable: PoolView["usable"];

  constructor(view: PoolView, random: RandomStream) {
    this.view = view;
    this.random = random;
    this.usable = view.usable;
  }

  membershipChanged(): void {
    const { size, usable, weight } = this.view;
    this.usable = usable;
    this.table.build(size, (i) => weight[usable[i]]);
  }

  pick(): number {
    return this.usable[this.table.draw(this.random)];
  }
}

/**
 * Any target, each with a chance in proportion to its weight.
 *
 * Follows HAProxy's `balance random(1)` and gRPC's weighted_target in what they promise; the draw
 * is Walker's alias method. Cost: O(1) and one random number a pick, O(n) a change. Nothing is left
 * open.
 */
export const weightedRandom = defineStrategy({
  name: "weighted-random",
  summary: "any target, chances in proportion to weights",
  follows: "Walker 1977, alias method; HAProxy 3.0, balance random(1)",
  fields: {},
  needs: ["weights"],
  create: (view, _settings, random) => new WeightedRandom(view, random),
});
