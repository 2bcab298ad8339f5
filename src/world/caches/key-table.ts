/**
 * Which slot holds an object, and the slots themselves: the part that every cache policy shares.
 *
 * Slots are numbered from 1 and are rows of four 32-bit words, side by side in one cache line: the
 * key, two links and a mark for the policy. Slot 0 holds nothing; its links close the policy's list
 * into a circle, which spares every list operation its special cases.
 *
 * The table is open addressing with linear probing over one 32-bit word an entry: the slot in the
 * low bits, and above them as many high bits of the key's hash as fit. Probing a foreign entry
 * seldom touches its row; a hit touches one word of the table and the row that the policy needs
 * anyway. Deletion shifts back what follows (Knuth, TAOCP 3, §6.4, algorithm R), so there are no
 * tombstones and a cache that evicts for ever does not slow down. At most half of the table is
 * filled. 16 bytes a row and 8 to 16 a table entry.
 */

// Words of a row. Not exported, as nothing on a hot path should be: V8 folds a module's private
// constants, but loads exported ones from memory each time (0.4 ns; a hit is some 20).
const ROW = 4;
const ROW_BITS = 2;
/** Towards the front of the list. */
const BEFORE = 1;
/** Towards the back of the list. */
const AFTER = 2;
/** The policy's own. */
const MARK = 3;

const FIRST_ROOM = 512;

/**
 * Two rounds of multiply and shift. One round (Fibonacci hashing) clusters keys in an arithmetic
 * progression of unlucky step, which is what mod-n of raw numbers hands to one machine.
 */
function mix(key: number): number {
  let h = Math.imul(key, 0x9e3779b1);
  h ^= h >>> 15;
  h = Math.imul(h, 0x85ebca6b);
  return h ^ (h >>> 13);
}

export class KeyTable {
  private rows: Int32Array;
  /** Keys held. */
  count = 0;
  /** Slots 1 .. room exist. */
  room: number;
  private readonly limit: number;
  private entries: Int32Array;
  /** A hash's home is its high bits: `hash >>> shift`. */
  private shift = 0;
  private slotMask = 0;
  /** First slot never used, and the list (by AFTER) of those given back. */
  private fresh = 1;
  private free = 0;

  /** @param limit most keys that are ever held at once, 1 .. 2^28 */
  constructor(limit: number) {
    this.limit = limit;
    this.room = Math.min(limit, FIRST_ROOM);
    this.rows = new Int32Array((this.room + 1) * ROW);
    this.entries = new Int32Array(0);
    this.rebuild();
  }

  /** Slot of `key`; 0 where it is not held. */
  find(key: number): number {
    const { entries, rows, slotMask } = this;
    const last = entries.length - 1;
    const hash = mix(key);
    let i = hash >>> this.shift;
    for (;;) {
      const entry = entries[i];
      if (entry === 0) return 0;
      if (((entry ^ hash) & ~slotMask) === 0) {
        const slot = entry & slotMask;
        if (rows[slot << ROW_BITS] === key) return slot;
      }
      i = (i + 1) & last;
    }
  }

  /** Takes a slot for `key`, which must be absent; its links and mark are left over from before. */
  add(key: number): number {
    let slot = this.free;
    if (slot !== 0) {
      this.free = this.rows[(slot << ROW_BITS) + AFTER]!;
    } else {
      if (this.fresh > this.room) this.grow();
      slot = this.fresh++;
    }
    this.count++;
    this.rows[slot << ROW_BITS] = key;
    this.enter(mix(key), slot);
    return slot;
  }

