/** The ring of virtual nodes as a placement, with points by any hash function. */
import { entryOf } from "../../definition.ts";
import type { HashFunction } from "../functions/hash-function.ts";
import { hashFunctions } from "../functions/registry.ts";
import type { Members } from "../placement.ts";
import { definePlacement, memberCount } from "../placement-definition.ts";
import type { MemberGroup } from "../placement-definition.ts";
import { TextBytes } from "../text.ts";
import { MOST_POINTS, Ring, pointsAt } from "./ring.ts";
import type { Places } from "./ring.ts";

const MIX = "mix";

const text = new TextBytes();

/**
 * The ring with points where textbooks put them: the hash of `NAME-0`, `NAME-1`, …, of which the
 * upper 32 bits count. Where they stand follows from the names alone, so it is the same for every
 * seed of a simulation. What else is said of `Ring` holds.
 */
export class NamedRing extends Ring {
  private readonly hash: HashFunction;

  constructor(perWeight: number, hash: HashFunction) {
    super(perWeight);
    this.hash = hash;
  }

  protected override place(members: Members, label: number, { count, positions }: Places): void {
    text.set(members.path(label)).append("-");
    const { length } = text;
    for (let i = 0; i < count; i++) {
      text.length = length;
      text.append(String(i));
      positions[i] = this.hash.hash(text.bytes, text.length);
    }
  }
}

const millions = (count: number): string => `${(count / 1e6).toFixed(1)} million`;

function tooManyPoints(nodes: number, groups: readonly MemberGroup[]): string | null {
  let points = 0;
  for (const { count, weight } of groups) points += count * pointsAt(nodes, weight);
  if (points <= MOST_POINTS) return null;
  const most = Math.floor(MOST_POINTS / memberCount(groups));
  const equal = groups.every(({ weight }) => weight === 1);
  if (equal) {
    return `${nodes} virtual nodes are too many for ${memberCount(groups)} targets: take at most ${most}`;
  }
  return `${nodes} virtual nodes × the targets' weights are ${millions(points)} points, more than ${millions(MOST_POINTS)}`;
}

/**
 * Consistent hashing on a ring: each target stands at `nodes` × weight points, a key belongs to the
 * next point's target.
 *
 * Follows Karger et al., STOC 1997. A target that comes takes its keys from all others, one that
 * leaves gives them to all others, and no key moves between those that stay. The share of a target
 * scatters by about 1/√nodes of itself. Cost: O(1) expected a pick; a change sorts the new points
 * alone and merges them, O(all points). Left open by the paper: how many points (a setting), where
 * they stand (`mix`: of the target's identity and the point's number; else the named hash of
 * `NAME-0`, `NAME-1` …, as textbooks have it), which of two at one place counts (the lower
 * identity), and weights below one point (one point at least).
 */
export const ringHash = definePlacement({
  name: "ring-hash",
  summary: "consistent hashing on a ring with virtual nodes",
  follows: "Karger et al., STOC 1997, Consistent Hashing and Random Trees",
  fields: {
    nodes: { kind: "count", min: 1, default: 100, doc: "virtual nodes of a target of weight 1" },
    hash: {
      kind: "choice",
      of: [MIX, ...hashFunctions.map(({ name }) => name)],
      default: MIX,
      doc: "how points are placed: mix of the target's number, or a hash of its name",
    },
  },
  primary: "nodes",
  cost: { lookup: "O(1) expected", change: "O(points)", memory: "12 to 16 bytes a point" },
  check: ({ nodes }, members = [{ count: 1, weight: 1 }]) => tooManyPoints(nodes, members),
  create: ({ nodes, hash }) =>
    hash === MIX ? new Ring(nodes) : new NamedRing(nodes, entryOf(hashFunctions, hash)),
});
