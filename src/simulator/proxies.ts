/**
 * What happens to a request inside a layer-7 balancer that has more to do than pick. On the way in:
 * its cores (handshake, request, bytes), then its response cache (a hit is answered from here; who
 * asks for what is being fetched waits for that), then the pick, then a connection to the target
 * (one that is there, a new one with its handshake, or a place in the line for one). On the way
 * back: the connection is given back, the response stored, and whoever waited for either goes on.
 *
 * What becomes of it when something goes wrong (held by test/simulator/proxies.test.ts):
 *
 * | the request …           | its client gives up     | the balancer crashes    | … falls silent |
 * | ----------------------- | ----------------------- | ----------------------- | -------------- |
 * | waits for a core, or is | dropped when that is    | `failed` at once, from  | hangs until    |
 * | worked on, or dials     | over                    | where the balancer is   | its client     |
 * | waits for a fetch or a  | dropped at once         | the same                | gives up       |
 * | connection              |                         |                         |                |
 * | fetches for others      | if its work is taken    | as all beneath a failed | the same       |
 * |                         | back, the next fetches  | balancer                |                |
 *
 * A target that crashes resets its connections at once; who waits for one dials anew and is refused.
 * One that falls silent keeps them, and answers nothing on them, until it is back and resets them.
 */
import { EventKind } from "../engine/event-kind.ts";
import type { EventQueue, Subject } from "../engine/event-queue.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import { MachineState } from "../world/machine.ts";
import { Handshake, type Passages } from "../world/passages.ts";
import type { Backend, Connection } from "../world/proxies/backends.ts";
import { ProxyCount } from "../world/proxies/counts.ts";
import { Found, NO_FETCH } from "../world/proxies/response-cache.ts";
import { Stage, type Stages } from "../world/proxies/stages.ts";
import { WaitingLine } from "../world/proxies/waiting-line.ts";
import {
  HopColumn,
  OutcomeCode,
  type Request,
  RequestState,
  type Requests,
} from "../world/requests.ts";
import type { TreeNode } from "../world/topology.ts";
import type { BalancerAtWork, Parts, ProxyAtWork, Replica, Target } from "./parts.ts";

/** What a request's journey does for the balancers on its way. */
export interface Carrier {
  /** The replica picks, and sends it on. */
  pickFrom(request: Request, replica: Replica, client: number): void;
  /** From the replica that has picked towards its target. */
  onward(request: Request, replica: Replica, slot: number): void;
  /** From where it stands back to its client. */
  goHome(request: Request): void;
  /** Its last pick comes to nothing: the pool hears it at once. */
  takeBack(request: Request): void;
  hang(request: Request): void;
  /** Its client has gone, and so does it. */
  vanish(request: Request): void;
}

export class Proxies {
  private readonly queue: EventQueue;
  private readonly requests: Requests;
  private readonly passages: Passages;
  private readonly replicas: readonly Replica[];
  private readonly subject: Subject;
  /** Ends of work and of dialing, for a request's index, with its ticket. */
  private readonly due = new TimerQueue();
  /** Those that go on at this moment. */
  private readonly ready = new WaitingLine();
  private isWaking = false;
  /** Requests that wait for another one, with nobody's patience to end that. */
  waitingForEver = 0;

  constructor(
    private readonly parts: Parts,
    private readonly stages: Stages,
    private readonly carrier: Carrier,
  ) {
    this.queue = parts.queue;
    this.requests = parts.requests;
    this.passages = parts.passages!;
    this.replicas = parts.replicas;
    this.subject = parts.queue.add(EventKind.AtBalancer, 0);
  }

  /** A request stands before one of a balancer's replicas. */
  enter(request: Request, replica: Replica, proxy: ProxyAtWork): void {
    const { stages } = this;
    stages.admit(request);
    proxy.counts[ProxyCount.Arrived]++;
    request.last = replica.balancer.last;
    const workMs = this.workOf(request, proxy);
    if (workMs === 0) {
      this.lookUp(request, replica, proxy);
      return;
    }
    stages.workMs[request.index] = workMs;
    this.halt(request, Stage.Work, replica);
    if (proxy.station!.enter(request)) this.ring(request, workMs);
  }

  /** A core is done with a request, or its connection stands. */
  next(): void {
    const ticket = this.due.nextStamp;
    const request = this.requests.all[this.due.take()];
    this.queue.schedule(this.subject, this.due.nextMs);
    const { ticket: tickets, stage, replica } = this.stages;
    const { index } = request;
    if (tickets[index] !== ticket) return;
    if (stage[index] === Stage.Work) this.worked(request, this.replicas[replica[index]]);
    else this.dialed(request, this.replicas[replica[index]]);
  }

