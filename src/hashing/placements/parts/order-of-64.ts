/** Sorting 64-bit numbers that lie in two arrays of halves. */

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/**
 * The indices of the numbers in rising order, equal ones as they stand. A radix sort of the upper
 * halves, three passes, then by insertion among the few that agree in those; O(n).
 */
export function orderOf64(highs: Uint32Array, lows: Uint32Array): Uint32Array {
  let order = Uint32Array.from(highs, (_, i) => i);
  let sorted = new Uint32Array(highs.length);
  const starts = new Uint32Array(DIGITS + 1);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    starts.fill(0);
    for (const high of highs) starts[((high >>> shift) & (DIGITS - 1)) + 1]++;
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1] += starts[digit];
    for (const i of order) sorted[starts[(highs[i] >>> shift) & (DIGITS - 1)]++] = i;
    [order, sorted] = [sorted, order];
  }
  for (let at = 1; at < order.length; at++) {
    const moving = order[at];
    let to = at;
    while (to > 0 && highs[order[to - 1]] === highs[moving] && lows[order[to - 1]] > lows[moving]) {
      order[to] = order[to - 1];
      to--;
    }
    order[to] = moving;
  }
  return order;
}
