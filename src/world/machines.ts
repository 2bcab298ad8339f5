/**
 * The machines: cores, queues, caches and what becomes of work. State stands in columns by machine and by core; requests wait in
 * lists linked through the request table. Counters only ever grow; the recorder reads their differences.
 *
 * What becomes of work, and what its client sees when (held by test/simulator/losses.test.ts):
 *
 * | the request is …     | crash, removal                     | silence                 | drain           | cut link            |
 * | -------------------- | ---------------------------------- | ----------------------- | --------------- | ------------------- |
 * | running, queued,     | lost; `failed` one way after the   | lost; hangs until its   | goes on to its  | goes on, its answer |
 * | or fetching          | failure (connection reset)         | client's timeout        | end, is answered| hangs               |
 * | on its way out       | refused as it arrives; `failed`    | swallowed as it         | is served, and  | hangs if the link   |
 * |                      | one way after that                 | arrives; hangs          | waited for      | is cut as it arrives|
 * | on its way back      | arrives                            | arrives                 | arrives         | hangs likewise      |
 * | sent afterwards      | as on its way out, until probes    | the same                | goes elsewhere  | hangs as it is sent |
 * |                      | have taken the target out          |                         |                 |                     |
 *
 * What hangs ends as `timed-out` when its client gives up, or never where clients have no timeout. A machine that has
 * recovered when a request arrives serves it. Crash, silence and removal lose the cache; a recovered machine starts cold.
 * After a timeout the work runs on, or a cancellation follows on the same way and frees what the request holds.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { NEVER, NONE } from "../units.ts";
import { Fetches } from "./fetches.ts";
import type { MachineCaches } from "./machine-caches.ts";
import {
  CoreInt,
  DISCIPLINE_CODES,
  DisciplineCode,
  MachineInt,
  MachineNumber,
  type MachineSetup,
  MachineState,
  MachineTable,
} from "./machine-table.ts";
import { SharedProcessors } from "./processor-sharing.ts";
import { RequestInt, RequestMs, RequestState, type RequestTable } from "./request-table.ts";

/** What a machine does with a request that reaches it. */
export const enum Admission {
  Taken,
  Rejected,
  Refused,
  Swallowed,
}

const UNLIMITED = 0x7fffffff;

export class Machines {
  readonly table = new MachineTable();
  private readonly fetches: Fetches;
  private readonly shared: SharedProcessors;

  constructor(
    private readonly queue: EventQueue,
    private readonly requests: RequestTable,
    private readonly caches: MachineCaches,
  ) {
    this.fetches = new Fetches(queue, requests, this.table);
    this.shared = new SharedProcessors(queue, requests, this.table);
  }

  get count(): number {
    return this.table.count;
  }

  /** A new machine, up and empty, in service from now. Returns its index. */
  add(setup: MachineSetup): number {
    const { table } = this;
    const machine = table.add(setup.cores);
    const at = machine << 4;
    const { ints, numbers, cores } = table;
    ints[at + MachineInt.Node] = setup.node;
    ints[at + MachineInt.QueueLimit] = setup.queueLimit ?? UNLIMITED;
    ints[at + MachineInt.Discipline] = DISCIPLINE_CODES[setup.discipline];
    numbers[at + MachineNumber.BaseSpeed] = numbers[at + MachineNumber.Speed] = setup.speed;
    numbers[at + MachineNumber.Weight] = setup.weight;
    numbers[at + MachineNumber.SinceMs] = this.queue.nowMs;
    if (setup.discipline === "processor-sharing") this.shared.add(machine);
    else {
      for (let core = table.coreCount - setup.cores; core < table.coreCount; core++) {
        cores[(core << 2) + CoreInt.Subject] = this.queue.add(EventKind.Completion, core);
      }
    }
    return machine;
  }

  /** A request reaches its machine. What is not `Taken` is the caller's to answer. */
  arrive(row: number, machine: number): Admission {
    const at = machine << 4;
    this.table.numbers[at + MachineNumber.Received]++;
    const state = this.table.ints[at + MachineInt.State];
    if (state !== MachineState.Up) {
      return state === MachineState.Silent ? Admission.Swallowed : Admission.Refused;
    }
    if (this.caches.any && this.caches.waitsWithoutCore(row, machine)) {
      const penaltyMs = this.caches.lookUp(row, machine, this.queue.nowMs);
      if (penaltyMs > 0) {
        this.fetches.begin(row, machine, penaltyMs);
        return Admission.Taken;
      }
    }
    return this.join(row, machine);
  }

