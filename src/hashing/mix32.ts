/**
 * Integer mixers for hot paths. All results are signed 32-bit integers, which V8 keeps unboxed; who
 * wants the unsigned number writes `>>> 0`.
 */

/** 2^32 / golden ratio: keeps 0 from being mixed to 0. */
const GOLDEN = 0x9e3779b9 | 0;

/**
 * A bijection of the 32-bit integers in which each bit of `x` flips each bit of the result with a
 * chance of about one half; 0 stays 0. O(1). Source: `fmix32` of MurmurHash3 (Austin Appleby,
 * SMHasher).
 */
export function mix32(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * The first half of `combine32`, for those who keep it: `combine32(a, b) = mix32(premix32(a) + b)`.
 */
export const premix32 = (a: number): number => mix32((a | 0) + GOLDEN);

/**
 * One hash out of two integers, not symmetric; for a fixed `a` a bijection in `b`, so that no two
 * `b` collide.
 */
export const combine32 = (a: number, b: number): number => mix32(premix32(a) + (b | 0));

/**
 * The lower 32 bits of a 64-bit hash of which only the upper ones are there: a bijection of those,
 * so it tells nothing new.
 */
export const restOf = (hash: number): number => mix32((hash | 0) ^ 0x2545f491);
