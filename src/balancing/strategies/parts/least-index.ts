/**
 * Three ways to know the target with the least requests in flight a weight, each with its own rule
 * for ties.
 */
import type { RandomStream } from "../../../random/stream.ts";
import { NONE } from "../../../units.ts";
import type { PoolView } from "../../strategy.ts";
import { LevelLists } from "./level-lists.ts";
import { TieTree } from "./tie-tree.ts";
import { WinnerTree } from "./winner-tree.ts";

/**
 * Which belief counts: `inFlight` or `reportedInFlight` of the view, read anew at each `rebuild`.
 */
export type Counts = (view: PoolView) => PoolView["inFlight"];

export interface LeastIndex {
  rebuild(): void;
  /** The count of this slot changed. */
  changed(slot: number): void;
  /** The slot with the least. */
  least(): number;
}

/** Index in `usable` by slot, NONE for the others. */
export class Positions {
  private at = new Int32Array(0);

  rebuild({ size, slots, usable }: PoolView): void {
    if (slots > this.at.length) this.at = new Int32Array(2 * slots);
    this.at.fill(NONE);
    for (let i = 0; i < size; i++) this.at[usable[i]] = i;
  }

  /** NONE too for slots younger than the last `rebuild`. */
  of(slot: number): number {
    return slot < this.at.length ? this.at[slot] : NONE;
  }
}

/** Equal weights, ties to the one whose count changed longest ago: all O(1). */
export class OldestOfEqual implements LeastIndex {
  private readonly view: PoolView;
  private readonly countsOf: Counts;
  private readonly lists = new LevelLists();
  private readonly positions = new Positions();
  private counts: PoolView["inFlight"];
  private listed: number[] = [];

  constructor(view: PoolView, countsOf: Counts) {
    this.view = view;
    this.countsOf = countsOf;
    this.counts = countsOf(view);
  }

  rebuild(): void {
    const { view, lists, positions } = this;
    this.counts = this.countsOf(view);
    positions.rebuild(view);
    lists.growSlots(view.slots);
    // Those that stay keep their order; those that come stand behind them.
    for (const slot of this.listed) if (positions.of(slot) === NONE) lists.remove(slot);
    this.listed = Array.from({ length: view.size }, (_, i) => view.usable[i]);
    for (const slot of this.listed) {
      if (lists.has(slot)) lists.move(slot, this.counts[slot]);
      else lists.add(slot, this.counts[slot]);
    }
  }

  changed(slot: number): void {
    if (this.lists.has(slot)) this.lists.move(slot, this.counts[slot]);
  }

  least(): number {
    return this.lists.head;
  }
}

/** Any weights, ties to the one whose count changed longest ago: O(log n) a change. */
export class OldestOfAny implements LeastIndex {
  private readonly view: PoolView;
  private readonly countsOf: Counts;
  private readonly tree = new WinnerTree();
  private readonly positions = new Positions();
  private counts: PoolView["inFlight"];
  /** By slot: number of the change that was its last; 0 for one that is not in the tree. */
  private stamps = new Float64Array(0);
  private clock = 0;

  constructor(view: PoolView, countsOf: Counts) {
    this.view = view;
    this.countsOf = countsOf;
    this.counts = countsOf(view);
  }

  rebuild(): void {
    const { view, tree, positions } = this;
    this.counts = this.countsOf(view);
    const known = this.stamps;
    this.stamps = new Float64Array(Math.max(known.length, view.slots));
    positions.rebuild(view);
    tree.reset(view.size);
    for (let i = 0; i < view.size; i++) {
      const slot = view.usable[i];
      const before = slot < known.length ? known[slot] : 0;
      this.stamps[slot] = before > 0 ? before : ++this.clock;
      tree.set(i, this.counts[slot] / view.weight[slot], this.stamps[slot]);
    }
  }

  changed(slot: number): void {
    const at = this.positions.of(slot);
    if (at === NONE) return;
    this.stamps[slot] = ++this.clock;
    this.tree.set(at, this.counts[slot] / this.view.weight[slot], this.clock);
  }

  least(): number {
    return this.view.usable[this.tree.best];
  }
}

/** Any weights, ties to the first in order of joining, or to any with equal chances: O(log n). */
export class AmongTied implements LeastIndex {
  private readonly view: PoolView;
  private readonly countsOf: Counts;
  /** Null: the first. */
  private readonly random: RandomStream | null;
  private readonly tree = new TieTree();
  private readonly positions = new Positions();
  private counts: PoolView["inFlight"];

  constructor(view: PoolView, countsOf: Counts, random: RandomStream | null) {
    this.view = view;
    this.countsOf = countsOf;
    this.random = random;
    this.counts = countsOf(view);
  }

  rebuild(): void {
    const { view, tree, positions } = this;
    this.counts = this.countsOf(view);
    positions.rebuild(view);
    tree.reset(view.size);
    for (let i = 0; i < view.size; i++) {
      const slot = view.usable[i];
      tree.set(i, this.counts[slot] / view.weight[slot]);
    }
  }

  changed(slot: number): void {
    const at = this.positions.of(slot);
    if (at !== NONE) this.tree.set(at, this.counts[slot] / this.view.weight[slot]);
  }

  least(): number {
    const { random, tree } = this;
    const k = random === null || tree.ties === 1 ? 0 : random.below(tree.ties);
    return this.view.usable[tree.nth(k)];
  }
}
