/** Further along a ring. */
import { NONE } from "../../../units.ts";

const seen: number[] = [];

export interface Start {
  readonly start: number;
  readonly rank: number;
  /** Where given, of points at one place only the first counts. */
  readonly positions?: Uint32Array;
}

/**
 * The owner of the first point from `start` on, around the circle, that is not one of the `rank`
 * different owners before it; NONE if there are not so many. O(points passed × rank).
 */
export function ownerAlong(
  owners: Int32Array,
  points: number,
  { start, rank, positions }: Start,
): number {
  seen.length = 0;
  for (let step = 0; step < points; step++) {
    const at = (start + step) % points;
    if (at > 0 && step > 0 && positions !== undefined && positions[at] === positions[at - 1]) {
      continue;
    }
    const owner = owners[at];
    if (seen.includes(owner)) continue;
    if (seen.length === rank) return owner;
    seen.push(owner);
  }
  return NONE;
}
