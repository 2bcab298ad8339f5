/** What Envoy's ring hash and Maglev have in common. */
import type { Members } from "../../placement.ts";
import { memberCount } from "../../placement-definition.ts";
import type { MemberGroup } from "../../placement-definition.ts";
import { notWhole, wholeWeight } from "./whole-weights.ts";

/** What the sum of all weights must not exceed: a uint32. */
const MOST_WEIGHT = 2 ** 32 - 1;

export function checkEnvoyWeights(members: readonly MemberGroup[]): string | null {
  const wrong = notWhole(members, { program: "Envoy", most: MOST_WEIGHT });
  if (wrong !== null) return wrong;
  const sum = members.reduce((total, { count, weight }) => total + count * weight, 0);
  if (sum <= MOST_WEIGHT) return null;
  return `Envoy takes weights up to a sum of ${MOST_WEIGHT}, not ${sum} of ${memberCount(members)} targets`;
}

/**
 * Parts of the sum of all weights, at index 0 .. size − 1 of `usable`: the very doubles that Envoy
 * works with (`normalizeHostWeights` in source/…/common/thread_aware_lb_impl.cc).
 */
export function normalizedWeights({ size, usable, weight }: Members): Float64Array {
  const parts = Float64Array.from({ length: size }, (_, i) => wholeWeight(weight[usable[i]]));
  const sum = parts.reduce((total, each) => total + each, 0);
  for (let i = 0; i < size; i++) parts[i] /= sum;
  return parts;
}
