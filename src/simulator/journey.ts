/**
 * A request's way through the tree: one pick a tier outward, the same hops back. What is decided by
 * arithmetic alone needs no event: a hop of no delay is taken at once.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { type Machine, MachineState } from "../world/machine.ts";
import { Admission, type Machines } from "../world/machines.ts";
import type { Line, Network } from "../world/network.ts";
import { OutcomeCode, type Request, RequestState, type Requests } from "../world/requests.ts";
import { Departures } from "./departures.ts";
import type { Dialing } from "./dialing.ts";
import type { Hop } from "./hop.ts";
import type { PinnedWays } from "./pinned-ways.ts";
import { replicaFor } from "./replica-sets.ts";
import { EarlyEnds } from "./early-ends.ts";
import { goesBefore, Keeping } from "./keeping.ts";
import { Outcomes } from "./outcomes.ts";
import { type Carrier, Proxies } from "./proxies.ts";
import type { BalancerAtWork, MutableRequestView, Parts, Replica } from "./parts.ts";
import { makeTransfers, type Transfers } from "./transfers.ts";

export class Journey implements Carrier {
  private readonly queue: EventQueue;
  private readonly requests: Requests<Hop>;
  private readonly network: Network;
  private readonly machines: Machines;
  private readonly outcomes: Outcomes;
  private readonly view: MutableRequestView;
  readonly ends: EarlyEnds;
  private readonly root: BalancerAtWork;
  private readonly keeping: Keeping;
  /** null: bytes take no time. */
  private readonly transfers: Transfers | null;
  readonly departures: Departures;
  /** null: no clients have connections. */
  readonly dialing: Dialing | null;
  private readonly ways: PinnedWays | null;
  /** null: no balancer has more to do than pick. */
  readonly proxies: Proxies | null;
  /** Nothing but network and machines is on anybody's way, and nobody waits for the answers. */
  private readonly isPlain: boolean;

  constructor(
    private readonly parts: Parts,
    /** A draining machine may have become idle. */
    private readonly drained: (machine: Machine) => void,
    /** A connection through this node is gone. */
    left: (node: number) => void,
  ) {
    this.queue = parts.queue;
    this.requests = parts.requests;
    this.network = parts.network;
    this.machines = parts.machines;
    this.outcomes = new Outcomes(parts);
    this.view = parts.view;
    this.ends = new EarlyEnds(parts, this.outcomes, this, drained);
    this.root = parts.balancers[0]!;
    this.keeping = new Keeping(parts, left);
    this.transfers = makeTransfers(parts);
    const setOut = (request: Request): void => this.setOut(request);
    const cutOff = (request: Request): void => this.ends.cutOff(request);
    this.departures = new Departures(parts, this.keeping, { setOut, cutOff, left });
    this.dialing = this.departures.dialing;
    this.ways = this.dialing?.ways ?? null;
    this.proxies = parts.stages === null ? null : new Proxies(parts, this, this.dialing);
    const isAsked = this.keeping.isOn || parts.sources.some(({ isClosed }) => isClosed);
    this.isPlain = parts.passages === null && !isAsked;
  }

  /** A request is born. */
  begin(request: Request): void {
    if (this.isPlain) this.setOut(request);
    else this.departures.begin(request);
  }

  /** A request sets out from its client. */
  setOut(request: Request): void {
    const { place } = this.root.node;
    if (place >= 0) {
      const entry = this.network.line(request.source!.place, place, 1);
      if (this.travels(request, entry)) return;
    }
    this.meet(request, this.root);
  }

  /** A network line's head has arrived. */
  arrived(index: number): void {
    const line = this.network.numbered(index);
    this.land(this.network.arrived(line), line.cuts > 0);
  }

  /** A request whose bytes took their time has arrived. */
  transferred(): void {
    const request = this.transfers!.arrived();
    this.land(request, this.transfers!.isLost(request));
  }

  private land(request: Request, lost: boolean): void {
    const { depth } = request;
    if (lost) this.ends.hang(request);
    else if (request.state === RequestState.Outbound) {
      if (depth === 0) this.meet(request, this.root);
      else this.reach(request, this.requests.lastHop(request));
    } else if (depth === 0) this.deliver(request);
    else {
      const hop = this.requests.lastHop(request);
      this.hear(request, hop);
      if (this.proxies === null || !this.proxies.holds(request, hop)) this.goHome(request);
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
    this.refuse(request, outcomeOf(admission));
    if (request.machine!.draining) this.drained(request.machine!);
  }

  /** An alarm of the deadlines rang. */
  timedOut(): void {
    const request = this.parts.deadlines.expired();
    if (request !== null && !request.abandoned) this.ends.giveUp(request);
  }

  /** A machine stopped: what a request there comes to. */
  struck(request: Request, silently: boolean): void {
    if (silently) this.ends.hang(request);
    else this.refuse(request, OutcomeCode.Failed);
  }

  /** The request stands before a balancer. */
  private meet(request: Request, balancer: BalancerAtWork): void {
    if (balancer.state === MachineState.Up) this.route(request, balancer);
    else if (balancer.state === MachineState.Silent) this.ends.hang(request);
    else this.refuse(request, OutcomeCode.Failed);
  }

  /** The request stands before a target: a balancer picks on, a machine admits it or not. */
  private reach(request: Request, { machine, balancer }: Hop): void {
    if (machine !== null) this.arriveAt(request, machine);
    else this.meet(request, balancer!);
  }

  /** A balancer picks, and those beneath it as long as hops cost nothing. */
  private route(request: Request, balancer: BalancerAtWork): void {
    const client = request.source!.place;
    const replica = balancer.soles[client] ?? replicaFor(request, balancer, client, this.ways);
    if (replica === null) this.refuse(request, OutcomeCode.Failed);
    else if (replica.proxy === null) {
      if (this.proxies !== null) this.proxies.passes(request, replica);
      this.pickFrom(request, replica, client);
    } else this.proxies!.enter(request, replica, replica.proxy);
  }

  /** One of a balancer's replicas picks; `client` is the place where the request comes from. */
  pickFrom(request: Request, replica: Replica, client: number): void {
    const { pool, balancer, proxy } = replica;
    request.last = balancer.last;
    if (this.ways !== null && this.ways.pins(request, balancer)) {
      return this.follow(request, replica, client, this.ways);
    }
    const { view } = this;
    view.key = request.key;
    view.rawKey = request.rawKey;
    view.origin = client;
    const slot =
      !this.isPlain && goesBefore(replica) ? this.keeping.pick(request, replica) : pool.pick(view);
    if (slot < 0) {
      if (proxy !== null) this.proxies!.unrouted(request, replica, proxy);
      this.refuse(request, OutcomeCode.Unroutable);
      return;
    }
    const hop = this.takeHop(request, replica, slot);
    if (pool.wantsLatency) this.noteSent(request);
    pool.sent(slot);
    if (balancer.far !== null) request.spilled = balancer.far[client][slot];
    if (
      this.proxies === null ||
      proxy === null ||
      this.proxies.connects(request, replica, proxy, slot)
    ) {
      this.onward(request, hop);
    }
  }

  /** The request goes where this tier sent its connection. */
  private follow(request: Request, replica: Replica, client: number, ways: PinnedWays): void {
    const slot = ways.slotOf(request, replica.balancer);
    if (slot < 0) return this.refuse(request, ways.faultOf(request, replica.balancer));
    const hop = this.takeHop(request, replica, slot);
    const { far } = replica.balancer;
    if (far !== null) request.spilled = far[client][slot];
    this.onward(request, hop);
  }

  /** One tier deeper, by this pick. */
  private takeHop(request: Request, { targets }: Replica, slot: number): Hop {
    const hop = targets[slot];
    this.requests.enter(request, hop);
    return hop;
  }

  /** When its last pick was, for who wants to know how long its answer takes. */
  private noteSent(request: Request): void {
    this.requests.sentMs[this.requests.row(request) + request.depth - 1] = this.queue.nowMs;
  }

  /** From the replica that has picked towards its target. */
  onward(request: Request, hop: Hop): void {
    const { out } = hop;
    if (this.network.isFlat || out === null || !this.travels(request, out)) {
      this.reach(request, hop);
    }
  }

  private arriveAt(request: Request, machine: Machine): void {
    request.machine = machine;
    if (this.ways !== null) this.ways.reached(request, machine);
    if (this.proxies !== null) this.proxies.reached(request, machine);
    const admission = this.machines.arrive(request, machine);
    if (admission === Admission.Taken) {
      // The client gave up while it travelled: the cancellation follows it at the same distance.
      if (request.abandoned) this.ends.cancellations.send(request);
    } else if (admission === Admission.Swallowed) this.ends.hang(request);
    else this.refuse(request, outcomeOf(admission));
  }

  /** The request ends here without success; the refusal travels back as a response does. */
  private refuse(request: Request, outcome: OutcomeCode): void {
    request.outcome = outcome;
    this.goHome(request);
  }

  /** From the target of its last pick back towards the client, as long as hops cost nothing. */
  goHome(request: Request): void {
    request.state = RequestState.Returning;
    while (request.depth > 0) {
      const hop = this.requests.lastHop(request);
      if (hop.leadsAway && !this.network.isFlat && this.travelsBack(request, hop)) return;
      this.hear(request, hop);
      if (this.proxies !== null && this.proxies.holds(request, hop)) return;
    }
    const { place } = this.root.node;
    if (place >= 0) {
      const exit = this.network.line(place, request.source!.place, 1);
      if (this.travels(request, exit)) return;
    }
    this.deliver(request);
  }

  /** From its last hop's target to the balancer, or past some, where that is any distance. */
  private travelsBack(request: Request, { replica, back, node }: Hop): boolean {
    if (replica.balancer.returnsDirectly) {
      this.returnDirectly(request, replica.balancer, node.place);
      return true;
    }
    return back !== null && this.travels(request, back);
  }

  /** From a place past all balancers that only forward, to who opened the connection. */
  private returnDirectly(request: Request, { dialer }: BalancerAtWork, from: number): void {
    // Those between decided once a connection too, and hear of none of its requests.
    this.requests.returnTo(request, dialer + 1);
    const to = this.ways!.dialerOf(request);
    const door = to === null || to.balancer.node.place < 0 ? 1 : 0;
    const place = to === null ? request.source!.place : to.place;
    const isInside = door === 0 && from === place;
    if (isInside || !this.travels(request, this.network.line(from, place, door))) {
      this.land(request, false);
    }
  }

  /** The pool of the request's last hop hears back. */
  private hear(request: Request, { replica, pool, slot }: Hop): void {
    const isPinned = this.ways !== null && this.ways.isPinned(request, replica.balancer);
    this.requests.returnTo(request, request.depth - 1);
    if (isPinned) return;
    pool.returned(slot);
    if (pool.wantsLatency) {
      const succeeded = request.outcome === OutcomeCode.Completed;
      const sentMs = this.requests.sentMs[this.requests.row(request) + request.depth];
      pool.responded(slot, this.queue.nowMs - sentMs, succeeded);
    }
    if (this.proxies !== null && replica.proxy !== null) {
      this.proxies.heard(request, replica, replica.proxy, slot);
    }
  }

  /** Its last pick has come to nothing, where it stands: the pool hears it at once. */
  takeBack(request: Request): void {
    this.hear(request, this.requests.lastHop(request));
  }

  /** The answer is with the client. */
  private deliver(request: Request): void {
    if (!request.abandoned) {
      this.outcomes.delivered(request);
      if (this.isPlain) return this.requests.free(request);
      if (this.keeping.isOn) this.keeping.answered(request);
      if (request.source!.isClosed) this.outcomes.tellSource(request);
    }
    if (this.dialing !== null) this.dialing.leave(request);
    this.requests.free(request);
  }

  /** Puts the request on a line; false where that is no distance. */
  private travels(request: Request, line: Line): boolean {
    if (line.cuts > 0) {
      this.ends.hang(request);
      return true;
    }
    if (this.transfers !== null && this.transfers.carries(request, line)) return true;
    const { delayMs } = line;
    if (delayMs === 0) return false;
    request.networkMs += delayMs;
    request.dueMs = this.queue.nowMs + delayMs;
    this.network.send(request, line);
    return true;
  }
}

/** What its client sees of a request that a machine has not taken. */
const outcomeOf = (admission: Admission): OutcomeCode =>
  admission === Admission.Rejected ? OutcomeCode.Rejected : OutcomeCode.Failed;