  /** The slot where the balancer's rules send a request; −1 while that takes nobody new. */
  routed({ group }: Request, routes: Int32Array, { pool }: Replica): number {
    const slot = routes[group];
    return pool.takes(slot) ? slot : -1;
  }

  /** No target could be picked: what the request was to fetch, the next one may try. */
  unrouted(request: Request, replica: Replica, proxy: ProxyAtWork): void {
    request.outcome = OutcomeCode.Unroutable;
    this.endFetch(request, replica, proxy);
    this.wake();
  }

  /** The replica has picked: whether the request can go on at once. */
  connects(request: Request, replica: Replica, { backends }: ProxyAtWork, slot: number): boolean {
    if (backends === null) return true;
    const { stages, requests } = this;
    const at = request.index * requests.tiers + request.depth - 1;
    stages.connection[at] = null;
    const target = replica.targets[slot];
    // Nobody shakes hands there: it goes as the first packet would, and meets what that would meet.
    if (!isUp(target)) return true;
    const backend = backends.at(slot);
    const connection = backends.take(backend);
    if (connection !== null) {
      stages.connection[at] = connection;
      if (connection.carried === 1) this.dial(request, replica, connection, target);
      return this.stands(request, replica, connection);
    }
    if (request.abandoned) this.carrier.vanish(request);
    else if (backends.hasRoom(backend)) {
      replica.proxy!.counts[ProxyCount.Pended]++;
      this.await(request, Stage.Pending, replica, backend.waiting);
    } else {
      replica.proxy!.counts[ProxyCount.Overflowed]++;
      request.outcome = OutcomeCode.Rejected;
      this.carrier.takeBack(request);
      this.carrier.goHome(request);
    }
    return false;
  }

  /** The replica's pool has heard back about a request. */
  heard(request: Request, replica: Replica, proxy: ProxyAtWork, slot: number): void {
    const { backends } = proxy;
    if (backends !== null) {
      const { connection } = this.stages;
      const at = request.index * this.requests.tiers + request.depth;
      const used = connection[at];
      connection[at] = null;
      if (used !== null) {
        backends.release(used, isWhole(request, replica.targets[slot]));
        if (used.backend.waiting.length > 0) this.callNext(replica, used.backend, slot);
      }
    }
    this.endFetch(request, replica, proxy);
    this.wake();
  }

  /** The client of a request at a balancer gives up: who only waits leaves at once. */
  givenUp(request: Request): void {
    const { index, object } = request;
    const stage = this.stages.stage[index];
    const replica = this.replicas[this.stages.replica[index]];
    const { cache, counts } = replica.proxy!;
    if (stage === Stage.Fetch) cache!.waitingFor(object).remove(request);
    else if (stage === Stage.Pending) this.backendOf(request, replica).waiting.remove(request);
    else return;
    const waitedMs = this.stages.end(request, this.queue.nowMs);
    if (stage === Stage.Pending) counts[ProxyCount.PendedMs] += waitedMs;
    this.carrier.vanish(request);
  }

  /** A balancer stops: what is in its replicas is lost by the manner of the failure. */
  stopped(balancer: BalancerAtWork, silently: boolean): void {
    const { stages, requests, replicas } = this;
    const struck = requests.all.filter(
      ({ state, index }) =>
        state === RequestState.AtBalancer && replicas[stages.replica[index]].balancer === balancer,
    );
    for (const { proxy } of balancer.pools) {
      if (proxy === null) return;
      proxy.station?.clear();
      proxy.backends?.clear();
      proxy.cache?.clear();
    }
    for (const request of struck) {
      const stage: Stage = stages.stage[request.index];
      this.goOn(request);
      if (silently) {
        this.carrier.hang(request);
        continue;
      }
      request.outcome = OutcomeCode.Failed;
      if (stage === Stage.Pending || stage === Stage.Dial) this.carrier.takeBack(request);
      this.carrier.goHome(request);
    }
  }

  /** A target's connections end: it resets them, or has left. Who waits for one is sent on. */
  targetEnded(node: TreeNode, how: "reset" | "left"): void {
    const slot = this.parts.slotOf[node.id];
    for (const replica of this.parts.balancers[node.parent]!.pools) {
      const backends = replica.proxy?.backends;
      if (backends == null) continue;
      const backend = backends.at(slot);
      if (how === "left") backends.leave(backend);
      else backends.breakAll(backend);
      this.callNext(replica, backend, slot);
    }
    this.wake();
  }

