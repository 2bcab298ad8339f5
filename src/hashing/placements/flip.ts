/** FlipHash: a range hash for powers of two by flipping bits, and redraws for what lies between. */
import { combine32 } from "../mix32.ts";
import { definePlacement } from "../placement-definition.ts";
import { NUMBERED_MEMORY, Numbered, saltField } from "./parts/numbered.ts";

/** Redraws before the key is given to the smaller power of two: biased by less than 2^−64. */
const MOST_REDRAWS = 64;

/** For mask + 1 = 2^k buckets: all bits below the highest one are flipped by a hash of the key. */
function ofPower(low: number, mask: number): number {
  const masked = low & mask;
  if (masked === 0) return 0;
  const zeros = Math.clz32(masked);
  // As in 64 bits: the hash's number is the count of zeros before the highest bit.
  const flipper = combine32(low, 32 + zeros) & (zeros === 31 ? 0 : 0x7fffffff >>> zeros);
  return masked ^ flipper;
}

/** The key's bucket, O(1) expected. Reads the lower 32 bits of the key's hash. */
export function flipHash(_high: number, low: number, buckets: number): number {
  if (buckets <= 1) return 0;
  const zeros = Math.clz32(buckets - 1);
  const mask = -1 >>> zeros;
  const whole = ofPower(low, mask);
  if (whole < buckets) return whole;
  const half = mask >>> 1;
  const seed = combine32(low, zeros);
  for (let redraw = 1; redraw <= MOST_REDRAWS; redraw++) {
    const drawn = combine32(seed, redraw) & mask;
    if (drawn <= half) break;
    if (drawn < buckets) return drawn;
  }
  return ofPower(low, half);
}

/**
 * FlipHash on the targets in order of joining.
 *
 * Follows Masson and Lee, "FlipHash: A Constant-Time Consistent Range-Hashing Algorithm", arXiv
 * 2402.17549 (2024). Only the last target may leave, as with jump; O(1) expected a pick. Left open:
 * the family of hashes (ours, of 32 bits).
 */
export const flip = definePlacement({
  name: "flip",
  summary: "as jump, at a constant cost by flipped bits; only the last target may leave",
  follows: "Masson and Lee, arXiv 2402.17549 (2024), FlipHash",
  fields: { salt: saltField },
  cost: { lookup: "O(1) expected", change: "O(n)", memory: NUMBERED_MEMORY },
  create: ({ salt }) => new Numbered(flipHash, salt),
});
