/**
 * Slots by a small whole number each (their level), with a list a level: the least level's first in
 * O(1).
 */
import { NONE } from "../../../units.ts";

/**
 * Doubly linked lists through typed arrays, one a level; who comes to a level goes to its end.
 * `move` is O(1) when levels change by one (the least level then moves by one at most), else
 * O(levels skipped). 12 bytes a slot, 8 a level.
 */
export class LevelLists {
  private next = new Int32Array(0);
  private previous = new Int32Array(0);
  /** NONE for a slot that is in no list. */
  private level = new Int32Array(0);
  private first = new Int32Array(16).fill(NONE);
  private last = new Int32Array(16).fill(NONE);
  private least = 0;
  size = 0;

  growSlots(slots: number): void {
    if (slots <= this.next.length) return;
    this.next = grown(this.next, 2 * slots);
    this.previous = grown(this.previous, 2 * slots);
    this.level = grown(this.level, 2 * slots);
  }

  has(slot: number): boolean {
    // Not `!== NONE`: a slot younger than the arrays is in no list either.
    return this.level[slot] >= 0;
  }

  add(slot: number, level: number): void {
    if (level >= this.first.length) {
      this.first = grown(this.first, 2 * level);
      this.last = grown(this.last, 2 * level);
    }
    this.append(slot, level);
    if (this.size++ === 0 || level < this.least) this.least = level;
  }

  remove(slot: number): void {
    this.unlink(slot);
    this.level[slot] = NONE;
    this.size--;
    this.raiseLeast();
  }

  /** To the end of its new level; nothing if that is its level already. */
  move(slot: number, level: number): void {
    if (this.level[slot] === level) return;
    if (level >= this.first.length) {
      this.first = grown(this.first, 2 * level);
      this.last = grown(this.last, 2 * level);
    }
    this.unlink(slot);
    this.append(slot, level);
    if (level < this.least) this.least = level;
    else this.raiseLeast();
  }

  /** First slot of the least level; `size` ≥ 1. */
  get head(): number {
    return this.first[this.least];
  }

  private append(slot: number, level: number): void {
    const before = this.last[level];
    this.level[slot] = level;
    this.previous[slot] = before;
    this.next[slot] = NONE;
    this.last[level] = slot;
    if (before === NONE) this.first[level] = slot;
    else this.next[before] = slot;
  }

  private unlink(slot: number): void {
    const { next, previous } = this;
    const level = this.level[slot];
    const before = previous[slot];
    const after = next[slot];
    if (before === NONE) this.first[level] = after;
    else next[before] = after;
    if (after === NONE) this.last[level] = before;
    else previous[after] = before;
  }

  private raiseLeast(): void {
    if (this.size === 0) return;
    const { first } = this;
    while (first[this.least] === NONE) this.least++;
  }
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(length).fill(NONE);
  bigger.set(array);
  return bigger;
}
