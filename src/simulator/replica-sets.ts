/**
 * Which replicas of a balancer take connections and requests: all of them at first, fewer after a
 * failure or a drain, more when one is added. At layer 4 routers spread connections over them by a
 * placement of the hash of address and port; else a connection stays with any one.
 */
import { hashText } from "../hashing/text.ts";
import type { Placement } from "../hashing/placement.ts";
import { entryOf } from "../definition.ts";
import { placements } from "../hashing/registry.ts";
import type { RandomStream } from "../random/stream.ts";
import type { EventKindName, Scenario } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import type { Request } from "../world/requests.ts";
import type { PinnedWays } from "./pinned-ways.ts";
import type { BalancerAtWork, Replica } from "./parts.ts";

export const hasConnections = ({ clients }: Scenario): boolean =>
  clients.some(({ connections }) => connections !== undefined);

/** The replicas of a balancer that requests from this place meet; only where it has sets. */
export const setAt = ({ sets, node, placeIndex }: BalancerAtWork, client: number): ReplicaSet =>
  sets![node.place === NONE ? placeIndex[client] : 0];

/** The replica that a request from this place meets, where replicas neither come nor go. */
export function replicaOf(balancer: BalancerAtWork, client: number): Replica {
  const { pools, replicas } = balancer;
  const base = balancer.node.place === NONE ? balancer.placeIndex[client] * replicas : 0;
  return pools[replicas === 1 ? base : base + balancer.replicaStream.below(replicas)];
}

const MOVES: ReadonlySet<EventKindName> = new Set(["fail-replica", "drain-replica", "add-replica"]);

/** Replicas that a balancer will get in the course of the run. */
export const replicasToCome = ({ events }: Scenario, path: string): number =>
  events.reduce((sum, event) => {
    return event.kind === "add-replica" && event.nodes.includes(path) ? sum + 1 : sum;
  }, 0);

/** The replica of a balancer that a request meets; null where none serves. */
export function replicaFor(
  request: Request,
  balancer: BalancerAtWork,
  client: number,
  ways: PinnedWays | null,
): Replica | null {
  if (balancer.sets === null) return replicaOf(balancer, client);
  return ways === null
    ? setAt(balancer, client).draw(balancer.replicaStream)
    : ways.replicaOf(request, balancer, client);
}

/** null where replicas neither come nor go, and clients have no connections. */
export function makeSets(
  scenario: Scenario,
  balancer: BalancerAtWork,
  nameSalt: number,
): ReplicaSet[] | null {
  const moves = hasConnections(scenario) || scenario.events.some(({ kind }) => MOVES.has(kind));
  return moves ? setsOf(balancer, nameSalt) : null;
}

/** By place. */
export function setsOf(
  { pools, places, replicas }: BalancerAtWork,
  nameSalt: number,
): ReplicaSet[] {
  const each = pools.length / places.length;
  return places.map(
    (_, i) => new ReplicaSet(pools.slice(i * each, (i + 1) * each), replicas, nameSalt),
  );
}

/** The replicas at one place. */
export class ReplicaSet {
  /** In order of their numbers. */
  serving: readonly Replica[];
  private readonly isServing: boolean[];
  private readonly placement: Placement | null;

  /**
   * @param all those that are there at first, then those that may be added
   * @param first how many of them are there at first
   * @param nameSalt seed of the replicas' identities
   */
  constructor(
    readonly all: readonly Replica[],
    first: number,
    private readonly nameSalt: number,
  ) {
    this.isServing = all.map((_, i) => i < first);
    this.serving = all.slice(0, first);
    const { layer4 } = all[0].balancer.spec;
    this.placement =
      layer4 === undefined
        ? null
        : entryOf(placements, layer4.spread.kind).create(layer4.spread.settings);
    this.assign();
  }

  /** The replica that gets a connection of this hash; null where none is there. */
  ownerOf(hash: number): Replica | null {
    const { placement, serving } = this;
    if (serving.length === 0) return null;
    if (placement === null) return serving[(hash >>> 0) % serving.length];
    const key = placement.traits.reads === "number" ? hash >>> 0 : hash;
    return this.all[placement.owner(key)];
  }

  /** Any one, for a request that comes on no connection. */
  draw(stream: RandomStream): Replica | null {
    const { serving } = this;
    if (serving.length < 2) return serving[0] ?? null;
    return serving[stream.below(serving.length)];
  }

  serves(replica: Replica): boolean {
    return this.isServing[this.all.indexOf(replica)];
  }

  /** A replica takes connections from now on, or no more. */
  set(replica: Replica, serves: boolean): void {
    this.isServing[this.all.indexOf(replica)] = serves;
    this.serving = this.all.filter((_, i) => this.isServing[i]);
    this.assign();
  }

  private assign(): void {
    if (this.placement === null) return;
    const { all, serving } = this;
    this.placement.assign({
      size: serving.length,
      usable: serving.map((replica) => all.indexOf(replica)),
      slots: all.length,
      identity: all.map(({ label }) => hashText(label, this.nameSalt)),
      weight: all.map(() => 1),
      ordinal: all.map((_, i) => i),
      path: (i) => all[i].label,
    });
  }
}
