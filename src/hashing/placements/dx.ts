/** DxHash: the first place in a key's own pseudo-random sequence that a node holds. */
import { NONE } from "../../units.ts";
import { mix32, premix32 } from "../mix32.ts";
import { definePlacement, memberCount } from "../placement-definition.ts";
import { capacityField, capacityProblem } from "./anchor.ts";
import type { Members } from "../placement.ts";
import { Bucketed, powerOfTwo, roomFor } from "./parts/bucketed.ts";
import { Walk } from "./parts/walk.ts";
import type { Steps } from "./parts/walk.ts";

/**
 * Tries, in multiples of the places, before the first place that is held is taken: a chance of
 * e^−64.
 */
const MOST_ROUNDS = 64;

/**
 * Follows Dong et al., "DxHash: A Scalable Consistent Hashing Based on the Pseudo-Random Sequence",
 * arXiv 2107.07930 (2021). The places are a power of two; a key's sequence of places is gone
 * through until one is held. So owners depend on who holds which place, and on no order of changes.
 * Lookup O(places / nodes) expected; change O(1) beside the list of nodes; five bytes a place, 12
 * to 24 a node.
 *
 * The paper leaves open the sequence (ours: hashes of the key and the number of the try) and the
 * place of a node that joins (its own of before, if free; else the lowest free one, best one that
 * nobody ever held). Where there are more nodes than places, the paper doubles them; here all
 * begins anew with four times the room: most keys move either way.
 */
export class Dx extends Bucketed implements Steps {
  protected override readonly swaps = false;
  private readonly stated: number;
  private readonly walk = new Walk(this);
  private seed = 0;
  private tries = 0;
  private held = new Uint8Array(0);
  /** Who held a place last, −1 nobody, and by label which. */
  private keeper = new Int32Array(0);
  private fresh = 0;
  private nodes = 0;

  /** @param capacity 0: four times the first nodes, at least 64 */
  constructor(capacity = 0) {
    super();
    this.stated = capacity;
  }

  bytes(): number {
    return this.held.byteLength + this.keeper.byteLength + this.walk.bytes() + this.ownBytes();
  }

  /** The owner if the first `rank` were not there: further along the key's sequence. */
  ownerAt(key: number, rank: number): number {
    return this.walk.at(key, rank);
  }

  override assign(members: Members): void {
    super.assign(members);
    this.walk.changed(members.slots);
  }

  start(key: number): void {
    this.seed = premix32(key);
    this.tries = 0;
  }

  next(): number {
    const { held } = this;
    if (this.present.length === 0) return NONE;
    const most = MOST_ROUNDS * held.length;
    while (this.tries < most) {
      const place = this.placeAt(this.seed, this.tries++);
      if (held[place] === 1) return this.labelOf[place];
    }
    // Whoever is left, in the order of places.
    while (this.tries < most + held.length) {
      const place = this.tries++ - most;
      if (held[place] === 1) return this.labelOf[place];
    }
    return NONE;
  }

  protected begin(count: number): void {
    const places = powerOfTwo(Math.max(this.stated, this.stated > count ? 0 : roomFor(count)));
    this.held = new Uint8Array(places).fill(1, 0, count);
    this.keeper = new Int32Array(places).fill(NONE);
    this.fresh = count;
    this.nodes = count;
  }

  protected remove(place: number): void {
    this.held[place] = 0;
    this.keeper[place] = this.labelOf[place];
    this.nodes--;
  }

  protected add(label: number): number {
    const { held, keeper } = this;
    if (this.nodes === held.length) return NONE;
    let place = keeper.indexOf(label);
    if (place === NONE || held[place] === 1) {
      place = this.fresh < held.length ? this.fresh++ : held.indexOf(0);
    }
    held[place] = 1;
    keeper[place] = NONE;
    this.nodes++;
    return place;
  }

  protected bucket(key: number): number {
    const { held } = this;
    const seed = premix32(key);
    const most = MOST_ROUNDS * held.length;
    for (let tries = 0; tries < most; tries++) {
      const place = this.placeAt(seed, tries);
      if (held[place] === 1) return place;
    }
    return held.indexOf(1);
  }

  protected steps(key: number): readonly string[] {
    const seed = premix32(key);
    const met: number[] = [];
    while (met.length < 100 && this.held[this.placeAt(seed, met.length)] === 0) {
      met.push(this.placeAt(seed, met.length));
    }
    const { length } = this.held;
    if (met.length === 0) return [`the first of its sequence of ${length} places is held`];
    return [`of ${length} places it meets ${met.join(", ")}, which nobody holds`];
  }

  private placeAt(seed: number, tries: number): number {
    return mix32(seed + tries) & (this.held.length - 1);
  }
}

/**
 * DxHash.
 *
 * Follows Dong et al. 2021. Any target may leave and moves its own keys alone, spread over all
 * others; one that returns takes its own keys back. Weights are ignored (the paper's weighted
 * variant is not here). Cost: O(capacity / targets) a pick: a pool that shrinks far below its
 * capacity pays for it; O(n) a change. Left open: the sequence, the place of a target that joins,
 * and growth beyond the capacity (everything is placed anew).
 */
export const dx = definePlacement({
  name: "dx",
  summary: "the first usable one in a key's pseudo-random sequence; any target may leave",
  follows: "Dong et al., arXiv 2107.07930 (2021), DxHash",
  fields: { capacity: capacityField },
  primary: "capacity",
  cost: {
    lookup: "O(capacity / n) expected",
    change: "O(n) for the list of nodes, O(capacity) a node that comes",
    memory: "5 bytes a place of the capacity, 12 to 24 a node",
  },
  check: ({ capacity }, members = []) => capacityProblem(capacity, memberCount(members)),
  create: ({ capacity }) => new Dx(capacity),
});
