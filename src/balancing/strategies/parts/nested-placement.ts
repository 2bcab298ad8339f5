/** A placement structure within a strategy that does more than ask it for the owner. */
import { entryOf } from "../../../definition.ts";
import type { Chosen } from "../../../definition.ts";
import type { Placement } from "../../../hashing/placement.ts";
import { Ranks } from "../../../hashing/ranks.ts";
import { placements } from "../../../hashing/registry.ts";
import type { MemberGroup, PoolView, RequestView } from "../../strategy.ts";

/** The structure chosen, kept on a pool's usable targets. */
export class NestedPlacement {
  readonly ranks: Ranks;
  private readonly placement: Placement;
  private readonly byNumber: boolean;

  constructor({ kind, settings }: Chosen) {
    this.placement = entryOf(placements, kind).create(settings);
    this.byNumber = this.placement.traits.reads === "number";
    this.ranks = new Ranks(this.placement);
  }

  get ignoresWeights(): boolean {
    return !this.placement.traits.weighted;
  }

  assign(view: PoolView): void {
    this.placement.assign(view);
    this.ranks.changed(view);
  }

  /** What the structure reads of a request. */
  keyOf(request: RequestView): number {
    return this.byNumber ? request.rawKey >>> 0 : request.key;
  }

  owner(key: number, rawKey: number): number {
    return this.placement.owner(this.byNumber ? rawKey >>> 0 : key);
  }
}

export const placementField = {
  kind: "placement",
  default: "ring-hash",
  doc: "the structure that places the keys, with its settings",
} as const;

export const placesByWeight = (placement: Chosen): boolean =>
  !new NestedPlacement(placement).ignoresWeights;

/** What is wrong with the chosen structure's settings for these targets. */
export function placementProblem(
  { kind, settings }: Chosen,
  members?: readonly MemberGroup[],
): string | null {
  return entryOf(placements, kind).check?.(settings, members) ?? null;
}
