/**
 * What follows a request whose client has given up, where its class says so: a cancellation leaves
 * the client a timeout after the request did and takes the same way, so it arrives a timeout after
 * it. Links that are cut by then swallow it.
 */
import { EventKind } from "../engine/event-kind.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import { MachineInt } from "../world/machine-table.ts";
import { RequestInt, RequestMs, RequestState } from "../world/request-table.ts";
import type { Parts } from "./parts.ts";

export class Cancellations {
  private readonly underWay = new TimerQueue();
  private readonly subject: number;
  /** By class. */
  private readonly wanted: readonly boolean[];

  constructor(
    private readonly parts: Parts,
    /** The balancers of a request hear that it is over. */
    private readonly release: (row: number) => void,
    /** A draining machine may have become idle. */
    private readonly drained: (machine: number) => void,
  ) {
    this.subject = parts.queue.add(EventKind.Cancel, 0);
    this.wanted = parts.scenario.classes.map(({ afterTimeout }) => afterTimeout === "cancel");
  }

  /** For a request at its machine, whose client has given up: now, or while it travelled. */
  send(row: number): void {
    const { requests, deadlines, queue } = this.parts;
    const { ints, ms } = requests;
    const group = ints[row + RequestInt.Class];
    if (!this.wanted[group]) return;
    const sentMs = ms[(row >> 2) + RequestMs.Born] + deadlines.timeoutMs[group];
    const dueMs = sentMs + ms[(row >> 2) + RequestMs.Network];
    if (dueMs <= queue.nowMs) {
      this.withdraw(row);
      return;
    }
    this.underWay.add(dueMs, row, ints[row + RequestInt.Serial]);
    queue.schedule(this.subject, this.underWay.nextMs);
  }

  /** The next one reaches its machine. */
  arrived(): void {
    const { requests, queue } = this.parts;
    const stamp = this.underWay.nextStamp;
    const row = this.underWay.take();
    queue.schedule(this.subject, this.underWay.nextMs);
    if (requests.ints[row + RequestInt.Serial] === stamp) this.withdraw(row);
  }

  private withdraw(row: number): void {
    const { requests, machines } = this.parts;
    const state = requests.stateOf(row);
    const atMachine =
      state === RequestState.Queued ||
      state === RequestState.Running ||
      state === RequestState.Fetching;
    if (!atMachine || this.wayIsCut(row)) return;
    const machine = requests.ints[row + RequestInt.Machine];
    this.release(row);
    if (machines.withdraw(row)) requests.free(row);
    if (machines.table.intOf(machine, MachineInt.Draining) === 1) this.drained(machine);
  }

  /** Whether a link that the request came by is cut now. */
  private wayIsCut(row: number): boolean {
    const { requests, balancers, sources, network, replicas, topology } = this.parts;
    const { ints } = requests;
    const { place } = balancers[0]!.node;
    const client = sources[ints[row + RequestInt.Source]].place;
    if (place >= 0 && network.isCut(client, place)) return true;
    for (let tier = 0; tier < ints[row + RequestInt.Depth]; tier++) {
      const at = row + 2 * tier;
      const replica = replicas[ints[at + RequestInt.Pool]];
      const target = topology.nodes[replica.pool.node[ints[at + RequestInt.Slot]]];
      if (network.isCut(replica.place, target.place)) return true;
    }
    return false;
  }
}