  /** A fetch is over: the request that now wants a core, or NONE where it is gone. */
  fetched(): number {
    return this.fetches.next();
  }

  /** A request asks for a core: it starts, waits or is rejected. */
  join(row: number, machine: number): Admission {
    const { ints } = this.table;
    const at = machine << 4;
    this.requests.ms[(row >> 2) + RequestMs.Queued] = this.queue.nowMs;
    if (ints[at + MachineInt.Discipline] === DisciplineCode.Shared) {
      return this.share(row, machine);
    }
    const core = ints[at + MachineInt.FreeCore];
    if (core >= 0) {
      ints[at + MachineInt.FreeCore] = this.table.cores[(core << 2) + CoreInt.Next];
      ints[at + MachineInt.Running]++;
      this.start(row, machine, core);
      return Admission.Taken;
    }
    if (ints[at + MachineInt.Queued] >= ints[at + MachineInt.QueueLimit]) {
      return this.reject(machine);
    }
    ints[at + MachineInt.Queued]++;
    const requests = this.requests.ints;
    requests[row + RequestInt.State] = RequestState.Queued;
    const tail = ints[at + MachineInt.Tail];
    if (tail < 0) {
      requests[row + RequestInt.Next] = NONE;
      ints[at + MachineInt.Head] = ints[at + MachineInt.Tail] = row;
    } else if (ints[at + MachineInt.Discipline] === DisciplineCode.Fifo) {
      requests[row + RequestInt.Next] = NONE;
      requests[tail + RequestInt.Next] = row;
      ints[at + MachineInt.Tail] = row;
    } else {
      requests[row + RequestInt.Next] = ints[at + MachineInt.Head];
      ints[at + MachineInt.Head] = row;
    }
    return Admission.Taken;
  }

  /** A core's event: its request is done; the core goes on with the next one waiting. */
  completed(core: number): number {
    const { numbers, cores, coreSinceMs } = this.table;
    const row = cores[(core << 2) + CoreInt.Row];
    const machine = cores[(core << 2) + CoreInt.Machine];
    const at = machine << 4;
    numbers[at + MachineNumber.BusyMs] += this.queue.nowMs - coreSinceMs[core];
    numbers[at + MachineNumber.Completed]++;
    this.refill(core, machine);
    return row;
  }

  /** A shared machine's event: its shortest remaining request is done. */
  completedShared(machine: number): number {
    this.table.numbers[(machine << 4) + MachineNumber.Completed]++;
    return this.shared.complete(machine);
  }

  /** Takes a request back, wherever it stands at its machine. True when its row can be freed now. */
  withdraw(row: number): boolean {
    const { ints, numbers, cores, coreSinceMs } = this.table;
    const requests = this.requests.ints;
    const machine = requests[row + RequestInt.Machine];
    const at = machine << 4;
    const state = this.requests.stateOf(row);
    numbers[at + MachineNumber.Lost]++;
    if (state === RequestState.Queued) {
      // Its place in the list is given up when its turn comes.
      requests[row + RequestInt.State] = RequestState.Withdrawn;
      ints[at + MachineInt.Queued]--;
      return false;
    }
    if (state === RequestState.Fetching) ints[at + MachineInt.Fetching]--;
    else if (ints[at + MachineInt.Discipline] === DisciplineCode.Shared) {
      this.shared.remove(row, machine);
    } else {
      const core = requests[row + RequestInt.Core];
      numbers[at + MachineNumber.BusyMs] += this.queue.nowMs - coreSinceMs[core];
      this.queue.cancel(cores[(core << 2) + CoreInt.Subject]);
      this.refill(core, machine);
    }
    return true;
  }

