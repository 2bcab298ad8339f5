/**
 * How requests come by their clients' connections: one that is open and free, one that is being
 * opened, or a new one. What a connection's tiers decided when it was opened holds for all its
 * requests.
 */
import { AlarmClock } from "../engine/alarm-clock.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { EventQueue, Subject } from "../engine/event-queue.ts";
import { combine32 } from "../hashing/mix32.ts";
import { createSampler, type Sampler } from "../random/registry.ts";
import type { RandomStream } from "../random/stream.ts";
import type { ConnectionsSpec } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import { ConnectionCount } from "../world/connections/counts.ts";
import { ConnectionState, Stale } from "../world/connections/connection-table.ts";
import { Handshake, roundTripsOf } from "../world/connections/handshake.ts";
import { UseOrder } from "../world/connections/use-order.ts";
import type { Passages } from "../world/passages.ts";
import { type Request, RequestState } from "../world/requests.ts";
import { BackendWays } from "./backend-ways.ts";
import { Breaks } from "./breaks.ts";
import { type ConnectionListener, Connections } from "./connections.ts";
import type { FrontDoor } from "./front-door.ts";
import type { Keeping } from "./keeping.ts";
import type { Parts } from "./parts.ts";
import { PinnedWays } from "./pinned-ways.ts";

/** What the journey does for the requests that wait here. */
export interface DialingListener extends ConnectionListener {
  setOut(request: Request): void;
  /** Its connection broke: it fails now. */
  cutOff(request: Request): void;
}

/** The connections of one region's users. */
interface Region {
  readonly spec: ConnectionsSpec;
  readonly isMultiplexed: boolean;
  readonly idle: UseOrder;
  readonly subject: Subject;
  readonly resumptions: RandomStream;
  readonly lifetimes: Sampler | null;
  readonly ports: RandomStream;
}

export class Dialing {
  readonly connections: Connections;
  readonly breaks: Breaks;
  readonly ways: PinnedWays;
  private readonly regions: readonly (Region | null)[];
  private readonly passages: Passages;
  private readonly queue: EventQueue;
  private readonly handshakes: AlarmClock;
  private readonly ages: AlarmClock;

  constructor(
    private readonly parts: Parts,
    users: number,
    /** null: the front door picks as a connection is opened. */
    private readonly door: FrontDoor | null,
    private readonly keeping: Keeping,
    private readonly listener: DialingListener,
  ) {
    const { queue, random, scenario, inputs } = parts;
    this.queue = queue;
    this.passages = parts.passages!;
    const connections = new Connections(parts, users, keeping, listener);
    connections.cut = (request) => listener.cutOff(request);
    connections.unlist = (row) => this.unlist(row);
    this.connections = connections;
    if (parts.balancers.some((balancer) => balancer !== undefined && balancer.dialer !== NONE)) {
      connections.backends = new BackendWays(parts, connections);
    }
    this.ways = new PinnedWays(parts, connections.table, connections.backends);
    this.breaks = new Breaks(parts, connections, (row, why) => this.loseEnd(row, why));
    this.regions = scenario.clients.map(({ name, connections: spec }, region): Region | null => {
      if (spec === undefined) return null;
      const { lifetime } = spec;
      const ages = random.named(`lifetimes/${name}`);
      return {
        spec,
        isMultiplexed: spec.protocol === "http/2",
        idle: new UseOrder(connections.table.idle),
        subject: queue.add(EventKind.ConnectionIdle, region),
        resumptions: random.named(`resumptions/${name}`),
        lifetimes: lifetime === null ? null : createSampler(lifetime, ages, inputs.numbers),
        ports: random.named(`ports/${name}`),
      };
    });
    this.handshakes = new AlarmClock(queue, EventKind.Connected);
    this.ages = new AlarmClock(queue, EventKind.ConnectionAged);
  }

  /** A request is born. False where its client has no connections: it sets out by itself. */
  begin(request: Request): boolean {
    const region = this.regions[request.source!.region];
    if (region === null) return false;
    const row = this.free(request.user, region);
    // A new one needs an address first; that may take its time.
    if (row === NONE && this.door !== null && !this.door.find(request)) return true;
    this.connect(request, region, row);
    return true;
  }

  /** A request has found its address. False where its client has no connections. */
  addressed(request: Request): boolean {
    const region = this.regions[request.source!.region];
    if (region === null) return false;
    // Another of its user's may have opened one meanwhile.
    this.connect(request, region, this.free(request.user, region));
    return true;
  }

  /** On a connection that is there, or a new one (NONE). */
  private connect(request: Request, region: Region, known: number): void {
    const { table } = this.connections;
    if (known === NONE && this.door !== null) this.door.used(request);
    const row = known === NONE ? this.open(request, region) : known;
    if (row === known) this.take(row, request, region);
    if (table.state[row] === ConnectionState.Opening) {
      request.state = RequestState.Dialing;
      this.passages.sinceMs[request.index] = this.queue.nowMs;
    } else this.setOut(row, request);
    if (row !== known) this.connections.settle();
  }

