/** Real programs take whole numbers as weights. */
import type { MemberGroup } from "../../placement-definition.ts";

/**
 * What is wrong with these weights for a program, in words for the user; null if nothing. A weight
 * of 0 is none of the program's: it takes the target out.
 */
export function notWhole(
  members: readonly MemberGroup[],
  { program, most }: { readonly program: string; readonly most: number },
): string | null {
  for (const { weight } of members) {
    if (Number.isInteger(weight) && weight >= 0 && weight <= most) continue;
    const range = most === Infinity ? "1 or more" : `1 .. ${most}`;
    return `${program} takes whole numbers as weights, ${range}, not ${weight}`;
  }
  return null;
}

/**
 * The program's own number for a weight. Between whole numbers, where a slow start or an event of a
 * simulation may bring a weight after it was checked: the nearest, at least one.
 */
export const wholeWeight = (weight: number): number => Math.max(1, Math.floor(weight + 0.5));
