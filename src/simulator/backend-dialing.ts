/**
 * Connections of layer-7 balancers to their targets, as requests use them: one that is there, a new
 * one with its handshake, or a place in the line for one.
 */
import { NONE } from "../units.ts";
import { MachineState } from "../world/machine.ts";
import { Handshake, roundTripsOf } from "../world/connections/handshake.ts";
import type { Backend, Connection } from "../world/proxies/backends.ts";
import { ProxyCount } from "../world/proxies/counts.ts";
import { Stage, type Stages } from "../world/proxies/stages.ts";
import { OutcomeCode, type Request, RequestState, type Requests } from "../world/requests.ts";
import type { TreeNode } from "../world/topology.ts";
import type { BackendWays } from "./backend-ways.ts";
import type { Connections } from "./connections.ts";
import type { Halts } from "./halts.ts";
import type { Hop } from "./hop.ts";
import type { Parts, ProxyAtWork, Replica } from "./parts.ts";
import type { Carrier } from "./proxies.ts";

/** What a request goes on. */
const enum Carriage {
  Connection,
  /** Nobody shakes hands: it goes as the first segment would. */
  Alone,
  /** All connections are full. */
  None,
}

export class BackendDialing {
  private readonly requests: Requests<Hop>;
  private readonly stages: Stages;
  /** null: none runs through layer 4. */
  private readonly ways: BackendWays | null;

  constructor(
    private readonly parts: Parts,
    private readonly halts: Halts,
    private readonly carrier: Carrier,
    /** null: no clients have connections, and nobody decides once a connection. */
    private readonly connections: Connections | null,
  ) {
    this.requests = parts.requests;
    this.stages = halts.stages;
    this.ways = connections?.backends ?? null;
  }

  /** The replica has picked: whether the request can go on at once. */
  connects(request: Request, replica: Replica, { backends }: ProxyAtWork, slot: number): boolean {
    if (backends === null) return true;
    const carriage = this.carry(request, replica, slot);
    if (carriage === Carriage.None) {
      this.putOff(request, replica, backends.at(slot));
      return false;
    }
    const isAlone = carriage === Carriage.Alone;
    const goesOn = isAlone || this.stands(request, replica, this.connectionOf(request)!);
    // A new one may have pushed others out of a table.
    this.connections?.brokeSome();
    return goesOn;
  }

  /** A request is back, or is not to come back: its connection is free for others. */
  heard(request: Request, replica: Replica, { backends }: ProxyAtWork, slot: number): void {
    if (backends === null) return;
    const { connection } = this.stages;
    const at = request.index * this.requests.tiers + request.depth;
    this.ways?.left(request);
    const used = connection[at];
    if (used === null) return;
    connection[at] = null;
    backends.release(used, isWhole(request, replica.targets[slot]));
    this.freed(replica, used, slot);
    this.connections?.brokeSome();
  }

  /** Its connection stands. */
  dialed(request: Request, replica: Replica): void {
    const { index, depth } = request;
    this.parts.passages!.connectMs[index] += this.stages.end(request, this.parts.queue.nowMs);
    request.state = RequestState.Outbound;
    if (!request.abandoned) {
      this.carrier.onward(request, this.requests.lastHop(request));
      return;
    }
    // Nothing was sent on it: it is as good as new.
    const at = index * this.requests.tiers + depth - 1;
    const connection = this.stages.connection[at]!;
    this.stages.connection[at] = null;
    replica.proxy!.backends!.release(connection, true);
    this.freed(replica, connection, this.slotOf(request));
    this.connections?.brokeSome();
    this.carrier.ends.vanish(request);
  }

  /** A request that waited for a connection has got one, or has none to wait for. */
  sendOn(request: Request, replica: Replica): void {
    const connection = this.connectionOf(request);
    if (connection === null || this.stands(request, replica, connection)) {
      this.carrier.onward(request, this.requests.lastHop(request));
    }
  }

  /** Its client gives up while it waits for a connection. */
  withdraw(request: Request, { proxy }: Replica): void {
    proxy!.backends!.at(this.slotOf(request)).waiting.remove(request);
    proxy!.counts[ProxyCount.PendedMs] += this.stages.end(request, this.parts.queue.nowMs);
  }

  /**
   * A target's connections end: it resets them as it stops or is back, or has left. Who waits for
   * one is sent on where it is back; else what comes home from there tells.
   */
  targetEnded(node: TreeNode, how: "reset" | "left"): void {
    const slot = this.parts.slotOf[node.id];
    for (const replica of this.parts.balancers[node.parent]!.pools) {
      const backends = replica.proxy?.backends;
      if (backends == null) continue;
      const backend = backends.at(slot);
      if (how === "left") backends.leave(backend);
      else backends.reset(backend);
      if (isUp(replica.targets[slot])) this.callNext(replica, backend, slot);
    }
  }

  /**
   * Whether nobody shakes hands there: the target is down, or a new connection would have to pass a
   * cut link. The request then goes as the first packet would, and meets what that would meet.
   */
  private goesAlone({ balancer, place, proxy }: Replica, target: Hop, to: Backend): boolean {
    if (!isUp(target)) return true;
    const { network } = this.parts;
    const travels = balancer.node.place < 0 || place !== target.node.place;
    return travels && network.isCut(place, target.node.place) && proxy!.backends!.opensNext(to);
  }

