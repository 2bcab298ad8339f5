/** The hash modulo the number of nodes: what everything else in this folder is compared with. */
import { NONE } from "../../units.ts";
import { NO_NODES } from "../placement.ts";
import type { Members, NameOf, Placement, PlacementTraits } from "../placement.ts";
import { definePlacement } from "../placement-definition.ts";

/**
 * The key modulo the number of nodes is the index of its owner in order of joining. Going from N to
 * M nodes with the change at the end of the list, a part min(N, M) / lcm(N, M) of the keys stays.
 * Lookup O(1), change O(n), 4 bytes a node.
 */
export class ModN implements Placement {
  /** Any change but one at the end of the list shifts all behind it; even that moves most keys. */
  readonly traits: PlacementTraits;
  private labels = new Int32Array(0);
  private size = 0;

  constructor(reads: "hash" | "number") {
    const drops = "none";
    this.traits = { weighted: false, drops, orderless: false, incremental: false, reads };
  }

  assign(members: Members): void {
    if (members.size > this.labels.length) this.labels = new Int32Array(2 * members.size);
    for (let i = 0; i < members.size; i++) this.labels[i] = members.usable[i];
    this.size = members.size;
  }

  owner(key: number): number {
    if (this.size === 0) return NONE;
    return this.labels[(this.traits.reads === "number" ? key : key >>> 0) % this.size];
  }

  bytes(): number {
    return this.labels.byteLength;
  }

  explain(key: number, nameOf: NameOf): readonly string[] {
    const owner = this.owner(key);
    if (owner === NONE) return NO_NODES;
    const number = this.traits.reads === "number" ? key : key >>> 0;
    const place = number % this.size;
    return [
      `${number} mod ${this.size} nodes = ${place}`,
      `place ${place} of the list, counted from 0: ${nameOf(owner)}`,
    ];
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

/**
 * The key modulo the number of usable targets is the index of the target, in order of joining;
 * weights are ignored.
 *
 * Follows the textbooks. `hash` takes the key's hash, `raw` the id or address itself, which is even
 * only if ids are. When N targets become M, a part min(N, M) / lcm(N, M) of the keys stays, if the
 * change is at the end of the list; one lost in the middle shifts all behind it. Two tiers of mod-n
 * by one hash depend on each other (below a target picked by hash mod 4, hash mod 2 is always the
 * same): that is how it is, as with ECMP routers. Cost: O(1) a pick, O(n) a change. Left open:
 * whether a target believed down keeps its number; here it leaves the list, as everywhere.
 */
export const modN = definePlacement({
  name: "mod-n",
  summary: "the key's hash (or number) modulo the number of targets",
  follows: "textbooks; what Karger et al., STOC 1997, set out to improve on",
  fields: {
    of: {
      kind: "choice",
      of: ["hash", "raw"],
      default: "hash",
      doc: "hash of the key, or the id itself",
    },
  },
  primary: "of",
  cost: { lookup: "O(1)", change: "O(n)", memory: "4 bytes a node" },
  create: ({ of }) => new ModN(of === "raw" ? "number" : "hash"),
});
