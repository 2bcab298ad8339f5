/**
 * What requests meet on their way beside network and machines: names, connections, balancers with work
 * of their own. One entry a request, by its index, beside the requests and not in them, so that a run
 * without any of this neither has nor touches it.
 */
import { NONE } from "../units.ts";
import type { Request, Requests } from "./requests.ts";

/** Durations in ms, all part of the request's latency. */
export class Passages {
  /** Finding an address. */
  resolveMs = new Float64Array(0);
  /** Setting up connections, its clients' and the balancers' to their targets, TLS included. */
  connectMs = new Float64Array(0);
  /** Waiting and working inside balancers. */
  balancerMs = new Float64Array(0);
  /** The client's connection that it came on; NONE where there is none. */
  connection = new Int32Array(0);

  constructor(private readonly requests: Requests) {}

  /** A request is born: it has met nothing yet. Amortised O(1). */
  begin({ index }: Request): void {
    if (index >= this.resolveMs.length) this.grow(this.requests.all.length);
    this.resolveMs[index] = this.connectMs[index] = this.balancerMs[index] = 0;
    this.connection[index] = NONE;
  }

  private grow(length: number): void {
    const { resolveMs, connectMs, balancerMs, connection } = this;
    this.resolveMs = new Float64Array(length);
    this.resolveMs.set(resolveMs);
    this.connectMs = new Float64Array(length);
    this.connectMs.set(connectMs);
    this.balancerMs = new Float64Array(length);
    this.balancerMs.set(balancerMs);
    this.connection = new Int32Array(length);
    this.connection.set(connection);
  }
}
