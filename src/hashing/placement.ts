/**
 * What all placement structures have in common: which of the present nodes owns a key. They are
 * pure data structures, know nothing of pools or time, and stand for themselves in tests and in
 * comparisons without a simulation.
 */

export interface ReadonlyNumbers {
  readonly length: number;
  readonly [index: number]: number;
}

/**
 * The nodes that keys are placed on. A pool's view is one as it stands. A node's *label* is a small
 * integer ≥ 0 that stays with it while it is there; arrays are indexed by label unless said
 * otherwise.
 */
export interface Members {
  /** Number of nodes. */
  readonly size: number;
  /** Their labels at index 0 .. size − 1, in order of joining. */
  readonly usable: ReadonlyNumbers;
  /** Labels given out so far: all labels are smaller. */
  readonly slots: number;
  /**
   * 32-bit integer that names the node for good; two nodes of equal identity are one to every hash.
   */
  readonly identity: ReadonlyNumbers;
  /** > 0. */
  readonly weight: ReadonlyNumbers;
  /** Place in the operator's list of all nodes, present or not, 0-based. */
  readonly ordinal: ReadonlyNumbers;
  /** What the operator calls the node: the text that real programs hash. */
  path(label: number): string;
}

/** What the operator calls a node, by label. */
export type NameOf = (label: number) => string;

/** Said of any key. */
export const NO_NODES: readonly string[] = ["there are no nodes"];

/** What a structure's source allows, and what its membership change costs. */
export interface PlacementTraits {
  /** Whether a node's share follows its weight; otherwise weights are ignored. */
  readonly weighted: boolean;
  /**
   * Which nodes may leave so that only their own keys move; "none": any change moves keys between
   * those that stay.
   */
  readonly drops: "any" | "last" | "none";
  /** Whether the owner follows from the set of nodes alone, in whatever order they joined. */
  readonly orderless: boolean;
  /**
   * True where it also depends on the changes before: after other changes that came to the same
   * nodes, keys may have other owners, so all who place must have seen the same changes. Absent:
   * no.
   */
  readonly remembers?: boolean;
  /**
   * Whether `assign` works in place on the difference to the nodes before; otherwise it builds
   * anew.
   */
  readonly incremental: boolean;
  /** What `owner` reads: a hash of the key, or the key as the whole number ≥ 0 that it is. */
  readonly reads: "hash" | "number";
}

export interface Placement {
  readonly traits: PlacementTraits;
  /**
   * Makes these the nodes. Structures that can, find the difference to the present ones and work on
   * that alone.
   */
  assign(members: Members): void;
  /**
   * The label of the key's owner; `key` is a 32-bit hash, signed or not. NONE while there are no
   * nodes. `rest`: 32 bits more of the hash, below those of `key`, for structures that read 64;
   * left out, they follow from `key`.
   */
  owner(key: number, rest?: number): number;
  /**
   * The owner if the first `rank` owners were not there (rank 0: the owner), where the structure
   * has such an order of its own; NONE if there are no more.
   */
  ownerAt?(key: number, rank: number, rest?: number): number;
  /** Bytes of its arrays as they stand. */
  bytes(): number;
  /** Why `owner` answers as it does: one line a step, with the numbers on the way. */
  explain(key: number, nameOf: NameOf, rest?: number): readonly string[];
}

/** Labels 0, 1, 2 … in the given order: for use without a pool. */
export function membersOf(
  identities: readonly number[],
  weights: readonly number[] = identities.map(() => 1),
  paths: readonly string[] = identities.map((identity) => String(identity >>> 0)),
): Members {
  const labels = identities.map((_, label) => label);
  return {
    size: identities.length,
    usable: labels,
    slots: identities.length,
    identity: identities,
    weight: weights,
    ordinal: labels,
    path: (label) => paths[label],
  };
}

/**
 * The first `count` of these labels in order of identity, read as unsigned; equal ones as they
 * stand. O(n log n).
 */
export function byIdentity(
  labels: ReadonlyNumbers,
  count: number,
  identity: ReadonlyNumbers,
): Int32Array<ArrayBuffer> {
  // Identity and position share one double, so that the typed array's own numeric sort does the
  // work.
  const POSITIONS = 2 ** 21;
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) keys[i] = (identity[labels[i]] >>> 0) * POSITIONS + i;
  keys.sort();
  return Int32Array.from(keys, (key) => labels[key % POSITIONS]);
}
