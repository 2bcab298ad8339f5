/**
 * Replicas of balancers crash, drain and are added. Those that may be added stand by from the start
 * and hear of every change, so that the one which joins knows its targets, and nothing else.
 */
import type { ReplicaName } from "../scenario/scenario.ts";
import { RequestState } from "../world/requests.ts";
import { numberOf } from "./keeping.ts";
import type { Journey } from "./journey.ts";
import type { BalancerAtWork, Parts, Replica } from "./parts.ts";
import { setsOf } from "./replica-sets.ts";

export class ReplicaEvents {
  /** How many failures of each are in force. */
  private readonly failures = new Map<Replica, number>();
  /** Those that do not work. */
  private readonly stopped = new Set<Replica>();
  private readonly drained = new Set<Replica>();
  /** By balancer node id: replicas that joined. */
  private readonly added: number[] = [];

  constructor(
    private readonly parts: Parts,
    private readonly journey: Journey,
  ) {}

  fail(name: ReplicaName): void {
    for (const replica of this.called(name)) {
      this.failures.set(replica, (this.failures.get(replica) ?? 0) + 1);
    }
    this.stop(name, "crashes");
  }

  /** One failure of it is over: it is back once none is left. */
  recover(name: ReplicaName): void {
    const back: Replica[] = [];
    for (const replica of this.called(name)) {
      const left = this.failures.get(replica)! - 1;
      this.failures.set(replica, left);
      if (left === 0 && !this.drained.has(replica)) back.push(replica);
    }
    if (back.length === 0) return;
    for (const replica of back) {
      this.stopped.delete(replica);
      setOf(replica).set(replica, true);
    }
    this.changed(name, "is back");
  }

  /**
   * It gets no new connections. Routers know of it from now on, which moves what the others have
   * where their placement does; what it has itself still gets there.
   */
  drain(name: ReplicaName): void {
    const draining = this.called(name).filter((replica) => !this.drained.has(replica));
    if (draining.length === 0) return;
    for (const replica of draining) {
      this.drained.add(replica);
      setOf(replica).set(replica, false);
    }
    this.changed(name, "drains");
  }

  /** It has drained for long enough. */
  end(name: ReplicaName): void {
    this.stop(name, "stops");
  }

  /** A balancer has one more. */
  add(path: string): void {
    const balancer = this.balancerAt(path);
    const more = (this.added[balancer.node.id] ?? 0) + 1;
    this.added[balancer.node.id] = more;
    const name = { node: path, number: balancer.replicas + more };
    if (this.called(name).length === 0) return;
    for (const replica of this.called(name)) setOf(replica).set(replica, true);
    this.changed(name, "joins");
  }

  /** Those of this name that still work do so no more. */
  private stop(name: ReplicaName, what: string): void {
    const working = this.called(name).filter((replica) => !this.stopped.has(replica));
    if (working.length === 0) return;
    for (const replica of working) this.stopOne(replica);
    this.changed(name, what);
  }

  private stopOne(replica: Replica): void {
    this.stopped.add(replica);
    setOf(replica).set(replica, false);
    // What it knew of its clients is gone.
    replica.balancer.persistence?.restarted?.(numberOf(replica));
    this.journey.proxies?.replicasStopped([replica], false);
    if (replica.balancer.spec.layer === 4) return;
    this.loseRequests(replica);
  }

  /** What is under way through it gets lost: nobody else knows of it. */
  private loseRequests(replica: Replica): void {
    const { requests } = this.parts;
    for (const request of requests.all) {
      if (request.state === RequestState.Free) continue;
      for (let tier = 0; tier < request.depth; tier++) {
        if (requests.hopAt(request, tier).replica !== replica) continue;
        this.journey.ends.cutOff(request);
        break;
      }
    }
  }

  private changed(name: ReplicaName, what: string): void {
    this.journey.dialing?.breaks.replicasChanged(this.balancerAt(name.node), this.stopped);
    this.note(name, what);
  }

  private note({ node, number }: ReplicaName, what: string): void {
    const { node: own, pools } = this.balancerAt(node);
    const { size } = pools[0].pool;
    this.parts.changes.push({
      atMs: this.parts.queue.nowMs,
      balancer: own.id,
      what: `${own.name}#${number} ${what}`,
      targetsBefore: size,
      targetsAfter: size,
      disruption: null,
    });
  }

  /** One at each of its balancer's places; none where it was never to join. */
  private called({ node, number }: ReplicaName): Replica[] {
    const balancer = this.balancerAt(node);
    balancer.sets ??= setsOf(balancer, this.parts.salts.name);
    return balancer.sets.flatMap(({ all }) => all.slice(number - 1, number));
  }

  private balancerAt(path: string): BalancerAtWork {
    const { topology, balancers } = this.parts;
    return balancers[topology.at(path).id]!;
  }
}

const setOf = (replica: Replica) =>
  replica.balancer.sets!.find(({ all }) => all.includes(replica))!;
