/**
 * How news of targets reaches the replicas: probes and reports travel the network like everything
 * else, each replica sends its own, and each target has its own phase. A cut link swallows them, so
 * what is alive behind it is believed dead.
 *
 * A probe answers for the node, not for its queue, unless the setting says so: a machine that is up
 * answers, however long its queue is; or its answer waits as a request would that came with it (and
 * needed no core time). A balancer answers if it has a usable target itself. A balancer that is not
 * up asks nobody and hears nothing; its beliefs stay what they were.
 */
import { AlarmClock } from "../engine/alarm-clock.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { RandomStream } from "../random/stream.ts";
import { MachineState } from "../world/machine.ts";
import type { TreeNode } from "../world/topology.ts";
import type { Membership } from "./membership.ts";
import type { Parts, Replica } from "./parts.ts";

/** One replica's probing: when which slot is due, and what came of the latest probes. */
interface Prober {
  readonly replica: Replica;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
  readonly asks: "node" | "queue";
  readonly due: AlarmClock;
  readonly phases: RandomStream;
  /** By slot: results in a row that contradict the belief. */
  readonly against: number[];
}

/** One replica's reports from its targets. */
interface Reporter {
  readonly replica: Replica;
  readonly intervalMs: number;
  readonly due: AlarmClock;
  readonly phases: RandomStream;
  /** By slot: busy and in-service core ms at the last report. */
  readonly busyMs: number[];
  readonly inServiceMs: number[];
}

/** A report under way. */
interface Report {
  readonly replica: Replica;
  readonly slot: number;
  readonly utilization: number;
  readonly inFlight: number;
  readonly healthy: number;
}

// What a message under way carries besides its prober's index: the slot, and the stage of the
// probe.
const REACHES = 0;
const ANSWERED = 1;
const REFUSED = 2;
const UNANSWERED = 3;
const STAGES = 4;

export class Beliefs {
  private readonly probers: Prober[] = [];
  private readonly reporters: Reporter[] = [];
  private readonly messages: AlarmClock;
  private readonly reports: AlarmClock;
  private readonly underWay: (Report | undefined)[] = [];

  constructor(
    private readonly parts: Parts,
    private readonly membership: Membership,
  ) {
    this.messages = new AlarmClock(parts.queue, EventKind.ProbeMessage);
    this.reports = new AlarmClock(parts.queue, EventKind.ReportMessage);
    for (const replica of parts.replicas) this.watch(replica);
  }

  /**
   * A target has joined: its first probe and report are due within one interval, by its own phase.
   */
  joined(slot: number, replica: Replica): void {
    const { queue } = this.parts;
    for (const prober of this.probers) {
      if (prober.replica !== replica) continue;
      prober.against[slot] = 0;
      prober.due.set(queue.nowMs + prober.phases.double() * prober.intervalMs, slot);
    }
    for (const reporter of this.reporters) {
      if (reporter.replica !== replica) continue;
      reporter.busyMs[slot] = reporter.inServiceMs[slot] = 0;
      reporter.due.set(queue.nowMs + reporter.phases.double() * reporter.intervalMs, slot);
    }
  }

  /** A probe is due. */
  probe(index: number): void {
    const { queue, network } = this.parts;
    const prober = this.probers[index];
    const slot = prober.due.take();
    const { place } = prober.replica;
    const isWatched = isWatching(prober.replica, slot);
    // The phases go on while the balancer is down.
    if (isWatched) prober.due.set(queue.nowMs + prober.intervalMs, slot);
    if (!isWatched || !isUp(prober.replica)) return;
    const node = this.nodeAt(prober.replica, slot);
    const oneWayMs = network.innerMs(place, node.place);
    if (oneWayMs === 0) this.probeReaches(index, slot);
    else this.later(oneWayMs, index, slot, REACHES);
  }

  /** A probe reaches its target, or its result is known. */
  message(): void {
    const { stamp } = this.messages;
    const index = this.messages.take();
    const stage = stamp % STAGES;
    const slot = (stamp - stage) / STAGES;
    if (stage === REACHES) this.probeReaches(index, slot);
    else if (stage === UNANSWERED) this.result(index, slot, false);
    else this.answerArrives(index, slot, stage === ANSWERED);
  }

  /** A target measures itself and reports. */
  report(index: number): void {
    const { queue, network } = this.parts;
    const reporter = this.reporters[index];
    const slot = reporter.due.take();
    const { place } = reporter.replica;
    const isWatched = isWatching(reporter.replica, slot);
    if (isWatched) reporter.due.set(queue.nowMs + reporter.intervalMs, slot);
    if (!isWatched || !isUp(reporter.replica)) return;
    const node = this.nodeAt(reporter.replica, slot);
    const report = this.measure(reporter, slot, node);
    const oneWayMs = network.innerMs(node.place, place);
    if (!this.alive(node) || network.isCut(node.place, place)) return;
    if (oneWayMs === 0) this.believeReport(report);
    else {
      let ticket = this.underWay.indexOf(undefined);
      if (ticket < 0) ticket = this.underWay.length;
      this.underWay[ticket] = report;
      this.reports.set(queue.nowMs + oneWayMs, ticket);
    }
  }

  reportArrives(): void {
    const ticket = this.reports.take();
    const report = this.underWay[ticket]!;
    this.underWay[ticket] = undefined;
    const { replica, slot } = report;
    if (this.parts.network.isCut(this.nodeAt(replica, slot).place, replica.place)) return;
    this.believeReport(report);
  }

