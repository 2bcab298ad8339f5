/**
 * Clients' connections: rows of typed arrays with a free list, so that a million of them fit. A row
 * stays in use until its connection has ended and the last request on it is gone, since requests
 * that are under way go on by its pinned hops.
 *
 * 63 bytes a connection, 8 more for each tier that decides once a connection and 4 a user, without
 * what lifetimes and layer-4 tables take (in a run with both 156 in all:
 * test/bench/connections.mjs).
 */
import { longerInts, longerOctets } from "../../arrays.ts";
import { NONE } from "../../units.ts";
import { Handshake } from "./handshake.ts";
import { Links } from "./use-order.ts";

export const enum ConnectionState {
  Free,
  /** There will be no handshake: its request goes the way that the first segment would. */
  Attempt,
  Opening,
  Open,
  /** It takes no more requests and closes after the last one under way. */
  Closing,
  /** Closed or broken. */
  Ended,
}

/** Columns of `ConnectionTable.hops`. */
export const enum HopColumn {
  /** The pool that picked, by its number. */
  Pool,
  /** The slot that it picked. */
  Slot,
}

const FIRST_ROWS = 64;

/** Whether its end has lost it: stopped, or come back without it. */
export const enum Stale {
  No,
  /** In silence, and nobody knows. */
  Unknown,
  /** It broke of that. */
  Known,
}

export class ConnectionTable {
  state = new Uint8Array(0);
  user = new Int32Array(0);
  region = new Uint16Array(0);
  /** Requests that it has taken. */
  carried = new Int32Array(0);
  /** Requests under way on it, and the first of them (linked in `Passages`). */
  underWay = new Int32Array(0);
  firstRequest = new Int32Array(0);
  /** Of the same user; of a free row: the next free one. */
  next = new Int32Array(0);
  /** Counts its uses, for late alarms. */
  serial = new Int32Array(0);
  /** Of user and port: what routers spread connections by. */
  hash = new Int32Array(0);
  /**
   * What layer 4's strategies hash: `hash`, or the key of the address alone where that is the
   * class's affinity.
   */
  key = new Int32Array(0);
  rawKey = new Int32Array(0);
  handshake = new Uint8Array(0);
  /** By Stale. */
  stale = new Uint8Array(0);
  /** Of an attempt: what its request ends as where the known way ends, as an OutcomeCode. */
  fault = new Uint8Array(0);
  /** Tiers that have picked for it, and replica and slot of each. */
  known = new Uint8Array(0);
  hops = new Int32Array(0);
  /** The layer-7 replica at which it ends, by id; NONE where it ends at a machine. */
  end = new Int32Array(0);
  /**
   * Idle ones in order of use; while it opens, `usedMs` is when the handshake will be over.
   */
  readonly idle = new Links();
  /** By user: the first of its connections that take requests. */
  readonly ofUser: Int32Array;
  /** All rows ever used are below it. */
  rows = 0;
  private firstFree: number = NONE;

  constructor(
    /** Tiers that can decide once a connection, at most. */
    readonly tiers: number,
    users: number,
  ) {
    this.ofUser = new Int32Array(users).fill(NONE);
  }

  /** A row for a new connection; nothing of it is listed. Amortised O(1). */
  take(user: number, region: number): number {
    let row = this.firstFree;
    if (row === NONE) {
      row = this.rows++;
      if (row >= this.state.length) this.grow(Math.max(FIRST_ROWS, 2 * row));
    } else this.firstFree = this.next[row];
    this.state[row] = ConnectionState.Opening;
    this.user[row] = user;
    this.region[row] = region;
    this.carried[row] = this.underWay[row] = this.known[row] = this.stale[row] = 0;
    this.handshake[row] = Handshake.None;
    this.firstRequest[row] = this.end[row] = this.next[row] = NONE;
    return row;
  }

  free(row: number): void {
    this.state[row] = ConnectionState.Free;
    this.serial[row]++;
    this.next[row] = this.firstFree;
    this.firstFree = row;
  }

  /** Its user's requests may take it from now on. */
  offer(row: number): void {
    const user = this.user[row];
    this.next[row] = this.ofUser[user];
    this.ofUser[user] = row;
  }

  /** No more. O(connections of the user). */
  withdraw(row: number): void {
    const { ofUser, next } = this;
    const user = this.user[row];
    if (ofUser[user] === row) {
      ofUser[user] = next[row];
      return;
    }
    let at = ofUser[user];
    while (at !== NONE && next[at] !== row) at = next[at];
    if (at !== NONE) next[at] = next[row];
  }

  /** Where a tier's hop stands in `hops`. */
  hop(row: number, tier: number): number {
    return 2 * (row * this.tiers + tier);
  }

  /** Of its arrays as they stand. */
  get bytes(): number {
    const arrays = [
      this.state,
      this.user,
      this.region,
      this.carried,
      this.underWay,
      this.firstRequest,
      this.next,
      this.serial,
      this.hash,
      this.key,
      this.rawKey,
      this.handshake,
      this.stale,
      this.fault,
      this.known,
      this.hops,
      this.end,
      this.ofUser,
    ];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, this.idle.bytes);
  }

  private grow(length: number): void {
    const { region } = this;
    this.region = new Uint16Array(length);
    this.region.set(region);
    this.state = longerOctets(this.state, length);
    this.user = longerInts(this.user, length);
    this.carried = longerInts(this.carried, length);
    this.underWay = longerInts(this.underWay, length);
    this.firstRequest = longerInts(this.firstRequest, length);
    this.next = longerInts(this.next, length);
    this.serial = longerInts(this.serial, length);
    this.hash = longerInts(this.hash, length);
    this.key = longerInts(this.key, length);
    this.rawKey = longerInts(this.rawKey, length);
    this.handshake = longerOctets(this.handshake, length);
    this.stale = longerOctets(this.stale, length);
    this.fault = longerOctets(this.fault, length);
    this.known = longerOctets(this.known, length);
    this.hops = longerInts(this.hops, 2 * length * this.tiers);
    this.end = longerInts(this.end, length);
    this.idle.grow(length);
  }
}
