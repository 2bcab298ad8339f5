/** What policies with one queue share: new objects at its front, victims from its back. */
import { BoundedCache } from "./bounded-cache.ts";

export abstract class QueueCache extends BoundedCache {
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
