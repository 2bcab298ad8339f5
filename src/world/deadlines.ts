/**
 * When clients give up. Most requests are answered long before, and two ways keep the cost of all
 * that never time out low:
 *
 * - *patient* classes (a timeout of a second or more): nothing is done at a birth or an end. Every
 *   half timeout a sweep looks at all requests and sets an alarm for those whose time will be up
 *   before the next sweep; the deadline of a request is two sweeps away at its birth, so at least
 *   one sees it. O(requests) a sweep, no memory.
 * - *impatient* classes, whose sweeps would come too often: equal patience keeps the order of
 *   birth, so their requests stand in a line, and its alarm passes over those that have been
 *   answered. O(1) a request, 8 bytes for each birth of one timeout.
 */
import { AlarmClock } from "../engine/alarm-clock.ts";
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { type Request, RequestState, type Requests } from "./requests.ts";

/** A class with at least this timeout is patient. */
const PATIENT_MS = 1000;
/** Payloads of alarms that are no request's: a sweep, and (minus the class) the head of a line. */
const SWEEP = -1;
const LINE = -2;

export class Deadlines {
  /** By class; Infinity where clients wait for ever. */
  readonly timeoutMs: Float64Array;
  /** Whether `watch` wants to know of births. */
  readonly watchesBirths: boolean;
  private readonly sweepMs: number;
  /** By class; null for the patient ones. */
  private readonly lines: readonly (BirthLine | null)[];
  private readonly alarms: AlarmClock;

  constructor(
    timeoutsMs: readonly (number | null)[],
    private readonly queue: EventQueue,
    private readonly requests: Requests,
  ) {
    this.timeoutMs = Float64Array.from(timeoutsMs, (timeout) => timeout ?? Infinity);
    this.lines = Array.from(this.timeoutMs, (ms) => (ms < PATIENT_MS ? new BirthLine() : null));
    this.watchesBirths = this.lines.some((line) => line !== null);
    const patient = this.timeoutMs.filter((ms) => ms >= PATIENT_MS);
    this.sweepMs = Math.min(Infinity, ...patient) / 2;
    this.alarms = new AlarmClock(queue, EventKind.Timeout);
    if (this.sweepMs < Infinity) this.alarms.set(this.sweepMs, SWEEP);
  }

  /** A request was born. Amortised O(1). */
  watch(request: Request): void {
    const line = this.lines[request.group];
    if (line === null) return;
    line.append(request.index, request.serial);
    if (line.size === 1) this.alarms.set(this.deadlineOf(request), LINE - request.group);
  }

  /** The alarm rang: a request whose time is up now, null where nobody's is. */
  expired(): Request | null {
    const serial = this.alarms.stamp;
    const payload = this.alarms.take();
    if (payload >= 0) {
      const request = this.requests.all[payload];
      return request.serial === serial ? request : null;
    }
    if (payload === SWEEP) this.sweep();
    else this.passOver(LINE - payload);
    return null;
  }

  private sweep(): void {
    const nextMs = this.queue.nowMs + this.sweepMs;
    for (const request of this.requests.all) {
      if (request.state === RequestState.Free || request.abandoned) continue;
      if (this.lines[request.group] !== null) continue;
      const deadlineMs = this.deadlineOf(request);
      if (deadlineMs < nextMs) this.alarms.set(deadlineMs, request.index, request.serial);
    }
    this.alarms.set(nextMs, SWEEP);
  }

  /**
   * Takes the answered ones off a line's head, and those whose time is up now, each with an alarm
   * of its own.
   */
  private passOver(group: number): void {
    const line = this.lines[group]!;
    while (line.size > 0) {
      const request = this.requests.all[line.firstIndex];
      if (request.serial === line.firstSerial) {
        const deadlineMs = this.deadlineOf(request);
        if (deadlineMs > this.queue.nowMs) {
          this.alarms.set(deadlineMs, LINE - group);
          return;
        }
        this.alarms.set(deadlineMs, request.index, request.serial);
      }
      line.drop();
    }
  }

  private deadlineOf(request: Request): number {
    return request.bornMs + this.timeoutMs[request.group];
  }
}

/**
 * Requests, by index, in order of birth, with their serials: a ring that doubles when it is full.
 */
class BirthLine {
  private entries = new Int32Array(64);
  private head = 0;
  size = 0;

  get firstIndex(): number {
    return this.entries[2 * this.head];
  }

  get firstSerial(): number {
    return this.entries[2 * this.head + 1];
  }

  append(index: number, serial: number): void {
    const room = this.entries.length / 2;
    if (this.size === room) {
      const entries = new Int32Array(4 * room);
      entries.set(this.entries.subarray(2 * this.head));
      entries.set(this.entries.subarray(0, 2 * this.head), 2 * (room - this.head));
      this.entries = entries;
      this.head = 0;
      this.append(index, serial);
      return;
    }
    const at = 2 * ((this.head + this.size++) & (room - 1));
    this.entries[at] = index;
    this.entries[at + 1] = serial;
  }

  drop(): void {
    this.head = (this.head + 1) & (this.entries.length / 2 - 1);
    this.size--;
  }
}