  /** The next handshake is over: whoever waits for it sets out. */
  established(): void {
    const { table } = this.connections;
    const serial = this.handshakes.stamp;
    const row = this.handshakes.take();
    if (table.serial[row] !== serial || table.state[row] !== ConnectionState.Opening) return;
    this.opened(row, this.regions[table.region[row]]!);
    this.setAllOut(row);
  }

  /** A region's oldest idle connection, or a balancer's beyond them, may have idled long enough. */
  idled(index: number): void {
    const { length } = this.regions;
    if (index >= length) {
      this.connections.backends!.idled(index - length);
      return;
    }
    const region = this.regions[index]!;
    const { idle, subject, spec } = region;
    const { table } = this.connections;
    while (idle.oldest !== NONE) {
      const dueMs = table.idle.usedMs[idle.oldest] + spec.idleMs!;
      if (dueMs > this.queue.nowMs) {
        this.queue.schedule(subject, dueMs);
        return;
      }
      this.connections.close(idle.oldest, ConnectionCount.ByIdling);
    }
  }

  /** The next connection has reached its age. */
  grownOld(): void {
    const { table } = this.connections;
    const serial = this.ages.stamp;
    const row = this.ages.take();
    if (table.serial[row] !== serial || table.state[row] !== ConnectionState.Open) return;
    if (table.underWay[row] === 0) this.connections.close(row, ConnectionCount.ByAge);
    else {
      this.unlist(row);
      table.state[row] = ConnectionState.Closing;
    }
  }

  /** A table of layer 4 may have forgotten somebody. */
  tableIdled(number: number): void {
    const { connections } = this;
    for (;;) {
      const row = connections.nat.idledOut(number);
      if (row === NONE) break;
      connections.break(row, ConnectionCount.ByTableIdling);
    }
    connections.brokeSome();
  }

  /** Its client has given up: a connection that carries one request at a time is no more of use. */
  gaveUp({ index, source }: Request): void {
    const row = this.passages.connection[index];
    if (row === NONE) return;
    const { connections } = this;
    const { table } = connections;
    const state = table.state[row];
    if (state === ConnectionState.Attempt || state === ConnectionState.Ended) return;
    if (table.stale[row] === Stale.Unknown) this.loseEnd(row, ConnectionCount.BySilence);
    else if (!this.regions[source!.region]!.isMultiplexed) {
      connections.close(row, ConnectionCount.ByGivingUp);
    }
  }

  /** The request is gone from its connection. */
  leave({ index, source }: Request): void {
    const { passages, connections } = this;
    const row = passages.connection[index];
    if (row === NONE) return;
    this.unlink(row, index);
    passages.connection[index] = NONE;
    const { table } = connections;
    const region = this.regions[source!.region]!;
    const state = table.state[row];
    if (connections.nat.isOn && state < ConnectionState.Ended && state > ConnectionState.Attempt) {
      connections.nat.touch(row);
    }
    if (table.underWay[row] > 0) return;
    if (state === ConnectionState.Attempt || state === ConnectionState.Ended) connections.free(row);
    else if (state === ConnectionState.Closing) {
      const full = table.carried[row] === region.spec.requests;
      connections.close(row, full ? ConnectionCount.ByRequests : ConnectionCount.ByAge);
    } else if (state === ConnectionState.Open) this.rest(row, region);
  }

  /** Its end is gone. Who waits for the handshake now goes as its first segment would. */
  private loseEnd(row: number, why: ConnectionCount): void {
    const { table } = this.connections;
    const waits = table.underWay[row] > 0;
    table.stale[row] = Stale.Known;
    this.connections.break(row, why, false);
    if (waits) this.setAllOut(row);
  }

  /** Those who wait for its handshake. */
  private setAllOut(row: number): void {
    const { table } = this.connections;
    const { passages } = this;
    const { requests } = this.parts;
    if (table.firstRequest[row] === NONE) return;
    // The list begins with the latest: they set out in the order in which they came.
    let at = table.firstRequest[row];
    while (passages.after[at] !== NONE) at = passages.after[at];
    for (let previous: number; at !== NONE; at = previous) {
      previous = passages.before[at];
      const request = requests.all[at];
      if (request.state !== RequestState.Dialing) continue;
      passages.connectMs[at] += this.queue.nowMs - passages.sinceMs[at];
      this.setOut(row, request);
    }
  }

  private setOut(row: number, request: Request): void {
    const { counts, table, nat } = this.connections;
    request.state = RequestState.Outbound;
    if (table.state[row] === ConnectionState.Open || table.state[row] === ConnectionState.Closing) {
      counts.add(table.region[row], ConnectionCount.Carried);
      if (nat.isOn) nat.touch(row);
    }
    this.listener.setOut(request);
  }

