/**
 * A table of bounded size from keys (whole numbers from 0 on) to slots, in order of use: an entry
 * that nobody used for a while is no longer there, and a full table forgets the one used longest
 * ago.
 *
 * Rows are the keys themselves, linked in order of use: O(1) a look-up and a change, 20 bytes a key
 * that may come.
 */
import { NONE } from "../../units.ts";

export class StickTable {
  private readonly slots: Int32Array;
  private readonly usedMs: Float64Array;
  /** Used next later and next earlier; NONE at the ends. */
  private readonly later: Int32Array;
  private readonly earlier: Int32Array;
  private newest: number = NONE;
  private oldest: number = NONE;
  /** Entries, those too old and not yet met included. */
  private count = 0;

  /** @param idleMs Infinity: no entry gets too old */
  constructor(
    keys: number,
    private readonly size: number,
    private readonly idleMs: number,
    private readonly clock: { readonly nowMs: number },
  ) {
    this.slots = new Int32Array(keys).fill(NONE);
    this.usedMs = new Float64Array(keys);
    this.later = new Int32Array(keys);
    this.earlier = new Int32Array(keys);
  }

  /** The key's slot, which is used now; NONE where there is none. */
  use(key: number): number {
    const slot = this.slots[key];
    if (slot === NONE) return NONE;
    this.unlink(key);
    if (this.clock.nowMs - this.usedMs[key] >= this.idleMs) {
      this.slots[key] = NONE;
      return NONE;
    }
    this.link(key);
    return slot;
  }

  put(key: number, slot: number): void {
    if (this.slots[key] !== NONE) this.unlink(key);
    else if (this.count === this.size) this.remove(this.oldest);
    this.slots[key] = slot;
    this.link(key);
  }

  remove(key: number): void {
    if (this.slots[key] === NONE) return;
    this.unlink(key);
    this.slots[key] = NONE;
  }

  clear(): void {
    this.slots.fill(NONE);
    this.newest = this.oldest = NONE;
    this.count = 0;
  }

  /** As of `Persistence`. O(entries). */
  heldUntilMs(slot: number): number {
    // In order of use: the newest with that slot is the last to go.
    for (let key = this.newest; key !== NONE; key = this.earlier[key]) {
      if (this.slots[key] !== slot) continue;
      const untilMs = this.usedMs[key] + this.idleMs;
      return untilMs > this.clock.nowMs ? untilMs : NONE;
    }
    return NONE;
  }

  /** As the newest, used now. */
  private link(key: number): void {
    this.usedMs[key] = this.clock.nowMs;
    this.later[key] = NONE;
    this.earlier[key] = this.newest;
    if (this.newest === NONE) this.oldest = key;
    else this.later[this.newest] = key;
    this.newest = key;
    this.count++;
  }

  private unlink(key: number): void {
    const later = this.later[key];
    const earlier = this.earlier[key];
    if (later === NONE) this.newest = earlier;
    else this.earlier[later] = earlier;
    if (earlier === NONE) this.oldest = later;
    else this.later[earlier] = later;
    this.count--;
  }
}

/** The table of all replicas, or one of each. */
export class StickTables {
  private readonly tables: readonly StickTable[];

  constructor(
    private readonly shared: boolean,
    replicas: number,
    make: () => StickTable,
  ) {
    this.tables = Array.from({ length: shared ? 1 : replicas }, make);
  }

  of(replica: number): StickTable {
    return this.tables[this.shared ? 0 : replica];
  }

  /** As of `Persistence`: what others share is learned from them again. */
  restarted(replica: number): void {
    if (replica === NONE) for (const table of this.tables) table.clear();
    else if (!this.shared) this.tables[replica].clear();
  }

  /** In all of them. */
  remove(key: number): void {
    for (const table of this.tables) table.remove(key);
  }

  heldUntilMs(slot: number): number {
    let lastMs: number = NONE;
    for (const table of this.tables) lastMs = Math.max(lastMs, table.heldUntilMs(slot));
    return lastMs;
  }
}

/** How big a table is, how long it remembers, and whose it is. */
export const tableFields = {
  size: {
    kind: "count",
    min: 1,
    max: 2 ** 31 - 1,
    default: 100_000,
    doc: "entries; a full table forgets the one used longest ago",
  },
  idle: {
    kind: "duration",
    above: 0,
    min: 0.001,
    optional: true,
    doc: "an entry that nobody uses for so long is forgotten; by default as long as the run",
  },
  shared: {
    kind: "flag",
    default: false,
    doc: "replicas have one table, as peers do; else each its own",
  },
} as const;
