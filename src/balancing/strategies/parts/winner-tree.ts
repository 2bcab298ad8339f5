/** The least of n changing pairs (key, stamp), known at any time. */

/**
 * A tournament: each inner node holds the winner of its two. Ties of keys go to the lower stamp,
 * ties of both to the lower index. `best` O(1), `set` O(log n) and less where the change does not
 * reach the top, 24 bytes an entry.
 */
export class WinnerTree {
  private width = 1;
  private winners = new Int32Array(2);
  private keys = new Float64Array(1);
  private stamps = new Float64Array(1);

  /** n entries with the key Infinity and their index as stamp. O(n). */
  reset(n: number): void {
    let width = 1;
    while (width < n) width *= 2;
    this.width = width;
    if (this.keys.length < width) {
      this.keys = new Float64Array(width);
      this.stamps = new Float64Array(width);
      this.winners = new Int32Array(2 * width);
    }
    this.keys.fill(Infinity);
    for (let i = 0; i < width; i++) {
      this.stamps[i] = i;
      this.winners[width + i] = i;
    }
    for (let node = width - 1; node > 0; node--) this.winners[node] = this.winners[2 * node];
  }

  set(index: number, key: number, stamp: number): void {
    const { keys, stamps, winners } = this;
    keys[index] = key;
    stamps[index] = stamp;
    for (let node = (this.width + index) >>> 1; node > 0; node >>>= 1) {
      const left = winners[2 * node];
      const right = winners[2 * node + 1];
      const winner =
        keys[right] < keys[left] || (keys[right] === keys[left] && stamps[right] < stamps[left])
          ? right
          : left;
      // Another one wins here as before: nothing changes above.
      if (winner !== index && winners[node] === winner) return;
      winners[node] = winner;
    }
  }

  /** Index of the least. */
  get best(): number {
    return this.winners[1];
  }
}
