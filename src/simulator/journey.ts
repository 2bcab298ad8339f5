/**
 * A request's way through the tree: one pick a tier outward, the same hops back. What is decided by
 * arithmetic alone needs no event: a hop of no delay is taken at once.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import type { Recorder } from "../statistics/recorder.ts";
import { NONE } from "../units.ts";
import { type Machine, MachineState } from "../world/machine.ts";
import { Admission, type Machines } from "../world/machines.ts";
import type { Network } from "../world/network.ts";
import {
  HopColumn,
  OutcomeCode,
  type Request,
  RequestState,
  type Requests,
} from "../world/requests.ts";
import { Cancellations } from "./cancellations.ts";
import { Keeping } from "./keeping.ts";
import type { BalancerAtWork, MutableRequestView, Parts, Replica } from "./parts.ts";

export class Journey {
  private readonly queue: EventQueue;
  private readonly requests: Requests;
  private readonly network: Network;
  private readonly machines: Machines;
  private readonly recorder: Recorder;
  private readonly replicas: readonly Replica[];
  private readonly view: MutableRequestView;
  readonly cancellations: Cancellations;
  private readonly root: BalancerAtWork;
  private readonly keeping: Keeping;
  /**
   * Hung requests with nobody's patience to end them: they keep a limited run from waiting for ever.
   */
  forgotten = 0;

  constructor(
    private readonly parts: Parts,
    /** A draining machine may have become idle. */
    private readonly drained: (machine: Machine) => void,
  ) {
    this.queue = parts.queue;
    this.requests = parts.requests;
    this.network = parts.network;
    this.machines = parts.machines;
    this.recorder = parts.recorder;
    this.replicas = parts.replicas;
    this.view = parts.view;
    this.cancellations = new Cancellations(parts, (request) => this.release(request), drained);
    this.root = parts.balancers[0]!;
    this.keeping = new Keeping(parts);
  }

  /** A request is born. */
  begin(request: Request): void {
    const { passages } = this.parts;
    if (passages !== null) passages.begin(request);
    this.setOut(request);
  }

  /** A request sets out from its client. */
  setOut(request: Request): void {
    const { root } = this;
    const { place } = root.node;
    if (place >= 0 && this.travels(request, request.source!.place, place, 1)) return;
    this.meet(request, root);
  }

  /** A network line's head has arrived. */
  arrived(line: number): void {
    const lost = this.network.lineIsCut(line);
    const request = this.network.arrived(line);
    const { depth } = request;
    if (lost) this.hang(request);
    else if (request.state === RequestState.Outbound) {
      if (depth === 0) this.meet(request, this.root);
      else {
        const { hops } = this.requests;
        const hop = this.lastHop(request);
        const replica = this.replicas[hops[hop + HopColumn.Pool]];
        this.reach(request, replica, hops[hop + HopColumn.Slot]);
      }
    } else if (depth === 0) {
      this.deliver(request);
    } else {
      this.hear(request, this.lastHop(request));
      this.goHome(request);
    }
  }

  /** A core or a shared processor has finished a request. */
  served(request: Request): void {
    const machine = request.machine!;
    this.goHome(request);
    if (machine.draining) this.drained(machine);
  }

  /** A fetch is over: the request asks for a core. */
  fetched(): void {
    const request = this.machines.fetched();
    if (request !== null) {
      this.answerAt(request, this.machines.join(request, request.machine!));
    }
  }

  /** The origin has answered a request, or refused it. */
  originAnswered(): void {
    const answer = this.parts.origin!.answered();
    if (answer === null) return;
    const { request, refused } = answer;
    const { state } = request;
    // What failed with its machine, or was taken back, waits for nothing any more.
    if (state !== RequestState.Fetching && state !== RequestState.Running) return;
    this.answerAt(request, this.machines.fetchedFromOrigin(request, refused));
  }

  /** What its machine says to a request that has waited there. */
  private answerAt(request: Request, admission: Admission): void {
    if (admission === Admission.Taken) return;
    const rejected = admission === Admission.Rejected;
    this.refuse(request, rejected ? OutcomeCode.Rejected : OutcomeCode.Failed);
    if (request.machine!.draining) this.drained(request.machine!);
  }

  /** An alarm of the deadlines rang. */
  timedOut(): void {
    const request = this.parts.deadlines.expired();
    if (request !== null && !request.abandoned) this.giveUp(request);
  }

  /** A machine stopped: what a request there comes to. */
  struck(request: Request, silently: boolean): void {
    if (silently) this.hang(request);
    else this.refuse(request, OutcomeCode.Failed);
  }

  /** The request stands before a balancer. */
  private meet(request: Request, balancer: BalancerAtWork): void {
    if (balancer.state === MachineState.Up) this.route(request, balancer);
    else if (balancer.state === MachineState.Silent) this.hang(request);
    else this.refuse(request, OutcomeCode.Failed);
  }

  /** The request stands before a target: a balancer picks on, a machine admits it or not. */
  private reach(request: Request, { machines, targets }: Replica, slot: number): void {
    const machine = machines[slot];
    if (machine !== null) this.arriveAt(request, machine);
    else this.meet(request, targets[slot].balancer!);
  }

  /** A balancer picks, and those beneath it as long as hops cost nothing. */
  private route(request: Request, balancer: BalancerAtWork): void {
    const client = request.source!.place;
    const replica = balancer.pools.length === 1 ? balancer.pools[0] : replicaOf(balancer, client);
    this.pickFrom(request, replica, client);
  }

  /** One of a balancer's replicas picks; `client` is the place where the request comes from. */
  private pickFrom(request: Request, replica: Replica, client: number): void {
    const { view } = this;
    const { pool, balancer } = replica;
    view.key = request.key;
    view.rawKey = request.rawKey;
    view.origin = client;
    request.last = balancer.last;
    const keeps = balancer.persistence !== null;
    const slot = keeps ? this.keeping.pick(request, balancer, pool) : pool.pick(view);
    if (slot < 0) {
      this.refuse(request, OutcomeCode.Unroutable);
      return;
    }
    request.depth++;
    const hop = this.lastHop(request);
    const { hops } = this.requests;
    hops[hop + HopColumn.Pool] = replica.id;
    hops[hop + HopColumn.Slot] = slot;
    if (pool.wantsLatency) this.requests.sentMs[hop >> 1] = this.queue.nowMs;
    pool.sent(slot);
    if (balancer.far !== null) request.spilled = balancer.far[client][slot];
    this.onward(request, replica, slot);
  }

  /** From the replica that has picked towards its target. */
  private onward(request: Request, replica: Replica, slot: number): void {
    if (!this.network.isFlat) {
      const { place } = replica.targets[slot];
      const door = replica.balancer.node.place < 0;
      if (door || replica.place !== place) {
        if (this.travels(request, replica.place, place, door ? 1 : 0)) return;
      }
    }
    this.reach(request, replica, slot);
  }

  private arriveAt(request: Request, machine: Machine): void {
    request.machine = machine;
    const admission = this.machines.arrive(request, machine);
    if (admission === Admission.Taken) {
      // The client gave up while it travelled: the cancellation follows it at the same distance.
      if (request.abandoned) this.cancellations.send(request);
    } else if (admission === Admission.Swallowed) this.hang(request);
    else {
      const rejected = admission === Admission.Rejected;
      this.refuse(request, rejected ? OutcomeCode.Rejected : OutcomeCode.Failed);
    }
  }

  /** The request ends here without success; the refusal travels back as a response does. */
  private refuse(request: Request, outcome: OutcomeCode): void {
    request.outcome = outcome;
    this.goHome(request);
  }

  /** From the target of its last pick back towards the client, as long as hops cost nothing. */
  private goHome(request: Request): void {
    request.state = RequestState.Returning;
    while (request.depth > 0) {
      const hop = this.lastHop(request);
      if (!this.network.isFlat && this.travelsBack(request, hop)) return;
      this.hear(request, hop);
    }
    const { place } = this.root.node;
    if (place >= 0 && this.travels(request, place, request.source!.place, 1)) return;
    this.deliver(request);
  }

  /** Where the request's last hop stands in `Requests.hops`. */
  private lastHop({ index, depth }: Request): number {
    return 2 * (index * this.requests.tiers + depth - 1);
  }

  /** From its last hop's target to the balancer, where that is any distance. */
  private travelsBack(request: Request, hop: number): boolean {
    const { hops } = this.requests;
    const { balancer, place, targets } = this.replicas[hops[hop + HopColumn.Pool]];
    const from = targets[hops[hop + HopColumn.Slot]].place;
    const door = balancer.node.place < 0;
    if (!door && from === place) return false;
    return this.travels(request, from, place, door ? 1 : 0);
  }

  /** The pool of the request's last hop hears back. */
  private hear(request: Request, hop: number): void {
    const { hops } = this.requests;
    const { pool } = this.replicas[hops[hop + HopColumn.Pool]];
    const slot = hops[hop + HopColumn.Slot];
    request.depth--;
    pool.returned(slot);
    if (pool.wantsLatency) {
      const succeeded = request.outcome === OutcomeCode.Completed;
      pool.responded(slot, this.queue.nowMs - this.requests.sentMs[hop >> 1], succeeded);
    }
  }

  /** The answer is with the client. */
  private deliver(request: Request): void {
    if (!request.abandoned) {
      const { outcome } = request;
      this.foldOutcome(request, outcome);
      if (outcome === OutcomeCode.Completed) {
        const { machine } = request;
        const tells = request.user >= 0 && machine !== null;
        const moved = tells ? this.noteUser(request.user, machine) : 0;
        this.recorder.completed(request, request.source!.region, moved);
        if (this.keeping.isOn) this.keeping.answered(request);
      } else this.recorder.ended(request, request.source!.region, outcome);
      if (request.source!.isClosed) this.tellSource(request);
    }
    this.requests.free(request);
  }

  private foldOutcome({ machine }: Request, outcome: OutcomeCode): void {
    const where = machine === null ? NONE : machine.index;
    this.parts.fingerprint.fold((where << 3) ^ outcome);
  }

  /** 1 when the user landed on another machine than the time before. */
  private noteUser(user: number, machine: Machine): 0 | 1 {
    const { lastMachineOf } = this.parts;
    if (lastMachineOf.length === 0) return 0;
    const before = lastMachineOf[user];
    if (before === machine.index) return 0;
    lastMachineOf[user] = machine.index;
    return before === NONE ? 0 : 1;
  }

  /** The client has waited long enough. */
  private giveUp(request: Request): void {
    request.abandoned = true;
    this.recorder.ended(request, request.source!.region, OutcomeCode.TimedOut);
    this.foldOutcome(request, OutcomeCode.TimedOut);
    this.tellSource(request);
    const { state } = request;
    if (state === RequestState.Hung) {
      this.release(request);
      this.requests.free(request);
    } else if (state !== RequestState.Returning && state !== RequestState.Outbound) {
      this.cancellations.send(request);
    }
  }

  /** Nobody will answer. Its balancers count it as in flight until its client gives up. */
  private hang(request: Request): void {
    if (request.abandoned) {
      this.release(request);
      this.requests.free(request);
      return;
    }
    request.state = RequestState.Hung;
    if (this.parts.deadlines.timeoutMs[request.group] === Infinity) this.forgotten++;
  }

  /** Its pools stop counting it; what they hear is that it failed. */
  private release(request: Request): void {
    request.outcome = OutcomeCode.TimedOut;
    while (request.depth > 0) this.hear(request, this.lastHop(request));
  }

  /** A closed loop's user begins to think. */
  private tellSource(request: Request): void {
    const source = request.source!;
    // After the run's last birth answers still come home, but nobody asks again.
    if (source.stopped || source.process.returned === undefined) return;
    const nextMs = source.process.returned(source.localUser(request.user), this.queue.nowMs);
    this.queue.schedule(source.subject, nextMs);
  }

  /** Puts the request on the line between two places; false where there is no distance to travel. */
  private travels(request: Request, from: number, to: number, door: 0 | 1): boolean {
    const { network } = this;
    if (network.isCut(from, to)) {
      this.hang(request);
      return true;
    }
    const delayMs = door === 1 ? network.doorMs(from, to) : network.innerMs(from, to);
    if (delayMs === 0) return false;
    request.networkMs += delayMs;
    request.dueMs = this.queue.nowMs + delayMs;
    network.send(request, from, to, door);
    return true;
  }
}

/** The replica that a request from this place meets. */
function replicaOf(balancer: BalancerAtWork, client: number): Replica {
  const { pools, replicas } = balancer;
  const base = balancer.node.place === NONE ? balancer.placeIndex[client] * replicas : 0;
  return pools[replicas === 1 ? base : base + balancer.replicaStream.below(replicas)];
}
