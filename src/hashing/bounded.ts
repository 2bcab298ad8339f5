/** Bounded loads: no node holds more than so many times its part of the keys. */
import { assert } from "../assert.ts";
import { NONE } from "../units.ts";
import { restOf } from "./mix32.ts";
import type { Members, Placement } from "./placement.ts";
import { Ranks } from "./ranks.ts";

/**
 * How much a node may hold of `whole`: ⌈factor × whole × weight / total weight⌉, at least 1. With a
 * factor ≥ 1 all nodes together hold the whole.
 */
export const boundOf = (
  whole: number,
  { factor, weight, total }: { factor: number; weight: number; total: number },
): number =>
  // A product that should be whole may lie one rounding above: 1.1 × 10 is 11.000000000000002.
  Math.max(1, Math.ceil(((factor * whole * weight) / total) * (1 - 4 * Number.EPSILON)));

export interface BoundedAssignment {
  /** The label of each key's node, by the key's place in the list. */
  readonly nodes: Int32Array;
  /** Keys that a node holds, and may hold, by label. */
  readonly held: Int32Array;
  readonly bounds: Int32Array;
  /** Keys that their owner had no room for. */
  readonly pushed: number;
  /** Full nodes that these passed over, in all and the most for one key. */
  readonly passed: number;
  readonly longest: number;
}

export interface BoundedOptions {
  /** ≥ 1. */
  readonly factor: number;
  /** The lower 32 bits of the keys' hashes; left out, they follow from the upper ones. */
  readonly rests?: ArrayLike<number>;
}

/**
 * Gives the keys to nodes in the order of the list: each to its owner, or to the first of those
 * that follow (see `Ranks`) which has room.
 *
 * Follows Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018
 * (arXiv 1608.01350), on any structure instead of the circle alone; bounds are those of the
 * keys there are, rounded up for each node. The order of keys decides who is pushed on; the paper's
 * cascade on a change is the difference of two such assignments: with the factor 1 + ε, ε ≤ 1, it
 * is expected to move O(1/ε²) keys for each that has to move. O(keys × nodes passed).
 */
export function assignBounded(
  placement: Placement,
  members: Members,
  keys: ArrayLike<number>,
  { factor, rests }: BoundedOptions,
): BoundedAssignment {
  assert(factor >= 1, "below a factor of 1 there is no room for all");
  placement.assign(members);
  const ranks = new Ranks(placement);
  ranks.changed(members);
  const bounds = boundsOf(members, keys.length, factor);
  const held = new Int32Array(members.slots);
  const nodes = new Int32Array(keys.length).fill(NONE);
  let pushed = 0;
  let passed = 0;
  let longest = 0;
  for (let i = 0; i < keys.length && members.size > 0; i++) {
    let rank = 0;
    const rest = rests === undefined ? restOf(keys[i]) : rests[i];
    let node = ranks.at(keys[i], 0, rest);
    while (held[node] >= bounds[node]) node = ranks.at(keys[i], ++rank, rest);
    nodes[i] = node;
    held[node]++;
    if (rank > 0) pushed++;
    passed += rank;
    longest = Math.max(longest, rank);
  }
  return { nodes, held, bounds, pushed, passed, longest };
}

function boundsOf({ size, slots, usable, weight }: Members, whole: number, factor: number) {
  let total = 0;
  for (let i = 0; i < size; i++) total += weight[usable[i]];
  const bounds = new Int32Array(slots);
  for (let i = 0; i < size; i++) {
    bounds[usable[i]] = boundOf(whole, { factor, weight: weight[usable[i]], total });
  }
  return bounds;
}
