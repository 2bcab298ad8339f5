/**
 * HAProxy's `hash-type map-based`: the hash modulo a list in which servers stand by their weights.
 */
import { NONE } from "../../units.ts";
import { avalanche } from "../functions/haproxy.ts";
import { NO_NODES } from "../placement.ts";
import type { Members, NameOf, Placement } from "../placement.ts";
import { definePlacement } from "../placement-definition.ts";
import { HAPROXY_WEIGHTS, haproxyFields } from "./parts/haproxy.ts";
import { TurnsByScore } from "./parts/turns-by-score.ts";
import { notWhole, wholeWeight } from "./parts/whole-weights.ts";

function greatestCommonDivisor(numbers: Int32Array): number {
  let greatest = 0;
  for (const each of numbers) {
    let [a, b] = [greatest, each];
    while (b !== 0) [a, b] = [b, a % b];
    greatest = a;
  }
  return greatest;
}

/**
 * A key's hash modulo the map's length is the place of its server in a map in which each server
 * stands as often as its weight says, in the order of `TurnsByScore`.
 *
 * Follows HAProxy 2.6.12, src/lb_map.c. HAProxy divides the weights by the greatest common divisor
 * of all in the configuration, here it is that of the usable ones: a longer map is the shorter one
 * repeated, since after each round all scores are 0 again, so the owners are the same. A change
 * builds the map anew, O(map × log servers) (HAProxy: map × servers); lookup O(1); 4 bytes a place.
 */
export class HaproxyMapBased implements Placement {
  readonly traits = {
    weighted: true,
    drops: "none",
    orderless: false,
    incremental: false,
    reads: "hash",
  } as const;
  private map = new Int32Array(0);
  private readonly avalanches: boolean;

  /** @param avalanches whether keys' hashes go through the avalanche */
  constructor(avalanches: boolean) {
    this.avalanches = avalanches;
  }

  assign(members: Members): void {
    const { size, usable, weight, ordinal } = members;
    const labels = Int32Array.from({ length: size }, (_, i) => usable[i]);
    labels.sort((a, b) => ordinal[a] - ordinal[b]);
    const weights = Int32Array.from(labels, (label) => wholeWeight(weight[label]));
    const divisor = greatestCommonDivisor(weights);
    const turns = new TurnsByScore(weights.map((each) => each / divisor));
    this.map = Int32Array.from({ length: turns.total }, () => labels[turns.next()]);
  }

  owner(key: number): number {
    if (this.map.length === 0) return NONE;
    return this.map[this.mixed(key) % this.map.length];
  }

  bytes(): number {
    return this.map.byteLength;
  }

  explain(key: number, nameOf: NameOf): readonly string[] {
    const { length } = this.map;
    if (length === 0) return NO_NODES;
    const hash = this.mixed(key);
    const mixed = this.avalanches ? `, after the avalanche ${hash}` : "";
    const owner = nameOf(this.owner(key));
    return [
      `hash ${key >>> 0}${mixed}`,
      `mod ${length} places of the map = ${hash % length}: ${owner}`,
    ];
  }

  private mixed(key: number): number {
    return (this.avalanches ? avalanche(key) : key) >>> 0;
  }
}

/**
 * HAProxy's `hash-type map-based`, its default, key for key: the hash modulo a map in which each
 * server stands as often as its weight says.
 *
 * Follows HAProxy 2.6.12, lb_map.c. Shares are exact, and like mod-n every change of the servers
 * that are up moves most keys. HAProxy does not let a weight be changed while the server is up.
 * Cost: O(1) a pick; a change builds the map anew, O(map × log n), the map as long as the sum of
 * the weights over their greatest common divisor. Left open: nothing; a weight between whole
 * numbers (a slow start's, which HAProxy has not here) is rounded.
 */
export const haproxyMapBased = definePlacement({
  name: "haproxy-map-based",
  summary: "HAProxy's `hash-type map-based`: the hash modulo a list of servers by weight",
  follows: "HAProxy 2.6.12, src/lb_map.c",
  config: { HAProxy: "balance hash …, hash-type map-based" },
  fields: haproxyFields(false),
  primary: "hash",
  cost: { lookup: "O(1)", change: "O(map × log n)", memory: "4 bytes a place of the map" },
  keyHash: ({ hash }) => hash,
  check: (_settings, members = []) => notWhole(members, HAPROXY_WEIGHTS),
  create: ({ avalanche: avalanches }) => new HaproxyMapBased(avalanches),
});
