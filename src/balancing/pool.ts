/**
 * What one replica of a balancer believes of its targets, and what it has sent them. The pool
 * counts, its strategy compares. Which targets are usable is decided here, once for all strategies:
 * members that are believed up and not draining; all members when so few are left that avoiding the
 * rest would bury them (panic, as in Envoy).
 */
import { longerDoubles, longerInts, longerOctets } from "../arrays.ts";
import { assert } from "../assert.ts";
import type { PoolView, RequestView, Strategy } from "./strategy.ts";
import { witnessed } from "./witness.ts";

/** What a pool must be told of a target that joins. */
export interface TargetFacts {
  readonly node: number;
  readonly name: string;
  readonly path: string;
  readonly identity: number;
  readonly weight: number;
  /** Requests per ms, this replica's part. */
  readonly capacity: number;
}

/** Round trip in ms between a place id and a slot's target. */
export type RoundTrip = (slot: number, origin: number) => number;

export class Pool implements PoolView {
  size = 0;
  slots = 0;
  /** Members, whatever is believed of them. */
  members = 0;
  inPanic = false;
  usable = new Int32Array(0);
  weight = new Float64Array(0);
  /** As configured; `weight` is that times the part of it that a slow start has reached. */
  private whole = new Float64Array(0);
  private part = new Float64Array(0);
  identity = new Int32Array(0);
  ordinal = new Int32Array(0);
  inFlight = new Int32Array(0);
  reportedUtilization = new Float64Array(0);
  reportedInFlight = new Float64Array(0);
  reportedAtMs = new Float64Array(0);
  reportedHealthy = new Float64Array(0);
  capacity = new Float64Array(0);
  /** By slot: the node in the topology. */
  node = new Int32Array(0);
  private isMember = new Uint8Array(0);
  private isUp = new Uint8Array(0);
  private isDraining = new Uint8Array(0);
  private readonly names: string[] = [];
  private readonly paths: string[] = [];
  private strategy: Strategy | null = null;
  /** Who wants to know that the usable set may have changed. */
  onRefresh: (() => void) | null = null;
  /** The strategy itself, where `strategy` is one that tells of its picks. */
  private chosen: Strategy | null = null;
  private witness: ((slot: number) => void) | null = null;
  /** Members that would be usable without panic, as of the last `refresh`. */
  private up = 0;
  private watches = false;
  private listens = false;

  /**
   * @param panic share of usable members below which all are used
   * @param clock one number: simulated time in ms
   */
  constructor(
    private readonly panic: number,
    private readonly clock: { readonly nowMs: number },
    private readonly roundTrip: RoundTrip,
  ) {}

  get nowMs(): number {
    return this.clock.nowMs;
  }

  name(slot: number): string {
    return this.names[slot];
  }

  path(slot: number): string {
    return this.paths[slot];
  }

  roundTripMs(slot: number, origin: number): number {
    return this.roundTrip(slot, origin);
  }

  /** The strategy that picks from now on; it is told the membership at once. */
  use(strategy: Strategy): void {
    this.chosen = strategy;
    this.strategy = this.witness === null ? strategy : witnessed(strategy, this.witness);
    this.watches = strategy.inFlightChanged !== undefined;
    this.listens = strategy.responded !== undefined;
    strategy.membershipChanged();
  }

  /** Each pick is told before it is counted; null: to nobody any more. */
  tell(witness: ((slot: number) => void) | null): void {
    this.witness = witness;
    if (this.chosen === null) return;
    this.strategy = witness === null ? this.chosen : witnessed(this.chosen, witness);
  }

  get keyed(): boolean {
    return this.strategy?.owner !== undefined;
  }

  /** Keyed, and no pick ever goes to another than the owner. */
  get keepsToOwners(): boolean {
    return this.keyed && this.strategy?.strays !== true;
  }

  /** Keyed, and no key's owner depends on weights. */
  get ignoresWeights(): boolean {
    return this.strategy?.ignoresWeights === true;
  }

  /** Whether `returned` wants to know how long it took. */
  get wantsLatency(): boolean {
    return this.listens;
  }

  /** A slot, or −1 while no target is usable. */
  pick(request: RequestView): number {
    return this.size === 0 ? -1 : this.strategy!.pick(request);
  }

  /** Owner of a key by a keyed strategy; −1 while no target is usable. */
  owner(key: number, rawKey: number): number {
    return this.size === 0 ? -1 : this.strategy!.owner!(key, rawKey);
  }

  sent(slot: number): void {
    this.inFlight[slot]++;
    if (this.watches) this.strategy!.inFlightChanged!(slot);
  }

  returned(slot: number): void {
    this.inFlight[slot]--;
    if (this.watches) this.strategy!.inFlightChanged!(slot);
  }

