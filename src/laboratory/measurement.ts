/**
 * Counts whom keys belong to before and after changes, as they pass: exact over all keys, with
 * memory for counts alone, however many keys there are.
 */
import { assert } from "../assert.ts";
import type { HashFunction } from "../hashing/functions/hash-function.ts";
import type { Members, Placement } from "../hashing/placement.ts";
import type { Course, Plan } from "./changes.ts";

export interface Structure {
  /** As it is called in tables: `ring-hash: 1000`. */
  readonly name: string;
  /** What keys' texts are hashed by. */
  readonly hash: HashFunction;
  create(): Placement;
}

/** What one course of a change did to one structure's keys; arrays by label. */
export interface CourseCounts {
  readonly after: Members;
  /** Keys that each node has after it. */
  readonly held: Float64Array;
  moved: number;
  /** Moved between two nodes neither of which gained weight against the other. */
  strayed: number;
  /** By lost node, then by label: its keys that each node inherited. */
  readonly inherited: ReadonlyMap<number, Float64Array>;
}

export interface StructureCounts {
  readonly structure: Structure;
  readonly placement: Placement;
  /** Keys that each node has before all changes, by label. */
  readonly held: Float64Array;
  /** By change, then by course. */
  readonly courses: readonly (readonly CourseCounts[])[];
  /** null where nodes hold as much as comes. */
  readonly bounded: Bounded | null;
}

/** What a bound did before all changes. */
export interface Bounded {
  /** Keys that their owner had no room for. */
  readonly pushed: number;
  /** The most full nodes that a key passed over. */
  readonly longest: number;
}

/** Takes keys, and has their counts at the end. */
export interface KeyCounter {
  readonly keys: number;
  /** One more key: the first `length` of these bytes. */
  add(bytes: Uint8Array, length: number): void;
  /** To be called once, after the last key. */
  finish(): readonly StructureCounts[];
}

/** Keys hashed before they are looked up: their hashes stay in the processor's first cache. */
const BATCH = 2048;
/** Bytes of all structures together; beyond it fewer changes, draws or entries must do. */
const MOST_BYTES = 2 ** 31;

interface Hashed {
  readonly hash: HashFunction;
  readonly high: Int32Array;
  readonly low: Int32Array;
}

interface Running {
  readonly counts: StructureCounts;
  readonly hashed: Hashed;
  readonly after: readonly { readonly placement: Placement; readonly count: CourseCounts }[];
}

export class Measurement implements KeyCounter {
  keys = 0;
  private readonly before: Members;
  private readonly hashes: Hashed[] = [];
  private readonly running: readonly Running[];
  private waiting = 0;
  private readonly owners = new Int32Array(BATCH);
  private bytes = 0;

  /**
   * Builds every structure for every pool, each by the steps that a live one would take. Throws
   * `TooLarge` where they don't fit.
   */
  constructor(structures: readonly Structure[], { before, changes }: Plan) {
    this.before = before;
    this.running = structures.map((structure) => {
      const placement = this.built(structure, []);
      const courses = changes.map((change) => change.courses.map((c) => startOf(before, c)));
      const pairs = changes.flatMap((change, index) =>
        change.courses.map((course, draw) => {
          return { placement: this.built(structure, course), count: courses[index][draw] };
        }),
      );
      const held = new Float64Array(before.slots);
      const counts = { structure, placement, held, courses, bounded: null };
      return { counts, hashed: this.hashedBy(structure.hash), after: pairs };
    });
  }

  private built(structure: Structure, course: Course): Placement {
    const placement = structure.create();
    placement.assign(this.before);
    for (const members of course) placement.assign(members);
    this.bytes += placement.bytes();
    if (this.bytes > MOST_BYTES) throw new TooLarge(structure.name);
    return placement;
  }

  private hashedBy(hash: HashFunction): Hashed {
    const known = this.hashes.find((each) => each.hash === hash);
    if (known !== undefined) return known;
    const fresh = { hash, high: new Int32Array(BATCH), low: new Int32Array(BATCH) };
    this.hashes.push(fresh);
    return fresh;
  }

  /** O(structures × courses) lookups. */
  add(bytes: Uint8Array, length: number): void {
    const at = this.waiting;
    for (const { hash, high, low } of this.hashes) {
      high[at] = hash.hash(bytes, length);
      low[at] = hash.low;
    }
    this.waiting = at + 1;
    if (this.waiting === BATCH) this.flush();
  }

  finish(): readonly StructureCounts[] {
    this.flush();
    assert(this.keys > 0, "shares are shares of some keys");
    return this.running.map(({ counts }) => counts);
  }

  private flush(): void {
    const { owners, waiting } = this;
    this.keys += waiting;
    this.waiting = 0;
    for (const { counts, hashed, after } of this.running) {
      const { high, low } = hashed;
      const { placement, held } = counts;
      for (let i = 0; i < waiting; i++) {
        const owner = placement.owner(high[i], low[i]);
        owners[i] = owner;
        held[owner]++;
      }
      for (const each of after) this.compare(each.placement, each.count, hashed, waiting);
    }
  }

  private compare(
    placement: Placement,
    count: CourseCounts,
    { high, low }: Hashed,
    keys: number,
  ): void {
    const { owners, before } = this;
    for (let i = 0; i < keys; i++) {
      countKey(count, before, owners[i], placement.owner(high[i], low[i]));
    }
  }
}

/** The structures for all pools together pass what memory allows. */
export class TooLarge extends Error {
  override name = "TooLarge";

  constructor(structure: string) {
    const most = `${MOST_BYTES / 2 ** 30} GiB`;
    super(
      `${structure} and those before it take more than ${most}, ask for fewer changes or draws`,
    );
  }
}

/** One key that a node had before a course, and that a node has after it. */
export function countKey(count: CourseCounts, before: Members, from: number, to: number): void {
  count.held[to]++;
  if (from === to) return;
  count.moved++;
  const heirs = count.inherited.get(from);
  if (heirs !== undefined) heirs[to]++;
  else if (stayed(before, count.after, from, to)) count.strayed++;
}

export function startOf(before: Members, course: Course): CourseCounts {
  const after = course[course.length - 1];
  const there = new Set(labelsOf(after));
  const lost = labelsOf(before).filter((label) => !there.has(label));
  return {
    after,
    held: new Float64Array(before.slots),
    moved: 0,
    strayed: 0,
    inherited: new Map(lost.map((label) => [label, new Float64Array(before.slots)])),
  };
}

export const labelsOf = ({ size, usable }: Members): number[] =>
  Array.from({ length: size }, (_, i) => usable[i]);

/**
 * Both were there and are there, and neither gained weight against the other: no reason for a key
 * to go from one to the other. The first may not be lost. Products of weights are compared, since a
 * quotient would round.
 */
function stayed(before: Members, after: Members, from: number, to: number): boolean {
  // Who joins has no weight before.
  if (before.weight[to] === 0) return false;
  return before.weight[from] * after.weight[to] === before.weight[to] * after.weight[from];
}
