/**
 * The table of connections that a layer-4 replica forwards (or all replicas of a balancer, where
 * they share it): in order of use, with a size and an idle timeout. Entries are numbered by
 * connection × tiers + tier.
 */
import type { Subject } from "../../engine/event-queue.ts";
import type { NatSpec } from "../../scenario/scenario.ts";
import { NEVER, NONE } from "../../units.ts";
import { type Links, UseOrder } from "./use-order.ts";

export class NatTable {
  private readonly order: UseOrder;

  constructor(
    private readonly spec: NatSpec,
    private readonly links: Links,
    /** Due when the oldest entry may have idled out. */
    readonly subject: Subject,
  ) {
    this.order = new UseOrder(links);
  }

  get size(): number {
    return this.order.size;
  }

  get isFull(): boolean {
    return this.order.size >= this.spec.size;
  }

  /** Who is pushed out by a new entry: NONE where it would be refused, or there is none. */
  get victim(): number {
    return this.spec.whenFull === "evict" ? this.order.oldest : NONE;
  }

  add(entry: number, nowMs: number): void {
    this.order.add(entry, nowMs);
  }

  remove(entry: number): void {
    this.order.remove(entry);
  }

  touch(entry: number, nowMs: number): void {
    this.order.touch(entry, nowMs);
  }

  /** When the oldest entry idles out if nothing uses it, ms. */
  get dueMs(): number {
    const { idleMs } = this.spec;
    const { oldest } = this.order;
    return idleMs === null || oldest === NONE ? NEVER : this.links.usedMs[oldest] + idleMs;
  }

  /** An entry that has idled out by now; NONE where there is none. */
  idledOut(nowMs: number): number {
    return this.dueMs <= nowMs ? this.order.oldest : NONE;
  }
}
