/** The hash modulo the number of nodes: what everything else in this folder is compared with. */
import { NONE } from "../units.ts";
import type { Members, Placement } from "./placement.ts";

/**
 * Its traits: any change but one at the end of the list shifts all nodes behind it, and even that
 * moves most keys.
 */
export const MOD_N_TRAITS = {
  weighted: false,
  drops: "none",
  orderless: false,
  incremental: false,
} as const;

/**
 * The key modulo the number of nodes is the index of its owner in order of joining. Going from N to
 * M nodes with the change at the end of the list, a part min(N, M) / lcm(N, M) of the keys stays.
 * Lookup O(1), change O(n), 4 bytes a node.
 */
export class ModN implements Placement {
  readonly traits = MOD_N_TRAITS;
  private labels = new Int32Array(0);
  private size = 0;

  assign(members: Members): void {
    if (members.size > this.labels.length) this.labels = new Int32Array(2 * members.size);
    for (let i = 0; i < members.size; i++) this.labels[i] = members.usable[i];
    this.size = members.size;
  }

  owner(key: number): number {
    return this.size === 0 ? NONE : this.labels[(key >>> 0) % this.size];
  }

  /** The owner by any whole number ≥ 0 itself, an id or an address, as textbooks show it. */
  ownerOfNumber(raw: number): number {
    return this.size === 0 ? NONE : this.labels[raw % this.size];
  }
}

/**
 * Part of the keys that mod-n leaves where they were when N nodes become M, the change at the end
 * of the list.
 */
export function modNKeeps(before: number, after: number): number {
  let a = before;
  let b = after;
  while (b !== 0) [a, b] = [b, a % b];
  return (Math.min(before, after) * a) / (before * after);
}
