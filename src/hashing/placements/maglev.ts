/**
 * Maglev's lookup table: nodes take turns in claiming entries, each in the order of its own
 * permutation.
 */
import { assert } from "../../assert.ts";
import { NONE } from "../../units.ts";
import { combine32 } from "../mix32.ts";
import { NO_NODES, byIdentity } from "../placement.ts";
import type { Members, NameOf, Placement, PlacementTraits, ReadonlyNumbers } from "../placement.ts";
import { definePlacement, memberCount } from "../placement-definition.ts";

/** By trial division, O(√n). */
export function isPrime(n: number): boolean {
  if (n < 2 || !Number.isInteger(n)) return false;
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}

/** The least prime ≥ n. */
export function nextPrime(n: number): number {
  let candidate = Math.max(2, Math.ceil(n));
  while (!isPrime(candidate)) candidate++;
  return candidate;
}

export interface Permutations {
  /** First entry that a node wants, 0 .. size − 1. */
  readonly offsets: ReadonlyNumbers;
  /** Step to the next that it wants, 1 .. size − 1. */
  readonly skips: ReadonlyNumbers;
  /** Null: all have a turn in every round. */
  readonly weights: ReadonlyNumbers | null;
}

/** Whether a node claims an entry in a round, from 0; asked once for each, in order. */
export type Turns = (node: number, round: number) => boolean;

/**
 * The table of `size` (a prime) entries, each the index of the node that claimed it; NONE in all if
 * there are no nodes. A node of the greatest weight w has a turn in every round, one of weight v in
 * the first round and then in a part v/w of the rounds, evenly spread, unless `turns` says
 * otherwise. O(size × log size) expected, O(size × nodes) at worst.
 */
export function populate(
  size: number,
  { offsets, skips, weights }: Permutations,
  turns: Turns | null = turnsByWeight(offsets.length, weights),
): Int32Array<ArrayBuffer> {
  const nodes = offsets.length;
  const table = new Int32Array(size).fill(NONE);
  if (nodes === 0) return table;
  // One bit an entry stays in the processor's first cache, where the table itself would not.
  const taken = new Int32Array((size >>> 5) + 1);
  const next = Int32Array.from({ length: nodes }, (_, i) => offsets[i]);
  let filled = 0;
  for (let round = 0; ; round++) {
    for (let node = 0; node < nodes; node++) {
      if (turns !== null && !turns(node, round)) continue;
      const skip = skips[node];
      let entry = next[node];
      while ((taken[entry >>> 5] & (1 << entry)) !== 0) {
        entry += skip;
        if (entry >= size) entry -= size;
      }
      taken[entry >>> 5] |= 1 << entry;
      table[entry] = node;
      next[node] = entry;
      if (++filled === size) return table;
    }
  }
}

/** Null where all weights are equal. */
function turnsByWeight(nodes: number, weights: ReadonlyNumbers | null): Turns | null {
  if (weights === null) return null;
  let greatest = 0;
  let least = Infinity;
  for (let i = 0; i < nodes; i++) {
    if (weights[i] > greatest) greatest = weights[i];
    if (weights[i] < least) least = weights[i];
  }
  if (greatest === least) return null;
  /** Rounds from one turn to the next, ≥ 1. */
  const pauses = Float64Array.from({ length: nodes }, (_, i) => greatest / weights[i]);
  const due = new Float64Array(nodes);
  return (node, round) => {
    if (due[node] > round) return false;
    due[node] += pauses[node];
    return true;
  };
}

/** Of any table that is claimed in turns, whatever the hashes. */
export const MAGLEV_TRAITS = {
  weighted: true,
  drops: "none",
  orderless: true,
  incremental: false,
  reads: "hash",
} as const satisfies PlacementTraits;

/** First entry that a node wants, and its step to the next: two hashes of its identity. */
const offsetOf = (identity: number, size: number): number => (combine32(identity, 1) >>> 0) % size;
const skipOf = (identity: number, size: number): number =>
  ((combine32(identity, 2) >>> 0) % (size - 1)) + 1;

