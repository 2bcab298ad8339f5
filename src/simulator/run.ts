/**
 * One run: built at time 0, carried on to any time, stopped and continued as its owner likes, and
 * summed up at its end. Below is the story of a run: take the earliest event, let it happen, until
 * the slice or the run is over.
 */
import { assert, unreachable } from "../assert.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { EventQueue, Subject } from "../engine/event-queue.ts";
import type { EventSpec, Inputs, Scenario } from "../scenario/scenario.ts";
import type { Recorder } from "../statistics/recorder.ts";
import type { RunRecord } from "../statistics/run-record.ts";
import { NEVER } from "../units.ts";
import type { Deadlines } from "../world/deadlines.ts";
import type { Machines } from "../world/machines.ts";
import type { Request, Requests } from "../world/requests.ts";
import type { Source } from "../world/source.ts";
import { Agenda } from "./agenda.ts";
import { Beliefs } from "./beliefs.ts";
import { build, type BuildOptions } from "./build.ts";
import type { Hop } from "./hop.ts";
import { Journey } from "./journey.ts";
import type { Membership } from "./membership.ts";
import type { Parts } from "./parts.ts";
import { machineCounters } from "./node-records.ts";
import { proxyColumns } from "./proxies-record.ts";
import { recordOf } from "./run-records.ts";
import { SliceEdges } from "./slice-edges.ts";
import { Watcher } from "./watching/watcher.ts";

export const NO_INPUTS: Inputs = { traces: new Map(), numbers: new Map() };

/**
 * Far above what requests need themselves: only a run that is busy with other things gets there.
 */
const EVENTS_A_REQUEST = 50;
/** What every request brings. */
type UsualKind = EventKind.Arrival | EventKind.Travel | EventKind.Completion;
/** So many events, at most, between two looks at whether the run is over: a small integer. */
const EVENTS_AT_ONCE = 1 << 20;

export class Simulation {
  private readonly parts: Parts;
  // What the loop needs of them.
  private readonly queue: EventQueue<Request>;
  private readonly machines: Machines;
  private readonly requests: Requests<Hop>;
  private readonly sources: readonly Source[];
  private readonly recorder: Recorder;
  private readonly deadlines: Deadlines;
  private readonly journey: Journey;
  private readonly membership: Membership;
  private readonly beliefs: Beliefs;
  private readonly agenda: Agenda;
  private readonly edges: SliceEdges;
  private readonly endMs: number;
  private readonly requestLimit: number;
  private events = 0;
  /** The present call stops after this many births. */
  private bornGoal = Infinity;
  /** And after this many events. */
  private eventsLeft = Infinity;
  /** At this many births the loop has something to look at: that goal, or the run's limit. */
  private nextStop = Infinity;
  /** The run's last request is born; it ends when all are answered. */
  private closing = false;
  /**
   * At a slice's edge nothing was left to come: the run is over, however often it is carried on.
   */
  private driedUp = false;

  /** Builds the world at time 0. Asserts what the scenario's reader has checked. */
  constructor(
    readonly scenario: Scenario,
    inputs: Inputs = NO_INPUTS,
    readonly seed: number = scenario.seed,
    options: BuildOptions = {},
  ) {
    const { parts, membership } = build(scenario, inputs, seed, options);
    this.parts = parts;
    this.queue = parts.queue;
    this.machines = parts.machines;
    this.requests = parts.requests;
    this.sources = parts.sources;
    this.recorder = parts.recorder;
    this.deadlines = parts.deadlines;
    this.membership = membership;
    this.journey = new Journey(
      parts,
      (machine) => this.agenda.drained(machine),
      (node) => this.agenda.left(node),
    );
    this.beliefs = new Beliefs(parts, membership);
    this.agenda = new Agenda(parts, this.journey, membership, this.beliefs);
    this.edges = new SliceEdges(scenario);
    this.endMs = scenario.durationMs ?? NEVER;
    this.requestLimit = scenario.requestLimit ?? Infinity;
  }

  get nowMs(): number {
    return this.queue.nowMs;
  }

  get born(): number {
    return this.recorder.bornTotal;
  }

  get finished(): boolean {
    return this.nowMs >= this.endMs || this.isExhausted() || this.driedUp;
  }

  /**
   * Lets everything happen that is due before `timeMs` (or before the run's end, if that is
   * earlier).
   */
  runUntil(timeMs: number): void {
    this.stopAfter(Infinity);
    // Time never goes back: what is past is done.
    this.carryOn(Math.max(this.nowMs, Math.min(timeMs, this.endMs)));
  }

  /**
   * Carries on until `requests` more are born, or to the end; but gives way after that many times
   * `EVENTS_A_REQUEST` events, so that a run in which much happens and nothing is born can be
   * interrupted too. With 0 nothing happens.
   */
  runSome(requests: number): void {
    this.stopAfter(this.born + requests);
    this.eventsLeft = Math.ceil(requests * EVENTS_A_REQUEST);
    this.carryOn(this.endMs);
    this.eventsLeft = Infinity;
  }

