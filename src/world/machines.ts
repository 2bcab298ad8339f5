/**
 * The machines: cores, queues, caches and what becomes of work. Requests wait in lists linked
 * through themselves. Counters only ever grow; the recorder reads their differences.
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
 * What hangs ends as `timed-out` when its client gives up, or never where clients have no timeout.
 * A machine that has recovered when a request arrives serves it. Crash, silence and removal lose
 * the cache; a recovered machine starts cold. After a timeout the work runs on, or a cancellation
 * follows on the same way and frees what the request holds. What becomes of sessions is told in
 * sessions.ts.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { Fetches } from "./fetches.ts";
import { append, prepend, unlink } from "./machine-queue.ts";
import type { MachineCaches, MachineMemory } from "./machine-caches.ts";
import type { Origin } from "./origin.ts";
import { type Core, countedSince, freeCores, isFull, Machine, release } from "./machine.ts";
import { MachineModel, type MachineSetup, MachineState } from "./machine.ts";
import { waitBehind } from "./station.ts";
import { SharedProcessor } from "./processor-sharing.ts";
import { type Request, RequestState, type Requests } from "./requests.ts";
import { SESSION_COUNTS_LENGTH, type Sessions } from "./sessions.ts";

/** What a machine does with a request that reaches it. */
export const enum Admission {
  Taken,
  Rejected,
  Refused,
  Swallowed,
}

export class Machines {
  readonly all: Machine[] = [];
  private readonly cores: Core[] = [];
  private readonly fetches: Fetches;
  private sessions: Sessions | null = null;

  constructor(
    private readonly queue: EventQueue<Request>,
    requests: Requests,
    private readonly caches: MachineCaches,
    /** Where misses are fetched; null: a miss waits for its penalty alone. */
    private readonly origin: Origin | null,
  ) {
    this.fetches = new Fetches(queue, requests);
  }

  /** Of all machines together. O(machines). */
  get coreCount(): number {
    return this.all.reduce((sum, { model }) => sum + model.coreCount, 0);
  }

  /** From now on users have sessions on these machines. */
  holdSessions(sessions: Sessions): void {
    this.sessions = sessions;
    for (const machine of this.all)
      machine.account.sessions = new Float64Array(SESSION_COUNTS_LENGTH);
  }

  /**
   * A new machine, up and empty, in service from now.
   * @param model what it shares with others of the same setup
   */
  add(setup: MachineSetup, model = new MachineModel(setup)): Machine {
    const { queue, cores } = this;
    const machine = new Machine(this.all.length, model, setup, queue.nowMs);
    if (this.sessions !== null) machine.account.sessions = new Float64Array(SESSION_COUNTS_LENGTH);
    this.all.push(machine);
    if (setup.discipline === "processor-sharing") {
      const subject = queue.add(EventKind.SharedCompletion, machine.index);
      machine.shared = new SharedProcessor(machine, subject, queue);
      return machine;
    }
    for (let i = 0; i < setup.cores; i++) {
      const core = queue.add(EventKind.Completion, cores.length);
      cores.push(core);
      machine.cores.push(core);
    }
    freeCores(machine);
    return machine;
  }

  /** A request reaches its machine. What is not `Taken` is the caller's to answer. */
  arrive(request: Request, machine: Machine): Admission {
    machine.received++;
    if (machine.state !== MachineState.Up) {
      return machine.state === MachineState.Silent ? Admission.Swallowed : Admission.Refused;
    }
    let waitMs = 0;
    if (this.sessions !== null) {
      // Who is turned away needs no session.
      if (isFull(machine)) return this.join(request, machine);
      waitMs = this.sessions.bring(request, machine);
    }
    if (machine.memory !== null && this.waitsWithoutCore(request, machine)) {
      waitMs += this.caches.lookUp(request, machine.memory, this.queue.nowMs);
      if (request.missed && this.origin !== null) return this.ask(request, machine, this.origin);
    }
    if (waitMs === 0) return this.join(request, machine);
    this.fetches.begin(request, machine, waitMs);
    return Admission.Taken;
  }

  private ask(request: Request, machine: Machine, origin: Origin): Admission {
    request.state = RequestState.Fetching;
    request.queuedMs = this.queue.nowMs;
    machine.account.fetching++;
    origin.ask(request, machine.model.place);
    return Admission.Taken;
  }

  /** A fetch is over: the request that now wants a core, or null where it is gone. */
  fetched(): Request | null {
    return this.fetches.next();
  }

