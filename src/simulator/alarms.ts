/**
 * What is still to come of the scenario's events, in order of (time, ends before beginnings, the
 * time of the event that it belongs to, the order in which events were given, the order in which
 * alarms were set). So where alarms meet, what a spell of something ends is over before the next
 * one begins, and it makes no difference whether an event stood in the scenario or was added while
 * the run went on: nothing of the order depends on when it was set, but within one event.
 */
import { assert } from "../assert.ts";
import type { EventSpec } from "../scenario/scenario.ts";
import { NEVER } from "../units.ts";

/** An event and its number among all that were given. */
export interface Order {
  readonly event: EventSpec;
  readonly rank: number;
}

interface Alarm {
  readonly timeMs: number;
  readonly how: "ends" | "begins";
  readonly order: Order;
  readonly action: () => void;
}

export class Alarms {
  /** The earliest last: O(1) to take, O(n) by one block move to add. */
  private readonly pending: Alarm[] = [];
  private rates = 0;

  get nextMs(): number {
    return this.pending.at(-1)?.timeMs ?? NEVER;
  }

  /**
   * Whether something is to come that can wake a source of requests which has nothing more to send.
   */
  get canBringArrivals(): boolean {
    return this.rates > 0;
  }

  add(timeMs: number, how: Alarm["how"], order: Order, action: () => void): void {
    assert(!Number.isNaN(timeMs), "an alarm has a time");
    const alarm = { timeMs, how, order, action };
    let from = 0;
    let to = this.pending.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (goesBefore(alarm, this.pending[middle])) from = middle + 1;
      else to = middle;
    }
    this.pending.splice(from, 0, alarm);
    if (order.event.kind === "rate") this.rates++;
  }

  /** Those that are to begin one of these orders are taken out. */
  drop(orders: ReadonlySet<Order>): void {
    const kept = this.pending.filter(({ how, order }) => how !== "begins" || !orders.has(order));
    this.pending.splice(0, Infinity, ...kept);
    this.rates = kept.filter(({ order }) => order.event.kind === "rate").length;
  }

  /** Takes the earliest out; only where `nextMs` is a time. */
  take(): () => void {
    const { order, action } = this.pending.pop()!;
    if (order.event.kind === "rate") this.rates--;
    return action;
  }
}

/** Equal ones stay in the order in which they were added. */
function goesBefore(a: Alarm, b: Alarm): boolean {
  if (a.timeMs !== b.timeMs) return a.timeMs < b.timeMs;
  if (a.how !== b.how) return a.how === "ends";
  if (a.order.event.atMs !== b.order.event.atMs) return a.order.event.atMs < b.order.event.atMs;
  return a.order.rank < b.order.rank;
}
