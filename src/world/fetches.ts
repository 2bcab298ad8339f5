/**
 * Fetches after a cache miss that are waited for without a core: any number at once, each until its
 * own time.
 */
import type { EventQueue, Subject } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import type { Machine } from "./machine.ts";
import { type Request, RequestState, type Requests } from "./requests.ts";

export class Fetches {
  private readonly due = new TimerQueue();
  private readonly subject: Subject;

  constructor(
    private readonly queue: EventQueue,
    private readonly requests: Requests,
  ) {
    this.subject = queue.add(EventKind.Fetched, 0);
  }

  begin(request: Request, machine: Machine, penaltyMs: number): void {
    request.state = RequestState.Fetching;
    machine.fetching++;
    this.due.add(this.queue.nowMs + penaltyMs, request.index, request.serial);
    this.queue.schedule(this.subject, this.due.nextMs);
  }

  /** The next one is over: its request, or null where that was lost or taken back meanwhile. */
  next(): Request | null {
    const serial = this.due.nextStamp;
    const request = this.requests.all[this.due.take()];
    this.queue.schedule(this.subject, this.due.nextMs);
    if (request.serial !== serial || request.state !== RequestState.Fetching) return null;
    request.machine!.fetching--;
    return request;
  }

  /** Those of one machine. O(requests) where it has any. */
  at(machine: Machine): Request[] {
    if (machine.fetching === 0) return [];
    return this.requests.all.filter(
      (request) => request.state === RequestState.Fetching && request.machine === machine,
    );
  }
}
