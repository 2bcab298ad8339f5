/**
 * When clients give up. Most requests are answered long before, so nothing is done for a single request at its birth or its end:
 * every half timeout a sweep looks at the rows in use and sets an alarm for those whose time will be up before the
 * next sweep. A request is seen by at least one sweep before its deadline, since that is two sweeps away at its birth.
 *
 * Cost: a sweep is O(rows); a row in use is looked at once every half timeout, so at most twice in its life but for those
 * that nobody will ever answer.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import { NONE } from "../units.ts";
import { RequestInt, RequestMs, RequestState, type RequestTable } from "./request-table.ts";

/** Payload of the alarm that begins a sweep. */
const SWEEP = -1;

export class Deadlines {
  /** By class; NEVER where clients wait for ever. */
  readonly timeoutMs: Float64Array;
  private readonly sweepMs: number;
  private readonly alarms = new TimerQueue();
  private readonly subject: number;

  constructor(
    timeoutsMs: readonly (number | null)[],
    private readonly queue: EventQueue,
    private readonly requests: RequestTable,
  ) {
    this.timeoutMs = Float64Array.from(timeoutsMs, (timeout) => timeout ?? Infinity);
    this.sweepMs = Math.min(...this.timeoutMs) / 2;
    this.subject = queue.add(EventKind.Timeout, 0);
    if (this.sweepMs < Infinity) this.set(this.sweepMs, SWEEP, 0);
  }

  /**
   * The alarm rang: a request whose time is up now, NONE where it was a sweep or the request has been answered.
   */
  expired(): number {
    const stamp = this.alarms.nextStamp;
    const row = this.alarms.take();
    this.queue.schedule(this.subject, this.alarms.nextMs);
    if (row === SWEEP) {
      this.sweep();
      return NONE;
    }
    return this.requests.ints[row + RequestInt.Serial] === stamp ? row : NONE;
  }

  private sweep(): void {
    const { ints, ms, width } = this.requests;
    const nextMs = this.queue.nowMs + this.sweepMs;
    for (let row = 0; row < ints.length; row += width) {
      const state: RequestState = ints[row + RequestInt.State];
      if (state === RequestState.Free || state === RequestState.Withdrawn) continue;
      if (ints[row + RequestInt.Abandoned] === 1) continue;
      const timeoutMs = this.timeoutMs[ints[row + RequestInt.Class]];
      const deadlineMs = ms[(row >> 2) + RequestMs.Born] + timeoutMs;
      if (deadlineMs < nextMs) this.set(deadlineMs, row, ints[row + RequestInt.Serial]);
    }
    this.set(nextMs, SWEEP, 0);
  }

  private set(timeMs: number, row: number, stamp: number): void {
    this.alarms.add(timeMs, row, stamp);
    this.queue.schedule(this.subject, this.alarms.nextMs);
  }
}
