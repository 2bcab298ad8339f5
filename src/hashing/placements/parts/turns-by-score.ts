/** HAProxy's order of turns by weight. */

/** The least of some whole numbers at hand. Taking and adding O(log n). */
class LeastFirst {
  private readonly items: number[] = [];

  get size(): number {
    return this.items.length;
  }

  /** Only where there is one. */
  get least(): number {
    return this.items[0];
  }

  add(item: number): void {
    const { items } = this;
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (items[parent] <= item) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  drop(): void {
    const { items } = this;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1] < items[child]) child++;
      if (items[child] >= last) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
  }
}

/**
 * At each turn every node's score grows by its weight; the turn goes to the first in the list of
 * those whose score, in whole sums of all weights, is highest; its score falls by that sum. In a
 * round of that many turns each node has as many as its weight, and all scores are 0 again.
 *
 * Follows HAProxy 2.6.12, src/lb_map.c, `recalc_server_map`. There each turn looks at all nodes.
 * Here a node's *level*, 1 + ⌊score / sum⌋, is known to rise at a turn that can be worked out, so
 * that a turn costs O(log nodes). Of the levels the highest that anybody has is at least 1, since
 * the scores add up to the sum.
 */
export class TurnsByScore {
  readonly total: number;
  private readonly weights: Int32Array;
  /** By node. */
  private readonly taken: Int32Array;
  private readonly level: Int32Array;
  /**
   * The turn at which its level rises, −1 if at none any more, and its list of those of that turn.
   */
  private readonly risesAt: Int32Array;
  private readonly nextRising: Int32Array;
  private readonly lastRising: Int32Array;
  /** By turn: the first of the nodes whose level rises then, −1 if none. */
  private readonly rising: Int32Array;
  /** By level; some have gone on to another level since. */
  private readonly waiting: LeastFirst[] = [new LeastFirst()];
  private turn = 0;

  /** @param weights whole numbers, 1 or more */
  constructor(weights: Int32Array) {
    this.weights = weights;
    this.total = weights.reduce((sum, weight) => sum + weight, 0);
    this.taken = new Int32Array(weights.length);
    this.level = new Int32Array(weights.length);
    this.risesAt = new Int32Array(weights.length).fill(-1);
    this.nextRising = new Int32Array(weights.length);
    this.lastRising = new Int32Array(weights.length);
    this.rising = new Int32Array(this.total).fill(-1);
    for (let node = 0; node < weights.length; node++) this.awaitRise(node, 0);
  }

  /** The node whose turn is next; `total` turns are a round, and all there are. */
  next(): number {
    const { turn, level, waiting } = this;
    while (this.rising[turn] >= 0) this.rise(this.rising[turn]);
    let top = waiting.length - 1;
    while (!this.isAwaited(top)) top--;
    const node = waiting[top].least;
    waiting[top].drop();
    this.taken[node]++;
    level[node] = 0;
    this.turn++;
    this.awaitRise(node, this.turn);
    return node;
  }

  /** Whether somebody of this level waits; those who have left it are dropped. */
  private isAwaited(level: number): boolean {
    const waiting = this.waiting[level];
    while (waiting.size > 0 && this.level[waiting.least] !== level) waiting.drop();
    return waiting.size > 0;
  }

  private rise(node: number): void {
    const { turn, total, waiting } = this;
    const score = (turn + 1) * this.weights[node] - this.taken[node] * total;
    const level = 1 + Math.floor(score / total);
    this.level[node] = level;
    while (waiting.length <= level) waiting.push(new LeastFirst());
    waiting[level].add(node);
    this.awaitRise(node, turn + 1);
  }

  /** Notes the first turn, not before `earliest`, at which the node is above its level. */
  private awaitRise(node: number, earliest: number): void {
    const sums = this.taken[node] + this.level[node];
    const turn = Math.max(earliest, Math.ceil((sums * this.total) / this.weights[node]) - 1);
    this.forget(node);
    if (turn >= this.total) return;
    const first = this.rising[turn];
    if (first >= 0) this.lastRising[first] = node;
    this.nextRising[node] = first;
    this.lastRising[node] = -1;
    this.rising[turn] = node;
    this.risesAt[node] = turn;
  }

  /** Takes it out of the list of its turn. */
  private forget(node: number): void {
    const turn = this.risesAt[node];
    if (turn < 0) return;
    const next = this.nextRising[node];
    const last = this.lastRising[node];
    if (last >= 0) this.nextRising[last] = next;
    else this.rising[turn] = next;
    if (next >= 0) this.lastRising[next] = last;
    this.risesAt[node] = -1;
  }
}
