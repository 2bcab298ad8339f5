/**
 * Processor sharing: n requests on c cores of speed s each run at rate s · min(1, c/n). In
 * *attained work* V, which all requests of a machine gain alike, a request that joined at V₀ with
 * demand d is done when V = V₀ + d, whatever happens between: a heap by that mark is all there is
 * to keep, and a join or a departure moves one event.
 *
 * Cost: O(log n) a join, departure or removal, n the requests on the machine.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { NEVER } from "../units.ts";
import { MachineInt, MachineNumber, type MachineTable } from "./machine-table.ts";
import { RequestInt, RequestMs, type RequestTable } from "./request-table.ts";

interface SharedMachine {
  readonly subject: number;
  /**
   * Binary heap of marks with the rows they belong to; the row's `Core` holds a row's index in it.
   */
  marks: Float64Array;
  rows: Int32Array;
  /**
   * [0]: work attained by each request so far, ms of core time at speed 1; [1]: when that was so,
   * ms.
   */
  readonly progress: Float64Array;
}

export class SharedProcessors {
  private readonly machines: (SharedMachine | undefined)[] = [];

  constructor(
    private readonly queue: EventQueue,
    private readonly requests: RequestTable,
    private readonly table: MachineTable,
  ) {}

  add(machine: number): void {
    this.machines[machine] = {
      subject: this.queue.add(EventKind.SharedCompletion, machine),
      marks: new Float64Array(8),
      rows: new Int32Array(8),
      progress: new Float64Array([0, this.queue.nowMs]),
    };
  }

  /** `workMs`: core time at speed 1. */
  join(row: number, machine: number, workMs: number): void {
    const shared = this.machines[machine]!;
    this.settle(machine);
    const size = this.table.ints[(machine << 4) + MachineInt.Running]++;
    if (size === shared.rows.length) {
      const marks = new Float64Array(2 * size);
      marks.set(shared.marks);
      const rows = new Int32Array(2 * size);
      rows.set(shared.rows);
      shared.marks = marks;
      shared.rows = rows;
    }
    this.rise(shared, size, shared.progress[0] + workMs, row);
    this.reschedule(machine, shared);
  }

  /** Takes the request whose mark comes first. */
  complete(machine: number): number {
    const shared = this.machines[machine]!;
    const row = shared.rows[0];
    this.settle(machine);
    // The event is due at this mark by definition: no rounding of the division may leave a rest
    // behind.
    shared.progress[0] = shared.marks[0];
    this.takeOut(machine, shared, 0);
    return row;
  }

  remove(row: number, machine: number): void {
    const shared = this.machines[machine]!;
    this.settle(machine);
    this.takeOut(machine, shared, this.requests.ints[row + RequestInt.Core]);
  }

  changeSpeed(machine: number, speed: number): void {
    this.settle(machine);
    this.table.numbers[(machine << 4) + MachineNumber.Speed] = speed;
    this.reschedule(machine, this.machines[machine]!);
  }

  /** Brings attained work and busy time up to now. */
  settle(machine: number): void {
    const { ints, numbers } = this.table;
    const at = machine << 4;
    const { progress } = this.machines[machine]!;
    const nowMs = this.queue.nowMs;
    const passedMs = nowMs - progress[1];
    progress[1] = nowMs;
    const n = ints[at + MachineInt.Running];
    if (n === 0 || passedMs === 0) return;
    const cores = ints[at + MachineInt.Cores];
    progress[0] += passedMs * numbers[at + MachineNumber.Speed] * (n > cores ? cores / n : 1);
    numbers[at + MachineNumber.BusyMs] += passedMs * (n > cores ? cores : n);
  }

  rowsAt(machine: number): number[] {
    const { rows } = this.machines[machine]!;
    const running = this.table.intOf(machine, MachineInt.Running);
    return Array.from(rows.subarray(0, running)).toSorted((a, b) => a - b);
  }

  /** Forgets all requests; the caller then sets `Running` to 0. */
  empty(machine: number): void {
    const shared = this.machines[machine]!;
    shared.progress[1] = this.queue.nowMs;
    this.queue.schedule(shared.subject, NEVER);
  }

  private takeOut(machine: number, shared: SharedMachine, at: number): void {
    const last = --this.table.ints[(machine << 4) + MachineInt.Running];
    if (at < last) {
      const mark = shared.marks[last];
      const row = shared.rows[last];
      const parent = (at - 1) >> 1;
      if (at > 0 && this.before(mark, row, shared.marks[parent], shared.rows[parent])) {
        this.rise(shared, at, mark, row);
      } else {
        this.sink(shared, at, last, mark, row);
      }
    }
    if (last === 0) shared.progress[0] = 0; // nobody is left to compare with: keep the marks small
    this.reschedule(machine, shared);
  }

  private reschedule(machine: number, shared: SharedMachine): void {
    const { ints, numbers } = this.table;
    const at = machine << 4;
    const n = ints[at + MachineInt.Running];
    if (n === 0) {
      this.queue.schedule(shared.subject, NEVER);
      return;
    }
    const cores = ints[at + MachineInt.Cores];
    const rate = numbers[at + MachineNumber.Speed] * (n > cores ? cores / n : 1);
    const restMs = Math.max(0, (shared.marks[0] - shared.progress[0]) / rate);
    this.queue.schedule(shared.subject, this.queue.nowMs + restMs);
  }

  /** Equal marks: the request that was born first goes first. */
  private before(markA: number, rowA: number, markB: number, rowB: number): boolean {
    if (markA !== markB) return markA < markB;
    const { ms } = this.requests;
    return ms[(rowA >> 2) + RequestMs.Born] < ms[(rowB >> 2) + RequestMs.Born];
  }

  private rise(shared: SharedMachine, from: number, mark: number, row: number): void {
    const { marks, rows } = shared;
    const { ints } = this.requests;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(mark, row, marks[parent], rows[parent])) break;
      marks[i] = marks[parent];
      rows[i] = rows[parent];
      ints[rows[i] + RequestInt.Core] = i;
      i = parent;
    }
    marks[i] = mark;
    rows[i] = row;
    ints[row + RequestInt.Core] = i;
  }

  private sink(shared: SharedMachine, from: number, size: number, mark: number, row: number): void {
    const { marks, rows } = shared;
    const { ints } = this.requests;
    let i = from;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.before(marks[right], rows[right], marks[child], rows[child])) {
        child = right;
      }
      if (!this.before(marks[child], rows[child], mark, row)) break;
      marks[i] = marks[child];
      rows[i] = rows[child];
      ints[rows[i] + RequestInt.Core] = i;
      i = child;
    }
    marks[i] = mark;
    rows[i] = row;
    ints[row + RequestInt.Core] = i;
  }
}
