/**
 * Where requests stand that are at a balancer which has more to do than pick, and what they hold
 * there: one entry a request by its index, or one a request and tier, beside the requests (as in
 * passages.ts).
 */
import { NONE } from "../../units.ts";
import type { Request, Requests } from "../requests.ts";
import type { Connection } from "./backends.ts";

/** What a request at a balancer waits for. */
export const enum Stage {
  None,
  /** A core of the balancer, or its work there. */
  Work,
  /** The same at layer 4 for the packets of its answer, on its way back. */
  Forward,
  /** The response to another request for the same object. */
  Fetch,
  /** A connection to its target that may carry it. */
  Pending,
  /** Its connection is being set up. */
  Dial,
  /** Nothing any more: it is answered, fetches for others, or is sent on at this moment. */
  Answer,
  Lead,
  Send,
}

export class Stages {
  /** By Stage. */
  stage = new Uint8Array(0);
  /** The replica at which it is, or was last. */
  replica = new Int32Array(0);
  /** Since when it is there in this stage, ms. */
  sinceMs = new Float64Array(0);
  /** Its work there, ms. */
  workMs = new Float64Array(0);
  /** Counts its stages, so that a late alarm can tell that its own is over. */
  ticket = new Int32Array(0);
  /** By request × tiers + tier: what it fetches for that tier's response cache. */
  fetch = new Int32Array(0);
  /** By request: the new connection to a target whose handshake is yet to be worked for. */
  shaking: (Connection | null)[] = [];
  /** By request × tiers + tier: the connection on which that tier sent it; null: none. */
  connection: (Connection | null)[] = [];

  constructor(private readonly requests: Requests) {}

  /** Room for this request. Amortised O(1). */
  admit({ index }: Request): void {
    if (index >= this.stage.length) this.grow(this.requests.all.length);
  }

  /** A new stage of a request at a replica. */
  begin({ index }: Request, stage: Stage, replica: number, nowMs: number): void {
    this.stage[index] = stage;
    this.replica[index] = replica;
    this.sinceMs[index] = nowMs;
    this.ticket[index]++;
  }

  /** It is not there any more; how long the stage lasted, ms. */
  end({ index }: Request, nowMs: number): number {
    this.stage[index] = Stage.None;
    this.ticket[index]++;
    return nowMs - this.sinceMs[index];
  }

  /** Whether a request at a balancer is past that one's pick. */
  hasPicked(index: number): boolean {
    return this.stage[index] === Stage.Pending || this.stage[index] === Stage.Dial;
  }

  private grow(length: number): void {
    const { stage, replica, sinceMs, workMs, ticket, fetch, connection } = this;
    const { tiers } = this.requests;
    this.stage = new Uint8Array(length);
    this.stage.set(stage);
    this.replica = new Int32Array(length).fill(NONE);
    this.replica.set(replica);
    this.sinceMs = new Float64Array(length);
    this.sinceMs.set(sinceMs);
    this.workMs = new Float64Array(length);
    this.workMs.set(workMs);
    this.ticket = new Int32Array(length);
    this.ticket.set(ticket);
    this.fetch = new Int32Array(length * tiers);
    this.fetch.set(fetch);
    while (connection.length < length * tiers) connection.push(null);
    while (this.shaking.length < length) this.shaking.push(null);
  }
}