  /** The next event alone: what it was; null where none is left before `untilMs`. */
  step(untilMs = NEVER): Pick<Subject, "kind" | "ref"> | null {
    const { queue } = this;
    this.stopAfter(Infinity);
    while (!this.finished && this.nowMs < untilMs) {
      const stopMs = Math.min(this.edges.next, this.endMs, untilMs);
      queue.untilMs = stopMs;
      const next = queue.nextSubject;
      if (next !== null && this.proceed(1) === 1) return next;
      if (stopMs === NEVER) return null;
      this.stopAt(stopMs);
    }
    return null;
  }

  /** Of the run so far. */
  get fingerprint(): string {
    return this.parts.fingerprint.toString();
  }

  /** For those who look on while the run goes on. */
  watch(): Watcher {
    return new Watcher(this.parts, this.journey.dialing?.connections ?? null);
  }

  /**
   * A touch from outside, at a time that is not yet past: from then on part of the run like the
   * scenario's own events.
   */
  schedule(event: EventSpec): void {
    assert(event.atMs >= this.nowMs, "an event is scheduled for a time that is not yet past");
    this.driedUp = false;
    this.edges.add(event.atMs);
    this.agenda.schedule(event);
  }

  /**
   * From now on the run is that of a scenario with these events: a touch may change what later
   * events mean (a machine that joins takes the number of one that was to join later). Those that
   * have begun must stand in front as they were, none of the others in the past.
   */
  revise(events: readonly EventSpec[]): void {
    const coming = events.slice(this.agenda.begun);
    for (const { atMs } of coming) {
      assert(atMs >= this.nowMs, "an event is scheduled for a time that is not yet past");
      this.edges.add(atMs);
    }
    this.driedUp = false;
    this.agenda.revise(coming);
  }

  /** How many of the scenario's events have begun; they stand first in its list. */
  get eventsBegun(): number {
    return this.agenda.begun;
  }

  /** Ends the run where it stands and hands its figures over. */
  finish(): RunRecord {
    this.closeSlice(this.nowMs);
    return this.soFar();
  }

  /** The same up to the end of the last slice, while the run goes on. O(nodes + requests). */
  soFar(): RunRecord {
    const { parts, seed, events } = this;
    const connections = this.journey.dialing?.connections.toRecord() ?? null;
    return { seed, events, ...recordOf(parts), connections };
  }

  private carryOn(untilMs: number): void {
    while (!this.isExhausted() && !this.driedUp) {
      const stopMs = Math.min(this.edges.next, untilMs);
      if (!this.loop(stopMs)) return;
      if (this.isExhausted() || stopMs === NEVER) return;
      this.stopAt(stopMs);
      if (stopMs >= untilMs) return;
    }
  }

  /** Nothing is left to happen before that time. */
  private stopAt(stopMs: number): void {
    this.queue.advanceTo(stopMs);
    if (stopMs !== this.edges.next) return;
    this.closeSlice(stopMs);
    this.edges.pass();
    this.driedUp = this.isDry();
  }

  private stopAfter(births: number): void {
    this.bornGoal = births;
    this.nextStop = Math.min(births, this.requestLimit);
  }

  /** False where the goal of births, or of events, ended it before the time. */
  private loop(stopMs: number): boolean {
    const { queue, recorder } = this;
    queue.untilMs = stopMs;
    for (;;) {
      // The last answers are waited for one by one.
      const happened = this.proceed(this.closing ? 1 : Math.min(this.eventsLeft, EVENTS_AT_ONCE));
      this.eventsLeft -= happened;
      if (recorder.bornTotal >= this.bornGoal) return false;
      if (this.closing && this.isExhausted()) return true;
      if (happened === 0) return true;
      if (this.eventsLeft <= 0) return false;
    }
  }

  /** So many events, at most; returns how many there were. At the run's limit births end. */
  private proceed(most: number): number {
    const happened = this.happenings(most);
    this.events += happened;
    if (this.born >= this.requestLimit && !this.closing) this.stopSources();
    return happened;
  }

  /**
   * What each event means: the story of the simulator in one loop. Until none is due, or so many,
   * or `nextStop` are born; returns how many there were. What every request brings stands here and
   * not in a function of its own: a call an event is a twentieth of the instructions. What happens
   * once in a run, or once a call, does not: V8 compiles this without it, and would have to start
   * anew when it comes.
   */
  private happenings(most: number): number {
    const { queue } = this;
    let happened = 0;
    while (happened < most) {
      const subject = queue.take();
      if (subject === null) return happened;
      happened++;
      const { kind, ref } = subject;
      switch (kind) {
        case EventKind.Arrival:
          if (this.arrival(ref)) return happened;
          break;
        case EventKind.Travel:
          this.journey.arrived(ref);
          break;
        case EventKind.Completion:
          this.journey.served(this.machines.completed(subject));
          break;
        default:
          this.happen(kind, ref);
      }
    }
    return happened;
  }