  /** Ends service in the given state; every request there is handed to `casualty`, its row still in use. */
  stop(machine: number, state: MachineState, casualty: (row: number) => void): void {
    const wasUp = this.table.stateOf(machine) === MachineState.Up;
    this.settle(machine);
    this.table.ints[(machine << 4) + MachineInt.State] = state;
    if (state === MachineState.Removed) this.caches.remove(machine);
    else if (wasUp) this.caches.lose(machine);
    if (!wasUp) return;
    const rows = this.rowsAt(machine);
    this.empty(machine);
    this.table.numbers[(machine << 4) + MachineNumber.Lost] += rows.length;
    for (const row of rows) casualty(row);
  }

  recover(machine: number): void {
    if (this.table.stateOf(machine) === MachineState.Removed) return;
    this.settle(machine);
    this.table.ints[(machine << 4) + MachineInt.State] = MachineState.Up;
  }

  /** Speed = configured speed / factor; the rest of what runs takes that much longer or shorter. */
  slow(machine: number, factor: number): void {
    const { ints, numbers, cores } = this.table;
    const at = machine << 4;
    const speed = numbers[at + MachineNumber.BaseSpeed] / factor;
    const stretch = numbers[at + MachineNumber.Speed] / speed;
    if (ints[at + MachineInt.Discipline] === DisciplineCode.Shared) {
      this.shared.changeSpeed(machine, speed);
      return;
    }
    numbers[at + MachineNumber.Speed] = speed;
    const nowMs = this.queue.nowMs;
    for (const core of this.table.busyCores(machine)) {
      const subject = cores[(core << 2) + CoreInt.Subject];
      const restMs = this.queue.timeOf(subject) - nowMs;
      this.queue.schedule(subject, nowMs + restMs * stretch);
    }
  }

  /** What it did so far counts by its old weight. */
  reweigh(machine: number, weight: number): void {
    this.settle(machine);
    this.table.numbers[(machine << 4) + MachineNumber.Weight] = weight;
  }

  /** Brings the busy and in-service counters up to now. O(cores). */
  settle(machine: number): void {
    const { ints, numbers, coreSinceMs } = this.table;
    const at = machine << 4;
    const nowMs = this.queue.nowMs;
    if (ints[at + MachineInt.Discipline] === DisciplineCode.Shared) this.shared.settle(machine);
    else if (ints[at + MachineInt.Running] > 0) {
      for (const core of this.table.busyCores(machine)) {
        numbers[at + MachineNumber.BusyMs] += nowMs - coreSinceMs[core];
        coreSinceMs[core] = nowMs;
      }
    }
    if (ints[at + MachineInt.State] === MachineState.Up) {
      const coreMs = (nowMs - numbers[at + MachineNumber.SinceMs]) * ints[at + MachineInt.Cores];
      numbers[at + MachineNumber.InServiceMs] += coreMs;
      numbers[at + MachineNumber.WeightedMs] += coreMs * numbers[at + MachineNumber.Weight];
    }
    numbers[at + MachineNumber.SinceMs] = nowMs;
  }

  /** Requests waiting, fetching or in service. */
  inFlight(machine: number): number {
    const { ints } = this.table;
    const at = machine << 4;
    return (
      ints[at + MachineInt.Running] + ints[at + MachineInt.Queued] + ints[at + MachineInt.Fetching]
    );
  }

  /** A core that is counted as running takes the request. */
  private start(row: number, machine: number, core: number): void {
    const { cores, coreSinceMs, numbers } = this.table;
    const nowMs = this.queue.nowMs;
    const { ints, ms } = this.requests;
    const { dueMs } = this.queue;
    const at = machine << 4;
    const paidMs = this.caches.any ? this.penaltyOnCore(row, machine) : 0;
    dueMs[0] =
      nowMs + ms[(row >> 2) + RequestMs.Demand] / numbers[at + MachineNumber.Speed] + paidMs;
    ints[row + RequestInt.Core] = core;
    ints[row + RequestInt.State] = RequestState.Running;
    cores[(core << 2) + CoreInt.Row] = row;
    coreSinceMs[core] = nowMs;
    ms[(row >> 2) + RequestMs.Started] = nowMs;
    numbers[at + MachineNumber.Started]++;
    numbers[at + MachineNumber.WaitMs] += nowMs - ms[(row >> 2) + RequestMs.Queued];
    this.queue.set(cores[(core << 2) + CoreInt.Subject]);
  }

