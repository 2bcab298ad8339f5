import { combine32 } from "../../hashing/mix32.ts";
import { NONE } from "../../units.ts";
import { defineStrategy } from "../strategy.ts";
import type { PoolView, RequestView, Strategy } from "../strategy.ts";
import { NestedPlacement, placementField, placementProblem } from "./parts/nested-placement.ts";

/** The key's owner, or another where it has too much in flight. */
abstract class BoundedLoad implements Strategy {
  readonly strays = true;
  readonly ignoresWeights: boolean;
  protected readonly view: PoolView;
  protected readonly nested: NestedPlacement;
  private readonly factor: number;
  /** Sums over the usable targets. */
  protected totalWeight = 0;
  private inFlight = 0;
  /** By slot, as last counted into the sum. */
  private counted = new Int32Array(0);

  constructor(view: PoolView, nested: NestedPlacement, factor: number) {
    this.view = view;
    this.nested = nested;
    this.ignoresWeights = nested.ignoresWeights;
    this.factor = factor;
  }

  membershipChanged(): void {
    const { view } = this;
    this.nested.assign(view);
    if (view.slots > this.counted.length) this.counted = new Int32Array(2 * view.slots);
    this.counted.fill(NONE);
    this.inFlight = 0;
    this.totalWeight = 0;
    for (let i = 0; i < view.size; i++) {
      const slot = view.usable[i];
      this.totalWeight += view.weight[slot];
      this.inFlight += view.inFlight[slot];
      this.counted[slot] = view.inFlight[slot];
    }
  }

  inFlightChanged(slot: number): void {
    const { counted, view } = this;
    if (counted[slot] === NONE) return;
    this.inFlight += view.inFlight[slot] - counted[slot];
    counted[slot] = view.inFlight[slot];
  }

  owner(key: number, rawKey: number): number {
    return this.nested.owner(key, rawKey);
  }

  pick(request: RequestView): number {
    const owner = this.nested.owner(request.key, request.rawKey);
    // All places that there are, this request's among them.
    const places = Math.ceil((this.inFlight + 1) * this.factor * (1 - 4 * Number.EPSILON));
    return this.hasRoom(owner, places) ? owner : this.other(owner, request, places);
  }

  protected abstract hasRoom(slot: number, places: number): boolean;
  protected abstract other(owner: number, request: RequestView, places: number): number;
}

/** On to the next around the ring, while a target's whole number of places is taken. */
class AsHaproxy extends BoundedLoad {
  /** By slot: the weights before it in the list. */
  private before = new Float64Array(0);

  override membershipChanged(): void {
    super.membershipChanged();
    const { view } = this;
    if (view.slots > this.before.length) this.before = new Float64Array(2 * view.slots);
    let sum = 0;
    for (let i = 0; i < view.size; i++) {
      this.before[view.usable[i]] = sum;
      sum += view.weight[view.usable[i]];
    }
  }

  protected hasRoom(slot: number, places: number): boolean {
    const { view, before, totalWeight } = this;
    // Shares of a whole number of places that add up to it, whatever the rounding.
    const upTo = Math.floor(((before[slot] + view.weight[slot]) * places) / totalWeight);
    const own = upTo - Math.floor((before[slot] * places) / totalWeight);
    return view.inFlight[slot] < Math.max(1, own);
  }

  protected other(owner: number, request: RequestView, places: number): number {
    const { ranks } = this.nested;
    const key = this.nested.keyOf(request);
    for (let rank = 1; ; rank++) {
      const slot = ranks.at(key, rank);
      if (slot === NONE) return owner;
      if (this.hasRoom(slot, places)) return slot;
    }
  }
}

/** On to targets at random, the same for a key each time; one more than its places may be taken. */
class AsEnvoy extends BoundedLoad {
  protected hasRoom(slot: number, places: number): boolean {
    return this.view.inFlight[slot] <= this.placesOf(slot, places);
  }

  protected other(owner: number, { key }: RequestView, places: number): number {
    const { size, usable } = this.view;
    for (let tries = 1; tries <= 4 * size; tries++) {
      const slot = usable[(combine32(key, tries) >>> 0) % size];
      if (this.hasRoom(slot, places)) return slot;
    }
    return this.leastOverloaded(owner, places);
  }

  private placesOf(slot: number, places: number): number {
    return Math.max(1, Math.ceil((places * this.view.weight[slot]) / this.totalWeight));
  }

  private leastOverloaded(owner: number, places: number): number {
    const { size, usable, inFlight } = this.view;
    let least = owner;
    for (let i = 0; i < size; i++) {
      const fullness = inFlight[usable[i]] / this.placesOf(usable[i], places);
      if (fullness < inFlight[least] / this.placesOf(least, places)) least = usable[i];
    }
    return least;
  }
}

/**
 * Consistent hashing with bounded loads: the key's owner, unless it has more in flight than
 * `factor` times its part of all that this balancer has in flight; then another.
 *
 * Follows Mirrokni, Thorup and Zadimoghaddam, SODA 2018, with requests in flight as the load, as
 * HAProxy's hash-balance-factor (places are shared out as whole numbers, none below 1, a target is
 * full when they are taken, and the next on the ring is asked) and Envoy's hash_balance_factor
 * (places are rounded up, a target is full when one more than they are taken, and targets are asked
 * at random). Cost: the structure's, and a step for each full target. Left open: the order of
 * Envoy's random targets (a hash of the key and the try, where Envoy shuffles by mt19937), what
 * structures without an order of their own do under HAProxy's rule (they hash anew), and a HAProxy
 * ring's points that lead to the same target twice (here each target is asked once).
 */
export const boundedLoad = defineStrategy({
  name: "bounded-load",
  summary: "the key's owner on any placement structure, unless it has too much in flight",
  follows: "Mirrokni et al., SODA 2018; HAProxy 50872da, lb_chash.c; Envoy 0336fd6",
  config: {
    HAProxy: "hash-balance-factor 125",
    Envoy: "consistent_hashing_lb_config.hash_balance_factor: 125",
  },
  fields: {
    placement: placementField,
    factor: {
      kind: "number",
      min: 1,
      max: 1000,
      default: 1.25,
      doc: "most in flight at a target, in multiples of its part of all; HAProxy and Envoy say 125",
    },
    rule: {
      kind: "choice",
      of: ["haproxy", "envoy"],
      default: "haproxy",
      doc: "whose rounding, and which target is next: the structure's own order, or a random one",
    },
  },
  primary: "placement",
  needs: ["key", "weights", "in-flight"],
  check: ({ placement }, members) => placementProblem(placement, members),
  create: (view, { placement, factor, rule }) => {
    const nested = new NestedPlacement(placement);
    return rule === "envoy"
      ? new AsEnvoy(view, nested, factor)
      : new AsHaproxy(view, nested, factor);
  },
});