  responded(slot: number, latencyMs: number, succeeded: boolean): void {
    this.strategy!.responded!(slot, latencyMs, succeeded);
  }

  /** A target joins, believed up until probes say otherwise. Returns its slot. */
  join(facts: TargetFacts): number {
    const slot = this.slots++;
    if (slot >= this.weight.length) this.grow(Math.max(8, 2 * slot));
    this.node[slot] = facts.node;
    this.weight[slot] = this.whole[slot] = facts.weight;
    this.part[slot] = 1;
    this.identity[slot] = facts.identity;
    this.capacity[slot] = facts.capacity;
    this.reportedUtilization[slot] = this.reportedAtMs[slot] = -1;
    this.reportedHealthy[slot] = 1;
    this.names[slot] = facts.name;
    this.paths[slot] = facts.path;
    this.isMember[slot] = this.isUp[slot] = 1;
    this.members++;
    return slot;
  }

  /** A member leaves for good; what it owes is still counted until it returns. */
  leave(slot: number): void {
    assert(this.isMember[slot] === 1, "only a member can leave its pool");
    this.isMember[slot] = 0;
    this.members--;
  }

  belongs(slot: number): boolean {
    return this.isMember[slot] === 1;
  }

  /**
   * Whether a user who is kept at this target may go on there: a member that is believed up (or any
   * in panic). One that drains or weighs 0 gets no new users, but keeps those that it has.
   */
  keeps(slot: number): boolean {
    return this.isMember[slot] === 1 && (this.isUp[slot] === 1 || this.inPanic);
  }

  /** Whether a new request may be sent to this target: whether it is usable. */
  takes(slot: number): boolean {
    return this.keeps(slot) && this.isDraining[slot] === 0 && this.weight[slot] > 0;
  }

  believedUp(slot: number): boolean {
    return this.isUp[slot] === 1;
  }

  believe(slot: number, up: boolean): void {
    this.isUp[slot] = up ? 1 : 0;
  }

  drain(slot: number): void {
    this.isDraining[slot] = 1;
  }

  reweigh(slot: number, weight: number): void {
    this.whole[slot] = weight;
    this.weight[slot] = weight * this.part[slot];
  }

  /** In a slow start: that part of its weight counts from now on, 1 is all of it. */
  rise(slot: number, part: number): void {
    this.part[slot] = part;
    this.weight[slot] = this.whole[slot] * part;
  }

  hold(slot: number, capacity: number): void {
    this.capacity[slot] = capacity;
  }

  report(slot: number, utilization: number, inFlight: number, healthy: number): void {
    this.reportedUtilization[slot] = utilization;
    this.reportedInFlight[slot] = inFlight;
    this.reportedHealthy[slot] = healthy;
    this.reportedAtMs[slot] = this.nowMs;
    this.strategy?.reported?.(slot);
  }

  /**
   * After one or more of join, leave, believe, drain, reweigh, rise, hold: the usable set anew.
   * O(slots).
   */
  refresh(): void {
    let eligible = 0;
    let up = 0;
    let ordinal = 0;
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.isMember[slot] === 0) continue;
      this.ordinal[slot] = ordinal++;
      if (this.isDraining[slot] === 1 || this.weight[slot] === 0) continue;
      eligible++;
      up += this.isUp[slot];
    }
    this.up = up;
    this.inPanic = up < eligible && up < this.panic * eligible;
    let size = 0;
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.isMember[slot] === 0 || this.isDraining[slot] === 1) continue;
      if (this.weight[slot] === 0 || (this.isUp[slot] === 0 && !this.inPanic)) continue;
      this.usable[size++] = slot;
    }
    this.size = size;
    this.strategy?.membershipChanged();
    this.onRefresh?.();
  }

  /** Part of the members that is usable without panic, 0..1. */
  healthyShare(): number {
    return this.members === 0 ? 0 : this.up / this.members;
  }

  private grow(length: number): void {
    this.usable = longerInts(this.usable, length);
    this.weight = longerDoubles(this.weight, length);
    this.whole = longerDoubles(this.whole, length);
    this.part = longerDoubles(this.part, length);
    this.identity = longerInts(this.identity, length);
    this.ordinal = longerInts(this.ordinal, length);
    this.inFlight = longerInts(this.inFlight, length);
    this.reportedUtilization = longerDoubles(this.reportedUtilization, length);
    this.reportedInFlight = longerDoubles(this.reportedInFlight, length);
    this.reportedAtMs = longerDoubles(this.reportedAtMs, length);
    this.reportedHealthy = longerDoubles(this.reportedHealthy, length);
    this.capacity = longerDoubles(this.capacity, length);
    this.node = longerInts(this.node, length);
    this.isMember = longerOctets(this.isMember, length);
    this.isUp = longerOctets(this.isUp, length);
    this.isDraining = longerOctets(this.isDraining, length);
  }
}
