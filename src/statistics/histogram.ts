/**
 * A log-linear histogram: the exponent and 7 bits of the mantissa, so that a value differs from the
 * middle of its bin by at most 1/256 of it (0.4 %). Recording reads the value's own bits; merging
 * is adding. Covers 2^−20 … 2^44 ms (a nanosecond to 500 years); smaller values, zero among them,
 * fall into the first bin, larger ones into the last.
 */

const MANTISSA_BITS = 7;
const LOWEST_EXPONENT = -20;
const OCTAVES = 64;
const SHIFT = 20 - MANTISSA_BITS;
const OFFSET = (1023 + LOWEST_EXPONENT) << MANTISSA_BITS;
export const HISTOGRAM_BINS = OCTAVES << MANTISSA_BITS;
/** Greatest relative distance of a value to the middle of its bin. */
export const HISTOGRAM_RELATIVE_ERROR = 1 / 256;

const asDouble = new Float64Array(1);
const asWords = new Int32Array(asDouble.buffer);
// The word with sign and exponent, whatever the platform's byte order.
asDouble[0] = 1;
const HIGH = asWords[1] !== 0 ? 1 : 0;

/** The bin of a value ≥ 0. */
export function binOf(value: number): number {
  asDouble[0] = value;
  // A signed shift: minus zero falls below the first bin, not beyond the last.
  const bin = (asWords[HIGH] >> SHIFT) - OFFSET;
  return bin < 0 ? 0 : bin >= HISTOGRAM_BINS ? HISTOGRAM_BINS - 1 : bin;
}

/** Lower edge of a bin; the first bin begins at 0. */
export function lowerEdge(bin: number): number {
  if (bin === 0) return 0;
  const raw = bin + OFFSET;
  asWords[HIGH] = raw << SHIFT;
  asWords[1 - HIGH] = 0;
  return asDouble[0];
}

export class Histogram {
  /** Counts of the bins `first` … `first + counts.length − 1`; all others are 0. */
  private counts = new Float64Array(0);
  private first = 0;
  count = 0;
  sum = 0;
  sumOfSquares = 0;
  max = 0;

  /** Values ≥ 0. Amortised O(1). */
  record(value: number): void {
    const bin = binOf(value);
    const at = bin - this.first;
    if (at < 0 || at >= this.counts.length) this.cover(bin, bin);
    this.counts[bin - this.first]++;
    this.count++;
    this.sum += value;
    this.sumOfSquares += value * value;
    if (value > this.max) this.max = value;
  }

  /**
   * A copy out of counters kept elsewhere (by bin, `from` … `to` inclusive): the recorder's hot
   * arrays.
   */
  static of(
    counters: { readonly [bin: number]: number },
    from: number,
    to: number,
    moments: { count: number; sum: number; sumOfSquares: number; max: number },
  ): Histogram {
    const histogram = new Histogram();
    if (moments.count > 0) {
      histogram.first = from;
      histogram.counts = new Float64Array(to - from + 1);
      for (let bin = from; bin <= to; bin++) histogram.counts[bin - from] = counters[bin];
    }
    histogram.count = moments.count;
    histogram.sum = moments.sum;
    histogram.sumOfSquares = moments.sumOfSquares;
    histogram.max = moments.max;
    return histogram;
  }

  /** Adds all of `other`'s values to this one. O(bins of other). */
  add(other: Histogram): void {
    if (other.count === 0) return;
    this.cover(other.first, other.first + other.counts.length - 1);
    const shift = other.first - this.first;
    for (let i = 0; i < other.counts.length; i++) this.counts[i + shift] += other.counts[i];
    this.count += other.count;
    this.sum += other.sum;
    this.sumOfSquares += other.sumOfSquares;
    if (other.max > this.max) this.max = other.max;
  }

  /** Adds its counts `times` over to counters by bin. O(bins). */
  countInto(bins: Float64Array, times: number): void {
    for (let i = 0; i < this.counts.length; i++) bins[this.first + i] += times * this.counts[i];
  }

  /** NaN while empty. */
  mean(): number {
    return this.count === 0 ? NaN : this.sum / this.count;
  }

  /** Sample variance; NaN below two values. */
  variance(): number {
    if (this.count < 2) return NaN;
    const mean = this.mean();
    return Math.max(0, (this.sumOfSquares - this.count * mean * mean) / (this.count - 1));
  }

  /**
   * The value below which a part `q` (0..1) of all values lies, interpolated inside its bin: within
   * 1/128 of the exact quantile, never above the greatest value; 0 in the first bin, below a
   * nanosecond. NaN while empty. O(bins).
   */
  quantile(q: number): number {
    if (this.count === 0) return NaN;
    const wanted = q * this.count;
    let below = 0;
    for (let i = 0; i < this.counts.length; i++) {
      const here = this.counts[i];
      if (here > 0 && below + here >= wanted) {
        if (this.first + i === 0) return 0;
        const low = lowerEdge(this.first + i);
        const high = lowerEdge(this.first + i + 1);
        return Math.min(this.max, low + ((high - low) * (wanted - below)) / here);
      }
      below += here;
    }
    return this.max;
  }

  /** Part of the values that lie above `value` (to the bin's resolution). NaN while empty. */
  shareAbove(value: number): number {
    if (this.count === 0) return NaN;
    const bin = binOf(value);
    let above = 0;
    for (let i = Math.max(0, bin + 1 - this.first); i < this.counts.length; i++) {
      above += this.counts[i];
    }
    return above / this.count;
  }

  private cover(from: number, to: number): void {
    if (this.counts.length === 0) {
      this.first = from;
      this.counts = new Float64Array(to - from + 1);
      return;
    }
    const last = this.first + this.counts.length - 1;
    if (from >= this.first && to <= last) return;
    const newFirst = Math.min(from, this.first);
    const grown = new Float64Array(Math.max(to, last) - newFirst + 1);
    grown.set(this.counts, this.first - newFirst);
    this.counts = grown;
    this.first = newFirst;
  }
}
