/**
 * Processor sharing: n requests on c cores of speed s each run at rate s · min(1, c/n). In
 * *attained work* V, which all requests of a machine gain alike, a request that joined at V₀ with
 * demand d is done when V = V₀ + d, whatever happens between: a heap by that mark is all there is
 * to keep, and a join or a departure moves one event.
 *
 * Cost: O(log n) a join, departure or removal, n the requests on the machine.
 */
import type { EventQueue, Subject } from "../engine/event-queue.ts";
import type { Machine } from "./machine.ts";
import type { Request } from "./requests.ts";

/** Of one machine; `machine.running` requests share it. */
export class SharedProcessor {
  /** Binary heap of marks with the requests they belong to; `request.place` is an index in it. */
  private marks = new Float64Array(8);
  private readonly requests: Request[] = [];
  /** Work attained by each request so far, ms of core time at speed 1. */
  private attainedMs = NaN;
  /** When that was so, ms. */
  private sinceMs: number;

  constructor(
    private readonly machine: Machine,
    private readonly subject: Subject,
    private readonly queue: EventQueue,
  ) {
    this.sinceMs = queue.nowMs;
    this.attainedMs = 0;
  }

  /** `workMs`: core time at speed 1. */
  join(request: Request, workMs: number): void {
    this.settle();
    const size = this.machine.running++;
    if (size === this.marks.length) {
      const marks = new Float64Array(2 * size);
      marks.set(this.marks);
      this.marks = marks;
    }
    this.requests.push(request);
    this.rise(size, this.attainedMs + workMs, request);
    this.reschedule();
  }

  /** Takes the request whose mark comes first. */
  complete(): Request {
    const request = this.requests[0];
    this.settle();
    // The event is due at this mark by definition: no rounding of the division may leave a rest
    // behind.
    this.attainedMs = this.marks[0];
    this.takeOut(0);
    return request;
  }

  remove(request: Request): void {
    this.settle();
    this.takeOut(request.place);
  }

  changeSpeed(speed: number): void {
    this.settle();
    this.machine.speed = speed;
    this.reschedule();
  }

  /** Brings attained work and busy time up to now. */
  settle(): void {
    const { machine } = this;
    const { nowMs } = this.queue;
    const passedMs = nowMs - this.sinceMs;
    this.sinceMs = nowMs;
    if (machine.running === 0 || passedMs === 0) return;
    this.attainedMs += passedMs * this.rate();
    machine.busyMs += passedMs * Math.min(machine.running, machine.model.coreCount);
  }

  /** Busy core time since it was last counted, ms. */
  get unsettledMs(): number {
    const { running, model } = this.machine;
    return (this.queue.nowMs - this.sinceMs) * Math.min(running, model.coreCount);
  }

  /** By index among all requests. */
  running(): Request[] {
    return this.requests.toSorted((a, b) => a.index - b.index);
  }

  /** Forgets all requests; the caller then sets `running` to 0. */
  empty(): void {
    this.sinceMs = this.queue.nowMs;
    this.requests.length = 0;
    this.queue.cancel(this.subject);
  }

  private takeOut(at: number): void {
    const { marks, requests, machine } = this;
    const last = --machine.running;
    const request = requests.pop()!;
    if (at < last) {
      const mark = marks[last];
      const parent = (at - 1) >> 1;
      if (at > 0 && goesBefore(mark, request, marks[parent], requests[parent])) {
        this.rise(at, mark, request);
      } else {
        this.sink(at, mark, request);
      }
    }
    if (last === 0) this.attainedMs = 0; // nobody is left to compare with: keep the marks small
    this.reschedule();
  }

  private reschedule(): void {
    if (this.machine.running === 0) {
      this.queue.cancel(this.subject);
      return;
    }
    const restMs = Math.max(0, (this.marks[0] - this.attainedMs) / this.rate());
    this.queue.schedule(this.subject, this.queue.nowMs + restMs);
  }

  /** Work that each request attains a ms. */
  private rate(): number {
    const { running, model, speed } = this.machine;
    const { coreCount } = model;
    return speed * (running > coreCount ? coreCount / running : 1);
  }

  private rise(from: number, mark: number, request: Request): void {
    const { marks, requests } = this;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!goesBefore(mark, request, marks[parent], requests[parent])) break;
      this.put(i, marks[parent], requests[parent]);
      i = parent;
    }
    this.put(i, mark, request);
  }

  private sink(from: number, mark: number, request: Request): void {
    const { marks, requests } = this;
    const size = requests.length;
    let i = from;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      const right = child + 1;
      if (
        right < size &&
        goesBefore(marks[right], requests[right], marks[child], requests[child])
      ) {
        child = right;
      }
      if (!goesBefore(marks[child], requests[child], mark, request)) break;
      this.put(i, marks[child], requests[child]);
      i = child;
    }
    this.put(i, mark, request);
  }

  private put(at: number, mark: number, request: Request): void {
    this.marks[at] = mark;
    this.requests[at] = request;
    request.place = at;
  }
}

/** Equal marks: the request that was born first goes first. */
function goesBefore(markA: number, a: Request, markB: number, b: Request): boolean {
  return markA === markB ? a.bornMs < b.bornMs : markA < markB;
}