  /**
   * The origin has answered or refused. What is `Rejected` (no room for it any more) or `Refused`
   * is the caller's to answer; any other request goes on: on the core that it held, or to one.
   */
  fetchedFromOrigin(request: Request, refused: boolean): Admission {
    const machine = request.machine!;
    const { nowMs } = this.queue;
    if (request.state === RequestState.Fetching) {
      const passedMs = nowMs - request.queuedMs;
      // Its session's state travels at the same time: only what comes later is waited for.
      const reloadMs = this.sessions === null ? 0 : request.reloadMs;
      request.penaltyMs = Math.max(0, passedMs - reloadMs);
      machine.account.fetching--;
      if (refused) {
        machine.account.lost++;
        return Admission.Refused;
      }
      if (passedMs >= reloadMs) return this.join(request, machine);
      this.fetches.begin(request, machine, reloadMs - passedMs);
      return Admission.Taken;
    }
    const core = this.cores[request.place];
    request.penaltyMs = nowMs - request.startedMs;
    if (!refused) {
      this.queue.schedule(core, nowMs + request.demandMs / machine.speed);
      return Admission.Taken;
    }
    machine.account.lost++;
    machine.busyMs += nowMs - countedSince(request);
    this.refill(core, machine);
    return Admission.Refused;
  }

  /** How long a request that came now would wait for a core, ms. O((queue + cores) log cores). */
  waitOf(machine: Machine): number {
    if (machine.freeCore !== null || machine.shared !== null) return 0;
    const { nowMs } = this.queue;
    const restsMs = machine.cores.map((core) => {
      const { item: request } = core;
      if (core.day >= 0) return core.dueMs - nowMs;
      // It waits for the origin, and has its own demand before it.
      return this.origin!.restMs(request!) + request!.demandMs / machine.speed;
    });
    const queuedMs: number[] = [];
    if (machine.model.discipline === "fifo") {
      for (let at = machine.head; at !== null; at = at.next) {
        queuedMs.push(at.demandMs / machine.speed);
      }
    }
    return waitBehind(restsMs, queuedMs);
  }

  /** A request asks for a core: it starts, waits or is rejected. */
  join(request: Request, machine: Machine): Admission {
    request.queuedMs = this.queue.nowMs;
    const core = machine.freeCore;
    if (core !== null) {
      machine.freeCore = core.next;
      machine.running++;
      this.start(request, machine, core);
      return Admission.Taken;
    }
    if (machine.shared !== null) return this.share(request, machine, machine.shared);
    if (machine.queued >= machine.model.queueLimit) {
      machine.account.rejected++;
      return Admission.Rejected;
    }
    request.state = RequestState.Queued;
    if (machine.model.discipline === "fifo") append(machine, request);
    else prepend(machine, request);
    return Admission.Taken;
  }

  /** A core's event: its request is done; the core goes on with the next one waiting. */
  completed(core: Core): Request {
    const request = core.item!;
    const machine = request.machine!;
    machine.busyMs += this.queue.nowMs - countedSince(request);
    machine.completed++;
    this.refill(core, machine);
    return request;
  }

  /** A shared machine's event: its shortest remaining request is done. */
  completedShared(index: number): Request {
    const machine = this.all[index];
    machine.completed++;
    return machine.shared!.complete();
  }

  /** Takes a request back, wherever it stands at its machine. */
  withdraw(request: Request): void {
    const machine = request.machine!;
    machine.account.lost++;
    if (request.state === RequestState.Queued) unlink(machine, request);
    else if (request.state === RequestState.Fetching) machine.account.fetching--;
    else if (machine.shared !== null) machine.shared.remove(request);
    else {
      const core = this.cores[request.place];
      machine.busyMs += this.queue.nowMs - countedSince(request);
      this.queue.cancel(core);
      this.refill(core, machine);
    }
  }

  /** Ends service in the given state; every request there is handed to `casualty`, still in use. */
  stop(machine: Machine, state: MachineState, casualty: (request: Request) => void): void {
    const wasUp = machine.state === MachineState.Up;
    this.settle(machine);
    machine.state = state;
    if (state === MachineState.Removed) this.caches.remove(machine);
    else if (wasUp) this.caches.lose(machine);
    if (!wasUp) return;
    if (this.sessions !== null) {
      const drained = machine.draining && machine.inFlight === 0;
      this.sessions.stopped(machine, state === MachineState.Removed && drained);
    }
    const requests = this.requestsAt(machine);
    this.empty(machine);
    machine.account.lost += requests.length;
    for (const request of requests) casualty(request);
  }

  recover(machine: Machine): void {
    if (machine.state === MachineState.Removed) return;
    this.settle(machine);
    machine.state = MachineState.Up;
  }

  /** Speed = configured speed / factor; the rest of what runs takes that much longer or shorter. */
  slow(machine: Machine, factor: number): void {
    const speed = machine.model.baseSpeed / factor;
    const stretch = machine.speed / speed;
    if (machine.shared !== null) {
      machine.shared.changeSpeed(speed);
      return;
    }
    machine.speed = speed;
    const { nowMs } = this.queue;
    for (const core of machine.cores) {
      if (core.item === null) continue;
      this.queue.schedule(core, nowMs + (this.queue.timeOf(core) - nowMs) * stretch);
    }
  }

