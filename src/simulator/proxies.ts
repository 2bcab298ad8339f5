/**
 * What happens to a request inside a balancer that has more to do than pick: a reverse proxy, named
 * so here and in `world/proxies/` (the clients' forward proxies are `world/addresses.ts`). On the
 * way in at layer 7: its cores (handshake, request, bytes), then its response cache (a hit is
 * answered from here; who asks for what is being fetched waits for that), then the pick, then a
 * connection to the target (one that is there, a new one with its handshake, or a place in the line
 * for one). On the way back: the connection is given back, the response stored, and whoever waited
 * for either goes on. At layer 4 packets are work, on either way (`forwarding.ts`).
 *
 * What becomes of it when something goes wrong (held by test/simulator/proxies.test.ts and
 * forwarding.test.ts):
 *
 * | the request …           | its client gives up     | the balancer crashes    | … falls silent |
 * | ----------------------- | ----------------------- | ----------------------- | -------------- |
 * | waits for a core, or is | dropped when that is    | `failed` at once, from  | hangs until    |
 * | worked on, or dials     | over                    | where the balancer is   | its client     |
 * | waits for a fetch or a  | dropped at once         | the same                | gives up       |
 * | connection              |                         |                         |                |
 * | works on its way back   | goes on, unheard        | the same                | the same       |
 * | fetches for others      | if its work is taken    | as all beneath a failed | the same       |
 * |                         | back, the next fetches  | balancer                |                |
 *
 * A target that crashes resets its connections; who waits for one is sent on without as soon as the
 * first failure is back, and refused.
 * One that falls silent keeps them, and answers nothing on them, until it is back and resets them.
 */
import { Handshake, handshakeDemandMs } from "../world/connections/handshake.ts";
import type { Machine } from "../world/machine.ts";
import { ProxyCount } from "../world/proxies/counts.ts";
import { Found, NO_FETCH } from "../world/proxies/response-cache.ts";
import { Stage, type Stages } from "../world/proxies/stages.ts";
import { OutcomeCode, type Request, RequestState } from "../world/requests.ts";
import type { TreeNode } from "../world/topology.ts";
import { BackendDialing } from "./backend-dialing.ts";
import { Forwarding, forwards } from "./forwarding.ts";
import { Halts } from "./halts.ts";
import type { Hop } from "./hop.ts";
import type { Dialing } from "./dialing.ts";
import type { EarlyEnds } from "./early-ends.ts";
import type { PinnedWays } from "./pinned-ways.ts";
import type { BalancerAtWork, Parts, ProxyAtWork, Replica } from "./parts.ts";

/** What a request's journey does for the balancers on its way. */
export interface Carrier {
  /** The replica picks, and sends it on. */
  pickFrom(request: Request, replica: Replica, client: number): void;
  /** From the replica that has picked towards its target. */
  onward(request: Request, hop: Hop): void;
  /** From where it stands back to its client. */
  goHome(request: Request): void;
  /** Its last pick comes to nothing: the pool hears it at once. */
  takeBack(request: Request): void;
  /** For whom nobody answers, or whose client has gone. */
  readonly ends: EarlyEnds;
}

export class Proxies {
  private readonly stages: Stages;
  private readonly halts: Halts;
  private readonly backendDialing: BackendDialing;
  private readonly ways: PinnedWays | null;
  /** null: no packets are work. */
  private readonly forwarding: Forwarding | null;
  private readonly send = (request: Request, stage: Stage, replica: Replica): void => {
    if (stage === Stage.Answer) this.answer(request);
    else if (stage === Stage.Send) this.backendDialing.sendOn(request, replica);
    else this.carrier.pickFrom(request, replica, request.source!.place);
  };

  constructor(
    private readonly parts: Parts,
    private readonly carrier: Carrier,
    /** null: no clients have connections. */
    dialing: Dialing | null,
  ) {
    this.stages = parts.stages!;
    this.halts = new Halts(parts, this.stages);
    this.ways = dialing?.ways ?? null;
    const connections = dialing?.connections ?? null;
    const { halts, ways } = this;
    const backendDialing = new BackendDialing(parts, halts, carrier, connections);
    this.backendDialing = backendDialing;
    const isWork = ways !== null && forwards(parts.scenario.root);
    this.forwarding = isWork ? new Forwarding(parts, halts, ways) : null;
    const { backends } = connections ?? {};
    if (backends == null) return;
    backends.callNext = (replica, backend, slot) => {
      backendDialing.callNext(replica, backend, slot);
      this.wake();
    };
  }

