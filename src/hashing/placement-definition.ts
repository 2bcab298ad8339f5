/**
 * An entry of the registry of placement structures. The strategy of the same name, its validation,
 * its help, the comparison without a simulation and the contract suite all follow from it.
 */
import type { Definition, Fields, SettingsOf } from "../definition.ts";
import type { Placement } from "./placement.ts";

/** So many nodes of one weight. */
export interface MemberGroup {
  readonly count: number;
  readonly weight: number;
}

export const memberCount = (groups: readonly MemberGroup[]): number =>
  groups.reduce((sum, { count }) => sum + count, 0);

/** As the source states them, in n nodes: `O(log n)`, `8 bytes a node`. */
export interface PlacementCost {
  readonly lookup: string;
  readonly change: string;
  readonly memory: string;
}

export interface PlacementDefinition<F extends Fields = Fields> extends Definition<F> {
  readonly cost: PlacementCost;
  /**
   * Name of the hash function that the source applies to a key's text (see
   * `functions/registry.ts`); absent: any that the user likes.
   */
  keyHash?(settings: SettingsOf<F>): string;
  /**
   * What is wrong with these settings together, or for these nodes where they are known, in words
   * for the user; null if nothing.
   */
  check?(settings: SettingsOf<F>, members?: readonly MemberGroup[]): string | null;
  create(settings: SettingsOf<F>): Placement;
}

/** Keeps the field types of one definition for its `create`, and forgets them for the registry. */
export function definePlacement<const F extends Fields>(
  definition: PlacementDefinition<F>,
): PlacementDefinition;
export function definePlacement(definition: PlacementDefinition): PlacementDefinition {
  return definition;
}
