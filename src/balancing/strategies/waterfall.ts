import type { RandomStream } from "../../random/stream.ts";
import { defineStrategy } from "../strategy.ts";
import type { PoolView, RequestView, Strategy } from "../strategy.ts";
import { AliasTable } from "./parts/alias-table.ts";
import { ByOrigin, groupsByDistance } from "./parts/distances.ts";
import { TokenBuckets } from "./parts/token-buckets.ts";
import { WinnerTree } from "./parts/winner-tree.ts";

/**
 * Targets at one distance from some origin; origins that see the same ones together share the
 * group.
 */
interface Group {
  readonly slots: Int32Array;
  /** By index in `slots`: who has had a token longest. Null for a single one. */
  readonly tree: WinnerTree | null;
}
interface Place {
  readonly tree: WinnerTree;
  readonly index: number;
}

class Waterfall implements Strategy {
  private readonly view: PoolView;
  private readonly random: RandomStream;
  private readonly buckets: TokenBuckets;
  private readonly overflow = new AliasTable();
  private readonly groups: ByOrigin<readonly Group[]>;
  private readonly shared = new Map<string, Group>();
  /** By slot: its places in the trees of groups. */
  private places: Place[][] = [];

  constructor(view: PoolView, full: number, burstMs: number, random: RandomStream) {
    this.view = view;
    this.random = random;
    this.buckets = new TokenBuckets(full, burstMs);
    this.groups = new ByOrigin((origin) =>
      groupsByDistance(view, origin).map((slots) => this.groupOf(slots)),
    );
  }

  membershipChanged(): void {
    const { size, usable, slots, capacity } = this.view;
    this.buckets.grow(slots);
    for (let i = 0; i < size; i++) this.buckets.setCapacity(usable[i], capacity[usable[i]]);
    this.overflow.build(size, (i) => capacity[usable[i]]);
    this.groups.clear();
    this.shared.clear();
    this.places = Array.from({ length: slots }, () => []);
  }

  pick(request: RequestView): number {
    const { buckets, view } = this;
    const now = view.nowMs;
    const groups = this.groups.of(request.origin);
    for (let i = 0; i < groups.length; i++) {
      const { slots, tree } = groups[i];
      const slot = slots[tree === null ? 0 : tree.best];
      if (!buckets.hasToken(slot, now)) continue;
      buckets.take(slot, now);
      this.tokenTaken(slot);
      return slot;
    }
    return view.usable[this.overflow.draw(this.random)];
  }

  private tokenTaken(slot: number): void {
    const places = this.places[slot];
    if (places.length === 0) return;
    const since = this.buckets.tokenSince(slot);
    for (let i = 0; i < places.length; i++)
      places[i].tree.set(places[i].index, since, places[i].index);
  }

  private groupOf(slots: Int32Array): Group {
    const name = slots.join();
    const known = this.shared.get(name);
    if (known !== undefined) return known;
    const group = { slots, tree: slots.length === 1 ? null : new WinnerTree() };
    const { tree } = group;
    if (tree !== null) {
      tree.reset(slots.length);
      for (let index = 0; index < slots.length; index++) {
        tree.set(index, this.buckets.tokenSince(slots[index]), index);
        this.places[slots[index]].push({ tree, index });
      }
    }
    this.shared.set(name, group);
    return group;
  }
}

/**
 * The nearest target that is not full, else the next nearest; when all are full, any, by capacity.
 * A target is full when its bucket has no token: the bucket fills at capacity × `full` and holds
 * `burst` of capacity, at least one token.
 *
 * Follows Google's "waterfall by region" (Traffic Director and the application load balancer, which
 * send to the closest backend until its rate reaches its target) with rates as the measure. At an
 * offered load ρ on the nearest target the part 1 − 1/ρ spills over. Cost: O(distances + log n) a
 * pick, O(n log n) for each origin once after a change. Left open: how fullness is measured (token
 * buckets by configured capacity, each replica having its part), targets at one distance (the one
 * that has had a token longest), and what happens when all are full (at random by capacity; it
 * takes no token).
 */
export const waterfall = defineStrategy({
  name: "waterfall",
  summary: "the nearest target that has capacity left, else the next",
  follows: "Google Cloud Load Balancing, WATERFALL_BY_REGION; token buckets ours",
  fields: {
    full: {
      kind: "number",
      above: 0,
      default: 1,
      doc: "part of its capacity at which a target is full",
    },
    burst: {
      kind: "duration",
      above: 0,
      default: 100,
      doc: "how much capacity may be used at once: what the target serves in this time",
    },
  },
  primary: "full",
  needs: ["capacity", "round-trip"],
  create: (view, { full, burst }, random) => new Waterfall(view, full, burst, random),
});
