/**
 * A request's way through the tree: one pick a tier outward, the same hops back. What is decided by arithmetic alone needs
 * no event: a hop of no delay is taken at once.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import { Sample } from "../statistics/recorder.ts";
import { NONE } from "../units.ts";
import { MachineInt, MachineState } from "../world/machine-table.ts";
import { Admission } from "../world/machines.ts";
import { OutcomeCode, RequestInt, RequestMs, RequestState } from "../world/request-table.ts";
import type { TreeNode } from "../world/topology.ts";
import type { BalancerAtWork, Parts, Replica } from "./parts.ts";

export class Journey {
  private readonly queue: EventQueue;
  /** Cancellations on their way to a machine. */
  private readonly cancels = new TimerQueue();
  private readonly cancelSubject: number;
  private readonly cancelsAfterTimeout: readonly boolean[];
  private readonly root: BalancerAtWork;
  /** Hung requests with nobody's patience to end them: they keep a limited run from waiting for ever. */
  forgotten = 0;

  constructor(
    private readonly parts: Parts,
    /** A draining machine may have become idle. */
    private readonly drained: (machine: number) => void,
  ) {
    this.queue = parts.queue;
    this.cancelSubject = parts.queue.add(EventKind.Cancel, 0);
    this.cancelsAfterTimeout = parts.scenario.classes.map((c) => c.afterTimeout === "cancel");
    this.root = parts.balancers[0]!;
  }

  /** A request sets out from its client. */
  begin(row: number): void {
    const { requests, network, sources } = this.parts;
    const root = this.root;
    if (root.node.place === NONE) {
      this.reach(row, root.node);
      return;
    }
    const client = sources[requests.ints[row + RequestInt.Source]].place;
    this.hop(row, client, root.node.place, network.doorMs(client, root.node.place), 1, root.node);
  }

  /** A network line's head has arrived. */
  arrived(line: number): void {
    const { requests, network, topology, replicas } = this.parts;
    const lost = network.lineIsCut(line);
    const row = network.arrived(line);
    if (lost) {
      this.hang(row);
      return;
    }
    const depth = requests.ints[row + RequestInt.Depth];
    if (requests.stateOf(row) === RequestState.Outbound) {
      if (depth === 0) {
        this.reach(row, this.root.node);
        return;
      }
      const at = row + 2 * depth - 2;
      this.reach(row, topology.nodes[replicas[requests.ints[at + RequestInt.Pool]].pool.node[requests.ints[at + RequestInt.Slot]]]);
    } else if (depth === 0) {
      this.deliver(row);
    } else {
      this.hear(row, depth);
      this.goHome(row);
    }
  }

  /** A core or a shared processor has finished a request. */
  served(row: number): void {
    const machine = this.parts.requests.ints[row + RequestInt.Machine];
    this.goHome(row);
    if (this.parts.machines.table.intOf(machine, MachineInt.Draining) === 1) this.drained(machine);
  }

  /** A fetch is over: the request asks for a core. */
  fetched(): void {
    const row = this.parts.machines.fetched();
    if (row === NONE) return;
    const machine = this.parts.requests.ints[row + RequestInt.Machine];
    if (this.parts.machines.join(row, machine) === Admission.Rejected) {
      this.refuse(row, OutcomeCode.Rejected);
      if (this.parts.machines.table.intOf(machine, MachineInt.Draining) === 1) this.drained(machine);
    }
  }

  /** The alarm of a class of requests rang: those whose clients give up now. */
  timedOut(group: number): void {
    const { deadlines } = this.parts;
    for (;;) {
      const row = deadlines.expired(group, this.queue.nowMs);
      if (row === NONE) return;
      deadlines.forget(row);
      this.giveUp(row);
    }
  }

  /** A cancellation reaches its machine. */
  cancelled(): void {
    const { requests } = this.parts;
    const stamp = this.cancels.nextStamp;
    const row = this.cancels.take();
    this.queue.schedule(this.cancelSubject, this.cancels.nextMs);
    if (requests.ints[row + RequestInt.Serial] === stamp) this.withdraw(row);
  }

  /** A machine stopped: what a request there comes to. */
  struck(row: number, silently: boolean): void {
    if (silently) this.hang(row);
    else this.refuse(row, OutcomeCode.Failed);
  }

  /** One pick a tier, as long as hops cost nothing. */
  private route(row: number, first: BalancerAtWork): void {
    const { requests, view, sources, topology, network } = this.parts;
    const client = sources[requests.ints[row + RequestInt.Source]].place;
    view.key = requests.ints[row + RequestInt.Key];
    view.rawKey = requests.ints[row + RequestInt.RawKey];
    view.origin = client;
    let balancer = first;
    for (;;) {
      const replica = this.replicaOf(balancer, client);
      const { pool } = replica;
      requests.ints[row + RequestInt.Last] = balancer.last;
      const slot = pool.pick(view);
      if (slot === NONE) {
        this.refuse(row, OutcomeCode.Unroutable);
        return;
      }
      const depth = requests.ints[row + RequestInt.Depth]++;
      const at = row + 2 * depth;
      requests.ints[at + RequestInt.Pool] = replica.id;
      requests.ints[at + RequestInt.Slot] = slot;
      if (pool.wantsLatency) requests.sentMs[(at + RequestInt.Pool) >> 1] = this.queue.nowMs;
      pool.sent(slot);
      const target = topology.nodes[pool.node[slot]];
      if (depth === 0) this.noteSpill(row, replica, slot, client);
      const door = balancer.node.place === NONE;
      if (door || replica.place !== target.place) {
        const delayMs = door
          ? network.doorMs(client, target.place)
          : network.innerMs(replica.place, target.place);
        if (this.travels(row, replica.place, target.place, delayMs, door ? 1 : 0)) return;
      }
      if (target.kind === "machine") {
        this.arriveAt(row, target.machine);
        return;
      }
      balancer = this.parts.balancers[target.id]!;
      if (balancer.state !== MachineState.Up) {
        this.meetStopped(row, balancer.state);
        return;
      }
    }
  }

  /** The request stands before a node: a balancer picks on, a machine admits it or not. */
  private reach(row: number, node: TreeNode): void {
    if (node.kind === "machine") {
      this.arriveAt(row, node.machine);
      return;
    }
    const balancer = this.parts.balancers[node.id]!;
    if (balancer.state === MachineState.Up) this.route(row, balancer);
    else this.meetStopped(row, balancer.state);
  }

  private meetStopped(row: number, state: number): void {
    if (state === MachineState.Silent) this.hang(row);
    else this.refuse(row, OutcomeCode.Failed);
  }

  private arriveAt(row: number, machine: number): void {
    const { requests, machines } = this.parts;
    requests.ints[row + RequestInt.Machine] = machine;
    const admission = machines.arrive(row, machine);
    if (admission === Admission.Taken) {
      // The client gave up while it travelled: the cancellation follows it at the same distance.
      if (requests.ints[row + RequestInt.Abandoned] === 1) this.sendCancel(row);
    } else if (admission === Admission.Swallowed) this.hang(row);
    else {
      const rejected = admission === Admission.Rejected;
      this.refuse(row, rejected ? OutcomeCode.Rejected : OutcomeCode.Failed);
    }
  }

  /** The request ends here without success; the refusal travels back as a response does. */
  private refuse(row: number, outcome: number): void {
    this.parts.requests.ints[row + RequestInt.Outcome] = outcome;
    this.goHome(row);
  }

  /** From the target of its last pick back towards the client, as long as hops cost nothing. */
  private goHome(row: number): void {
    const { requests, replicas, topology, network, sources } = this.parts;
    requests.ints[row + RequestInt.State] = RequestState.Returning;
    for (;;) {
      const depth = requests.ints[row + RequestInt.Depth];
      if (depth === 0) break;
      const at = row + 2 * depth - 2;
      const replica = replicas[requests.ints[at + RequestInt.Pool]];
      const from = topology.nodes[replica.pool.node[requests.ints[at + RequestInt.Slot]]].place;
      const door = replica.balancer.node.place === NONE;
      if (door || from !== replica.place) {
        const delayMs = door
          ? network.doorMs(from, replica.place)
          : network.innerMs(from, replica.place);
        if (this.travels(row, from, replica.place, delayMs, door ? 1 : 0)) return;
      }
      this.hear(row, depth);
    }
    const rootPlace = this.root.node.place;
    if (rootPlace !== NONE) {
      const client = sources[requests.ints[row + RequestInt.Source]].place;
      const delayMs = network.doorMs(rootPlace, client);
      if (this.travels(row, rootPlace, client, delayMs, 1)) return;
    }
    this.deliver(row);
  }

  /** The pool of tier `depth − 1` hears back. */
  private hear(row: number, depth: number): void {
    const { requests, replicas } = this.parts;
    const at = row + 2 * depth - 2;
    const { pool } = replicas[requests.ints[at + RequestInt.Pool]];
    const slot = requests.ints[at + RequestInt.Slot];
    requests.ints[row + RequestInt.Depth] = depth - 1;
    pool.returned(slot);
    if (pool.wantsLatency) {
      const succeeded = requests.ints[row + RequestInt.Outcome] === OutcomeCode.Completed;
      pool.responded(slot, this.queue.nowMs - requests.sentMs[(at + RequestInt.Pool) >> 1], succeeded);
    }
  }

  /** The answer is with the client. */
  private deliver(row: number): void {
    const { requests, recorder, fingerprint, deadlines, lastMachineOf } = this.parts;
    if (requests.ints[row + RequestInt.Abandoned] === 1) {
      requests.free(row);
      return;
    }
    deadlines.forget(row);
    const outcome = requests.ints[row + RequestInt.Outcome];
    const region = requests.ints[row + RequestInt.Source];
    const group = requests.ints[row + RequestInt.Class];
    const machine = requests.ints[row + RequestInt.Machine];
    fingerprint.fold(this.queue.nowMs, (machine << 3) ^ outcome);
    if (outcome === OutcomeCode.Completed) {
      const { sample } = recorder;
      sample[Sample.Latency] = this.queue.nowMs - requests.ms[(row >> 2) + RequestMs.Born];
      sample[Sample.Network] = requests.ms[(row >> 2) + RequestMs.Network];
      sample[Sample.Wait] = requests.ms[(row >> 2) + RequestMs.Started] - requests.ms[(row >> 2) + RequestMs.Queued];
      sample[Sample.Miss] = requests.ms[(row >> 2) + RequestMs.Paid];
      let moved = 0;
      const user = requests.ints[row + RequestInt.User];
      if (user !== NONE && lastMachineOf.length > 0) {
        const before = lastMachineOf[user];
        if (before !== machine) {
          moved = before === NONE ? 0 : 1;
          lastMachineOf[user] = machine;
        }
      }
      recorder.completed(region, group, requests.ints[row + RequestInt.Last], requests.ints[row + RequestInt.Spilled], moved);
    } else {
      recorder.ended(region, group, requests.ints[row + RequestInt.Last], outcome);
    }
    this.end(row);
  }

  /** The client has waited long enough. */
  private giveUp(row: number): void {
    const { requests, recorder, fingerprint } = this.parts;
    const group = requests.ints[row + RequestInt.Class];
    requests.ints[row + RequestInt.Abandoned] = 1;
    recorder.ended(requests.ints[row + RequestInt.Source], group, requests.ints[row + RequestInt.Last], OutcomeCode.TimedOut);
    fingerprint.fold(this.queue.nowMs, (requests.ints[row + RequestInt.Machine] << 3) ^ OutcomeCode.TimedOut);
    this.tellSource(row);
    const state = requests.stateOf(row);
    if (state === RequestState.Hung) {
      this.release(row);
      requests.free(row);
    } else if (state !== RequestState.Returning && state !== RequestState.Outbound) {
      this.sendCancel(row);
    }
  }

  /** The cancellation leaves the client `timeout` after the request did, and so arrives `timeout` after it. */
  private sendCancel(row: number): void {
    const { requests, deadlines } = this.parts;
    const group = requests.ints[row + RequestInt.Class];
    if (!this.cancelsAfterTimeout[group]) return;
    const dueMs = requests.ms[(row >> 2) + RequestMs.Born] + requests.ms[(row >> 2) + RequestMs.Network] + deadlines.timeoutMs[group];
    if (dueMs <= this.queue.nowMs) this.withdraw(row);
    else {
      this.cancels.add(dueMs, row, requests.ints[row + RequestInt.Serial]);
      this.queue.schedule(this.cancelSubject, this.cancels.nextMs);
    }
  }

  private withdraw(row: number): void {
    const { requests, machines } = this.parts;
    const state = requests.stateOf(row);
    const atMachine =
      state === RequestState.Queued ||
      state === RequestState.Running ||
      state === RequestState.Fetching;
    if (!atMachine) return;
    const machine = requests.ints[row + RequestInt.Machine];
    this.release(row);
    if (machines.withdraw(row)) requests.free(row);
    if (machines.table.intOf(machine, MachineInt.Draining) === 1) this.drained(machine);
  }

  /** Nobody will answer. Its balancers count it as in flight until its client gives up. */
  private hang(row: number): void {
    const { requests, deadlines } = this.parts;
    if (requests.ints[row + RequestInt.Abandoned] === 1) {
      this.release(row);
      requests.free(row);
      return;
    }
    requests.ints[row + RequestInt.State] = RequestState.Hung;
    if (deadlines.timeoutMs[requests.ints[row + RequestInt.Class]] === Infinity) this.forgotten++;
  }

  private release(row: number): void {
    while (this.parts.requests.ints[row + RequestInt.Depth] > 0) this.hear(row, this.parts.requests.ints[row + RequestInt.Depth]);
  }

  private end(row: number): void {
    this.tellSource(row);
    this.parts.requests.free(row);
  }

  /** A closed loop's user begins to think. */
  private tellSource(row: number): void {
    const { requests, sources } = this.parts;
    const source = sources[requests.ints[row + RequestInt.Source]];
    if (source.process.returned === undefined) return;
    const nextMs = source.process.returned(source.localUser(requests.ints[row + RequestInt.User]), this.queue.nowMs);
    this.queue.schedule(source.subject, nextMs);
  }

  /** The replica that a request from this place meets. */
  private replicaOf(balancer: BalancerAtWork, client: number): Replica {
    const { pools, replicas } = balancer;
    if (pools.length === 1) return pools[0];
    const base = balancer.node.place === NONE ? balancer.placeIndex[client] * replicas : 0;
    return pools[replicas === 1 ? base : base + balancer.replicaStream.below(replicas)];
  }

  private hop(
    row: number,
    from: number,
    to: number,
    delayMs: number,
    door: 0 | 1,
    node: TreeNode,
  ): void {
    if (!this.travels(row, from, to, delayMs, door)) this.reach(row, node);
  }

  /** Puts the request on the line between two places; false where there is no distance to travel. */
  private travels(row: number, from: number, to: number, delayMs: number, door: 0 | 1): boolean {
    const { requests, network } = this.parts;
    if (network.isCut(from, to)) {
      this.hang(row);
      return true;
    }
    if (delayMs === 0) return false;
    requests.ms[(row >> 2) + RequestMs.Network] += delayMs;
    requests.ms[(row >> 2) + RequestMs.Due] = this.queue.nowMs + delayMs;
    network.send(row, from, to, door);
    return true;
  }

  private noteSpill(row: number, replica: Replica, slot: number, client: number): void {
    const nearest = replica.balancer.nearestMs;
    if (nearest === null) return;
    const { pool } = replica;
    if (pool.roundTripMs(slot, client) > nearest[client]) this.parts.requests.ints[row + RequestInt.Spilled] = 1;
  }
}
