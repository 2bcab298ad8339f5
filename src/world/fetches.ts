/**
 * Fetches after a cache miss that are waited for without a core: any number at once, each until its
 * own time.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import { NONE } from "../units.ts";
import { MachineInt, type MachineTable } from "./machine-table.ts";
import { RequestInt, RequestMs, RequestState, type RequestTable } from "./request-table.ts";

export class Fetches {
  private readonly due = new TimerQueue();
  private readonly subject: number;

  constructor(
    private readonly queue: EventQueue,
    private readonly requests: RequestTable,
    private readonly table: MachineTable,
  ) {
    this.subject = queue.add(EventKind.Fetched, 0);
  }

  begin(row: number, machine: number, penaltyMs: number): void {
    const { ints, ms } = this.requests;
    ms[(row >> 2) + RequestMs.Paid] = penaltyMs;
    ints[row + RequestInt.State] = RequestState.Fetching;
    this.table.ints[(machine << 4) + MachineInt.Fetching]++;
    this.due.add(this.queue.nowMs + penaltyMs, row, ints[row + RequestInt.Serial]);
    this.queue.schedule(this.subject, this.due.nextMs);
  }

  /** The next one is over: its request, or NONE where that was lost or taken back meanwhile. */
  next(): number {
    const stamp = this.due.nextStamp;
    const row = this.due.take();
    this.queue.schedule(this.subject, this.due.nextMs);
    const { ints } = this.requests;
    if (ints[row + RequestInt.Serial] !== stamp) return NONE;
    if (this.requests.stateOf(row) !== RequestState.Fetching) return NONE;
    this.table.ints[(ints[row + RequestInt.Machine] << 4) + MachineInt.Fetching]--;
    return row;
  }

  /** O(rows) where the machine has any. */
  rowsAt(machine: number): number[] {
    if (this.table.intOf(machine, MachineInt.Fetching) === 0) return [];
    const { ints } = this.requests;
    return Array.from(this.requests.all()).filter(
      (row) =>
        this.requests.stateOf(row) === RequestState.Fetching &&
        ints[row + RequestInt.Machine] === machine,
    );
  }
}
