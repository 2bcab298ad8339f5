/** A strategy out of a placement structure: the owner of the request's key. */
import type { Placement } from "../../../hashing/placement.ts";
import type { PoolView, RequestView, Strategy } from "../../strategy.ts";

export class Placed implements Strategy {
  private readonly view: PoolView;
  private readonly placement: Placement;

  constructor(view: PoolView, placement: Placement) {
    this.view = view;
    this.placement = placement;
  }

  membershipChanged(): void {
    this.placement.assign(this.view);
  }

  pick(request: RequestView): number {
    return this.placement.owner(request.key);
  }

  owner(key: number): number {
    return this.placement.owner(key);
  }
}
