/**
 * One-time alarms that are one subject of the event queue, whatever their number: for what is
 * neither one event a subject nor a line of constant delay (fetches, cancellations, probes,
 * handshakes). Equal times ring in the order in which they were set. O(log n) to set and to take
 * (`timer-queue.ts`).
 */
import type { EventKind } from "./event-kind.ts";
import type { EventQueue, Subject } from "./event-queue.ts";
import { TimerQueue } from "./timer-queue.ts";

export class AlarmClock {
  private readonly alarms = new TimerQueue();
  private readonly subject: Subject;

  /** No other subject has this kind and `ref`. */
  constructor(
    private readonly queue: EventQueue,
    kind: EventKind,
    ref = 0,
  ) {
    this.subject = queue.add(kind, ref);
  }

  /**
   * Rings at that time, ms, which has not passed.
   * @param payload whom it is for
   * @param stamp by which its receiver knows that it still is
   */
  set(timeMs: number, payload: number, stamp = 0): void {
    this.alarms.add(timeMs, payload, stamp);
    this.queue.schedule(this.subject, this.alarms.nextMs);
  }

  /** Stamp of the alarm that rings; only before it is taken. */
  get stamp(): number {
    return this.alarms.nextStamp;
  }

  /** The alarm that rings: its payload. */
  take(): number {
    const payload = this.alarms.take();
    this.queue.schedule(this.subject, this.alarms.nextMs);
    return payload;
  }
}
