/**
 * One run: built at time 0, carried on to any time, stopped and continued as its owner likes, and summed up at its end.
 * Below is the story of a run: take the earliest event, let it happen, until the slice or the run is over.
 */
import { assert, unreachable } from "../assert.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { EventSpec, Inputs, Scenario } from "../scenario/scenario.ts";
import {
  type MachineColumns,
  MISSES,
  type NodeRecord,
  type RunRecord,
} from "../statistics/run-record.ts";
import { NEVER, NONE } from "../units.ts";
import { MachineInt, MachineNumber } from "../world/machine-table.ts";
import { RequestInt, RequestState } from "../world/request-table.ts";
import { Agenda } from "./agenda.ts";
import { Beliefs } from "./beliefs.ts";
import { build } from "./build.ts";
import { Journey } from "./journey.ts";
import type { Parts } from "./parts.ts";
import { SliceEdges } from "./slice-edges.ts";

export const NO_INPUTS: Inputs = { traces: new Map(), numbers: new Map() };

/** Far above what requests need themselves: only a run that is busy with other things gets there. */
const EVENTS_A_REQUEST = 50;

export class Simulation {
  private readonly parts: Parts;
  private readonly journey: Journey;
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
  /** The run's last request is born; it ends when all are answered. */
  private closing = false;
  /** At a slice's edge nothing was left to come: the run is over, however often it is carried on. */
  private driedUp = false;

  /** Builds the world at time 0. Asserts what the scenario's reader has checked. */
  constructor(
    readonly scenario: Scenario,
    inputs: Inputs = NO_INPUTS,
    readonly seed: number = scenario.seed,
  ) {
    const { parts, membership } = build(scenario, inputs, seed);
    this.parts = parts;
    this.journey = new Journey(parts, (machine) => this.agenda.drained(machine));
    this.beliefs = new Beliefs(parts, membership);
    this.agenda = new Agenda(parts, this.journey, membership, this.beliefs);
    this.edges = new SliceEdges(scenario);
    this.endMs = scenario.durationMs ?? NEVER;
    this.requestLimit = scenario.requestLimit ?? Infinity;
  }

  get nowMs(): number {
    return this.parts.queue.nowMs;
  }

  get born(): number {
    return this.parts.recorder.bornTotal;
  }

  get finished(): boolean {
    return this.nowMs >= this.endMs || this.isExhausted() || this.driedUp;
  }

  /** Lets everything happen that is due before `timeMs` (or before the run's end, if that is earlier). */
  runUntil(timeMs: number): void {
    this.bornGoal = Infinity;
    // Time never goes back: what is past is done.
    this.carryOn(Math.max(this.nowMs, Math.min(timeMs, this.endMs)));
  }

  /**
   * Carries on until `requests` more are born, or to the end; but gives way after that many times `EVENTS_A_REQUEST` events, so that
   * a run in which much happens and nothing is born can be interrupted too.
   */
  runSome(requests: number): void {
    this.bornGoal = this.born + requests;
    this.eventsLeft = requests * EVENTS_A_REQUEST;
    this.carryOn(this.endMs);
    this.eventsLeft = Infinity;
  }

  /** A touch from outside, at a time that is not yet past: from then on part of the run like the scenario's own events. */
  schedule(event: EventSpec): void {
    assert(event.atMs >= this.nowMs, "an event is scheduled for a time that is not yet past");
    this.driedUp = false;
    this.edges.add(event.atMs);
    this.agenda.schedule(event);
  }

  /** Ends the run where it stands and hands its figures over. */
  finish(): RunRecord {
    const { parts } = this;
    this.closeSlice(this.nowMs);
    const { recorder, requests } = parts;
    let givenUp = 0;
    for (const row of requests.all()) {
      if (requests.stateOf(row) !== RequestState.Free) {
        givenUp += requests.ints[row + RequestInt.Abandoned];
      }
    }
    return {
      seed: this.seed,
      fingerprint: parts.fingerprint.toString(),
      endMs: this.nowMs,
      warmupMs: Math.min(this.scenario.warmupMs, this.nowMs),
      events: this.events,
      regions: this.scenario.clients.map(({ name }) => name),
      classes: this.scenario.classes.map(({ name }) => name),
      nodes: this.nodeRecords(),
      slices: recorder.slices,
      changes: parts.changes,
      notices: parts.notices,
      bornTotal: recorder.bornTotal,
      outcomesTotal: [...recorder.outcomesTotal],
      inFlightAtEnd: requests.live - givenUp,
      tellsUsers: parts.lastMachineOf.length > 0,
    };
  }

  private carryOn(untilMs: number): void {
    while (!this.isExhausted() && !this.driedUp) {
      const edgeMs = this.edges.next;
      const stopMs = Math.min(edgeMs, untilMs);
      if (!this.loop(stopMs)) return;
      if (this.isExhausted()) return;
      if (stopMs === NEVER) return;
      this.parts.queue.advanceTo(stopMs);
      if (stopMs === edgeMs) {
        this.closeSlice(stopMs);
        this.edges.pass();
        if (this.isDry()) {
          this.driedUp = true;
          return;
        }
      }
      if (stopMs >= untilMs) return;
    }
  }

