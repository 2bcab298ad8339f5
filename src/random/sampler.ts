/** Fills the whole array with the next values of a distribution. */
export type Filler = (into: Float64Array) => void;

const BATCH = 256;
const EMPTY = new Float64Array(0);

/**
 * The values of one distribution from one stream, 256 made at a time: whatever the distribution
 * costs, `next` is a load and an increment, and one call site sees one class. It draws ahead, so it
 * owns its stream: nobody else may draw from it.
 */
export class Sampler {
  private readonly fill: Filler;
  private values: Float64Array = EMPTY;
  private cursor = 0;

  constructor(fill: Filler) {
    this.fill = fill;
  }

  /** The next value, ≥ 0, in the unit of the settings. */
  next(): number {
    let { cursor } = this;
    if (cursor === this.values.length) {
      this.refill();
      cursor = 0;
    }
    this.cursor = cursor + 1;
    return this.values[cursor];
  }

  private refill(): void {
    if (this.values === EMPTY) this.values = new Float64Array(BATCH);
    this.fill(this.values);
  }
}
