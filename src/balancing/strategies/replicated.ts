import { memberCount } from "../../hashing/placement-definition.ts";
import { replicasOf } from "../../hashing/replicas.ts";
import type { RandomStream } from "../../random/stream.ts";
import { defineStrategy } from "../strategy.ts";
import type { MemberGroup, PoolView, RequestView, Strategy } from "../strategy.ts";
import {
  NestedPlacement,
  placementField,
  placementProblem,
  placesByWeight,
} from "./parts/nested-placement.ts";

/** One of a key's first owners. */
class Replicated implements Strategy {
  readonly strays = true;
  readonly ignoresWeights: boolean;
  protected readonly view: PoolView;
  private readonly nested: NestedPlacement;
  protected readonly found: Int32Array;

  constructor(view: PoolView, nested: NestedPlacement, replicas: number) {
    this.view = view;
    this.nested = nested;
    this.ignoresWeights = nested.ignoresWeights;
    this.found = new Int32Array(replicas);
  }

  membershipChanged(): void {
    this.nested.assign(this.view);
  }

  pick(request: RequestView): number {
    const { found, nested } = this;
    const count = replicasOf(nested.ranks, nested.keyOf(request), found.length, found);
    return found[this.among(count)];
  }

  owner(key: number, rawKey: number): number {
    return this.nested.owner(key, rawKey);
  }

  /**
   * Index of the one to read, 0 .. count − 1: here the fewest in flight by weight, the first of
   * equals.
   */
  protected among(count: number): number {
    const { inFlight, weight } = this.view;
    const { found } = this;
    let best = 0;
    for (let i = 1; i < count; i++) {
      const [one, least] = [found[i], found[best]];
      // Without a division: a / v < b / w.
      if (inFlight[one] * weight[least] < inFlight[least] * weight[one]) best = i;
    }
    return best;
  }
}

class InTurns extends Replicated {
  private turn = 0;

  protected override among(count: number): number {
    this.turn = (this.turn + 1) % this.found.length;
    return this.turn % count;
  }
}

class AtRandom extends Replicated {
  private readonly random: RandomStream;

  constructor(view: PoolView, nested: NestedPlacement, replicas: number, random: RandomStream) {
    super(view, nested, replicas);
    this.random = random;
  }

  protected override among(count: number): number {
    return this.random.below(count);
  }
}

function tooManyReplicas(replicas: number, members?: readonly MemberGroup[]): string | null {
  const targets = members === undefined ? Infinity : memberCount(members);
  if (replicas <= targets) return null;
  return `${replicas} replicas are too many for ${targets} targets: take at most ${targets}`;
}

/**
 * Every key lives on r targets, the first r in the placement structure's order; a read goes to one
 * of them.
 *
 * Follows Dynamo's preference list (DeCandia et al., SOSP 2007, §4.3) in who they are: the next
 * distinct targets around the ring, of rendezvous the highest bids, of structures without such an
 * order those that hashing anew leads to. A key's first target is its owner; all r fill their
 * caches with it. Cost: the structure's and O(r). Left open: which replica is read (`reads`; turns
 * are this balancer's own, over all keys).
 */
export const replicated = defineStrategy({
  name: "replicated",
  summary: "a key's r targets on any placement structure, reads spread over them",
  follows: "DeCandia et al., SOSP 2007, Dynamo, §4.3",
  fields: {
    placement: placementField,
    replicas: { kind: "count", min: 1, max: 100, default: 2, doc: "targets that hold a key" },
    reads: {
      kind: "choice",
      of: ["fewest", "turns", "random"],
      default: "fewest",
      doc: "which of them is asked: with the fewest in flight by weight, in turns, any",
    },
  },
  primary: "placement",
  needs: ["key"],
  alsoNeeds: ({ placement, replicas, reads }) => [
    ...(reads === "fewest" ? (["in-flight"] as const) : []),
    ...((reads === "fewest" && replicas > 1) || placesByWeight(placement)
      ? (["weights"] as const)
      : []),
  ],
  check: ({ placement, replicas }, members) =>
    placementProblem(placement, members) ?? tooManyReplicas(replicas, members),
  create: (view, { placement, replicas, reads }, random) => {
    const nested = new NestedPlacement(placement);
    if (reads === "turns") return new InTurns(view, nested, replicas);
    if (reads === "random") return new AtRandom(view, nested, replicas, random);
    return new Replicated(view, nested, replicas);
  },
});