  private share(row: number, machine: number): Admission {
    const { ints, numbers } = this.table;
    const at = machine << 4;
    const room = ints[at + MachineInt.Cores] + ints[at + MachineInt.QueueLimit];
    if (ints[at + MachineInt.Running] >= room) return this.reject(machine);
    const penaltyMs = this.penaltyOnCore(row, machine);
    const demandMs = this.requests.ms[(row >> 2) + RequestMs.Demand];
    this.shared.join(row, machine, demandMs + penaltyMs * numbers[at + MachineNumber.Speed]);
    this.noteStart(row, machine);
    return Admission.Taken;
  }

  private noteStart(row: number, machine: number): void {
    const { ints, ms } = this.requests;
    const { numbers } = this.table;
    const nowMs = this.queue.nowMs;
    ints[row + RequestInt.State] = RequestState.Running;
    ms[(row >> 2) + RequestMs.Started] = nowMs;
    numbers[(machine << 4) + MachineNumber.Started]++;
    numbers[(machine << 4) + MachineNumber.WaitMs] += nowMs - ms[(row >> 2) + RequestMs.Queued];
  }

  /** Looks the object up where a miss costs core time; returns what it costs. */
  private penaltyOnCore(row: number, machine: number): number {
    if (!this.caches.holdsCore(row, machine)) return 0;
    const penaltyMs = this.caches.lookUp(row, machine, this.queue.nowMs);
    this.requests.ms[(row >> 2) + RequestMs.Paid] = penaltyMs;
    return penaltyMs;
  }

  private reject(machine: number): Admission {
    this.table.numbers[(machine << 4) + MachineNumber.Rejected]++;
    return Admission.Rejected;
  }

  /** A core has become free: the next request that has not been withdrawn starts on it. */
  private refill(core: number, machine: number): void {
    const { ints, cores } = this.table;
    const at = machine << 4;
    const requests = this.requests.ints;
    let row = ints[at + MachineInt.Head];
    while (row >= 0 && requests[row + RequestInt.State] === RequestState.Withdrawn) {
      const following = requests[row + RequestInt.Next];
      this.requests.free(row);
      row = following;
    }
    if (row < 0) {
      ints[at + MachineInt.Head] = ints[at + MachineInt.Tail] = NONE;
      ints[at + MachineInt.Running]--;
      cores[(core << 2) + CoreInt.Row] = NONE;
      cores[(core << 2) + CoreInt.Next] = ints[at + MachineInt.FreeCore];
      ints[at + MachineInt.FreeCore] = core;
      return;
    }
    const following = requests[row + RequestInt.Next];
    ints[at + MachineInt.Head] = following;
    if (following < 0) ints[at + MachineInt.Tail] = NONE;
    ints[at + MachineInt.Queued]--;
    this.start(row, machine, core);
  }

  /** All requests at a machine: running by core, then queued in order, then fetching by row. */
  private rowsAt(machine: number): number[] {
    const { ints, cores } = this.table;
    const requests = this.requests.ints;
    const at = machine << 4;
    const shared = ints[at + MachineInt.Discipline] === DisciplineCode.Shared;
    const rows = shared
      ? this.shared.rowsAt(machine)
      : this.table.busyCores(machine).map((core) => cores[(core << 2) + CoreInt.Row]);
    let row = ints[at + MachineInt.Head];
    while (row >= 0) {
      const following = requests[row + RequestInt.Next];
      if (this.requests.stateOf(row) === RequestState.Withdrawn) this.requests.free(row);
      else rows.push(row);
      row = following;
    }
    rows.push(...this.fetches.rowsAt(machine));
    return rows;
  }

  private empty(machine: number): void {
    const { ints, cores } = this.table;
    const at = machine << 4;
    ints[at + MachineInt.Head] = ints[at + MachineInt.Tail] = NONE;
    ints[at + MachineInt.Queued] = ints[at + MachineInt.Fetching] = 0;
    if (ints[at + MachineInt.Discipline] === DisciplineCode.Shared) this.shared.empty(machine);
    else {
      for (const core of this.table.busyCores(machine)) {
        this.queue.schedule(cores[(core << 2) + CoreInt.Subject], NEVER);
      }
      this.table.freeCores(machine);
    }
    ints[at + MachineInt.Running] = 0;
  }
}
