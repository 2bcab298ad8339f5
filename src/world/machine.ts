/** A machine as it stands: its state, its cores, its queue and its counters. `Machines` moves them. */
import { EventKind } from "../engine/event-kind.ts";
import { Subject } from "../engine/event-queue.ts";
import type { Discipline } from "../scenario/scenario.ts";
import type { MachineMemory } from "./machine-caches.ts";
import type { SharedProcessor } from "./processor-sharing.ts";
import { NONE } from "../units.ts";
import type { Request } from "./requests.ts";

/** Of a machine or a balancer. */
export const enum MachineState {
  Up,
  /** Refuses at once whatever reaches it. */
  Crashed,
  /** Answers nothing. */
  Silent,
  /** Left for good. */
  Removed,
}

export interface MachineSetup {
  readonly node: number;
  /** null: nothing is any distance from it. */
  readonly place: number | null;
  readonly cores: number;
  readonly speed: number;
  readonly weight: number;
  readonly queueLimit: number | null;
  readonly discipline: Discipline;
}

/** No machine comes near: an integer, which V8 compares without a detour. */
const UNLIMITED = 2 ** 31 - 1;

const NO_COUNTS = new Float64Array(0);

/** Columns of the rows in which machines keep their figures. */
const enum Figure {
  Speed,
  SinceMs,
  BusyMs,
  WaitMs,
  Started,
  Completed,
  Received,
  /** As in a request's row. */
  Shift = 3,
  Width = 1 << Shift,
}

/** One core of a machine that gives each request a whole one. Its event: its request is done. */
export class Core extends Subject {
  /** What it works on, null while it is free. */
  request: Request | null = null;
  /** The next free core of its machine. */
  nextFree: Core | null = null;

  /** @param ref its number among all cores */
  constructor(
    readonly machine: Machine,
    ref: number,
    /** In its machine. */
    readonly index: number,
  ) {
    super(EventKind.Completion, ref);
  }
}

/** Rows of so many machines. */
export const figuresOf = (machines: number): Float64Array =>
  new Float64Array(machines * Figure.Width);

/** Durations in ms. What is used most stands first, and figures in rows, as in a request. */
export class Machine {
  /** By index << Figure.Shift | Figure, of all machines. */
  private figures: Float64Array;
  /** Among all machines. */
  readonly index: number;
  state: MachineState = MachineState.Up;
  /** It gets nothing new and finishes what it has. */
  draining = false;
  /** What it has cached, null without a cache. */
  memory: MachineMemory | null = null;
  /** First of its free cores, null when all are busy. */
  freeCore: Core | null = null;
  /** Its queue's first and last request, null while it is empty. */
  head: Request | null = null;
  tail: Request | null = null;
  queued = 0;
  running = 0;
  /** Where the processor is shared, and only there. */
  shared: SharedProcessor | null = null;
  /** Requests that may wait. */
  readonly queueLimit: number;
  readonly discipline: Discipline;
  readonly node: number;
  /** Place id, NONE where nothing is any distance from it. */
  readonly place: number;
  readonly coreCount: number;
  /** Empty where the processor is shared. */
  readonly cores: Core[] = [];
  /** Requests that wait for a fetch without a core. */
  fetching = 0;
  // Counters: they only grow, as do those among the figures.
  rejected = 0;
  lost = 0;
  /** Cores × ms. */
  inServiceMs = 0;
  /** Weight × cores × ms in service. */
  weightedMs = 0;
  /** As configured. */
  readonly baseSpeed: number;
  /** In its parent's pools, as it is. */
  weight: number;
  /** By SessionCount; empty where there are no sessions. They only grow. */
  sessions: Float64Array = NO_COUNTS;

  constructor(index: number, setup: MachineSetup, nowMs: number, figures = figuresOf(index + 1)) {
    this.index = index;
    this.figures = figures;
    this.node = setup.node;
    this.place = setup.place ?? NONE;
    this.coreCount = setup.cores;
    this.queueLimit = setup.queueLimit ?? UNLIMITED;
    this.discipline = setup.discipline;
    this.baseSpeed = this.speed = setup.speed;
    this.weight = setup.weight;
    this.sinceMs = nowMs;
  }

  /** The rows of all machines have moved. */
  moveTo(figures: Float64Array): void {
    this.figures = figures;
  }

  get speed(): number {
    return this.figures[(this.index << Figure.Shift) | Figure.Speed];
  }
  set speed(speed: number) {
    this.figures[(this.index << Figure.Shift) | Figure.Speed] = speed;
  }

  /** Busy and in-service time is counted up to here. */
  get sinceMs(): number {
    return this.figures[(this.index << Figure.Shift) | Figure.SinceMs];
  }
  set sinceMs(sinceMs: number) {
    this.figures[(this.index << Figure.Shift) | Figure.SinceMs] = sinceMs;
  }

  /** Core ms; of what runs now up to `sinceMs`. */
  get busyMs(): number {
    return this.figures[(this.index << Figure.Shift) | Figure.BusyMs];
  }
  set busyMs(busyMs: number) {
    this.figures[(this.index << Figure.Shift) | Figure.BusyMs] = busyMs;
  }

  get waitMs(): number {
    return this.figures[(this.index << Figure.Shift) | Figure.WaitMs];
  }
  set waitMs(waitMs: number) {
    this.figures[(this.index << Figure.Shift) | Figure.WaitMs] = waitMs;
  }

  get received(): number {
    return this.figures[(this.index << Figure.Shift) | Figure.Received];
  }
  set received(received: number) {
    this.figures[(this.index << Figure.Shift) | Figure.Received] = received;
  }

  get started(): number {
    return this.figures[(this.index << Figure.Shift) | Figure.Started];
  }
  set started(started: number) {
    this.figures[(this.index << Figure.Shift) | Figure.Started] = started;
  }

  get completed(): number {
    return this.figures[(this.index << Figure.Shift) | Figure.Completed];
  }
  set completed(completed: number) {
    this.figures[(this.index << Figure.Shift) | Figure.Completed] = completed;
  }

  /** Requests waiting, fetching or in service. */
  get inFlight(): number {
    return this.running + this.queued + this.fetching;
  }
}

/** Whoever comes now is rejected. */
export function isFull({
  freeCore,
  shared,
  running,
  coreCount,
  queued,
  queueLimit,
}: Machine): boolean {
  if (shared !== null) return running >= coreCount + queueLimit;
  return freeCore === null && queued >= queueLimit;
}

/** Up to when the busy time of a running request's core is counted, ms. */
export function countedSince({ startedMs, machine }: Request): number {
  const { sinceMs } = machine!;
  return startedMs > sinceMs ? startedMs : sinceMs;
}

/** All cores of a machine are free, the first one first. */
export function freeCores(machine: Machine): void {
  machine.freeCore = null;
  for (const core of machine.cores.toReversed()) {
    core.request = null;
    core.nextFree = machine.freeCore;
    machine.freeCore = core;
  }
}
