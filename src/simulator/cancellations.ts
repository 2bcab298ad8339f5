/**
 * What follows a request whose client has given up, where its class says so: a cancellation leaves
 * the client a timeout after the request did and takes the same way, so it arrives a timeout after
 * it. Links that are cut by then swallow it.
 */
import { AlarmClock } from "../engine/alarm-clock.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { Machine } from "../world/machine.ts";
import { type Request, RequestState } from "../world/requests.ts";
import type { Parts } from "./parts.ts";

export class Cancellations {
  private readonly arrivals: AlarmClock;
  /** By class. */
  private readonly wanted: readonly boolean[];

  constructor(
    private readonly parts: Parts,
    /** The balancers of a request hear that it is over. */
    private readonly release: (request: Request) => void,
    /** A draining machine may have become idle. */
    private readonly drained: (machine: Machine) => void,
  ) {
    this.arrivals = new AlarmClock(parts.queue, EventKind.Cancel);
    this.wanted = parts.scenario.classes.map(({ afterTimeout }) => afterTimeout === "cancel");
  }

  /** For a request at its machine, whose client has given up: now, or while it travelled. */
  send(request: Request): void {
    const { deadlines, queue } = this.parts;
    if (!this.wanted[request.group]) return;
    const sentMs = request.bornMs + deadlines.timeoutMs[request.group];
    const dueMs = sentMs + request.networkMs;
    if (dueMs <= queue.nowMs) {
      this.withdraw(request);
      return;
    }
    this.arrivals.set(dueMs, request.index, request.serial);
  }

  /** The next one reaches its machine. */
  arrived(): void {
    const serial = this.arrivals.stamp;
    const request = this.parts.requests.all[this.arrivals.take()];
    if (request.serial === serial) this.withdraw(request);
  }

  private withdraw(request: Request): void {
    const { requests, machines } = this.parts;
    const { state } = request;
    const atMachine =
      state === RequestState.Queued ||
      state === RequestState.Running ||
      state === RequestState.Fetching;
    if (!atMachine || this.wayIsCut(request)) return;
    const machine = request.machine!;
    this.release(request);
    machines.withdraw(request);
    requests.free(request);
    if (machine.draining) this.drained(machine);
  }

  /** Whether a link that the request came by is cut now. */
  private wayIsCut(request: Request): boolean {
    const { balancers, network, requests } = this.parts;
    const { place } = balancers[0]!.node;
    if (place >= 0 && network.isCut(request.source!.place, place)) return true;
    for (let tier = 0; tier < request.depth; tier++) {
      const { replica, node } = requests.hopAt(request, tier);
      if (network.isCut(replica.place, node.place)) return true;
    }
    return false;
  }
}
