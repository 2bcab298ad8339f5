/**
 * CLOCK, one bit an object, also called second chance. Kept as a queue: the hand stands at its
 * back; an object there that was used since the hand last met it loses its mark and goes to the
 * front, the first without a mark is evicted. That is Corbató's circle of pages seen from the hand,
 * new objects stored just behind it. O(1) amortised: each step of the hand undoes one hit.
 * Corbató's k-bit form is left out, and a new object starts without the mark.
 */
import { defineCache } from "./bounded-cache.ts";
import type { Touch } from "./cache.ts";
import { HIT } from "./cache.ts";
import { QueueCache } from "./queue-cache.ts";

class Clock extends QueueCache {
  touch(key: number, size: number, nowMs: number): Touch {
    const slot = this.table.find(key);
    if (slot === 0 || !this.isFreshAt(slot, nowMs)) return this.missed(slot, key, size, nowMs);
    this.table.setMark(slot, 1);
    return HIT;
  }

  protected override added(slot: number): void {
    this.table.setMark(slot, 0);
    this.table.pushFront(slot);
  }

  protected override victim(): number {
    const { table } = this;
    for (;;) {
      const slot = table.back();
      table.unlink(slot);
      if (table.mark(slot) === 0) return slot;
      table.setMark(slot, 0);
      table.pushFront(slot);
    }
  }
}

export const clock = defineCache(
  {
    name: "clock",
    summary: "first in, first out, but what was used since the last look gets a second chance",
    follows: "Corbató: A paging experiment with the Multics system, 1968, with one use bit",
  },
  Clock,
);
