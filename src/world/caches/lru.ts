/** Least recently used: what was asked for longest ago goes first. A hit and a miss cost O(1). */
import { defineCache } from "./bounded-cache.ts";
import type { Touch } from "./cache.ts";
import { HIT } from "./cache.ts";
import { QueueCache } from "./queue-cache.ts";

class LeastRecentlyUsed extends QueueCache {
  touch(key: number, size: number, nowMs: number): Touch {
    const slot = this.table.find(key);
    if (slot === 0 || !this.isFreshAt(slot, nowMs)) return this.missed(slot, key, size, nowMs);
    const { table } = this;
    if (table.front() !== slot) {
      table.unlink(slot);
      table.pushFront(slot);
    }
    return HIT;
  }
}

export const lru = defineCache(
  {
    name: "lru",
    summary: "evicts what was asked for longest ago",
    follows: "Mattson, Gecsei, Slutz, Traiger: Evaluation techniques for storage hierarchies, 1970",
  },
  LeastRecentlyUsed,
);