  /** Requests that wait for another one, with nobody's patience to end that. */
  get waitingForEver(): number {
    return this.halts.waitingForEver;
  }

  /** A request stands before one of a balancer's replicas. */
  enter(request: Request, replica: Replica, proxy: ProxyAtWork): void {
    const { stages } = this;
    stages.admit(request);
    proxy.counts[ProxyCount.Arrived]++;
    request.last = replica.balancer.last;
    const workMs =
      proxy.forwarding === null
        ? this.workOf(request, proxy)
        : this.forwarding!.inboundMs(request, replica.balancer, proxy);
    if (workMs === 0) this.lookUp(request, replica, proxy);
    else this.halts.askForCore(request, Stage.Work, replica, workMs);
  }

  /** A core is done with a request, or its connection stands. */
  next(): void {
    const request = this.halts.next();
    if (request === null) return;
    const { stage, replica } = this.stages;
    const at = this.parts.replicas[replica[request.index]];
    const over: Stage = stage[request.index];
    if (over === Stage.Dial) {
      this.backendDialing.dialed(request, at);
      return;
    }
    this.halts.leaveCore(request, at);
    if (over === Stage.Forward) this.carrier.goHome(request);
    else if (request.abandoned) this.carrier.ends.vanish(request);
    else this.lookUp(request, at, at.proxy!);
  }

  /** No target could be picked: what the request was to fetch, the next one may try. */
  unrouted(request: Request, replica: Replica, proxy: ProxyAtWork): void {
    request.outcome = OutcomeCode.Unroutable;
    this.endFetch(request, replica, proxy);
    this.wake();
  }

  /** The replica has picked: whether the request can go on at once. */
  connects(request: Request, replica: Replica, proxy: ProxyAtWork, slot: number): boolean {
    return this.backendDialing.connects(request, replica, proxy, slot);
  }

  /** The replica's pool has heard back about a request. */
  heard(request: Request, replica: Replica, proxy: ProxyAtWork, slot: number): void {
    this.backendDialing.heard(request, replica, proxy, slot);
    this.endFetch(request, replica, proxy);
    this.wake();
  }

  /** What answers a request is back at a tier, by this hop: whether it halts there. */
  holds(request: Request, hop: Hop): boolean {
    return this.forwarding !== null && this.forwarding.holds(request, hop);
  }

  /** The client of a request at a balancer gives up: who only waits leaves at once. */
  givenUp(request: Request): void {
    const { index, object } = request;
    const stage: Stage = this.stages.stage[index];
    const replica = this.parts.replicas[this.stages.replica[index]];
    if (stage === Stage.Pending) this.backendDialing.withdraw(request, replica);
    else if (stage === Stage.Fetch) {
      replica.proxy!.cache!.waitingFor(object).remove(request);
      this.stages.end(request, this.parts.queue.nowMs);
    } else return;
    this.carrier.ends.vanish(request);
  }

  /** A balancer stops: what is in its replicas is lost by the manner of the failure. */
  stopped(balancer: BalancerAtWork, silently: boolean): void {
    this.replicasStopped(balancer.pools, silently);
  }

  /** The same of some of its replicas. */
  replicasStopped(stopped: readonly Replica[], silently: boolean): void {
    const { stages } = this;
    const { requests, replicas } = this.parts;
    const struck = requests.all.filter(
      ({ state, index }) =>
        state === RequestState.AtBalancer && stopped.includes(replicas[stages.replica[index]]),
    );
    for (const { proxy } of stopped) {
      if (proxy === null) return;
      proxy.station?.clear();
      proxy.backends?.clear();
      proxy.cache?.clear();
    }
    for (const request of struck) {
      const stage: Stage = stages.stage[request.index];
      this.halts.goOn(request);
      if (silently) {
        this.carrier.ends.hang(request);
        continue;
      }
      request.outcome = OutcomeCode.Failed;
      if (stage === Stage.Pending || stage === Stage.Dial) this.carrier.takeBack(request);
      this.carrier.goHome(request);
    }
  }

  /** A target's connections end: it resets them as it stops or is back, or has left. */
  targetEnded(node: TreeNode, how: "reset" | "left"): void {
    this.backendDialing.targetEnded(node, how);
    this.wake();
  }

