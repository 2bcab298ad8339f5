/**
 * When clients give up. Most requests are answered long before, and two ways keep the cost of all that never time out low:
 *
 * - *patient* classes (a timeout of a second or more): nothing is done at a birth or an end. Every half timeout a sweep
 *   looks at all rows and sets an alarm for those whose time will be up before the next sweep; the deadline of a request is two
 *   sweeps away at its birth, so at least one sees it. O(rows) a sweep, no memory.
 * - *impatient* classes, whose sweeps would come too often: equal patience keeps the order of birth, so their requests stand in a
 *   line, and its alarm passes over those that have been answered. O(1) a request, 8 bytes for each birth of one timeout.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import { NONE } from "../units.ts";
import { RequestInt, RequestMs, RequestState, type RequestTable } from "./request-table.ts";

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
  private readonly alarms = new TimerQueue();
  private readonly subject: number;

  constructor(
    timeoutsMs: readonly (number | null)[],
    private readonly queue: EventQueue,
    private readonly requests: RequestTable,
  ) {
    this.timeoutMs = Float64Array.from(timeoutsMs, (timeout) => timeout ?? Infinity);
    this.lines = Array.from(this.timeoutMs, (ms) => (ms < PATIENT_MS ? new BirthLine() : null));
    this.watchesBirths = this.lines.some((line) => line !== null);
    const patient = this.timeoutMs.filter((ms) => ms >= PATIENT_MS);
    this.sweepMs = Math.min(Infinity, ...patient) / 2;
    this.subject = queue.add(EventKind.Timeout, 0);
    if (this.sweepMs < Infinity) this.set(this.sweepMs, SWEEP, 0);
  }

  /** A request was born. Amortised O(1). */
  watch(row: number): void {
    const { ints } = this.requests;
    const group = ints[row + RequestInt.Class];
    const line = this.lines[group];
    if (line === null) return;
    line.append(row, ints[row + RequestInt.Serial]);
    if (line.size === 1) this.set(this.deadlineOf(row), LINE - group, 0);
  }

  /** The alarm rang: a request whose time is up now, NONE where nobody's is. */
  expired(): number {
    const stamp = this.alarms.nextStamp;
    const payload = this.alarms.take();
    this.queue.schedule(this.subject, this.alarms.nextMs);
    if (payload >= 0) return this.isStill(payload, stamp) ? payload : NONE;
    if (payload === SWEEP) this.sweep();
    else this.passOver(LINE - payload);
    return NONE;
  }

  private sweep(): void {
    const { ints, width } = this.requests;
    const nextMs = this.queue.nowMs + this.sweepMs;
    for (let row = 0; row < ints.length; row += width) {
      const state: RequestState = ints[row + RequestInt.State];
      if (state === RequestState.Free || state === RequestState.Withdrawn) continue;
      if (ints[row + RequestInt.Abandoned] === 1) continue;
      if (this.lines[ints[row + RequestInt.Class]] !== null) continue;
      const deadlineMs = this.deadlineOf(row);
      if (deadlineMs < nextMs) this.set(deadlineMs, row, ints[row + RequestInt.Serial]);
    }
    this.set(nextMs, SWEEP, 0);
  }

  /** Takes the answered ones off a line's head, and those whose time is up now, each with an alarm of its own. */
  private passOver(group: number): void {
    const line = this.lines[group]!;
    while (line.size > 0) {
      const row = line.firstRow;
      if (this.isStill(row, line.firstSerial)) {
        const deadlineMs = this.deadlineOf(row);
        if (deadlineMs > this.queue.nowMs) {
          this.set(deadlineMs, LINE - group, 0);
          return;
        }
        this.set(deadlineMs, row, line.firstSerial);
      }
      line.drop();
    }
  }

  private deadlineOf(row: number): number {
    const { ints, ms } = this.requests;
    return ms[(row >> 2) + RequestMs.Born] + this.timeoutMs[ints[row + RequestInt.Class]];
  }

  /** Whether the row still holds the request that it held then. */
  private isStill(row: number, serial: number): boolean {
    return this.requests.ints[row + RequestInt.Serial] === serial;
  }

  private set(timeMs: number, payload: number, stamp: number): void {
    this.alarms.add(timeMs, payload, stamp);
    this.queue.schedule(this.subject, this.alarms.nextMs);
  }
}

/** Rows in order of birth, with their serials: a ring that doubles when it is full. */
class BirthLine {
  private entries = new Int32Array(64);
  private head = 0;
  size = 0;

  get firstRow(): number {
    return this.entries[2 * this.head];
  }

  get firstSerial(): number {
    return this.entries[2 * this.head + 1];
  }

  append(row: number, serial: number): void {
    const room = this.entries.length / 2;
    if (this.size === room) {
      const entries = new Int32Array(4 * room);
      entries.set(this.entries.subarray(2 * this.head));
      entries.set(this.entries.subarray(0, 2 * this.head), 2 * (room - this.head));
      this.entries = entries;
      this.head = 0;
      this.append(row, serial);
      return;
    }
    const at = 2 * ((this.head + this.size++) & (room - 1));
    this.entries[at] = row;
    this.entries[at + 1] = serial;
  }

  drop(): void {
    this.head = (this.head + 1) & (this.entries.length / 2 - 1);
    this.size--;
  }
}