  /** Gives a held slot back. The policy has unlinked it. */
  remove(slot: number): void {
    const { entries, rows, slotMask } = this;
    const last = entries.length - 1;
    // A home stands in the entry itself as long as the hash bits kept there reach down to it.
    const narrow = 1 << this.shift > slotMask;
    let hole = mix(rows[slot << ROW_BITS]) >>> this.shift;
    while ((entries[hole] & slotMask) !== slot) hole = (hole + 1) & last;
    for (let i = (hole + 1) & last; ; i = (i + 1) & last) {
      const entry = entries[i];
      if (entry === 0) break;
      const hash = narrow ? entry : mix(rows[(entry & slotMask) << ROW_BITS]);
      // It may move into the hole unless its home lies behind the hole.
      if (((i - (hash >>> this.shift)) & last) >= ((i - hole) & last)) {
        entries[hole] = entry;
        hole = i;
      }
    }
    entries[hole] = 0;
    rows[(slot << ROW_BITS) + AFTER] = this.free;
    this.free = slot;
    this.count--;
  }

  /** The held keys in `into`; returns how many. */
  keys(into: Int32Array): number {
    let found = 0;
    for (const entry of this.entries) {
      if (entry !== 0) into[found++] = this.rows[(entry & this.slotMask) << ROW_BITS]!;
    }
    return found;
  }

  /** Forgets every key and empties the list. */
  clear(): void {
    this.entries.fill(0);
    this.count = 0;
    this.fresh = 1;
    this.free = 0;
    this.setLinks(0, 0, 0);
  }

  // The policy's part: one list of slots, a circle through slot 0 (after it the front, before it
  // the back), and a mark a slot. Methods, not functions: V8 checks an imported function anew at
  // each call (1 ns).

  /** The slot at the front; 0 where the list is empty. */
  front(): number {
    return this.rows[AFTER];
  }

  back(): number {
    return this.rows[BEFORE];
  }

  /** The next slot towards the front; from the front, 0. */
  before(slot: number): number {
    return this.rows[(slot << ROW_BITS) + BEFORE];
  }

  after(slot: number): number {
    return this.rows[(slot << ROW_BITS) + AFTER];
  }

  pushFront(slot: number): void {
    const { rows } = this;
    const row = slot << ROW_BITS;
    const second = rows[AFTER];
    rows[row + BEFORE] = 0;
    rows[row + AFTER] = second;
    rows[(second << ROW_BITS) + BEFORE] = slot;
    rows[AFTER] = slot;
  }

  unlink(slot: number): void {
    const { rows } = this;
    const row = slot << ROW_BITS;
    const newer = rows[row + BEFORE];
    const older = rows[row + AFTER];
    rows[(newer << ROW_BITS) + AFTER] = older;
    rows[(older << ROW_BITS) + BEFORE] = newer;
  }

  /** For policies that keep lists of their own: sets both links, 0 for none. */
  setLinks(slot: number, before: number, after: number): void {
    const row = slot << ROW_BITS;
    this.rows[row + BEFORE] = before;
    this.rows[row + AFTER] = after;
  }

  mark(slot: number): number {
    return this.rows[(slot << ROW_BITS) + MARK];
  }

  setMark(slot: number, mark: number): void {
    this.rows[(slot << ROW_BITS) + MARK] = mark;
  }

  private enter(hash: number, slot: number): void {
    const { entries } = this;
    const last = entries.length - 1;
    let i = hash >>> this.shift;
    while (entries[i] !== 0) i = (i + 1) & last;
    entries[i] = (hash & ~this.slotMask) | slot;
  }

  private grow(): void {
    this.room = Math.min(this.limit, this.room * 2);
    const rows = new Int32Array((this.room + 1) * ROW);
    rows.set(this.rows);
    this.rows = rows;
    this.rebuild();
  }

  /** Lays the table out for `room` slots. Called while every slot below `fresh` is held. */
  private rebuild(): void {
    const slotBits = 32 - Math.clz32(this.room);
    const tableBits = 33 - Math.clz32(Math.max(this.room - 1, 1));
    this.slotMask = (1 << slotBits) - 1;
    this.shift = 32 - tableBits;
    this.entries = new Int32Array(1 << tableBits);
    for (let slot = 1; slot < this.fresh; slot++) {
      this.enter(mix(this.rows[slot << ROW_BITS]), slot);
    }
  }
}
