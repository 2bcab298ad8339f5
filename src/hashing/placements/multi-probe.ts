/** Multi-probe consistent hashing: a node is one point, a key looks in several places. */
import { NONE } from "../../units.ts";
import { combine32 } from "../mix32.ts";
import { NO_NODES } from "../placement.ts";
import type { Members, NameOf, Placement } from "../placement.ts";
import { definePlacement } from "../placement-definition.ts";
import { Walk } from "./parts/walk.ts";
import type { Steps } from "./parts/walk.ts";
import { Ring } from "./ring.ts";

/** By `explain`. */
const PROBES_TOLD = 3;

/**
 * Follows Appleton and O'Reilly, "Multi-probe consistent hashing", arXiv 1505.00062 (2015): every
 * node stands at one point of the circle, a key is hashed `probes` times, and the probe that stands
 * nearest before a point decides. Equal distances go to the earlier probe. The paper's bound: the
 * fullest node has 1 + ε times its part with 1 + 1/ε probes, 5 % with 21. It bounds the fullest
 * alone: a node close after another gets hardly any keys, and shares scatter by 16 % with 21
 * probes. Lookup O(probes) expected; a change sorts what is new and merges it, O(n); 24 to 40 bytes
 * a node. Left open: the probes' hashes (ours: of the key and the probe's number).
 */
export class MultiProbe implements Placement, Steps {
  readonly traits = {
    weighted: false,
    drops: "any",
    orderless: true,
    incremental: true,
    reads: "hash",
  } as const;
  private readonly ring = new Ring(1);
  private readonly probes: number;
  private readonly walk = new Walk(this);
  /** By probe: the point that it has come to, and how far that is from where it began. */
  private readonly points: Int32Array;
  private readonly distances: Float64Array;
  private left = 0;

  constructor(probes: number) {
    this.probes = probes;
    this.points = new Int32Array(probes);
    this.distances = new Float64Array(probes);
  }

  assign(members: Members): void {
    const { size, usable, slots, identity, ordinal } = members;
    const weight = new Uint8Array(slots).fill(1);
    const path = (label: number): string => members.path(label);
    this.ring.assign({ size, usable, slots, identity, ordinal, weight, path });
    this.walk.changed(slots);
  }

  owner(key: number): number {
    const { ring, probes } = this;
    if (ring.points === 0) return NONE;
    let nearest = 2 ** 32;
    let best = 0;
    for (let probe = 0; probe < probes; probe++) {
      const at = combine32(key, probe) >>> 0;
      const point = ring.pointFrom(at);
      const distance = (ring.positionOf(point) - at) >>> 0;
      if (distance < nearest) {
        nearest = distance;
        best = point;
      }
    }
    return ring.ownerOf(best);
  }

  ownerAt(key: number, rank: number): number {
    return this.walk.at(key, rank);
  }

  bytes(): number {
    return this.ring.bytes() + this.walk.bytes() + 12 * this.probes;
  }

  /** The probes in order of distance, the first few of them. */
  explain(key: number, nameOf: NameOf): readonly string[] {
    const { ring, probes } = this;
    if (ring.points === 0) return NO_NODES;
    const found = Array.from({ length: probes }, (_, probe) => {
      const at = combine32(key, probe) >>> 0;
      const point = ring.pointFrom(at);
      return { probe, at, point, distance: (ring.positionOf(point) - at) >>> 0 };
    });
    const nearest = found.toSorted((a, b) => a.distance - b.distance || a.probe - b.probe);
    return nearest.slice(0, PROBES_TOLD).map(({ probe, at, point, distance }, rank) => {
      const far = `${((100 * distance) / 2 ** 32).toFixed(4)} % before`;
      const role = rank === 0 ? "nearest" : `number ${rank + 1}`;
      return `${role} of ${probes}: probe ${probe} at ${at}, ${far} ${nameOf(ring.ownerOf(point))}`;
    });
  }

  start(key: number): void {
    const { ring } = this;
    this.left = ring.points * this.probes;
    for (let probe = 0; probe < this.probes && this.left > 0; probe++) {
      const at = combine32(key, probe) >>> 0;
      this.points[probe] = ring.pointFrom(at);
      this.distances[probe] = (ring.positionOf(this.points[probe]) - at) >>> 0;
    }
  }

  /** The nearest of all probes' next points; that probe goes on to the point after it. */
  next(): number {
    if (this.left === 0) return NONE;
    this.left--;
    const { ring, points, distances } = this;
    let probe = 0;
    for (let i = 1; i < this.probes; i++) if (distances[i] < distances[probe]) probe = i;
    const point = points[probe];
    const after = point + 1 === ring.points ? 0 : point + 1;
    points[probe] = after;
    distances[probe] += (ring.positionOf(after) - ring.positionOf(point)) >>> 0;
    return ring.ownerOf(point);
  }
}

/**
 * Multi-probe consistent hashing: one point a target, several probes a key.
 *
 * Follows Appleton and O'Reilly 2015. The fullest target has hardly more than its part, which takes
 * a ring many virtual nodes, at the price of a lookup a probe; but a target that stands close after
 * another gets hardly any keys. A change moves nothing but what it must. Weights are ignored. Cost:
 * O(probes) expected a pick, O(n) a change. Left open: the hashes of the probes.
 */
export const multiProbe = definePlacement({
  name: "multi-probe",
  summary: "a ring of one point a target, on which a key looks in several places",
  follows: "Appleton and O'Reilly, arXiv 1505.00062 (2015)",
  fields: {
    probes: {
      kind: "count",
      min: 1,
      max: 1000,
      default: 21,
      doc: "places that a key looks in; 21 keep the fullest target within 5 %",
    },
  },
  primary: "probes",
  cost: { lookup: "O(probes) expected", change: "O(n)", memory: "24 to 40 bytes a node" },
  create: ({ probes }) => new MultiProbe(probes),
});
