/**
 * What a sampler or a strategy may ask of a stream of random numbers. One implementation, `Stream`
 * in streams.ts; this interface is what others import, so that nobody but the builder can make a
 * stream.
 */
export interface RandomStream {
  /** Uniform on [0, 1), 53 bits. */
  double(): number;
  /** Uniform integer on 0 .. 2^32 − 1. */
  uint32(): number;
  /**
   * The whole array becomes new words, for samplers' batches: those after the ones that `uint32`
   * holds in store.
   */
  fill(into: Uint32Array): void;
  /** Uniform integer on 0 .. n − 1, 1 ≤ n ≤ 2^31; bias below n / 2^32. */
  below(n: number): number;
}