  /** What it did so far counts by its old weight. */
  reweigh(machine: Machine, weight: number): void {
    this.settle(machine);
    machine.account.weight = weight;
  }

  /** Brings the busy and in-service counters up to now. O(cores). */
  settle(machine: Machine): void {
    const { nowMs } = this.queue;
    if (machine.shared !== null) machine.shared.settle();
    else if (machine.running > 0) {
      for (const { item: request } of machine.cores) {
        if (request !== null) machine.busyMs += nowMs - countedSince(request);
      }
    }
    if (machine.state === MachineState.Up) {
      const coreMs = (nowMs - machine.sinceMs) * machine.model.coreCount;
      machine.account.inServiceMs += coreMs;
      machine.account.weightedMs += coreMs * machine.account.weight;
    }
    machine.sinceMs = nowMs;
  }

  /**
   * What `busyMs` would be after `settle`, which is left to the run: its rounding is part of it.
   */
  busyMsOf(machine: Machine): number {
    const { nowMs } = this.queue;
    if (machine.shared !== null) return machine.busyMs + machine.shared.unsettledMs;
    let { busyMs } = machine;
    for (const { item: request } of machine.cores) {
      if (request !== null) busyMs += nowMs - countedSince(request);
    }
    return busyMs;
  }

  /** The same of `inServiceMs`. */
  inServiceMsOf({ state, sinceMs, model, account }: Machine): number {
    const { inServiceMs } = account;
    const isUp = state === MachineState.Up;
    return isUp ? inServiceMs + (this.queue.nowMs - sinceMs) * model.coreCount : inServiceMs;
  }

  /** A core that is counted as running takes the request. */
  private start(request: Request, machine: Machine, core: Core): void {
    const { nowMs } = this.queue;
    const paidMs = machine.memory === null ? 0 : this.penaltyOnCore(request, machine.memory);
    request.place = core.ref;
    request.state = RequestState.Running;
    request.startedMs = nowMs;
    core.item = request;
    machine.started++;
    machine.waitMs += nowMs - request.queuedMs;
    core.dueMs = nowMs + request.demandMs / machine.speed + paidMs;
    this.queue.put(core);
    // Then no event is pending for the core until the origin has answered.
    if (paidMs === Infinity) this.origin!.ask(request, machine.model.place);
  }

  private share(request: Request, machine: Machine, shared: SharedProcessor): Admission {
    if (machine.running >= machine.model.coreCount + machine.model.queueLimit) {
      machine.account.rejected++;
      return Admission.Rejected;
    }
    const { memory } = machine;
    // With an origin it has been looked up before.
    const fresh = memory !== null && this.origin === null;
    const paidMs = fresh ? this.penaltyOnCore(request, memory) : 0;
    shared.join(request, request.demandMs + paidMs * machine.speed);
    request.state = RequestState.Running;
    request.startedMs = this.queue.nowMs;
    machine.started++;
    return Admission.Taken;
  }

  /** Whether a lookup comes before the core. Who shares a processor holds none while it waits. */
  private waitsWithoutCore(request: Request, machine: Machine): boolean {
    if (this.caches.waitsWithoutCore(request)) return true;
    return this.origin !== null && machine.shared !== null && this.caches.holdsCore(request);
  }

  /**
   * Looks the object up where a miss costs core time; returns what it costs: Infinity where only
   * the origin knows.
   */
  private penaltyOnCore(request: Request, memory: MachineMemory): number {
    if (!this.caches.holdsCore(request)) return 0;
    const penaltyMs = this.caches.lookUp(request, memory, this.queue.nowMs);
    return request.missed && this.origin !== null ? Infinity : penaltyMs;
  }

  /** A core has become free: the first request in the queue starts on it. */
  private refill(core: Core, machine: Machine): void {
    const request = machine.head;
    if (request === null) {
      machine.running--;
      release(core, machine);
      return;
    }
    const { next } = request;
    machine.head = next;
    if (next === null) machine.tail = null;
    machine.queued--;
    this.start(request, machine, core);
  }

  /** All requests at a machine: running by core, then queued in order, then fetching. */
  private requestsAt(machine: Machine): Request[] {
    const requests = machine.shared === null ? [] : machine.shared.running();
    for (const { item: request } of machine.cores) if (request !== null) requests.push(request);
    for (let at = machine.head; at !== null; at = at.next) requests.push(at);
    requests.push(...this.fetches.at(machine));
    return requests;
  }

  private empty(machine: Machine): void {
    machine.head = machine.tail = null;
    machine.queued = machine.account.fetching = 0;
    if (machine.shared !== null) machine.shared.empty();
    for (const core of machine.cores) this.queue.cancel(core);
    freeCores(machine);
    machine.running = 0;
  }
}
