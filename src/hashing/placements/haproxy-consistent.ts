/** HAProxy's `hash-type consistent`: a ring of server ids, on which the nearest point counts. */
import { NONE } from "../../units.ts";
import { avalanche } from "../functions/haproxy.ts";
import { NO_NODES } from "../placement.ts";
import type { Members, NameOf, PlacementTraits, ReadonlyNumbers } from "../placement.ts";
import { definePlacement } from "../placement-definition.ts";
import { HAPROXY_WEIGHTS, haproxyFields } from "./parts/haproxy.ts";
import { notWhole } from "./parts/whole-weights.ts";
import { Ring } from "./ring.ts";
import type { Places } from "./ring.ts";

/** BE_WEIGHT_SCALE: points for each unit of weight. */
const SCALE = 16;
/** SRV_EWGHT_RANGE: what lies between the numbers of two servers' first points. */
const RANGE = 4096;

/**
 * Each server stands at 16 points for each unit of its weight: the avalanche of 4,096 times its id
 * plus the point's number. A key belongs to the nearest point, before or behind it; to the one
 * before where both are equally far.
 *
 * Follows HAProxy 2.6.12, src/lb_chash.c. The id is the server's place in the list, from 1, as
 * where no `id` is given. (3.0 until the mend of October 2025 placed them otherwise by mistake: the
 * avalanche of the id, plus the number, through the avalanche.) No two points meet below 2^20
 * servers, since the avalanche is a bijection. Lookup O(1) expected, O(log points) in HAProxy; a
 * change sorts the new points alone and merges them; 12 to 16 bytes a point.
 */
export class HaproxyConsistent extends Ring {
  override readonly traits: PlacementTraits = {
    weighted: true,
    // A server that is down keeps its id, and any may be; one that leaves the list renumbers all
    // behind it.
    drops: "last",
    orderless: false,
    incremental: true,
    reads: "hash",
  };
  private readonly avalanches: boolean;

  /** @param avalanches whether keys' hashes go through the avalanche */
  constructor(avalanches: boolean) {
    super(SCALE);
    this.avalanches = avalanches;
  }

  override owner(key: number): number {
    return this.points === 0 ? NONE : this.owners[this.nearest(key)];
  }

  /** As HAProxy goes on from a server that is to be avoided: to the points behind. */
  override start(key: number): void {
    this.startFrom(this.points === 0 ? 0 : this.nearest(key));
  }

  override explain(key: number, nameOf: NameOf): readonly string[] {
    const { owners, points, positions } = this;
    if (points === 0) return NO_NODES;
    const at = this.placeOf(key);
    const behind = this.pointFrom(at);
    const before = behind === 0 ? points - 1 : behind - 1;
    const tell = (point: number, distance: number): string =>
      `${positions[point]}, ${distance} away, of ${nameOf(owners[point])}`;
    return [
      `hash ${key >>> 0}${this.avalanches ? `, after the avalanche ${at}` : ""}`,
      `point before it: ${tell(before, (at - positions[before]) >>> 0)}`,
      `point behind it: ${tell(behind, (positions[behind] - at) >>> 0)}`,
      `the nearer one counts: ${nameOf(this.owner(key))}`,
    ];
  }

  protected override ranks(members: Members): ReadonlyNumbers {
    return members.ordinal;
  }

  protected override place(members: Members, label: number, { count, positions }: Places): void {
    const first = Math.imul(members.ordinal[label] + 1, RANGE);
    for (let i = 0; i < count; i++) positions[i] = avalanche(first + i);
  }

  private placeOf(key: number): number {
    return (this.avalanches ? avalanche(key) : key) >>> 0;
  }

  private nearest(key: number): number {
    const { positions } = this;
    const at = this.placeOf(key);
    const behind = this.pointFrom(at);
    const before = behind === 0 ? this.points - 1 : behind - 1;
    return (at - positions[before]) >>> 0 <= (positions[behind] - at) >>> 0 ? before : behind;
  }
}

/**
 * HAProxy's `hash-type consistent`, key for key: a ring of 16 points for each unit of weight, on
 * which the nearest point counts.
 *
 * Follows HAProxy 2.6.12, lb_chash.c. Points hang on the server's id, which is its place in the
 * list (no `id`, no `hash-key`): a server that goes down leaves all others where they are, one that
 * is taken out of the list renumbers those behind it, and their keys move. With 16 points a server
 * of weight 1 the shares scatter widely: HAProxy's own advice is greater weights. Cost: O(1)
 * expected a pick; a change sorts the new points alone and merges them. Left open: nothing; a
 * weight between whole numbers (a slow start's) has 16 times as many points, rounded.
 */
export const haproxyConsistent = definePlacement({
  name: "haproxy-consistent",
  summary:
    "HAProxy's `hash-type consistent`: the nearest of 16 points for each unit of weight; a server " +
    "that is down keeps its id, one taken out of the list renumbers those behind it",
  follows: "HAProxy 2.6.12, src/lb_chash.c",
  config: { HAProxy: "balance hash …, hash-type consistent" },
  fields: haproxyFields(true),
  primary: "hash",
  cost: { lookup: "O(1) expected", change: "O(points)", memory: "12 to 16 bytes a point" },
  keyHash: ({ hash }) => hash,
  check: (_settings, members = []) => notWhole(members, HAPROXY_WEIGHTS),
  create: ({ avalanche: avalanches }) => new HaproxyConsistent(avalanches),
});