  /** A connection that can take a request of this user; NONE where a new one is needed. */
  private free(user: number, { isMultiplexed }: Region): number {
    const { ofUser, next, state, underWay } = this.connections.table;
    let row = ofUser[user];
    if (isMultiplexed) return row;
    while (row !== NONE && (state[row] !== ConnectionState.Open || underWay[row] > 0)) {
      row = next[row];
    }
    return row;
  }

  private take(row: number, { index }: Request, { spec, idle }: Region): void {
    const { table } = this.connections;
    const { passages } = this;
    if (table.state[row] === ConnectionState.Open && table.underWay[row] === 0) {
      if (spec.idleMs !== null) idle.remove(row);
    }
    const first = table.firstRequest[row];
    passages.before[index] = NONE;
    passages.after[index] = first;
    if (first !== NONE) passages.before[first] = index;
    table.firstRequest[row] = index;
    passages.connection[index] = row;
    table.underWay[row]++;
    if (++table.carried[row] !== spec.requests) return;
    table.withdraw(row);
    if (table.state[row] === ConnectionState.Open) table.state[row] = ConnectionState.Closing;
  }

  private unlink(row: number, index: number): void {
    const { table } = this.connections;
    const { before, after } = this.passages;
    if (before[index] === NONE) table.firstRequest[row] = after[index];
    else after[before[index]] = after[index];
    if (after[index] !== NONE) before[after[index]] = before[index];
    table.underWay[row]--;
  }

  /**
   * A new connection, which the request has taken: open where its handshake takes no time, opening,
   * or an attempt. To routers and layer 4 its user and a port that is drawn tell it from others.
   * @returns its row
   */
  private open(request: Request, region: Region): number {
    const { connections } = this;
    const { table, counts } = connections;
    const { spec } = region;
    const index = request.source!.region;
    const row = table.take(request.user, index);
    table.hash[row] = combine32(request.user, region.ports.uint32() | 0);
    const handshake = this.shake(region);
    this.keeping.connected(request, row, isResumption(handshake));
    const roundTripMs = connections.open(row, request, spec.websocket);
    const isAttempt = table.state[row] === ConnectionState.Attempt;
    if (!isAttempt) table.offer(row);
    this.take(row, request, region);
    if (isAttempt) return row;
    table.handshake[row] = handshake;
    if (handshake !== Handshake.None) {
      counts.add(index, ConnectionCount.Full + handshake - Handshake.Full);
    }
    // The upgrade is a request of its own, answered before the first message.
    const trips = roundTripsOf(spec.tls, handshake) + (spec.websocket ? 1 : 0);
    counts.add(index, ConnectionCount.RoundTrips, trips);
    const waitMs = trips * roundTripMs;
    if (waitMs === 0) this.opened(row, region);
    else {
      table.idle.usedMs[row] = this.queue.nowMs + waitMs;
      this.handshakes.set(this.queue.nowMs + waitMs, row, table.serial[row]);
    }
    return row;
  }

  private shake({ spec, resumptions }: Region): Handshake {
    if (spec.tls === "none") return Handshake.None;
    if (spec.resume === 0 || resumptions.double() >= spec.resume) return Handshake.Full;
    return spec.earlyData ? Handshake.Early : Handshake.Resumed;
  }

  private opened(row: number, region: Region): void {
    const { table } = this.connections;
    const isFull = table.carried[row] === region.spec.requests;
    table.state[row] = isFull ? ConnectionState.Closing : ConnectionState.Open;
    if (region.lifetimes !== null && !isFull) {
      this.ages.set(this.queue.nowMs + region.lifetimes.next(), row, table.serial[row]);
    }
    if (table.underWay[row] > 0) return;
    // All that waited for it have given up.
    if (isFull) this.connections.close(row, ConnectionCount.ByRequests);
    else this.rest(row, region);
  }

  /** Nothing is under way on it. */
  private rest(row: number, { spec, idle, subject }: Region): void {
    if (spec.idleMs === null) return;
    const { nowMs } = this.queue;
    idle.add(row, nowMs);
    // Earlier ones ring first, and those that are used meanwhile are passed over then.
    if (this.queue.timeOf(subject) === Infinity) {
      this.queue.schedule(subject, nowMs + spec.idleMs);
    }
  }

  /** It takes no more requests. */
  private unlist(row: number): void {
    const { connections } = this;
    const { table } = connections;
    const { spec, idle } = this.regions[table.region[row]]!;
    const isIdle = table.state[row] === ConnectionState.Open && table.underWay[row] === 0;
    if (isIdle && spec.idleMs !== null) idle.remove(row);
    if (connections.isOffered(row, spec.requests)) table.withdraw(row);
  }
}

const isResumption = (handshake: Handshake): boolean =>
  handshake === Handshake.Resumed || handshake === Handshake.Early;
