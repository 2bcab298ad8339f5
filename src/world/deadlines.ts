/**
 * When clients give up. All requests of a class are equally patient, so in order of birth they are in order of deadline: a
 * doubly linked list a class, of which only the head is in the event queue. A request that is answered leaves its list at
 * once, without touching the event queue; an alarm that finds its head not due yet is simply set again.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { NEVER, NONE } from "../units.ts";
import { RequestInt, RequestMs, type RequestTable } from "./request-table.ts";

export class Deadlines {
  /** By class; NEVER where clients wait for ever. */
  readonly timeoutMs: Float64Array;
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private readonly subjects: Int32Array;

  constructor(
    timeoutsMs: readonly (number | null)[],
    private readonly queue: EventQueue,
    private readonly requests: RequestTable,
  ) {
    this.timeoutMs = Float64Array.from(timeoutsMs, (timeout) => timeout ?? NEVER);
    this.heads = new Int32Array(timeoutsMs.length).fill(NONE);
    this.tails = new Int32Array(timeoutsMs.length).fill(NONE);
    this.subjects = Int32Array.from(timeoutsMs, (_, index) => queue.add(EventKind.Timeout, index));
  }

  /** A request was born. O(1). */
  watch(row: number): void {
    const { ints, ms } = this.requests;
    const group = ints[row + RequestInt.Class];
    const timeoutMs = this.timeoutMs[group];
    if (timeoutMs === Infinity) return;
    const tail = this.tails[group];
    ints[row + RequestInt.Earlier] = tail;
    ints[row + RequestInt.Later] = NONE;
    this.tails[group] = row;
    if (tail >= 0) ints[tail + RequestInt.Later] = row;
    else {
      this.heads[group] = row;
      const subject = this.subjects[group];
      // An alarm left over from an answered request comes first and is set again then.
      if (this.queue.timeOf(subject) === Infinity) {
        this.queue.schedule(subject, ms[(row >> 2) + RequestMs.Born] + timeoutMs);
      }
    }
  }

  /** It was answered, or has been counted as timed out. O(1). */
  forget(row: number): void {
    const { ints } = this.requests;
    const group = ints[row + RequestInt.Class];
    if (this.timeoutMs[group] === Infinity) return;
    const before = ints[row + RequestInt.Earlier];
    const after = ints[row + RequestInt.Later];
    if (before < 0) this.heads[group] = after;
    else ints[before + RequestInt.Later] = after;
    if (after < 0) this.tails[group] = before;
    else ints[after + RequestInt.Earlier] = before;
  }

  /**
   * The alarm of a class rang: the next request whose time is up, NONE when the alarm has been set again. The caller
   * forgets it and asks once more.
   */
  expired(group: number, nowMs: number): number {
    const head = this.heads[group];
    const subject = this.subjects[group];
    if (head < 0) {
      this.queue.schedule(subject, NEVER);
      return NONE;
    }
    const bornMs = this.requests.ms[(head >> 2) + RequestMs.Born];
    const deadlineMs = bornMs + this.timeoutMs[group];
    if (deadlineMs <= nowMs) return head;
    this.queue.schedule(subject, deadlineMs);
    return NONE;
  }
}
