/** Words made at a time. */
const ROUND = 256;
/**
 * Where they are made before they are copied: an array that is the same for good, so that V8 knows
 * where it lies and a word takes 24 instructions and not 35.
 */
const round = new Uint32Array(ROUND);

/**
 * Fills `into` with the next outputs of xoshiro128++ and leaves the 4-word `state` after the last
 * of them. Period 2^128 − 1; the state must not be all 0. Blackman, Vigna: Scrambled Linear
 * Pseudorandom Number Generators, ACM TOMS 47(4), 2021 (version 1.0 of 2019, rotations 7 and 11).
 */
export function fillWithXoshiro128(state: Int32Array, into: Uint32Array): void {
  for (let from = 0; from < into.length; from += ROUND) {
    const length = Math.min(ROUND, into.length - from);
    makeRound(state, length);
    into.set(length === ROUND ? round : round.subarray(0, length), from);
  }
}

function makeRound(state: Int32Array, length: number): void {
  // Locals stay in registers over the whole round; kept in fields or closures they would be stored
  // at every draw.
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  for (let i = 0; i < length; i++) {
    const sum = (a + d) | 0;
    round[i] = (((sum << 7) | (sum >>> 25)) + a) | 0; // wraps: without the | 0 it is a double's sum
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}