  /** And the others. */
  private happen(kind: Exclude<EventKind, UsualKind>, ref: number): void {
    switch (kind) {
      case EventKind.Transfer:
        return this.journey.transferred();
      case EventKind.Resolved:
        return this.journey.departures.door.names!.resolved();
      case EventKind.Rerouted:
        return this.journey.departures.door.anycast!.converged();
      case EventKind.SharedCompletion:
        return this.journey.served(this.machines.completedShared(ref));
      case EventKind.Fetched:
        return this.journey.fetched();
      case EventKind.OriginReached:
        return this.parts.origin!.reached();
      case EventKind.OriginServed:
        return this.parts.origin!.served();
      case EventKind.OriginAnswered:
        return this.journey.originAnswered();
      case EventKind.AtBalancer:
        return this.journey.proxies!.next();
      case EventKind.Connected:
        return this.journey.dialing!.established();
      case EventKind.ConnectionIdle:
        return this.journey.dialing!.idled(ref);
      case EventKind.ConnectionAged:
        return this.journey.dialing!.grownOld();
      case EventKind.TableIdle:
        return this.journey.dialing!.tableIdled(ref);
      case EventKind.Timeout:
        return this.journey.timedOut();
      case EventKind.Cancel:
        return this.journey.ends.cancellations.arrived();
      case EventKind.SlowStart:
        return this.membership.slowStarts.step();
      case EventKind.Probe:
        return this.beliefs.probe(ref);
      case EventKind.ProbeMessage:
        return this.beliefs.message();
      case EventKind.Report:
        return this.beliefs.report(ref);
      case EventKind.ReportMessage:
        return this.beliefs.reportArrives();
      case EventKind.Agenda:
        return this.agenda.next();
      default:
        return unreachable(kind);
    }
  }

  /**
   * A request is born: the source draws it, the next arrival is scheduled, and it sets out. True
   * where so many are born that the loop has something to look at.
   */
  private arrival(region: number): boolean {
    const { recorder, deadlines, queue } = this;
    const source = this.sources[region];
    const request = source.bear(this.requests);
    if (deadlines.watchesBirths) deadlines.watch(request);
    recorder.wasBorn(region, request.group);
    source.subject.dueMs = source.process.next(queue.nowMs);
    queue.put(source.subject);
    this.journey.begin(request);
    return recorder.bornTotal >= this.nextStop;
  }

  private stopSources(): void {
    this.closing = true;
    for (const source of this.sources) {
      source.stopped = true;
      this.queue.cancel(source.subject);
    }
  }

  /**
   * Every request born has ended as its client sees it, or never will. Work on what was given up is
   * nobody's end to wait for.
   */
  private isAnswered(): boolean {
    const { bornTotal, outcomesTotal } = this.recorder;
    let ended = 0;
    for (const count of outcomesTotal) ended += count;
    const { ends, proxies } = this.journey;
    // Who waits behind what will never come back waits as long: nobody else is left to be waited
    // for.
    return bornTotal - ended <= ends.forgotten + (proxies === null ? 0 : proxies.waitingForEver);
  }

  /** A limited run ends when all that can be answered is answered. */
  private isExhausted(): boolean {
    return this.recorder.bornTotal >= this.requestLimit && this.isAnswered();
  }

  /**
   * A run with no end in time that will not reach its limit (a trace is over, clients are
   * silenced): nothing more will be born.
   */
  private isDry(): boolean {
    if (this.endMs < NEVER || this.agenda.canBringArrivals) return false;
    const { sources, queue } = this;
    return this.isAnswered() && sources.every(({ subject }) => queue.timeOf(subject) === NEVER);
  }

  private closeSlice(endMs: number): void {
    const { machines, recorder } = this;
    const { origin } = this.parts;
    for (const machine of machines.all) machines.settle(machine);
    const door = this.journey.departures.door.any?.counts.slice() ?? null;
    const columns = machineCounters(this.parts);
    const proxies = proxyColumns(this.parts);
    const connections = this.journey.dialing?.connections ?? null;
    const slice = connections?.slice() ?? null;
    recorder.closeSlice(endMs, columns, origin?.counters() ?? null, slice, proxies, door);
  }
}

/** A whole run, from time 0 to its end. */
export function simulate(
  scenario: Scenario,
  inputs: Inputs = NO_INPUTS,
  seed: number = scenario.seed,
): RunRecord {
  const simulation = new Simulation(scenario, inputs, seed);
  simulation.runUntil(NEVER);
  return simulation.finish();
}
