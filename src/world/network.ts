/**
 * The network between places: one-way delays, and *lines*. A constant delay keeps order, so what travels from one place to another
 * is a first-in-first-out line of which only the head is in the event queue. A line's entries are request rows, linked
 * through the table.
 *
 * Inside the tree of balancers two nodes at the same place are no distance apart; a client and the place where it
 * enters are half the place's own round trip apart, even where both have the same name. The latter are the *door* lines.
 */
import type { EventQueue } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import { NONE } from "../units.ts";
import { RequestInt, RequestMs, type RequestTable } from "./request-table.ts";

export class Network {
  private readonly places: number;
  /** By from × places + to: configured one-way delay, ms, with the events' additions. */
  private readonly oneWayMs: Float64Array;
  /** The same without additions. */
  private readonly configuredMs: Float64Array;
  /** By lesser × places + greater place: additions to the round trip in force, ms. */
  private readonly additionsMs = new Map<number, number[]>();
  /** By from × places + to: number of cuts in force. */
  private readonly cuts: Int32Array;
  /** By (from × places + to) × 2 + door: line number, NONE before its first use. */
  private readonly lineAt: Int32Array;
  private heads = new Int32Array(0);
  private tails = new Int32Array(0);
  private subjects = new Int32Array(0);
  private routes = new Int32Array(0);
  private lines = 0;

  constructor(
    roundTripMs: readonly (readonly number[])[],
    private readonly queue: EventQueue,
    private readonly requests: RequestTable,
  ) {
    const places = roundTripMs.length;
    this.places = places;
    this.oneWayMs = new Float64Array(places * places);
    for (let from = 0; from < places; from++) {
      for (let to = 0; to < places; to++) {
        this.oneWayMs[from * places + to] = roundTripMs[from][to] / 2;
      }
    }
    this.configuredMs = this.oneWayMs.slice();
    this.isFlat = this.oneWayMs.every((delayMs) => delayMs === 0);
    this.cuts = new Int32Array(places * places);
    this.lineAt = new Int32Array(places * places * 2).fill(NONE);
  }

  /** One way between two nodes of the tree, ms: 0 inside a place. */
  innerMs(from: number, to: number): number {
    return from === to ? 0 : this.oneWayMs[from * this.places + to];
  }

  /** One way between a client and the place where its request enters or leaves the tree, ms. */
  doorMs(from: number, to: number): number {
    return this.oneWayMs[from * this.places + to];
  }

  isCut(from: number, to: number): boolean {
    return this.cuts[from * this.places + to] > 0;
  }

  /** No two points are any distance apart, and no link is cut: nothing ever travels. */
  isFlat = false;

  /** Both directions; cuts of the same link add up and must be mended one by one. */
  cut(a: number, b: number, by: 1 | -1): void {
    this.cuts[a * this.places + b] += by;
    if (a !== b) this.cuts[b * this.places + a] += by;
    this.isFlat = false;
  }

  /**
   * Adds to the round trip, half in each direction; the negative of an addition takes it back. What is on its way keeps
   * its time of arrival.
   */
  delay(a: number, b: number, roundTripMs: number): void {
    this.isFlat = false;
    const link = Math.min(a, b) * this.places + Math.max(a, b);
    const additions = this.additionsMs.get(link) ?? [];
    this.additionsMs.set(link, additions);
    if (roundTripMs >= 0) additions.push(roundTripMs);
    else additions.splice(additions.indexOf(-roundTripMs), 1);
    // Summed up anew each time: when all are gone, no rounding is left behind.
    const halfMs = additions.reduce((sum, ms) => sum + ms, 0) / 2;
    for (const route of [a * this.places + b, b * this.places + a]) {
      this.oneWayMs[route] = this.configuredMs[route] + halfMs;
    }
  }

  /**
   * Puts a request on the line; its `Due` holds the time of its arrival. O(1) while delays stay as they are; after a delay has
   * shrunk, an overtaking request walks past those that it overtakes.
   */
  send(row: number, from: number, to: number, door: 0 | 1): void {
    const route = (from * this.places + to) * 2 + door;
    let line = this.lineAt[route];
    if (line < 0) line = this.open(route);
    const { ints, ms } = this.requests;
    const dueMs = ms[(row >> 2) + RequestMs.Due];
    const tail = this.tails[line];
    ints[row + RequestInt.Next] = NONE;
    if (tail < 0) {
      this.heads[line] = this.tails[line] = row;
      this.queue.dueMs[0] = dueMs;
      this.queue.set(this.subjects[line]);
    } else if (ms[(tail >> 2) + RequestMs.Due] <= dueMs) {
      ints[tail + RequestInt.Next] = row;
      this.tails[line] = row;
    } else {
      this.insert(line, row);
    }
  }

  /** Takes the head off a line whose event is due; the next one's event is scheduled. */
  arrived(line: number): number {
    const { ints, ms } = this.requests;
    const row = this.heads[line];
    const following = ints[row + RequestInt.Next];
    this.heads[line] = following;
    if (following < 0) this.tails[line] = NONE;
    else {
      this.queue.dueMs[0] = ms[(following >> 2) + RequestMs.Due];
      this.queue.set(this.subjects[line]);
    }
    return row;
  }

  /** Whether what arrives on this line now is lost. */
  lineIsCut(line: number): boolean {
    return this.cuts[this.routes[line] >> 1] > 0;
  }

  private insert(line: number, row: number): void {
    const { ints, ms } = this.requests;
    const dueMs = ms[(row >> 2) + RequestMs.Due];
    let before: number = NONE;
    let at = this.heads[line];
    while (at >= 0 && ms[(at >> 2) + RequestMs.Due] <= dueMs) {
      before = at;
      at = ints[at + RequestInt.Next];
    }
    ints[row + RequestInt.Next] = at;
    if (before >= 0) ints[before + RequestInt.Next] = row;
    else {
      this.heads[line] = row;
      this.queue.schedule(this.subjects[line], dueMs);
    }
  }

  private open(route: number): number {
    const line = this.lines++;
    if (line === this.heads.length) {
      const grow = (from: Int32Array): Int32Array<ArrayBuffer> => {
        const to = new Int32Array(Math.max(8, 2 * from.length)).fill(NONE);
        to.set(from);
        return to;
      };
      this.heads = grow(this.heads);
      this.tails = grow(this.tails);
      this.subjects = grow(this.subjects);
      this.routes = grow(this.routes);
    }
    this.subjects[line] = this.queue.add(EventKind.Travel, line);
    this.routes[line] = route;
    this.lineAt[route] = line;
    return line;
  }
}