  /**
   * A request is at its machine: the first on a connection of a balancer's brings the handshake's
   * work.
   */
  reached(request: Request, machine: Machine): void {
    const shaken = this.backendDialing.takeHandshake(request);
    if (shaken === Handshake.None) return;
    const { nodes } = this.parts.topology;
    request.demandMs += handshakeDemandMs(shaken, nodes[machine.node].machines!);
  }

  /** A balancer only picks: where the request's connection ends there, its handshake was no work. */
  passes(request: Request, { balancer }: Replica): void {
    const { layer } = balancer.spec;
    if (layer !== 4 && layer !== "door") this.takeHandshake(request);
  }

  /**
   * Of the connection that it came on, a balancer's or its client's, where that ends here: told
   * once.
   */
  private takeHandshake(request: Request): Handshake {
    const shaken = this.backendDialing.takeHandshake(request);
    if (shaken !== Handshake.None) return shaken;
    return this.ways?.takeHandshake(request) ?? Handshake.None;
  }

  /** The core time that it asks for at a replica, ms. */
  private workOf(request: Request, { work, requestWork, counts }: ProxyAtWork): number {
    const shaken = this.takeHandshake(request);
    if (shaken !== Handshake.None) {
      counts[shaken === Handshake.Full ? ProxyCount.Full : ProxyCount.Resumed]++;
    }
    if (work === null) return 0;
    let workMs = requestWork === null ? 0 : requestWork.next();
    workMs += handshakeDemandMs(shaken, work);
    if (work.perKbMs > 0) {
      const { requestBytes, responseBytes } = this.parts.passages!;
      workMs +=
        (work.perKbMs * (requestBytes[request.index] + responseBytes[request.index])) / 1_000;
    }
    return workMs;
  }

  private lookUp(request: Request, replica: Replica, { cache, counts }: ProxyAtWork): void {
    // What is pinned to its machine is a stream of messages, not something to be stored.
    if (cache !== null && this.ways?.pins(request, replica.balancer) !== true) {
      const { metCache } = this.parts.passages!;
      if (metCache[request.index] === 0) {
        metCache[request.index] = 1;
        counts[ProxyCount.First]++;
      }
      const found = cache.lookUp(request, this.parts.queue.nowMs);
      const at = request.index * this.parts.requests.tiers + request.depth;
      this.stages.fetch[at] = found > 0 || found === Found.Alone ? found : NO_FETCH;
      if (found === Found.Hit) {
        this.answer(request);
        return;
      }
      if (found === Found.Wait) {
        if (request.abandoned) this.carrier.ends.vanish(request);
        else this.halts.await(request, Stage.Fetch, replica, cache.waitingFor(request.object));
        return;
      }
    }
    this.carrier.pickFrom(request, replica, request.source!.place);
  }

  /** The balancer itself answers. */
  private answer(request: Request): void {
    const { nowMs } = this.parts.queue;
    request.outcome = OutcomeCode.Completed;
    request.queuedMs = request.startedMs = nowMs;
    if (this.parts.sessions !== null) request.reloadMs = request.openMs = 0;
    this.carrier.goHome(request);
  }

  /** What a request fetched for a replica's cache is there, or is not to come. */
  private endFetch(request: Request, replica: Replica, { cache }: ProxyAtWork): void {
    if (cache === null) return;
    const { fetch: fetches } = this.stages;
    const at = request.index * this.parts.requests.tiers + request.depth;
    const fetch = fetches[at];
    if (fetch === NO_FETCH) return;
    fetches[at] = NO_FETCH;
    const succeeded = request.outcome === OutcomeCode.Completed;
    const line = cache.fetched(request, fetch, succeeded, this.parts.queue.nowMs);
    if (line === null) return;
    const { counts } = replica.proxy!;
    if (!succeeded) {
      const leader = line.shift()!;
      counts[ProxyCount.Misses]++;
      fetches[leader.index * this.parts.requests.tiers + leader.depth] = fetch;
      this.halts.release(leader, Stage.Lead, replica);
      return;
    }
    for (let waiter = line.shift(); waiter !== null; waiter = line.shift()) {
      counts[ProxyCount.Coalesced]++;
      this.halts.release(waiter, Stage.Answer, replica);
    }
  }

  private wake(): void {
    this.halts.wake(this.send);
  }
}