  /** The core time that it asks for at a replica, ms. */
  private workOf(request: Request, { work, requestWork, counts }: ProxyAtWork): number {
    const { handshake } = this.passages;
    const { index } = request;
    const shaken: Handshake = handshake[index];
    if (shaken !== Handshake.None) {
      handshake[index] = Handshake.None;
      counts[shaken === Handshake.Full ? ProxyCount.Full : ProxyCount.Resumed]++;
    }
    if (work === null) return 0;
    let workMs = requestWork === null ? 0 : requestWork.next();
    if (shaken !== Handshake.None) {
      workMs += shaken === Handshake.Full ? work.handshakeMs : work.resumedMs;
    }
    const { objectBytes } = this.parts;
    if (work.perKbMs > 0 && objectBytes !== null) {
      workMs += (work.perKbMs * objectBytes[request.object]) / 1_000;
    }
    return workMs;
  }

  private worked(request: Request, replica: Replica): void {
    const { index } = request;
    const proxy = replica.proxy!;
    const next = proxy.station!.done();
    if (next !== null) this.ring(next, this.stages.workMs[next.index]);
    const thereMs = this.goOn(request);
    proxy.counts[ProxyCount.WaitMs] += Math.max(0, thereMs - this.stages.workMs[index]);
    if (request.abandoned) this.carrier.vanish(request);
    else this.lookUp(request, replica, proxy);
  }

  private lookUp(request: Request, replica: Replica, { cache }: ProxyAtWork): void {
    if (cache !== null) {
      const found = cache.lookUp(request, this.queue.nowMs);
      const at = request.index * this.requests.tiers + request.depth;
      this.stages.fetch[at] = found > 0 || found === Found.Alone ? found : NO_FETCH;
      if (found === Found.Hit) {
        this.answer(request);
        return;
      }
      if (found === Found.Wait) {
        if (request.abandoned) this.carrier.vanish(request);
        else this.await(request, Stage.Fetch, replica, cache.waitingFor(request.object));
        return;
      }
    }
    this.carrier.pickFrom(request, replica, request.source!.place);
  }

  /** The balancer itself answers. */
  private answer(request: Request): void {
    const { nowMs } = this.queue;
    request.outcome = OutcomeCode.Completed;
    request.queuedMs = request.startedMs = nowMs;
    if (this.parts.sessions !== null) request.reloadMs = request.openMs = 0;
    this.carrier.goHome(request);
  }

  /** A new connection: when it can be used, and what its end has yet to work for it. */
  private dial(
    request: Request,
    replica: Replica,
    connection: Connection,
    { place }: Target,
  ): void {
    const proxy = replica.proxy!;
    const { tls } = proxy.backends!.spec;
    const roundTrips = ROUND_TRIPS[tls];
    const { network } = this.parts;
    const isDoor = replica.balancer.node.place < 0;
    const between = (from: number, to: number): number =>
      isDoor ? network.doorMs(from, to) : network.innerMs(from, to);
    const dialMs = network.isFlat
      ? 0
      : roundTrips * (between(replica.place, place) + between(place, replica.place));
    proxy.counts[ProxyCount.Dialed] += roundTrips;
    proxy.counts[ProxyCount.DialMs] += dialMs;
    connection.readyMs = this.queue.nowMs + dialMs;
    if (tls !== "none") this.passages.handshake[request.index] = Handshake.Full;
  }

  /** Whether its connection can be used: else it waits until then. */
  private stands(request: Request, replica: Replica, { readyMs }: Connection): boolean {
    const waitMs = readyMs - this.queue.nowMs;
    if (waitMs <= 0) return true;
    this.halt(request, Stage.Dial, replica);
    this.ring(request, waitMs);
    return false;
  }

  private dialed(request: Request, replica: Replica): void {
    const { index, depth } = request;
    this.passages.connectMs[index] += this.stages.end(request, this.queue.nowMs);
    request.state = RequestState.Outbound;
    if (!request.abandoned) {
      this.carrier.onward(request, replica, this.slotOf(request));
      return;
    }
    // Nothing was sent on it: it is as good as new.
    const at = index * this.requests.tiers + depth - 1;
    const connection = this.stages.connection[at]!;
    this.stages.connection[at] = null;
    replica.proxy!.backends!.release(connection, true);
    this.callNext(replica, connection.backend, this.slotOf(request));
    this.carrier.vanish(request);
  }

  /** What a request fetched for a replica's cache is there, or is not to come. */
  private endFetch(request: Request, replica: Replica, { cache }: ProxyAtWork): void {
    if (cache === null) return;
    const { fetch: fetches } = this.stages;
    const at = request.index * this.requests.tiers + request.depth;
    const fetch = fetches[at];
    if (fetch === NO_FETCH) return;
    fetches[at] = NO_FETCH;
    const succeeded = request.outcome === OutcomeCode.Completed;
    const line = cache.fetched(request, fetch, succeeded, this.queue.nowMs);
    if (line === null) return;
    const { counts } = replica.proxy!;
    if (!succeeded) {
      const leader = line.shift()!;
      counts[ProxyCount.Misses]++;
      fetches[leader.index * this.requests.tiers + leader.depth] = fetch;
      this.release(leader, Stage.Lead, replica);
      return;
    }
    for (let waiter = line.shift(); waiter !== null; waiter = line.shift()) {
      counts[ProxyCount.Coalesced]++;
      this.release(waiter, Stage.Answer, replica);
    }
  }

