/**
 * The network between places: one-way delays, and *lines*. A constant delay keeps order, so what
 * travels from one place to another is a first-in-first-out line of which only the head is in the
 * event queue. A line's entries are requests, linked through themselves.
 *
 * Inside the tree of balancers two nodes at the same place are no distance apart; a client and the
 * place where it enters are half the place's own round trip apart, even where both have the same
 * name. The latter are the *door* lines.
 */
import type { EventQueue, Subject } from "../engine/event-queue.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { Request } from "./requests.ts";

/** What travels one way between two places. */
export class Line {
  head: Request | null = null;
  tail: Request | null = null;
  /** Its head's arrival; null before its first use. */
  subject: Subject | null = null;

  constructor(
    readonly from: number,
    readonly to: number,
    /** 1: between a client and where its requests enter or leave the tree. */
    readonly door: 0 | 1,
    /** One way, ms, with the events' additions. */
    public delayMs: number,
    /** Number of cuts in force. */
    public cuts: number,
  ) {}
}

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
  /** By (from × places + to) × 2 + door: null where nobody has asked for it. */
  private readonly lineAt: (Line | null)[];
  /** In the order of first use. */
  private readonly lines: Line[] = [];

  constructor(
    roundTripMs: readonly (readonly number[])[],
    private readonly queue: EventQueue,
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
    this.lineAt = Array.from({ length: places * places * 2 }, (): Line | null => null);
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
    this.tellLines(a, b);
  }

  /**
   * Adds to the round trip, half in each direction; the negative of an addition takes it back. What
   * is on its way keeps its time of arrival.
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
    this.tellLines(a, b);
  }

  /** The lines of a link, both ways, are as the link is now. */
  private tellLines(a: number, b: number): void {
    for (const link of [a * this.places + b, b * this.places + a]) {
      for (const line of [this.lineAt[2 * link], this.lineAt[2 * link + 1]]) {
        if (line === null) continue;
        line.delayMs = this.oneWayMs[link];
        line.cuts = this.cuts[link];
      }
    }
  }

  /** Links that are cut, or whose round trip is longer than configured: a < b. */
  disturbed(): { between: [number, number]; cut: boolean; addedMs: number }[] {
    const found: { between: [number, number]; cut: boolean; addedMs: number }[] = [];
    for (let a = 0; a < this.places; a++) {
      for (let b = a; b < this.places; b++) {
        const cut = this.isCut(a, b);
        const additions = this.additionsMs.get(a * this.places + b) ?? [];
        if (!cut && additions.length === 0) continue;
        const addedMs = additions.reduce((sum, ms) => sum + ms, 0);
        found.push({ between: [a, b], cut, addedMs });
      }
    }
    return found;
  }

  /** From one place to another, at the door or inside the tree; made when first asked for. O(1). */
  line(from: number, to: number, door: 0 | 1): Line {
    const link = from * this.places + to;
    const at = 2 * link + door;
    return (this.lineAt[at] ??= new Line(from, to, door, this.oneWayMs[link], this.cuts[link]));
  }

  /**
   * Puts a request on the line; its `dueMs` is the time of its arrival. O(1) while delays stay as
   * they are; after a delay has shrunk, an overtaking request walks past those that it overtakes.
   */
  send(request: Request, line: Line): void {
    const { tail } = line;
    if (tail === null) {
      request.next = null;
      line.head = line.tail = request;
      const subject = line.subject ?? this.open(line);
      subject.dueMs = request.dueMs;
      this.queue.put(subject);
    } else if (tail.dueMs <= request.dueMs) {
      request.next = null;
      tail.next = request;
      line.tail = request;
    } else {
      this.overtake(line, request);
    }
  }

  /** The line of this number (`ref` of its subject). */
  numbered(index: number): Line {
    return this.lines[index];
  }

  /** Takes the head off a line whose event is due; the next one's event is scheduled. */
  arrived(line: Line): Request {
    const request = line.head!;
    const { next } = request;
    line.head = next;
    if (next === null) line.tail = null;
    else {
      const subject = line.subject!;
      subject.dueMs = next.dueMs;
      this.queue.put(subject);
    }
    return request;
  }

  /** The request arrives before the line's last one. */
  private overtake(line: Line, request: Request): void {
    let before: Request | null = null;
    let at = line.head!;
    while (at.dueMs <= request.dueMs) {
      before = at;
      at = at.next!;
    }
    request.next = at;
    if (before !== null) before.next = request;
    else {
      line.head = request;
      this.queue.schedule(line.subject!, request.dueMs);
    }
  }

  private open(line: Line): Subject {
    const subject = this.queue.add(EventKind.Travel, this.lines.length);
    this.lines.push(line);
    return (line.subject = subject);
  }
}
