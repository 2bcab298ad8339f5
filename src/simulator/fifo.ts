/**
 * First in, first out, amortised O(1) for each: `shift` of an array moves all that is left in it,
 * and a crash may put a hundred thousand connections in here at once.
 */
export class Fifo<T> {
  private items: T[] = [];
  private taken = 0;

  append(item: T): void {
    this.items.push(item);
  }

  /** undefined: nobody is left. */
  shift(): T | undefined {
    if (this.taken < this.items.length) return this.items[this.taken++];
    if (this.taken > 0) this.items = [];
    this.taken = 0;
    return undefined;
  }
}
