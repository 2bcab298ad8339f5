/** The same counts where no node may hold more than so many times its fair part of the keys. */
import { assert } from "../assert.ts";
import { assignBounded } from "../hashing/bounded.ts";
import type { BoundedAssignment } from "../hashing/bounded.ts";
import type { HashFunction } from "../hashing/functions/hash-function.ts";
import type { Members, Placement } from "../hashing/placement.ts";
import type { Plan } from "./changes.ts";
import { countKey, startOf } from "./measurement.ts";
import type { KeyCounter, Structure, StructureCounts } from "./measurement.ts";
import { LaboratoryError } from "./pool.ts";

/** Half a gigabyte for each hash function. */
const MOST_KEYS = 2 ** 26;

interface Kept {
  readonly hash: HashFunction;
  high: Int32Array;
  low: Int32Array;
}

/**
 * Whom a key belongs to depends on all keys before it, and the bound on how many there are: so they
 * are kept, as hashes, 8 to 16 bytes each, and given out at the end, before and after each change
 * anew and in the same order. What moves beyond the least is the cascade: keys that move since
 * others do.
 */
export class BoundedMeasurement implements KeyCounter {
  keys = 0;
  private readonly structures: readonly Structure[];
  private readonly plan: Plan;
  private readonly factor: number;
  private readonly kept: readonly Kept[];

  /** @param factor ≥ 1 */
  constructor(structures: readonly Structure[], plan: Plan, factor: number) {
    this.structures = structures;
    this.plan = plan;
    this.factor = factor;
    const hashes = new Set(structures.map(({ hash }) => hash));
    this.kept = Array.from(hashes, (hash) => {
      return { hash, high: new Int32Array(1024), low: new Int32Array(1024) };
    });
  }

  add(bytes: Uint8Array, length: number): void {
    const at = this.keys++;
    if (at === MOST_KEYS) {
      throw new LaboratoryError(`a bound keeps all keys in memory, take at most ${MOST_KEYS}`);
    }
    for (const kept of this.kept) {
      if (at === kept.high.length) grow(kept);
      kept.high[at] = kept.hash.hash(bytes, length);
      kept.low[at] = kept.hash.low;
    }
  }

  finish(): readonly StructureCounts[] {
    assert(this.keys > 0, "shares are shares of some keys");
    return this.structures.map((structure) => this.countsOf(structure));
  }

  private countsOf(structure: Structure): StructureCounts {
    const { before, changes } = this.plan;
    const placement = structure.create();
    const { nodes, held, pushed, longest } = this.assigned(structure, placement, before);
    const courses = changes.map((change) =>
      change.courses.map((course) => {
        const count = startOf(before, course);
        const other = structure.create();
        other.assign(before);
        for (const members of course) other.assign(members);
        const after = this.assigned(structure, other, count.after);
        for (let i = 0; i < nodes.length; i++) countKey(count, before, nodes[i], after.nodes[i]);
        return count;
      }),
    );
    const bounded = { pushed, longest };
    return { structure, placement, held: Float64Array.from(held), courses, bounded };
  }

  private assigned({ hash }: Structure, placement: Placement, members: Members): BoundedAssignment {
    const { keys, factor } = this;
    const kept = this.kept.find((each) => each.hash === hash);
    assert(kept !== undefined, "keys are kept by every structure's hash");
    const rests = kept.low.subarray(0, keys);
    return assignBounded(placement, members, kept.high.subarray(0, keys), { factor, rests });
  }
}

function grow(kept: Kept): void {
  const { high, low } = kept;
  kept.high = new Int32Array(2 * high.length);
  kept.high.set(high);
  kept.low = new Int32Array(2 * low.length);
  kept.low.set(low);
}
