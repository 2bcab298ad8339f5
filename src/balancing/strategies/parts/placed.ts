/** Strategies out of placement structures: the owner of the request's key. */
import type { Placement } from "../../../hashing/placement.ts";
import type { PlacementDefinition } from "../../../hashing/placement-definition.ts";
import type { PoolView, RequestView, Strategy, StrategyDefinition } from "../../strategy.ts";

class Placed implements Strategy {
  readonly ignoresWeights: boolean;
  private readonly view: PoolView;
  protected readonly placement: Placement;

  constructor(view: PoolView, placement: Placement) {
    this.view = view;
    this.placement = placement;
    this.ignoresWeights = !placement.traits.weighted;
  }

  membershipChanged(): void {
    this.placement.assign(this.view);
  }

  pick(request: RequestView): number {
    return this.placement.owner(request.key);
  }

  owner(key: number, _rawKey: number): number {
    return this.placement.owner(key);
  }
}

/** By the key itself, an id or an address, as textbooks show it. */
class PlacedByNumber extends Placed {
  override pick(request: RequestView): number {
    return this.owner(0, request.rawKey);
  }

  override owner(_key: number, rawKey: number): number {
    // Unsigned, as an address is: a negative remainder would be no index (−1 is nobody's key).
    return this.placement.owner(rawKey >>> 0);
  }
}

/** The strategy of the same name, settings and source. */
export const placedBy = (definition: PlacementDefinition): StrategyDefinition => ({
  ...definition,
  needs: ["key"],
  alsoNeeds: (settings) => (definition.create(settings).traits.weighted ? ["weights"] : []),
  create: (view, settings) => {
    const placement = definition.create(settings);
    const byNumber = placement.traits.reads === "number";
    return byNumber ? new PlacedByNumber(view, placement) : new Placed(view, placement);
  },
});
