/** Power consistent hashing: a range hash for powers of two, and a walk for what lies between. */
import { combine32 } from "../mix32.ts";
import { definePlacement } from "../placement-definition.ts";
import { jumpFrom } from "./jump.ts";
import { NUMBERED_MEMORY, Numbered, saltField } from "./parts/numbered.ts";

/**
 * The paper's f for a range of mask + 1 = 2^k buckets: the highest bit of the key's lowest k
 * decides between the halves that were added, a hash of the key and that bit the place within.
 */
function ofPower(low: number, mask: number): number {
  const bits = low & mask;
  if (bits === 0) return 0;
  const top = 1 << (31 - Math.clz32(bits));
  return top + (combine32(low, top) & (top - 1));
}

/** The key's bucket, O(1) expected: the paper's f and g, §VI, put together. */
export function powerHash(high: number, low: number, buckets: number): number {
  if (buckets <= 1) return 0;
  const mask = -1 >>> Math.clz32(buckets - 1);
  const whole = ofPower(low, mask);
  if (whole < buckets) return whole;
  // The paper's g: where the key is among the buckets, given that it is not in the last half's
  // missing part; the walk of jump, from the last bucket of the smaller power of two on.
  const half = mask >>> 1;
  const between = jumpFrom(half, high, low, buckets);
  return between > half ? between : ofPower(low, half);
}

/**
 * Power consistent hashing on the targets in order of joining.
 *
 * Follows Leu, "Fast Consistent Hashing in Constant Time", arXiv 2307.12448 (2023). Only the last
 * target may leave, as with jump; O(1) expected a pick. Left open: the two hashes of f and g; here
 * the mixers of this project and the generator of jump, by which SUPSI's program draws g too.
 */
export const power = definePlacement({
  name: "power",
  summary: "as jump, at a constant cost by powers of two; only the last target may leave",
  follows: "Leu, arXiv 2307.12448 (2023), §VI",
  fields: { salt: saltField },
  cost: { lookup: "O(1) expected", change: "O(n)", memory: NUMBERED_MEMORY },
  create: ({ salt }) => new Numbered(powerHash, salt),
});
