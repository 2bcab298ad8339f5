/**
 * A request's way through the tree: one pick a tier outward, the same hops back. What is decided by arithmetic alone needs
 * no event: a hop of no delay is taken at once.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { type Recorder, Sample } from "../statistics/recorder.ts";
import { NONE } from "../units.ts";
import { MachineInt, MachineState } from "../world/machine-table.ts";
import { Admission, type Machines } from "../world/machines.ts";
import type { Network } from "../world/network.ts";
import {
  OutcomeCode,
  RequestInt,
  RequestMs,
  RequestState,
  type RequestTable,
} from "../world/request-table.ts";
import type { Source } from "../world/source.ts";
import type { TreeNode } from "../world/topology.ts";
import { Cancellations } from "./cancellations.ts";
import type { BalancerAtWork, MutableRequestView, Parts, Replica } from "./parts.ts";

export class Journey {
  private readonly queue: EventQueue;
  private readonly requests: RequestTable;
  private readonly network: Network;
  private readonly machines: Machines;
  private readonly recorder: Recorder;
  private readonly replicas: readonly Replica[];
  private readonly nodes: readonly TreeNode[];
  private readonly sources: readonly Source[];
  private readonly view: MutableRequestView;
  readonly cancellations: Cancellations;
  private readonly root: BalancerAtWork;
  /** Hung requests with nobody's patience to end them: they keep a limited run from waiting for ever. */
  forgotten = 0;

  constructor(
    private readonly parts: Parts,
    /** A draining machine may have become idle. */
    private readonly drained: (machine: number) => void,
  ) {
    this.queue = parts.queue;
    this.requests = parts.requests;
    this.network = parts.network;
    this.machines = parts.machines;
    this.recorder = parts.recorder;
    this.replicas = parts.replicas;
    this.nodes = parts.topology.nodes;
    this.sources = parts.sources;
    this.view = parts.view;
    this.cancellations = new Cancellations(parts, (row) => this.release(row), drained);
    this.root = parts.balancers[0]!;
  }

  /** A request sets out from its client. */
  begin(row: number): void {
    const { node } = this.root;
    if (node.place < 0) {
      this.route(row, this.root);
      return;
    }
    const client = this.sources[this.requests.ints[row + RequestInt.Source]].place;
    if (!this.travels(row, client, node.place, 1)) this.reach(row, node);
  }

  /** A network line's head has arrived. */
  arrived(line: number): void {
    const lost = this.network.lineIsCut(line);
    const row = this.network.arrived(line);
    if (lost) {
      this.hang(row);
      return;
    }
    const { ints } = this.requests;
    const depth = ints[row + RequestInt.Depth];
    const state: RequestState = ints[row + RequestInt.State];
    if (state === RequestState.Outbound) {
      if (depth === 0) {
        this.reach(row, this.root.node);
        return;
      }
      const at = row + 2 * depth - 2;
      const { pool } = this.replicas[ints[at + RequestInt.Pool]];
      this.reach(row, this.nodes[pool.node[ints[at + RequestInt.Slot]]]);
    } else if (depth === 0) {
      this.deliver(row);
    } else {
      this.hear(row, depth);
      this.goHome(row);
    }
  }

  /** A core or a shared processor has finished a request. */
  served(row: number): void {
    const machine = this.requests.ints[row + RequestInt.Machine];
    this.goHome(row);
    if (this.machines.table.ints[(machine << 4) + MachineInt.Draining] === 1) {
      this.drained(machine);
    }
  }

  /** A fetch is over: the request asks for a core. */
  fetched(): void {
    const row = this.parts.machines.fetched();
    if (row === NONE) return;
    const machine = this.parts.requests.ints[row + RequestInt.Machine];
    if (this.parts.machines.join(row, machine) === Admission.Rejected) {
      this.refuse(row, OutcomeCode.Rejected);
      if (this.parts.machines.table.intOf(machine, MachineInt.Draining) === 1)
        this.drained(machine);
    }
  }

  /** An alarm of the deadlines rang. */
  timedOut(): void {
    const row = this.parts.deadlines.expired();
    if (row !== NONE && this.requests.ints[row + RequestInt.Abandoned] === 0) this.giveUp(row);
  }

  /** A machine stopped: what a request there comes to. */
  struck(row: number, silently: boolean): void {
    if (silently) this.hang(row);
    else this.refuse(row, OutcomeCode.Failed);
  }

  /** One pick a tier, as long as hops cost nothing. */
  private route(row: number, first: BalancerAtWork): void {
    const { requests, view } = this;
    const { ints } = requests;
    const client = this.sources[ints[row + RequestInt.Source]].place;
    view.key = ints[row + RequestInt.Key];
    view.rawKey = ints[row + RequestInt.RawKey];
    view.origin = client;
    let balancer = first;
    for (;;) {
      const replica = balancer.pools.length === 1 ? balancer.pools[0] : replicaOf(balancer, client);
      const { pool } = replica;
      ints[row + RequestInt.Last] = balancer.last;
      const slot = pool.pick(view);
      if (slot < 0) {
        this.refuse(row, OutcomeCode.Unroutable);
        return;
      }
      const depth = ints[row + RequestInt.Depth];
      const at = row + 2 * depth;
      ints[row + RequestInt.Depth] = depth + 1;
      ints[at + RequestInt.Pool] = replica.id;
      ints[at + RequestInt.Slot] = slot;
      if (pool.wantsLatency) requests.sentMs[(at + RequestInt.Pool) >> 1] = this.queue.nowMs;
      pool.sent(slot);
      const target = this.nodes[pool.node[slot]];
      if (balancer.far !== null) ints[row + RequestInt.Spilled] = balancer.far[client][slot];
      if (!this.network.isFlat) {
        const door = balancer.node.place < 0;
        if (door || replica.place !== target.place) {
          if (this.travels(row, replica.place, target.place, door ? 1 : 0)) return;
        }
      }
      if (target.machine >= 0) {
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
    const { ints } = this.requests;
    ints[row + RequestInt.Machine] = machine;
    const admission = this.machines.arrive(row, machine);
    if (admission === Admission.Taken) {
      // The client gave up while it travelled: the cancellation follows it at the same distance.
      if (ints[row + RequestInt.Abandoned] === 1) this.cancellations.send(row);
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
    const { ints } = this.requests;
    ints[row + RequestInt.State] = RequestState.Returning;
    for (let depth = ints[row + RequestInt.Depth]; depth > 0; depth--) {
      const at = row + 2 * depth - 2;
      const replica = this.replicas[ints[at + RequestInt.Pool]];
      if (!this.network.isFlat) {
        const from = this.nodes[replica.pool.node[ints[at + RequestInt.Slot]]].place;
        const door = replica.balancer.node.place < 0;
        if (door || from !== replica.place) {
          if (this.travels(row, from, replica.place, door ? 1 : 0)) return;
        }
      }
      this.hear(row, depth);
    }
    const rootPlace = this.root.node.place;
    if (rootPlace >= 0) {
      const client = this.sources[ints[row + RequestInt.Source]].place;
      if (this.travels(row, rootPlace, client, 1)) return;
    }
    this.deliver(row);
  }

  /** The pool of tier `depth − 1` hears back. */
  private hear(row: number, depth: number): void {
    const { ints } = this.requests;
    const at = row + 2 * depth - 2;
    const { pool } = this.replicas[ints[at + RequestInt.Pool]];
    const slot = ints[at + RequestInt.Slot];
    ints[row + RequestInt.Depth] = depth - 1;
    pool.returned(slot);
    if (pool.wantsLatency) {
      const sentMs = this.requests.sentMs[(at + RequestInt.Pool) >> 1];
      const succeeded = ints[row + RequestInt.Outcome] === OutcomeCode.Completed;
      pool.responded(slot, this.queue.nowMs - sentMs, succeeded);
    }
  }

  /** The answer is with the client. */
  private deliver(row: number): void {
    const { requests, recorder } = this;
    const { ints, ms } = requests;
    if (ints[row + RequestInt.Abandoned] === 1) {
      requests.free(row);
      return;
    }
    const outcome = ints[row + RequestInt.Outcome];
    const region = ints[row + RequestInt.Source];
    const group = ints[row + RequestInt.Class];
    const machine = ints[row + RequestInt.Machine];
    const last = ints[row + RequestInt.Last];
    this.foldOutcome(machine, outcome);
    if (outcome === OutcomeCode.Completed) {
      const { sample } = recorder;
      const at = row >> 2;
      sample[Sample.Latency] = this.queue.nowMs - ms[at + RequestMs.Born];
      sample[Sample.Network] = ms[at + RequestMs.Network];
      sample[Sample.Wait] = ms[at + RequestMs.Started] - ms[at + RequestMs.Queued];
      sample[Sample.Miss] = ms[at + RequestMs.Paid];
      const user = ints[row + RequestInt.User];
      const moved = user < 0 ? 0 : this.noteUser(user, machine);
      recorder.completed(region, group, last, ints[row + RequestInt.Spilled], moved);
    } else {
      recorder.ended(region, group, last, outcome);
    }
    if (this.sources[region].isClosed) this.tellSource(row);
    requests.free(row);
  }

  private foldOutcome(machine: number, outcome: number): void {
    const { fingerprint } = this.parts;
    fingerprint.timeMs[0] = this.queue.nowMs;
    fingerprint.fold((machine << 3) ^ outcome);
  }

  /** 1 when the user landed on another machine than the time before. */
  private noteUser(user: number, machine: number): 0 | 1 {
    const { lastMachineOf } = this.parts;
    if (lastMachineOf.length === 0) return 0;
    const before = lastMachineOf[user];
    if (before === machine) return 0;
    lastMachineOf[user] = machine;
    return before === NONE ? 0 : 1;
  }

  /** The client has waited long enough. */
  private giveUp(row: number): void {
    const { requests, recorder } = this;
    const group = requests.ints[row + RequestInt.Class];
    requests.ints[row + RequestInt.Abandoned] = 1;
    recorder.ended(
      requests.ints[row + RequestInt.Source],
      group,
      requests.ints[row + RequestInt.Last],
      OutcomeCode.TimedOut,
    );
    this.foldOutcome(requests.ints[row + RequestInt.Machine], OutcomeCode.TimedOut);
    this.tellSource(row);
    const state = requests.stateOf(row);
    if (state === RequestState.Hung) {
      this.release(row);
      requests.free(row);
    } else if (state !== RequestState.Returning && state !== RequestState.Outbound) {
      this.cancellations.send(row);
    }
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

  /** Its pools stop counting it; what they hear is that it failed. */
  private release(row: number): void {
    const { ints } = this.requests;
    ints[row + RequestInt.Outcome] = OutcomeCode.TimedOut;
    while (ints[row + RequestInt.Depth] > 0) this.hear(row, ints[row + RequestInt.Depth]);
  }

  /** A closed loop's user begins to think. */
  private tellSource(row: number): void {
    const { requests, sources } = this.parts;
    const source = sources[requests.ints[row + RequestInt.Source]];
    // After the run's last birth answers still come home, but nobody asks again.
    if (source.stopped || source.process.returned === undefined) return;
    const nextMs = source.process.returned(
      source.localUser(requests.ints[row + RequestInt.User]),
      this.queue.nowMs,
    );
    this.queue.schedule(source.subject, nextMs);
  }

  /** Puts the request on the line between two places; false where there is no distance to travel. */
  private travels(row: number, from: number, to: number, door: 0 | 1): boolean {
    const { requests, network } = this;
    if (network.isCut(from, to)) {
      this.hang(row);
      return true;
    }
    const delayMs = door === 1 ? network.doorMs(from, to) : network.innerMs(from, to);
    if (delayMs === 0) return false;
    requests.ms[(row >> 2) + RequestMs.Network] += delayMs;
    requests.ms[(row >> 2) + RequestMs.Due] = this.queue.nowMs + delayMs;
    network.send(row, from, to, door);
    return true;
  }
}

/** The replica that a request from this place meets. */
function replicaOf(balancer: BalancerAtWork, client: number): Replica {
  const { pools, replicas } = balancer;
  const base = balancer.node.place === NONE ? balancer.placeIndex[client] * replicas : 0;
  return pools[replicas === 1 ? base : base + balancer.replicaStream.below(replicas)];
}
