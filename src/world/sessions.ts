/**
 * Users' sessions with state, each on the one machine that holds it: the machine of the user's last
 * admitted request. A request that lands elsewhere has the state brought there before it asks for a
 * core: the new machine asks the holder, which saves the state, shuts the session and sends it; the
 * new one opens it as the first part of the request's service ("reloaded silently").
 *
 * What becomes of a session (held by test/simulator/sessions.test.ts):
 *
 * | its holder …              | the state                  | the user's next request elsewhere       |
 * | ------------------------- | -------------------------- | --------------------------------------- |
 * | is up, draining or not    | stays                      | reloads: ask, save, carry, open         |
 * | has drained (nothing left | was saved in good order    | reloads: ask, carry, open               |
 * | to do) and is gone        |                            |                                         |
 * | crashed, went silent, was | lost at that moment        | opens a fresh session, which costs      |
 * | removed or cut by its     |                            | nothing                                 |
 * | drain's deadline          |                            |                                         |
 * | is behind a cut link      | stays, and is lost as soon | opens a fresh session                   |
 * |                           | as it is wanted elsewhere  |                                         |
 *
 * A machine that joins holds nothing; whom it takes over is told by the strategy. A machine that
 * has recovered holds nothing either.
 *
 * Two requests of one user under way: the session belongs to where the later one was admitted, from
 * that moment on; the earlier one goes on with what it has. A request that finds the state still on
 * its way here waits for it; one that lands on a third machine has it sent on once it has come in.
 * A full machine turns a request away before it asks for its session.
 *
 * Left open: saving is counted as demand on the holder (`WorkMs`) and takes its time, but does not
 * queue for the holder's cores; transfers do not slow each other down; sessions do not expire.
 *
 * Cost: O(1) a request, O(users) when a machine stops; 22 bytes a user.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { NONE } from "../units.ts";
import { type Machine, MachineState } from "./machine.ts";
import type { Network } from "./network.ts";
import type { Request } from "./requests.ts";

/** Codes of statistics' SESSION_COUNTS, in the same order (a test holds them together). */
export const enum SessionCount {
  Opened,
  /** Brought here from another machine. */
  MovedIn,
  /** Given to another machine. */
  MovedOut,
  /** Ended with the machine's memory, or out of reach. */
  Lost,
  /** Of those that moved in. */
  BytesIn,
  /** Core time at speed 1, ms: for saving what moved out and opening what moved in. */
  WorkMs,
}
export const SESSION_COUNTS_LENGTH = 6;

export interface SessionSettings {
  /** By class of requests: whether they need the user's session. */
  readonly stateful: readonly boolean[];
  /** By user. */
  readonly bytes: Float64Array;
  /** Core time on a machine of speed 1, ms. */
  readonly saveMs: number;
  readonly openMs: number;
  /** Bytes per ms. */
  readonly bandwidth: number;
}

/** Who counts them by region, class and balancer. */
export interface SessionListener {
  opened(request: Request): void;
  moved(request: Request, bytes: number): void;
  /** `group`: class of the user's last request. */
  lost(user: number, group: number, machine: Machine): void;
}

export class Sessions {
  /** By user: the machine that holds its session, by index; NONE: none does. */
  private readonly holder: Int32Array;
  /** By user: from when on the state is there, ms. */
  private readonly readyMs: Float64Array;
  /** By user: class of its last request. */
  private readonly groups: Uint16Array;

  constructor(
    private readonly settings: SessionSettings,
    private readonly machines: readonly Machine[],
    private readonly placeOf: (machine: Machine) => number,
    private readonly network: Network,
    private readonly queue: EventQueue,
    private readonly listener: SessionListener,
  ) {
    const users = settings.bytes.length;
    this.holder = new Int32Array(users).fill(NONE);
    this.readyMs = new Float64Array(users);
    this.groups = new Uint16Array(users);
  }

  /**
   * A machine admits a request: its user's session belongs there from now on. Returns how long the
   * state is still on its way, ms; opening it is added to the request's demand.
   */
  bring(request: Request, machine: Machine): number {
    request.reloadMs = request.openMs = 0;
    if (!this.settings.stateful[request.group]) return 0;
    const { user } = request;
    const { nowMs } = this.queue;
    const held = this.holder[user];
    this.groups[user] = request.group;
    if (held !== machine.index) {
      this.holder[user] = machine.index;
      const from = held === NONE ? null : this.machines[held];
      if (from === null || this.isOutOfReach(from, machine)) {
        if (from !== null) this.lose(user, from);
        this.readyMs[user] = nowMs;
        machine.account.sessions[SessionCount.Opened]++;
        this.listener.opened(request);
        return 0;
      }
      this.move(request, from, machine);
    }
    const waitMs = this.readyMs[user] - nowMs;
    if (waitMs <= 0) return 0;
    return (request.reloadMs = waitMs);
  }

  /** A machine stops: its sessions are lost, unless it could save them in good order. O(users). */
  stopped(machine: Machine, saved: boolean): void {
    if (saved) return;
    const { holder } = this;
    for (let user = 0; user < holder.length; user++) {
      if (holder[user] !== machine.index) continue;
      holder[user] = NONE;
      this.lose(user, machine);
    }
  }

  /** By machine: sessions that it holds now, or has saved in good order. O(users). */
  held(): Float64Array {
    const counts = new Float64Array(this.machines.length);
    for (const machine of this.holder) if (machine !== NONE) counts[machine]++;
    return counts;
  }

  private move(request: Request, from: Machine, to: Machine): void {
    const { saveMs, openMs, bandwidth } = this.settings;
    const { user } = request;
    const bytes = this.settings.bytes[user];
    const fromPlace = this.placeOf(from);
    const toPlace = this.placeOf(to);
    const askedMs = this.queue.nowMs + this.network.innerMs(toPlace, fromPlace);
    const carryMs = this.network.innerMs(fromPlace, toPlace) + bytes / bandwidth;
    let atMs = Math.max(askedMs, this.readyMs[user]);
    // Who is gone has drained and saved its state before: no one else's is kept.
    if (from.state === MachineState.Up) {
      atMs += saveMs / from.speed;
      from.account.sessions[SessionCount.WorkMs] += saveMs;
    }
    this.readyMs[user] = atMs + carryMs;
    request.openMs = openMs;
    request.demandMs += openMs;
    from.account.sessions[SessionCount.MovedOut]++;
    to.account.sessions[SessionCount.MovedIn]++;
    to.account.sessions[SessionCount.BytesIn] += bytes;
    to.account.sessions[SessionCount.WorkMs] += openMs;
    this.listener.moved(request, bytes);
  }

  private isOutOfReach(from: Machine, to: Machine): boolean {
    const fromPlace = this.placeOf(from);
    const toPlace = this.placeOf(to);
    return fromPlace !== toPlace && this.network.isCut(fromPlace, toPlace);
  }

  private lose(user: number, machine: Machine): void {
    machine.account.sessions[SessionCount.Lost]++;
    this.listener.lost(user, this.groups[user], machine);
  }
}