  /** The loop. False when the goal of births ended it before the time. */
  private loop(stopMs: number): boolean {
    const { queue } = this.parts;
    const { eventsLeft } = this;
    let events = 0;
    queue.untilMs[0] = stopMs;
    for (;;) {
      const subject = queue.take();
      if (subject < 0) break;
      events++;
      this.happen(queue.kindOf(subject), queue.refOf(subject));
      if (this.closing && this.isExhausted()) break;
      if (events >= eventsLeft) {
        queue.untilMs[0] = -Infinity;
        break;
      }
    }
    this.events += events;
    this.eventsLeft -= events;
    return queue.untilMs[0] === stopMs;
  }

  /** What each event means: the story of the simulator in one switch. */
  private happen(kind: EventKind, ref: number): void {
    const { machines } = this.parts;
    switch (kind) {
      case EventKind.Arrival:
        return this.arrival(ref);
      case EventKind.Travel:
        return this.journey.arrived(ref);
      case EventKind.Completion:
        return this.journey.served(machines.completed(ref));
      case EventKind.SharedCompletion:
        return this.journey.served(machines.completedShared(ref));
      case EventKind.Fetched:
        return this.journey.fetched();
      case EventKind.Timeout:
        return this.journey.timedOut();
      case EventKind.Cancel:
        return this.journey.cancellations.arrived();
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

  /** A request is born: the source draws it, the next arrival is scheduled, and it sets out. */
  private arrival(region: number): void {
    const { sources, requests, recorder, deadlines, queue } = this.parts;
    const source = sources[region];
    const row = source.bear(requests);
    if (deadlines.watchesBirths) deadlines.watch(row);
    recorder.wasBorn(region, requests.ints[row + RequestInt.Class]);
    queue.dueMs[0] = source.process.next(queue.nowMs);
    queue.set(source.subject);
    if (recorder.bornTotal >= this.requestLimit) this.stopSources();
    if (recorder.bornTotal >= this.bornGoal) queue.untilMs[0] = -Infinity;
    this.journey.begin(row);
  }

  private stopSources(): void {
    this.closing = true;
    for (const source of this.parts.sources) {
      source.stopped = true;
      this.parts.queue.cancel(source.subject);
    }
  }

  /** Every request born has ended as its client sees it, or never will. Work on what was given up is nobody's end to wait for. */
  private isAnswered(): boolean {
    const { bornTotal, outcomesTotal } = this.parts.recorder;
    let ended = 0;
    for (const count of outcomesTotal) ended += count;
    return bornTotal - ended <= this.journey.forgotten;
  }

  /** A limited run ends when all that can be answered is answered. */
  private isExhausted(): boolean {
    return this.parts.recorder.bornTotal >= this.requestLimit && this.isAnswered();
  }

  /** A run with no end in time that will not reach its limit (a trace is over, clients are silenced): nothing more will be born. */
  private isDry(): boolean {
    if (this.endMs < NEVER || this.agenda.canBringArrivals) return false;
    const { sources, queue } = this.parts;
    return this.isAnswered() && sources.every(({ subject }) => queue.timeOf(subject) === NEVER);
  }

  private closeSlice(endMs: number): void {
    const { machines, caches, recorder } = this.parts;
    for (let machine = 0; machine < machines.count; machine++) machines.settle(machine);
    const { table } = machines;
    const counters: MachineColumns = {
      received: table.column(MachineNumber.Received),
      completed: table.column(MachineNumber.Completed),
      rejected: table.column(MachineNumber.Rejected),
      lost: table.column(MachineNumber.Lost),
      started: table.column(MachineNumber.Started),
      waitMs: table.column(MachineNumber.WaitMs),
      busyMs: table.column(MachineNumber.BusyMs),
      inServiceMs: table.column(MachineNumber.InServiceMs),
      weightedMs: table.column(MachineNumber.WeightedMs),
      hits: caches.hits.slice(0, machines.count),
      misses: caches.misses.slice(0, machines.count * MISSES.length),
    };
    recorder.closeSlice(endMs, counters);
  }

  private nodeRecords(): NodeRecord[] {
    const { topology, balancers, machines, scenario } = this.parts;
    return topology.nodes.map((node) => ({
      id: node.id,
      path: node.path,
      name: node.name,
      kind: node.kind,
      parent: node.parent,
      tier: node.tier,
      place: node.place === NONE ? null : scenario.places[node.place].name,
      weight: node.weight,
      cores: node.kind === "machine" ? machines.table.intOf(node.machine, MachineInt.Cores) : 0,
      speed:
        node.kind === "machine"
          ? machines.table.numberOf(node.machine, MachineNumber.BaseSpeed)
          : 0,
      strategy: balancers[node.id]?.strategy.kind ?? null,
      machine: node.machine,
      joinedMs: node.joinedMs,
    }));
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