  /** What the request is to go on from now on: a connection that is there, a new one, none. */
  private carry(request: Request, replica: Replica, slot: number): Carriage {
    const { stages, ways } = this;
    const target = replica.targets[slot];
    const backends = replica.proxy!.backends!;
    const backend = backends.at(slot);
    const at = request.index * this.requests.tiers + request.depth - 1;
    stages.connection[at] = null;
    const isLed = ways !== null && ways.leads(target);
    if (!isLed && this.goesAlone(replica, target, backend)) return Carriage.Alone;
    const isFound = isLed && backends.opensNext(backend);
    const roundTripMs = isFound ? ways.find(request, replica, slot) : 0;
    if (!(roundTripMs >= 0)) return Carriage.Alone;
    const connection = backends.take(backend);
    if (connection === null) return Carriage.None;
    stages.connection[at] = connection;
    if (isFound) {
      ways.opened(request, replica, slot, connection);
      this.dial(request, replica, connection, roundTripMs);
    } else if (isLed) ways.taken(request, connection);
    else if (connection.carried === 1) {
      this.dial(request, replica, connection, this.roundTripMs(replica, target));
    }
    return Carriage.Connection;
  }

  /** All connections that it may take are full. */
  private putOff(request: Request, replica: Replica, backend: Backend): void {
    const { backends, counts } = replica.proxy!;
    if (request.abandoned) this.carrier.ends.vanish(request);
    else if (backends!.hasRoom(backend)) {
      counts[ProxyCount.Pended]++;
      this.halts.await(request, Stage.Pending, replica, backend.waiting);
    } else {
      counts[ProxyCount.Overflowed]++;
      request.outcome = OutcomeCode.Rejected;
      this.carrier.takeBack(request);
      this.carrier.goHome(request);
    }
  }

  /** Of a handshake straight with the target, ms. */
  private roundTripMs({ balancer, place }: Replica, { node: { place: to } }: Hop): number {
    const { network } = this.parts;
    if (network.isFlat) return 0;
    return balancer.node.place < 0
      ? network.doorMs(place, to) + network.doorMs(to, place)
      : network.innerMs(place, to) + network.innerMs(to, place);
  }

  /** A new connection: when it can be used, and what its end has yet to work for it. */
  private dial(
    request: Request,
    { proxy }: Replica,
    connection: Connection,
    roundTripMs: number,
  ): void {
    const { backend, row } = connection;
    const handshake = this.shake(proxy!, backend);
    const roundTrips = roundTripsOf(proxy!.backends!.spec.tls, handshake);
    proxy!.counts[ProxyCount.Dialed] += roundTrips;
    connection.readyMs = this.parts.queue.nowMs + roundTrips * roundTripMs;
    if (row !== NONE) this.connections!.table.handshake[row] = handshake;
    if (handshake === Handshake.None) return;
    const isFull = handshake === Handshake.Full;
    proxy!.counts[isFull ? ProxyCount.BackendFull : ProxyCount.BackendResumed]++;
    if (isFull && backend.resumableMs > connection.readyMs)
      backend.resumableMs = connection.readyMs;
    this.parts.passages!.handshake[request.index] = handshake;
    this.stages.shaking[request.index] = connection;
  }

  /**
   * The handshake of the connection of a balancer's that a request came on, if it is the first on
   * it and that end still knows of it: told once.
   */
  takeHandshake({ index }: Request): Handshake {
    const { handshake } = this.parts.passages!;
    const { shaking } = this.stages;
    const shaken: Handshake = handshake[index];
    if (shaken === Handshake.None) return Handshake.None;
    const connection = shaking[index]!;
    handshake[index] = Handshake.None;
    shaking[index] = null;
    return connection.isForgotten ? Handshake.None : shaken;
  }

  /**
   * The first connection of a replica to a target has no session to resume, nor has one that is
   * opened before its handshake is over; then chance tells, as of clients.
   */
  private shake({ backends, resumptions }: ProxyAtWork, { resumableMs }: Backend): Handshake {
    const { tls, resume } = backends!.spec;
    if (tls === "none") return Handshake.None;
    if (resumptions === null || resumableMs > this.parts.queue.nowMs) return Handshake.Full;
    return resumptions.double() < resume! ? Handshake.Resumed : Handshake.Full;
  }

  /** A request has left its connection. */
  private freed(replica: Replica, connection: Connection, slot: number): void {
    this.ways?.rested(connection, replica);
    if (connection.backend.waiting.length > 0) this.callNext(replica, connection.backend, slot);
  }

  /** Whether its connection can be used: else it waits until then. */
  private stands(request: Request, replica: Replica, { readyMs }: Connection): boolean {
    const waitMs = readyMs - this.parts.queue.nowMs;
    if (waitMs <= 0) return true;
    this.halts.halt(request, Stage.Dial, replica);
    this.halts.ring(request, waitMs);
    return false;
  }

  /** Connections have room again: the first who wait get them; all, where nobody shakes hands. */
  callNext(replica: Replica, { waiting }: Backend, slot: number): void {
    const { counts } = replica.proxy!;
    while (waiting.head !== null) {
      const request = waiting.head;
      if (this.carry(request, replica, slot) === Carriage.None) return;
      waiting.remove(request);
      counts[ProxyCount.PendedMs] += this.halts.release(request, Stage.Send, replica);
    }
  }

  /** On which its last pick sends it; null: on none. */
  private connectionOf({ index, depth }: Request): Connection | null {
    return this.stages.connection[index * this.requests.tiers + depth - 1];
  }

  /** Of its last pick. */
  private slotOf(request: Request): number {
    return this.requests.lastHop(request).slot;
  }
}

const isUp = ({ machine, balancer }: Hop): boolean =>
  (machine ?? balancer!).state === MachineState.Up;

/** Whether nothing is left on a request's connection that would spoil it for the next. */
function isWhole({ outcome }: Request, target: Hop): boolean {
  if (outcome === OutcomeCode.TimedOut) return false;
  return outcome !== OutcomeCode.Failed || isUp(target);
}
