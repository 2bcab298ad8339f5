/**
 * Lists in order of last use, so that only the head of each can be the next to idle out: entries
 * are small integers, each in one list at most of those that share `Links`. O(1) an operation, 16
 * bytes an entry.
 */
import { NONE } from "../../units.ts";

/** By entry: its neighbours in its list, and when it was used last, ms. */
export class Links {
  before = new Int32Array(0);
  after = new Int32Array(0);
  usedMs = new Float64Array(0);

  grow(length: number): void {
    const { before, after, usedMs } = this;
    this.before = new Int32Array(length);
    this.before.set(before);
    this.after = new Int32Array(length);
    this.after.set(after);
    this.usedMs = new Float64Array(length);
    this.usedMs.set(usedMs);
  }

  get bytes(): number {
    return this.before.byteLength + this.after.byteLength + this.usedMs.byteLength;
  }
}

export class UseOrder {
  /** Used longest ago; NONE while the list is empty. */
  oldest: number = NONE;
  private newest: number = NONE;
  size = 0;

  constructor(private readonly links: Links) {}

  /** An entry that is in no list is used now. */
  add(entry: number, nowMs: number): void {
    const { links, newest } = this;
    links.before[entry] = newest;
    links.after[entry] = NONE;
    links.usedMs[entry] = nowMs;
    if (newest === NONE) this.oldest = entry;
    else links.after[newest] = entry;
    this.newest = entry;
    this.size++;
  }

  remove(entry: number): void {
    const { links } = this;
    const before = links.before[entry];
    const after = links.after[entry];
    if (before === NONE) this.oldest = after;
    else links.after[before] = after;
    if (after === NONE) this.newest = before;
    else links.before[after] = before;
    this.size--;
  }

  /** An entry of this list is used now. */
  touch(entry: number, nowMs: number): void {
    if (entry === this.newest) {
      this.links.usedMs[entry] = nowMs;
      return;
    }
    this.remove(entry);
    this.add(entry, nowMs);
  }
}
