/**
 * First in, first out: what was stored longest ago goes first, however often it is asked for. O(1).
 */
import { defineCache } from "./bounded-cache.ts";
import type { Touch } from "./cache.ts";
import { HIT } from "./cache.ts";
import { QueueCache } from "./queue-cache.ts";

class FirstInFirstOut extends QueueCache {
  touch(key: number, size: number, nowMs: number): Touch {
    const slot = this.table.find(key);
    if (slot === 0 || !this.isFreshAt(slot, nowMs)) return this.missed(slot, key, size, nowMs);
    return HIT;
  }
}

export const fifo = defineCache(
  {
    name: "fifo",
    summary: "evicts what was stored longest ago",
    follows: "Belady: A study of replacement algorithms for a virtual-storage computer, 1966",
  },
  FirstInFirstOut,
);
