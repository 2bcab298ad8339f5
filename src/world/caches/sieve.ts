/**
 * SIEVE: a queue in order of storing, one bit an object, and a hand that wanders from the oldest to
 * the newest. The hand clears the bits of those used since it last met them and leaves them where
 * they are (CLOCK would move them to the front); it evicts the first without a bit and stays there.
 * So new objects are sifted quickly, old used ones remain. O(1) amortised.
 *
 * The paper leaves open what becomes of the hand when its object goes for another reason (here:
 * expiry): the hand moves on to the next newer one, as after an eviction.
 */
import { BoundedCache, defineCache } from "./bounded-cache.ts";
import type { Touch } from "./cache.ts";
import { HIT } from "./cache.ts";

class Sieve extends BoundedCache {
  /** 0: begin at the oldest. */
  private hand = 0;

  touch(key: number, size: number, nowMs: number): Touch {
    const slot = this.table.find(key);
    if (slot === 0 || !this.isFreshAt(slot, nowMs)) return this.missed(slot, key, size, nowMs);
    this.table.setMark(slot, 1);
    return HIT;
  }

  protected added(slot: number): void {
    this.table.setMark(slot, 0);
    this.table.pushFront(slot);
  }

  protected victim(): number {
    const { table } = this;
    let slot = this.hand === 0 ? table.back() : this.hand;
    while (table.mark(slot) !== 0) {
      table.setMark(slot, 0);
      slot = table.before(slot);
      if (slot === 0) slot = table.back();
    }
    this.hand = table.before(slot);
    table.unlink(slot);
    return slot;
  }

  protected removed(slot: number): void {
    if (slot === this.hand) this.hand = this.table.before(slot);
    this.table.unlink(slot);
  }

  protected override cleared(): void {
    this.hand = 0;
  }
}

export const sieve = defineCache(
  {
    name: "sieve",
    summary:
      "a hand sifts out the new ones that nobody asks for again; used old ones stay in place",
    follows:
      "Zhang, Yang, Yue, Vigfusson, Rashmi: SIEVE is simpler than LRU, NSDI 2024, algorithm 1",
  },
  Sieve,
);
