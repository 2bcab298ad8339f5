/**
 * The machines' state and counters, packed as the requests' are (see request-table.ts): a machine's integers begin at
 * `machine << 4` in `ints`, its doubles at `machine << 4` in `numbers`, a core's integers at `core << 2` in `cores`.
 */
import type { Discipline } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";

export const enum MachineState {
  Up,
  Crashed,
  Silent,
  Removed,
}

export const enum DisciplineCode {
  Fifo,
  Lifo,
  Shared,
}

export const DISCIPLINE_CODES: Readonly<Record<Discipline, DisciplineCode>> = {
  fifo: DisciplineCode.Fifo,
  lifo: DisciplineCode.Lifo,
  "processor-sharing": DisciplineCode.Shared,
};

export interface MachineSetup {
  readonly node: number;
  readonly cores: number;
  readonly speed: number;
  readonly weight: number;
  readonly queueLimit: number | null;
  readonly discipline: Discipline;
}

/** Columns of `ints`. */
export const enum MachineInt {
  State,
  /** 1 while it gets nothing new and finishes what it has. */
  Draining,
  Discipline,
  Cores,
  FirstCore,
  /** Requests that may wait. */
  QueueLimit,
  /** The queue's first and last request, NONE while it is empty. */
  Head,
  Tail,
  Queued,
  Running,
  Fetching,
  /** First of its free cores, NONE when all are busy. */
  FreeCore,
  Node,
}

/** Columns of `numbers`. From `Received` on they are counters and only grow. */
export const enum MachineNumber {
  /** As configured, and as it is. */
  BaseSpeed,
  Speed,
  /** In-service time is counted up to here, ms. */
  SinceMs,
  /** In its parent's pools, as it is. */
  Weight,
  Received,
  Completed,
  Rejected,
  Lost,
  Started,
  WaitMs,
  /** Core ms. */
  BusyMs,
  /** Cores × ms. */
  InServiceMs,
  /** Weight × cores × ms in service. */
  WeightedMs,
}

/** Columns of `cores`. */
export const enum CoreInt {
  Machine,
  /** The request it works on, NONE while it is free. */
  Row,
  /** The next free core of its machine. */
  Next,
  /** Its subject in the event queue. */
  Subject,
}

export class MachineTable {
  count = 0;
  /** Cores of all machines; those of one machine follow each other. */
  coreCount = 0;
  ints = new Int32Array(0);
  numbers = new Float64Array(0);
  cores = new Int32Array(0);
  /** By core: busy time is counted up to here, ms. */
  coreSinceMs = new Float64Array(0);

  /** A machine with that many free cores. Amortised O(cores). */
  add(cores: number): number {
    const machine = this.count++;
    const first = this.coreCount;
    this.coreCount += cores;
    if (machine << 4 >= this.ints.length) this.growMachines(Math.max(16, 2 * machine) << 4);
    if (this.coreCount > this.coreSinceMs.length) this.growCores(Math.max(16, 2 * this.coreCount));
    const at = machine << 4;
    this.ints[at + MachineInt.Cores] = cores;
    this.ints[at + MachineInt.FirstCore] = first;
    this.ints[at + MachineInt.Head] = this.ints[at + MachineInt.Tail] = NONE;
    for (let core = first; core < this.coreCount; core++) {
      this.cores[(core << 2) + CoreInt.Machine] = machine;
    }
    this.freeCores(machine);
    return machine;
  }

  /** All cores of a machine are free, the first one first. */
  freeCores(machine: number): void {
    const at = machine << 4;
    const first = this.ints[at + MachineInt.FirstCore];
    let next: number = NONE;
    for (let core = first + this.ints[at + MachineInt.Cores] - 1; core >= first; core--) {
      this.cores[(core << 2) + CoreInt.Row] = NONE;
      this.cores[(core << 2) + CoreInt.Next] = next;
      next = core;
    }
    this.ints[at + MachineInt.FreeCore] = next;
  }

  busyCores(machine: number): number[] {
    const first = this.intOf(machine, MachineInt.FirstCore);
    const busy: number[] = [];
    for (let core = first; core < first + this.intOf(machine, MachineInt.Cores); core++) {
      if (this.cores[(core << 2) + CoreInt.Row] >= 0) busy.push(core);
    }
    return busy;
  }

  stateOf(machine: number): MachineState {
    return this.ints[(machine << 4) + MachineInt.State];
  }

  intOf(machine: number, column: MachineInt): number {
    return this.ints[(machine << 4) + column];
  }

  numberOf(machine: number, column: MachineNumber): number {
    return this.numbers[(machine << 4) + column];
  }

  /** One counter of all machines, copied out. */
  column(column: MachineNumber): Float64Array {
    const values = new Float64Array(this.count);
    for (let i = 0; i < values.length; i++) values[i] = this.numbers[(i << 4) + column];
    return values;
  }

  private growMachines(length: number): void {
    const ints = new Int32Array(length);
    ints.set(this.ints);
    this.ints = ints;
    const numbers = new Float64Array(length);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }

  private growCores(count: number): void {
    const cores = new Int32Array(count << 2);
    cores.set(this.cores);
    this.cores = cores;
    const sinceMs = new Float64Array(count);
    sinceMs.set(this.coreSinceMs);
    this.coreSinceMs = sinceMs;
  }
}
