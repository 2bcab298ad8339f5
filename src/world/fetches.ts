/**
 * Fetches after a cache miss, or of a session's state, that are waited for without a core: any
 * number at once, each until its own time.
 */
import { AlarmClock } from "../engine/alarm-clock.ts";
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { Machine } from "./machine.ts";
import { type Request, RequestState, type Requests } from "./requests.ts";

export class Fetches {
  private readonly due: AlarmClock;

  constructor(
    private readonly queue: EventQueue,
    private readonly requests: Requests,
  ) {
    this.due = new AlarmClock(queue, EventKind.Fetched);
  }

  begin(request: Request, machine: Machine, waitMs: number): void {
    request.state = RequestState.Fetching;
    machine.account.fetching++;
    this.due.set(this.queue.nowMs + waitMs, request.index, request.serial);
  }

  /** The next one is over: its request, or null where that was lost or taken back meanwhile. */
  next(): Request | null {
    const serial = this.due.stamp;
    const request = this.requests.all[this.due.take()];
    if (request.serial !== serial || request.state !== RequestState.Fetching) return null;
    request.machine!.account.fetching--;
    return request;
  }

  /** Those of one machine. O(requests) where it has any. */
  at(machine: Machine): Request[] {
    if (machine.account.fetching === 0) return [];
    return this.requests.all.filter(
      (request) => request.state === RequestState.Fetching && request.machine === machine,
    );
  }
}
