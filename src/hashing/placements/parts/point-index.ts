/** Finding a place among sorted points on a circle of 2^32 positions. */

/** Fewer points than this in a bucket are walked, more are halved first. */
const WALK = 8;
/** Buckets at most: a shift by their bits never overflows. */
const MOST_BITS = 25;

/**
 * By the leading bits of a position: the first point that is not before them. About as many buckets
 * as points, so that evenly spread points are found in O(1) expected; O(log points) at worst. A
 * build is one pass; 4 to 8 bytes a point.
 */
export class PointIndex {
  private first = new Uint32Array(3);
  private shift = 31;

  /** Of positions 0 .. points − 1 in rising order. */
  build(positions: Uint32Array, points: number): void {
    const bits = Math.min(MOST_BITS, Math.max(1, 32 - Math.clz32(Math.max(1, points - 1))));
    const buckets = 1 << bits;
    const shift = 32 - bits;
    if (this.first.length < buckets + 1) this.first = new Uint32Array(buckets + 1);
    const { first } = this;
    let bucket = 0;
    for (let point = 0; point < points; point++) {
      const last = positions[point] >>> shift;
      while (bucket <= last) first[bucket++] = point;
    }
    first.fill(points, bucket, buckets + 1);
    this.shift = shift;
  }

  /** The first of the positions that is not before `at`; their number if there is none. */
  find(positions: Uint32Array, at: number): number {
    const { first } = this;
    const bucket = at >>> this.shift;
    let low = first[bucket];
    let high = first[bucket + 1];
    while (high - low > WALK) {
      const middle = (low + high) >>> 1;
      if (positions[middle] < at) low = middle + 1;
      else high = middle;
    }
    while (low < high && positions[low] < at) low++;
    return low;
  }

  bytes(): number {
    return this.first.byteLength;
  }
}
