/**
 * What follows a request whose client has given up, where its class says so: a cancellation leaves
 * the client a timeout after the request did and takes the same way, so it arrives a timeout after
 * it. Links that are cut by then swallow it.
 */
import { EventKind } from "../engine/event-kind.ts";
import type { Subject } from "../engine/event-queue.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import type { Machine } from "../world/machine.ts";
import { HopColumn, type Request, RequestState } from "../world/requests.ts";
import type { Parts } from "./parts.ts";

export class Cancellations {
  private readonly underWay = new TimerQueue();
  private readonly subject: Subject;
  /** By class. */
  private readonly wanted: readonly boolean[];

  constructor(
    private readonly parts: Parts,
    /** The balancers of a request hear that it is over. */
    private readonly release: (request: Request) => void,
    /** A draining machine may have become idle. */
    private readonly drained: (machine: Machine) => void,
  ) {
    this.subject = parts.queue.add(EventKind.Cancel, 0);
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
    this.underWay.add(dueMs, request.index, request.serial);
    queue.schedule(this.subject, this.underWay.nextMs);
  }

  /** The next one reaches its machine. */
  arrived(): void {
    const { requests, queue } = this.parts;
    const serial = this.underWay.nextStamp;
    const request = requests.all[this.underWay.take()];
    queue.schedule(this.subject, this.underWay.nextMs);
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
  private wayIsCut({ source, index, depth }: Request): boolean {
    const { balancers, network, replicas, requests } = this.parts;
    const { hops, tiers } = requests;
    const { place } = balancers[0]!.node;
    if (place >= 0 && network.isCut(source!.place, place)) return true;
    for (let tier = 0; tier < depth; tier++) {
      const hop = 2 * (index * tiers + tier);
      const replica = replicas[hops[hop + HopColumn.Pool]];
      const target = replica.targets[hops[hop + HopColumn.Slot]];
      if (network.isCut(replica.place, target.place)) return true;
    }
    return false;
  }
}
