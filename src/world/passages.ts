/**
 * What requests meet on their way beside network and machines: names, connections, balancers with
 * work of their own. One entry a request, by its index, beside the requests and not in them, so
 * that a run without any of this neither has nor touches it.
 */
import { longerDoubles, longerInts } from "../arrays.ts";
import { NONE } from "../units.ts";
import { Handshake } from "./connections/handshake.ts";
import type { Request, Requests } from "./requests.ts";

/** Durations in ms, all part of the request's latency. */
export class Passages {
  /** Finding an address. */
  resolveMs = new Float64Array(0);
  /** Setting up connections, its clients' and the balancers' to their targets, TLS included. */
  connectMs = new Float64Array(0);
  /**
   * While its client looks for an address or waits for a handshake: since when. Only what has
   * lasted counts, since either may end early.
   */
  sinceMs = new Float64Array(0);
  /** Waiting and working inside balancers. */
  balancerMs = new Float64Array(0);
  /** The client's connection that it came on; NONE where there is none. */
  connection = new Int32Array(0);
  /** The slot of the root's pools that its client found; NONE: none was, or none is looked for. */
  address = new Int32Array(0);
  /** Its own bytes and those of its answer. */
  requestBytes = new Float64Array(0);
  responseBytes = new Float64Array(0);
  /** While bytes take their time: from × places + to. */
  link = new Int32Array(0);
  /**
   * By Handshake: of the connection that a balancer has opened for it, which its end has yet to
   * work for.
   */
  handshake = new Uint8Array(0);
  /** 1 where it has met a response cache. */
  metCache = new Uint8Array(0);
  /** The requests under way on the same connection, by index; NONE at either end of the list. */
  before = new Int32Array(0);
  after = new Int32Array(0);

  constructor(private readonly requests: Requests) {}

  /**
   * A request is born, its source's latest (whose bytes that still tells): it has met nothing yet.
   * Amortised O(1).
   */
  begin(request: Request): void {
    const { index, source } = request;
    // A tier that keeps users sets its bit if it is asked: not where a connection has decided.
    request.placed = 0;
    if (index >= this.resolveMs.length) this.grow(this.requests.all.length);
    this.resolveMs[index] = this.connectMs[index] = this.balancerMs[index] = 0;
    this.connection[index] = this.address[index] = NONE;
    this.requestBytes[index] = source!.requestBytes;
    this.responseBytes[index] = source!.responseBytes;
    this.handshake[index] = Handshake.None;
    this.metCache[index] = 0;
  }

  private grow(length: number): void {
    this.resolveMs = longerDoubles(this.resolveMs, length);
    this.connectMs = longerDoubles(this.connectMs, length);
    this.sinceMs = longerDoubles(this.sinceMs, length);
    this.balancerMs = longerDoubles(this.balancerMs, length);
    this.connection = longerInts(this.connection, length);
    this.address = longerInts(this.address, length);
    this.requestBytes = longerDoubles(this.requestBytes, length);
    this.responseBytes = longerDoubles(this.responseBytes, length);
    this.link = longerInts(this.link, length);
    this.before = longerInts(this.before, length);
    this.after = longerInts(this.after, length);
    const { handshake, metCache } = this;
    this.handshake = new Uint8Array(length);
    this.handshake.set(handshake);
    this.metCache = new Uint8Array(length);
    this.metCache.set(metCache);
  }
}
