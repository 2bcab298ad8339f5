/**
 * A machine as it stands: its state, its cores, its queue and its counters. `Machines` moves them.
 */
import type { Subject } from "../engine/event-queue.ts";
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

/**
 * One core of a machine that gives each request a whole one: the subject of its completions, whose
 * item is the request that it works on, null while it is free. No object of its own: each one more
 * is a miss of the cache at every start and end.
 */
export type Core = Subject<Request>;

/**
 * What the machines of a group have in common. One for all of them stays in the processor's cache,
 * where one each would not.
 */
export class MachineModel {
  /** Place id, NONE where nothing is any distance from it. */
  readonly place: number;
  readonly coreCount: number;
  /** Requests that may wait. */
  readonly queueLimit: number;
  readonly discipline: Discipline;
  /** As configured. */
  readonly baseSpeed: number;

  constructor({ place, cores, queueLimit, discipline, speed }: MachineSetup) {
    this.place = place ?? NONE;
    this.coreCount = cores;
    this.queueLimit = queueLimit ?? UNLIMITED;
    this.discipline = discipline;
    this.baseSpeed = speed;
  }
}

/** What is seldom read of a machine, apart from what every request touches. Durations in ms. */
class MachineAccount {
  /** Requests that wait for a fetch without a core. */
  fetching = 0;
  /** In its parent's pools, as it is. */
  weight = NaN;
  // These only grow.
  rejected = 0;
  lost = 0;
  /** Cores × ms. */
  inServiceMs = NaN;
  /** Weight × cores × ms in service. */
  weightedMs = NaN;
  /** By SessionCount; empty where there are no sessions. */
  sessions = NO_COUNTS;

  constructor(weight: number) {
    this.inServiceMs = this.weightedMs = 0;
    this.weight = weight;
  }
}

/**
 * Durations in ms. What is used at the same time stands together, as in a request, and what seldom
 * is stands apart; doubles begin as NaN, which makes V8 keep them as such.
 */
export class Machine {
  state: MachineState = MachineState.Up;
  /** First of its free cores, which are linked by `next`; null when all are busy. */
  freeCore: Core | null = null;
  /** What it has cached, null without a cache. */
  memory: MachineMemory | null = null;
  /** Its queue's first and last request, null while it is empty. */
  head: Request | null = null;
  tail: Request | null = null;
  queued = 0;
  running = 0;
  // Counters: they only grow.
  received = 0;
  started = 0;
  completed = 0;
  waitMs = NaN;
  /** Core ms; of what runs now up to `sinceMs`. */
  busyMs = NaN;
  /** Busy and in-service time is counted up to here. */
  sinceMs = NaN;
  // No counters again. Its speed as it is now; see `model.baseSpeed`.
  speed = NaN;
  /** It gets nothing new and finishes what it has. */
  draining = false;
  /** Among all machines. */
  readonly index: number;
  /** Where the processor is shared, and only there. */
  shared: SharedProcessor | null = null;
  readonly model: MachineModel;
  readonly node: number;
  /** Empty where the processor is shared. */
  readonly cores: Core[] = [];
  readonly account: MachineAccount;

  constructor(index: number, model: MachineModel, setup: MachineSetup, nowMs: number) {
    this.index = index;
    this.node = setup.node;
    this.model = model;
    this.speed = model.baseSpeed;
    this.account = new MachineAccount(setup.weight);
    this.sinceMs = nowMs;
    this.waitMs = this.busyMs = 0;
  }

  /** Requests waiting, fetching or in service. */
  get inFlight(): number {
    return this.running + this.queued + this.account.fetching;
  }
}

/** Whoever comes now is rejected. */
export function isFull({ freeCore, shared, running, queued, model }: Machine): boolean {
  const { coreCount, queueLimit } = model;
  if (shared !== null) return running >= coreCount + queueLimit;
  return freeCore === null && queued >= queueLimit;
}

/** Up to when the busy time of a running request's core is counted, ms. */
export function countedSince({ startedMs, machine }: Request): number {
  const { sinceMs } = machine!;
  return startedMs > sinceMs ? startedMs : sinceMs;
}

/** The core is the first of the free ones; nothing is pending for it. */
export function release(core: Core, machine: Machine): void {
  core.item = null;
  core.next = machine.freeCore;
  machine.freeCore = core;
}

/** All cores of a machine are free, the first one first. */
export function freeCores(machine: Machine): void {
  machine.freeCore = null;
  for (const core of machine.cores.toReversed()) {
    release(core, machine);
  }
}
