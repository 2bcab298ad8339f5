/** One token bucket a slot. */

/**
 * Buckets that fill by time alone, kept as the time at which each will be full again (the generic
 * cell rate algorithm, ITU-T I.371, which is the same rule): two numbers compared, no refilling. A
 * bucket begins full. All O(1), 24 bytes a slot.
 */
export class TokenBuckets {
  private readonly full: number;
  private readonly burstMs: number;
  /** Time at which the bucket is full. */
  private fullAt = new Float64Array(0);
  /** Time that one token takes. */
  private gap = new Float64Array(0);
  /** Time that all tokens but one take: how long before it is full the bucket has its first. */
  private slack = new Float64Array(0);

  /** Tokens come at capacity × `full`; a bucket holds capacity × `burstMs` of them, at least 1. */
  constructor(full: number, burstMs: number) {
    this.full = full;
    this.burstMs = burstMs;
  }

  grow(slots: number): void {
    if (slots <= this.gap.length) return;
    const { fullAt, gap, slack } = this;
    this.fullAt = new Float64Array(2 * slots);
    this.fullAt.set(fullAt);
    this.gap = new Float64Array(2 * slots);
    this.gap.set(gap);
    this.slack = new Float64Array(2 * slots);
    this.slack.set(slack);
  }

  /** Requests per ms; with 0 there is never a token. */
  setCapacity(slot: number, capacity: number): void {
    const depth = Math.max(1, capacity * this.burstMs);
    this.gap[slot] = capacity > 0 ? 1 / (capacity * this.full) : Infinity;
    this.slack[slot] = capacity > 0 ? (depth - 1) * this.gap[slot] : 0;
  }

  /** Since when the bucket has a token, ms; later than now if it has none. */
  tokenSince(slot: number): number {
    return this.gap[slot] === Infinity ? Infinity : this.fullAt[slot] - this.slack[slot];
  }

  hasToken(slot: number, nowMs: number): boolean {
    return this.tokenSince(slot) <= nowMs;
  }

  take(slot: number, nowMs: number): void {
    const from = this.fullAt[slot];
    this.fullAt[slot] = (from > nowMs ? from : nowMs) + this.gap[slot];
  }
}
