/** Least recently used: what was asked for longest ago goes first. A hit and a miss cost O(1). */
import { BoundedCache, defineCache } from "./bounded-cache.ts";
import type { Touch } from "./cache.ts";
import { HIT } from "./cache.ts";

class LeastRecentlyUsed extends BoundedCache {
  touch(key: number, size: number, nowMs: number): Touch {
    const slot = this.table.find(key);
    if (slot === 0 || !this.isFresh(slot, nowMs)) return this.missed(slot, key, size, nowMs);
    const { table } = this;
    if (table.front() !== slot) {
      table.unlink(slot);
      table.pushFront(slot);
    }
    return HIT;
  }

  protected added(slot: number): void {
    this.table.pushFront(slot);
  }

  protected victim(): number {
    const slot = this.table.back();
    this.table.unlink(slot);
    return slot;
  }

  protected removed(slot: number): void {
    this.table.unlink(slot);
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
