/**
 * Any number of one-time alarms with two integers each (whom it is for, and a stamp by which the
 * receiver knows that it still is), earliest first, equal times in the order in which they were
 * set. `AlarmClock` rings them by the event queue.
 *
 * A binary heap over typed arrays: O(log n) to add and to take, 24 bytes an alarm, nothing
 * allocated but on growth.
 */
import { assert } from "../assert.ts";
import { NEVER } from "../units.ts";

export class TimerQueue {
  private times = new Float64Array(16);
  private order = new Float64Array(16);
  private payloads = new Int32Array(16);
  private stamps = new Int32Array(16);
  private sequence = 0;
  size = 0;

  get nextMs(): number {
    return this.size === 0 ? NEVER : this.times[0];
  }

  /** The earliest alarm's stamp; only while `size > 0`. */
  get nextStamp(): number {
    return this.stamps[0];
  }

  add(timeMs: number, payload: number, stamp = 0): void {
    // It would compare as neither earlier nor later and spoil the order of all others.
    assert(!Number.isNaN(timeMs), "an alarm has a time");
    if (this.size === this.times.length) this.grow();
    const { times, order, payloads, stamps } = this;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (times[parent] <= timeMs) break; // equal: the parent was set earlier
      times[i] = times[parent];
      order[i] = order[parent];
      payloads[i] = payloads[parent];
      stamps[i] = stamps[parent];
      i = parent;
    }
    times[i] = timeMs;
    order[i] = this.sequence++;
    payloads[i] = payload;
    stamps[i] = stamp;
  }

  /** Takes the earliest alarm out and returns whom it is for; only while `size > 0`. */
  take(): number {
    const { times, order, payloads, stamps } = this;
    const taken = payloads[0];
    const last = --this.size;
    const timeMs = times[last];
    const rank = order[last];
    const payload = payloads[last];
    const stamp = stamps[last];
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= last) break;
      const right = child + 1;
      if (
        right < last &&
        (times[right] < times[child] ||
          (times[right] === times[child] && order[right] < order[child]))
      ) {
        child = right;
      }
      if (timeMs < times[child] || (timeMs === times[child] && rank < order[child])) break;
      times[i] = times[child];
      order[i] = order[child];
      payloads[i] = payloads[child];
      stamps[i] = stamps[child];
      i = child;
    }
    times[i] = timeMs;
    order[i] = rank;
    payloads[i] = payload;
    stamps[i] = stamp;
    return taken;
  }

  private grow(): void {
    const length = 2 * this.times.length;
    const times = new Float64Array(length);
    times.set(this.times);
    const order = new Float64Array(length);
    order.set(this.order);
    const payloads = new Int32Array(length);
    payloads.set(this.payloads);
    const stamps = new Int32Array(length);
    stamps.set(this.stamps);
    this.times = times;
    this.order = order;
    this.payloads = payloads;
    this.stamps = stamps;
  }
}
