/** Targets by round trip from each origin, worked out when an origin first asks after a change. */
import type { PoolView } from "../../strategy.ts";

/** What a strategy keeps for each origin. Origins are place ids: small whole numbers. */
export class ByOrigin<T> {
  /** Never empty: V8 takes an empty array for one of integers. */
  private readonly entries: (T | undefined)[] = [undefined];
  private readonly make: (origin: number) => T;

  constructor(make: (origin: number) => T) {
    this.make = make;
  }

  /** Forgets all. */
  clear(): void {
    this.entries.fill(undefined);
  }

  /** What is worked out already, in order of origin. */
  forEach(act: (entry: T, origin: number) => void): void {
    this.entries.forEach((entry, origin) => {
      if (entry !== undefined) act(entry, origin);
    });
  }

  of(origin: number): T {
    const known = this.entries[origin];
    if (known !== undefined) return known;
    while (this.entries.length <= origin) this.entries.push(undefined);
    const made = this.make(origin);
    this.entries[origin] = made;
    return made;
  }
}

/**
 * The usable slots in groups of equal round trip, nearest group first, each in order of joining.
 * O(n log n).
 */
export function groupsByDistance(view: PoolView, origin: number): Int32Array[] {
  const { size, usable } = view;
  const distances = new Float64Array(size);
  for (let i = 0; i < size; i++) distances[i] = view.roundTripMs(usable[i], origin);
  const order = Array.from({ length: size }, (_, i) => i);
  order.sort((a, b) => distances[a] - distances[b] || a - b);
  const groups: Int32Array[] = [];
  let start = 0;
  for (let i = 1; i <= size; i++) {
    if (i < size && distances[order[i]] === distances[order[start]]) continue;
    groups.push(Int32Array.from(order.slice(start, i), (at) => usable[at]));
    start = i;
  }
  return groups;
}

/** Those of least round trip, in order of joining. O(n). */
export function nearestSlots(view: PoolView, origin: number): Int32Array {
  const { size, usable } = view;
  let least = Infinity;
  let nearest: number[] = [];
  for (let i = 0; i < size; i++) {
    const distance = view.roundTripMs(usable[i], origin);
    if (distance > least) continue;
    if (distance < least) nearest = [];
    least = distance;
    nearest.push(usable[i]);
  }
  return Int32Array.from(nearest);
}
