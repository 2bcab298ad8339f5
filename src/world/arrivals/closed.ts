/**
 * A closed loop: each user of the region sends one request, waits for its answer, thinks, and sends
 * the next. What the balancers do comes back to the arrivals, so traffic is not paired between
 * strategies as it is for open arrivals; the think times are one stream, used in order of the
 * answers.
 *
 * Users begin in the middle of thinking: the first request comes after a uniformly drawn part of a
 * think time, so that users of equal think times don't all ask at once. A changed rate makes them
 * think faster (factor 2: half as long), for thoughts already begun too.
 */
import { assert } from "../../assert.ts";
import { createSampler } from "../../random/registry.ts";
import type { Sampler } from "../../random/registry.ts";
import type { RandomStream } from "../../random/stream.ts";
import type { ArrivalProcess } from "./arrivals.ts";
import { defineArrivals, DRAWN } from "./arrivals.ts";

class ClosedLoop implements ArrivalProcess {
  readonly object = DRAWN;
  readonly bytes = DRAWN;
  private readonly think: Sampler;
  // A binary heap of those who think, by (due, user). Due is in think time, which runs at `factor`:
  // changing the factor moves nobody within the heap.
  private readonly due: Float64Array;
  private readonly users: Int32Array;
  private size = 0;
  private factor = 1;
  /** The factor changed last at this time, when think time stood at that. */
  private changedMs = NaN;
  private thoughtMs = NaN;

  constructor(users: number, think: Sampler, start: RandomStream) {
    this.think = think;
    this.changedMs = this.thoughtMs = 0;
    this.due = new Float64Array(users);
    this.users = new Int32Array(users);
    for (let user = 0; user < users; user++) this.push(user, start.double() * think.next());
  }

  /** The smallest number among those due next; DRAWN while nobody thinks. */
  get user(): number {
    return this.size === 0 ? DRAWN : this.users[0];
  }

  first(): number {
    return this.pending();
  }

  /** The pending user now waits for an answer. O(log users). */
  next(): number {
    this.pop();
    return this.pending();
  }

  scale(nowMs: number, factor: number): number {
    this.thoughtMs = this.thoughtAt(nowMs);
    this.changedMs = nowMs;
    this.factor = factor;
    return this.pending();
  }

  /** O(log users). */
  returned(user: number, nowMs: number, leastMs = 0): number {
    assert(this.size < this.users.length, "a user who thinks cannot get an answer");
    this.push(user, this.thoughtAt(nowMs) + Math.max(leastMs, this.think.next()));
    return this.pending();
  }

  private thoughtAt(nowMs: number): number {
    return this.thoughtMs + (nowMs - this.changedMs) * this.factor;
  }

  private pending(): number {
    // At a rate of 0 nobody asks, not even who has thought enough.
    if (this.size === 0 || this.factor === 0) return Infinity;
    const left = Math.max(0, this.due[0] - this.thoughtMs);
    return left === 0 ? this.changedMs : this.changedMs + left / this.factor;
  }

  private push(user: number, due: number): void {
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.comesBefore(parent, due, user)) break;
      this.due[at] = this.due[parent];
      this.users[at] = this.users[parent];
      at = parent;
    }
    this.due[at] = due;
    this.users[at] = user;
  }

  private pop(): void {
    const last = --this.size;
    const due = this.due[last];
    const user = this.users[last];
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      const right = child + 1;
      if (right < last && this.comesBefore(right, this.due[child], this.users[child]))
        child = right;
      if (!this.comesBefore(child, due, user)) break;
      this.due[at] = this.due[child];
      this.users[at] = this.users[child];
      at = child;
    }
    this.due[at] = due;
    this.users[at] = user;
  }

  private comesBefore(at: number, due: number, user: number): boolean {
    return this.due[at] < due || (this.due[at] === due && this.users[at] < user);
  }
}

export const closed = defineArrivals({
  name: "closed",
  summary: "each user waits for the answer, thinks, and asks again",
  follows: "closed queueing network with a think station (Scherr's model of time sharing, 1967)",
  fields: {
    think: {
      kind: "distribution",
      in: "duration",
      doc: "time between an answer and the user's next request",
    },
  },
  create: ({ think }, context) =>
    new ClosedLoop(
      context.users,
      createSampler(think, context.random("think"), context.numbers),
      context.random("start"),
    ),
  meanRate: () => NaN,
});