  /** Connections have room again: the first who wait get them; all, where nobody shakes hands. */
  private callNext(replica: Replica, backend: Backend, slot: number): void {
    const { backends, counts } = replica.proxy!;
    const { waiting } = backend;
    const target = replica.targets[slot];
    while (waiting.length > 0) {
      const connection = isUp(target) ? backends!.take(backend) : null;
      if (connection === null && isUp(target)) return;
      const request = waiting.shift()!;
      const at = request.index * this.requests.tiers + request.depth - 1;
      this.stages.connection[at] = connection;
      if (connection?.carried === 1) this.dial(request, replica, connection, target);
      counts[ProxyCount.PendedMs] += this.release(request, Stage.Send, replica);
    }
  }

  /** Those that wait no more go their ways, one after the other and not one inside the other. */
  private wake(): void {
    if (this.isWaking) return;
    this.isWaking = true;
    for (let request = this.ready.shift(); request !== null; request = this.ready.shift()) {
      const { index } = request;
      const stage: Stage = this.stages.stage[index];
      const replica = this.replicas[this.stages.replica[index]];
      this.goOn(request);
      if (stage === Stage.Answer) this.answer(request);
      else if (stage === Stage.Lead) {
        this.carrier.pickFrom(request, replica, request.source!.place);
      } else {
        const at = index * this.requests.tiers + request.depth - 1;
        const connection = this.stages.connection[at];
        if (connection === null || this.stands(request, replica, connection)) {
          this.carrier.onward(request, replica, this.slotOf(request));
        }
      }
    }
    this.isWaking = false;
  }

  private halt(request: Request, stage: Stage, replica: Replica): void {
    request.state = RequestState.AtBalancer;
    this.stages.begin(request, stage, replica.id, this.queue.nowMs);
  }

  /** It waits for another request. */
  private await(request: Request, stage: Stage, replica: Replica, line: WaitingLine): void {
    this.halt(request, stage, replica);
    line.append(request);
    if (this.isPatient(request)) this.waitingForEver++;
  }

  /** It waits no more, and goes on in a moment; how long it did, ms. */
  private release(request: Request, stage: Stage, replica: Replica): number {
    const waitedMs = this.goOn(request);
    this.halt(request, stage, replica);
    this.ready.append(request);
    return waitedMs;
  }

  /** It leaves its stage, which belonged to the balancer's part; how long that was, ms. */
  private goOn(request: Request): number {
    const stage: Stage = this.stages.stage[request.index];
    const lastedMs = this.stages.end(request, this.queue.nowMs);
    const waits = stage === Stage.Fetch || stage === Stage.Pending;
    if (waits && this.isPatient(request)) this.waitingForEver--;
    this.passages.balancerMs[request.index] += lastedMs;
    request.state = RequestState.Outbound;
    return lastedMs;
  }

  private isPatient({ group }: Request): boolean {
    return this.parts.deadlines.timeoutMs[group] === Infinity;
  }

  private ring({ index }: Request, delayMs: number): void {
    this.due.add(this.queue.nowMs + delayMs, index, this.stages.ticket[index]);
    this.queue.schedule(this.subject, this.due.nextMs);
  }

  /** Of its last pick. */
  private slotOf({ index, depth }: Request): number {
    const { hops, tiers } = this.requests;
    return hops[2 * (index * tiers + depth - 1) + HopColumn.Slot];
  }

  private backendOf(request: Request, { proxy }: Replica): Backend {
    return proxy!.backends!.at(this.slotOf(request));
  }
}

/**
 * Of a new connection before it carries a request: TCP one; TLS 1.3 one more (RFC 8446 §2), 1.2 two
 * (RFC 5246 §7.3).
 */
const ROUND_TRIPS = { none: 1, "1.2": 3, "1.3": 2 } as const;

const isUp = ({ machine, balancer }: Target): boolean =>
  (machine ?? balancer!).state === MachineState.Up;

/** Whether nothing is left on a request's connection that would spoil it for the next. */
function isWhole({ outcome }: Request, target: Target): boolean {
  if (outcome === OutcomeCode.TimedOut) return false;
  return outcome !== OutcomeCode.Failed || isUp(target);
}