  private watch(replica: Replica): void {
    const { queue, random } = this.parts;
    const { health, reportIntervalMs } = replica.balancer.spec;
    if (health !== null) {
      const index = this.probers.length;
      this.probers.push({
        replica,
        intervalMs: health.intervalMs,
        timeoutMs: health.timeoutMs,
        rise: health.rise,
        fall: health.fall,
        asks: health.asks,
        due: new AlarmClock(queue, EventKind.Probe, index),
        phases: random.named(`probes/${replica.label}`),
        against: [],
      });
    }
    if (reportIntervalMs !== null) {
      const index = this.reporters.length;
      this.reporters.push({
        replica,
        intervalMs: reportIntervalMs,
        due: new AlarmClock(queue, EventKind.Report, index),
        phases: random.named(`reports/${replica.label}`),
        busyMs: [],
        inServiceMs: [],
      });
    }
    for (let slot = 0; slot < replica.pool.slots; slot++) this.joined(slot, replica);
  }

  private probeReaches(index: number, slot: number): void {
    const { network } = this.parts;
    const { replica, timeoutMs, asks } = this.probers[index];
    const node = this.nodeAt(replica, slot);
    const oneWayMs = network.innerMs(node.place, replica.place);
    const isSilent = this.isSilent(node);
    if (isSilent || network.isCut(node.place, replica.place) || 2 * oneWayMs > timeoutMs) {
      this.later(Math.max(0, timeoutMs - oneWayMs), index, slot, UNANSWERED);
      return;
    }
    const answered = this.alive(node);
    const waitMs = answered && asks === "queue" ? this.waitOf(node) : 0;
    if (2 * oneWayMs + waitMs > timeoutMs) {
      this.later(Math.max(0, timeoutMs - oneWayMs), index, slot, UNANSWERED);
    } else if (oneWayMs + waitMs === 0) this.result(index, slot, answered);
    else this.later(oneWayMs + waitMs, index, slot, answered ? ANSWERED : REFUSED);
  }

  /**
   * An answer or a refusal is home, unless its link has been cut: then the probe's timeout goes on.
   */
  private answerArrives(index: number, slot: number, answered: boolean): void {
    const { network } = this.parts;
    const { replica, timeoutMs } = this.probers[index];
    const { place } = this.nodeAt(replica, slot);
    if (!network.isCut(place, replica.place)) this.result(index, slot, answered);
    else {
      const passedMs = 2 * network.innerMs(place, replica.place);
      this.later(Math.max(0, timeoutMs - passedMs), index, slot, UNANSWERED);
    }
  }

  /** So many results in a row against the belief change it. */
  private result(index: number, slot: number, good: boolean): void {
    const prober = this.probers[index];
    const { pool } = prober.replica;
    if (!isWatching(prober.replica, slot) || !isUp(prober.replica)) return;
    if (pool.believedUp(slot) === good) {
      prober.against[slot] = 0;
      return;
    }
    prober.against[slot]++;
    if (prober.against[slot] < (good ? prober.rise : prober.fall)) return;
    prober.against[slot] = 0;
    this.membership.believe(prober.replica, slot, good);
  }

  private later(delayMs: number, index: number, slot: number, stage: number): void {
    const dueMs = this.parts.queue.nowMs + delayMs;
    this.messages.set(dueMs, index, slot * STAGES + stage);
  }

  private believeReport(report: Report): void {
    const { pool } = report.replica;
    if (!isUp(report.replica)) return;
    pool.report(report.slot, report.utilization, report.inFlight, report.healthy);
  }

  private measure(reporter: Reporter, slot: number, node: TreeNode): Report {
    const { machines, topology, balancers } = this.parts;
    let busyMs = 0;
    let inServiceMs = 0;
    let inFlight = 0;
    for (const id of topology.machinesBeneath(node.id)) {
      const machine = topology.nodes[id].machine!;
      machines.settle(machine);
      busyMs += machine.busyMs;
      inServiceMs += machine.account.inServiceMs;
      inFlight += machine.inFlight;
    }
    const passedMs = inServiceMs - reporter.inServiceMs[slot];
    const utilization = passedMs > 0 ? (busyMs - reporter.busyMs[slot]) / passedMs : 0;
    reporter.busyMs[slot] = busyMs;
    reporter.inServiceMs[slot] = inServiceMs;
    const healthy = balancers[node.id]?.pools[0].pool.healthyShare() ?? 1;
    return { replica: reporter.replica, slot, utilization, inFlight, healthy };
  }

  private alive(node: TreeNode): boolean {
    if (node.machine !== null) return node.machine.state === MachineState.Up;
    const balancer = this.parts.balancers[node.id]!;
    return balancer.state === MachineState.Up && balancer.pools[0].pool.size > 0;
  }

  /** How long a probe that takes its turn waits; a balancer has no queue. */
  private waitOf({ machine }: TreeNode): number {
    return machine === null ? 0 : this.parts.machines.waitOf(machine);
  }

  private isSilent(node: TreeNode): boolean {
    const { state } = node.machine ?? this.parts.balancers[node.id]!;
    return state === MachineState.Silent;
  }

  private nodeAt(replica: Replica, slot: number): TreeNode {
    return replica.targets[slot].node;
  }
}

/** Both are there still: the target in the pool, and the balancer in the tree. */
const isWatching = ({ pool, balancer }: Replica, slot: number): boolean =>
  pool.belongs(slot) && balancer.state !== MachineState.Removed;

const isUp = ({ balancer }: Replica): boolean => balancer.state === MachineState.Up;
