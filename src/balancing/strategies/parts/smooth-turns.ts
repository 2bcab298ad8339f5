/** Smooth weighted turns, O(1) each once a whole round of them is known. */
import type { PoolView } from "../../strategy.ts";

/** Longest round that is remembered: two megabytes. */
const LONGEST_ROUND = 2 ** 20;

/**
 * The order in which nginx's rule gives turns: each target's balance grows by its weight, the
 * greatest balance has the turn (the first in the list on a tie) and pays the sum of all weights.
 * Targets of one weight have, all the time, balances that differ by whole payments alone, so they
 * take turns among themselves, and it is enough to keep the balance of the next of each weight.
 * After Σ weight / gcd turns all balances are 0 again: from then on the recorded order of weights
 * is replayed. Weights with more than three decimals have no such round.
 */
export class SmoothTurns {
  /**
   * Members by class, one class a weight; each class in order of joining, from whoever was next at
   * the last change.
   */
  private members = new Int32Array(0);
  private classes = 0;
  private starts = new Int32Array(1);
  private ends = new Int32Array(0);
  /** Index in `members` of the class's next. */
  private nexts = new Int32Array(0);
  /** As configured, and as whole numbers where that is possible: sums of those are exact. */
  private weights = new Float64Array(0);
  private steps = new Float64Array(0);
  private balances = new Float64Array(0);
  private total = NaN;
  /** Class of each turn of the round, as far as recorded. */
  private round = new Uint16Array(0);
  private recorded = 0;
  private length = 0;
  private turn = 0;

  /** Balances begin at 0 again; in each class the turn goes on where it was. O(n). */
  rebuild({ size, usable, weight }: PoolView): void {
    const resumeAt = new Map<number, number>();
    for (let c = 0; c < this.classes; c++) {
      resumeAt.set(this.weights[c], this.members[this.nexts[c]]);
    }
    const byWeight = new Map<number, number[]>();
    for (let i = 0; i < size; i++) {
      const slots = byWeight.get(weight[usable[i]]);
      if (slots === undefined) byWeight.set(weight[usable[i]], [usable[i]]);
      else slots.push(usable[i]);
    }
    this.classes = byWeight.size;
    this.members = new Int32Array(size);
    this.starts = new Int32Array(this.classes);
    this.ends = new Int32Array(this.classes);
    this.nexts = new Int32Array(this.classes);
    this.weights = new Float64Array(this.classes);
    this.balances = new Float64Array(this.classes);
    let c = 0;
    let at = 0;
    for (const [value, slots] of byWeight) {
      const resume = resumeAt.get(value) ?? 0;
      const next = slots.findIndex((slot) => slot >= resume);
      this.weights[c] = value;
      // Whose turn it is stands first: a class that began in its middle would pay too early.
      this.starts[c] = this.nexts[c] = at;
      this.members.set(next > 0 ? [...slots.slice(next), ...slots.slice(0, next)] : slots, at);
      at += slots.length;
      this.ends[c] = at;
      c++;
    }
    this.prepareRound();
  }

  /** The slot whose turn it is. */
  take(): number {
    const c = this.classes === 1 ? 0 : this.nextClass();
    const at = this.nexts[c];
    const slot = this.members[at];
    if (at + 1 < this.ends[c]) this.nexts[c] = at + 1;
    else {
      this.nexts[c] = this.starts[c];
      // All of this class have paid once more.
      this.balances[c] -= this.total;
    }
    return slot;
  }

  private nextClass(): number {
    if (this.recorded < this.length) {
      const best = this.greatestBalance();
      this.round[this.recorded++] = best;
      return best;
    }
    if (this.length === 0) return this.greatestBalance();
    if (this.turn === this.length) this.turn = 0;
    return this.round[this.turn++];
  }

  private greatestBalance(): number {
    const { balances, steps, members, nexts } = this;
    let best = 0;
    for (let c = 0; c < this.classes; c++) {
      balances[c] += steps[c];
      if (c === 0 || balances[c] < balances[best]) continue;
      if (balances[c] > balances[best] || members[nexts[c]] < members[nexts[best]]) best = c;
    }
    return best;
  }

  private prepareRound(): void {
    const { weights, starts, ends } = this;
    const whole = wholeNumbers(weights);
    const divisor = whole === null ? 0 : whole.reduce(greatestCommonDivisor, 0);
    this.steps = whole === null ? weights : Float64Array.from(whole, (step) => step / divisor);
    let total = 0;
    for (let c = 0; c < this.classes; c++) {
      const count = ends[c] - starts[c];
      total += this.steps[c] * count;
    }
    this.total = total;
    // In whole steps without a common divisor the round is as long as their sum.
    const worthwhile = whole !== null && this.classes > 1 && this.classes < 2 ** 16;
    // An integer for V8 too.
    this.length = worthwhile && total <= LONGEST_ROUND ? total | 0 : 0;
    if (this.length > this.round.length) this.round = new Uint16Array(this.length);
    this.recorded = 0;
    this.turn = 0;
  }
}

/** The weights times 1, 10, 100 or 1,000, whichever makes them whole; null if none does. */
function wholeNumbers(weights: Float64Array): number[] | null {
  for (const scale of [1, 10, 100, 1000]) {
    const scaled = Array.from(weights, (weight) => Math.round(weight * scale));
    if (scaled.every((value, i) => value > 0 && value / scale === weights[i])) return scaled;
  }
  return null;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