/**
 * Follows Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016,
 * §3.4: offset and skip are two hashes of the node. The paper leaves open the order of turns (ours:
 * by identity, so that the order of joining does not matter) and how weights alter the turns (see
 * `populate`; every node claims at least one entry while there are no more nodes than entries).
 * Lookup O(1); a change builds the table anew; 4 bytes an entry.
 */
export class Maglev implements Placement {
  readonly traits = MAGLEV_TRAITS;
  private table = new Int32Array(0);
  private readonly size: number;
  private members: Members | null = null;

  constructor(size: number) {
    assert(isPrime(size) && size < 2 ** 30, "the size of Maglev's table is a prime");
    this.size = size;
  }

  assign(members: Members): void {
    const labels = byIdentity(members.usable, members.size, members.identity);
    const { size } = this;
    this.members = members;
    this.table = populate(size, {
      offsets: Int32Array.from(labels, (label) => offsetOf(members.identity[label], size)),
      skips: Int32Array.from(labels, (label) => skipOf(members.identity[label], size)),
      weights: Float64Array.from(labels, (label) => members.weight[label]),
    });
    if (labels.length === 0) return;
    const { table } = this;
    for (let i = 0; i < size; i++) table[i] = labels[table[i]];
  }

  owner(key: number): number {
    return this.table.length === 0 ? NONE : this.table[(key >>> 0) % this.size];
  }

  bytes(): number {
    return this.table.byteLength;
  }

  /** O(table): the entry is looked for in its owner's permutation. */
  explain(key: number, nameOf: NameOf): readonly string[] {
    const { members, size, table } = this;
    const owner = this.owner(key);
    if (owner === NONE || members === null) return NO_NODES;
    const entry = (key >>> 0) % size;
    const name = nameOf(owner);
    const offset = offsetOf(members.identity[owner], size);
    const skip = skipOf(members.identity[owner], size);
    let wish = 1;
    for (let at = offset; at !== entry; at = (at + skip) % size) wish++;
    const entries = table.reduce((sum, label) => sum + (label === owner ? 1 : 0), 0);
    return [
      `${key >>> 0} mod ${size} entries = entry ${entry}`,
      `${name} wants entry ${offset} first and every ${skip}th after it: this is its wish ${wish}`,
      `nobody else had claimed it; ${name} holds ${entries} of ${size} entries`,
    ];
  }
}

const LARGEST_TABLE = 2 ** 27;

/**
 * A table of prime size that the targets fill in turns, each by its own permutation; the key's hash
 * is looked up in it.
 *
 * Follows the Maglev paper, §3.4. Shares differ by hardly more than one entry; a change moves the
 * lost target's keys and some others (§5.3). Cost: O(1) a pick; a change builds the table anew,
 * O(table × log table). Left open: the order of turns (by identity), weights (a target of weight w
 * has a part w / greatest of the turns, at least one entry), the hashes.
 */
export const maglev = definePlacement({
  name: "maglev",
  summary: "a lookup table that the targets fill in turns",
  follows: "Eisenbud et al., NSDI 2016, Maglev, §3.4",
  fields: {
    table: {
      kind: "count",
      min: 2,
      max: LARGEST_TABLE,
      default: 65_537,
      doc: "entries of the table: a prime, better 100 times the targets or more",
    },
  },
  primary: "table",
  cost: { lookup: "O(1)", change: "O(table × log table)", memory: "4 bytes an entry" },
  check: ({ table }, members = []) => {
    const targets = memberCount(members);
    if (table < targets) {
      const better = `better ${nextPrime(100 * targets)}: shares then differ by 1 % at most`;
      const least = `take at least ${nextPrime(targets)}, ${better}`;
      return `${table} entries are too few for ${targets} targets: ${least}`;
    }
    if (isPrime(table)) return null;
    return `${table} is not a prime; the next one is ${nextPrime(table)}`;
  },
  create: ({ table }) => new Maglev(table),
});
