/** Draws in proportion to weights, O(1) a draw. */
import type { RandomStream } from "../../../random/stream.ts";

/**
 * Walker's alias method, built as in Vose, "A linear algorithm for generating random numbers with a
 * given distribution", IEEE Trans. Softw. Eng. 17(9), 1991: n columns of equal height, each shared
 * by at most two. Build O(n), draw O(1) with one uniform number, 12 bytes an entry.
 */
export class AliasTable {
  private size = 0;
  /** Part of the column that is its own. */
  private own = new Float64Array(0);
  private other = new Int32Array(0);

  /** `weightOf(i)` ≥ 0 for i = 0 .. size − 1; if all are 0, all are equally likely. */
  build(size: number, weightOf: (index: number) => number): void {
    this.size = size;
    if (size > this.own.length) {
      this.own = new Float64Array(2 * size);
      this.other = new Int32Array(2 * size);
    }
    const { own, other } = this;
    let total = 0;
    for (let i = 0; i < size; i++) total += weightOf(i);
    const low: number[] = [];
    const high: number[] = [];
    for (let i = 0; i < size; i++) {
      own[i] = total > 0 ? (weightOf(i) * size) / total : 1;
      other[i] = i;
      (own[i] < 1 ? low : high).push(i);
    }
    while (low.length > 0 && high.length > 0) {
      const small = low.pop()!;
      const large = high[high.length - 1];
      other[small] = large;
      own[large] -= 1 - own[small];
      if (own[large] < 1) low.push(high.pop()!);
    }
    // What is left on either side is 1 but for rounding.
    for (const i of low) own[i] = 1;
    for (const i of high) own[i] = 1;
  }

  /** An index 0 .. size − 1; size ≥ 1. */
  draw(random: RandomStream): number {
    const at = random.double() * this.size;
    const column = Math.floor(at);
    return at - column < this.own[column] ? column : this.other[column];
  }
}
