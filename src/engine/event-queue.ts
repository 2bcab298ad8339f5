/**
 * The pending events, as a calendar of *subjects*. A subject is whatever can have one event
 * pending: a core (its completion), a network line (its head's arrival), a source (its next
 * request), a list of alarms. Since each has at most one, it is linked into its day of the calendar
 * itself: rescheduling and cancelling take it out of one list and put it into another, and there
 * are no stale events to recognise later.
 *
 * Order: (time, kind, ref). Equal times are decided in writing, see event-kind.ts; neither the
 * width of the days nor their number can change the order.
 *
 * Follows Brown, "Calendar Queues", CACM 31(10), 1988: days of equal width in a ring, each a sorted
 * list, so that the next event is the first of today's or of a day soon after; the width follows
 * the mean gap between events (here measured as they happen, not sampled).
 *
 * Cost: O(1) expected to schedule, cancel and take; about 70 bytes a subject and 8 a day.
 */
import type { EventKind } from "./event-kind.ts";

/** Day of a subject for which nothing is pending. */
const NO_DAY = -1;

/**
 * Made by `EventQueue.add`. Its links are the queue's own. An object and not a row of typed arrays:
 * V8 reads a field in one instruction where an element takes four to eight (base, length and bounds
 * anew after each call); a hold takes two thirds of the instructions.
 */
export class Subject<Item = unknown> {
  /**
   * When its event is due, ms; its last time while nothing is pending. Set it, then `queue.put`.
   */
  dueMs = NaN;
  /**
   * The next later one in the list of its day, `END` after the last. While nothing is pending it is
   * free for a list of its owner's.
   */
  next: Subject<Item> | null = null;
  /** Number of its day since the calendar's first; NO_DAY while nothing is pending. */
  day = NO_DAY;
  /** What its event is about: its owner's. In the subject itself, where the loop has it at hand. */
  item: Item | null = null;

  constructor(
    readonly kind: EventKind,
    /** Which core, line, source …: its own among all of that kind. */
    readonly ref: number,
  ) {}
}

const FEWEST_DAYS = 16;
/** Days are numbered to here; what is farther away waits on this last one. */
const LAST_DAY = 0x3fffffff;
/** A day is this many mean gaps wide: most days then hold an event or two. */
const GAPS_A_DAY = 2;
/**
 * The width is looked at after so many events at first, later twice as many each time, up to the
 * last.
 */
const FIRST_LOOK = 64;
const LAST_LOOK = 8192;
/** So many searches in vain through all days bring the look forward. */
const LEAPS = 8;

/**
 * Stands at the end of every day's list, later than everything: whoever walks along a list or looks
 * at a day's head compares times alone.
 */
const END = new Subject(0, -1);
END.dueMs = Infinity;

/** @typeParam Item what its subjects' events are about, where they say it */
export class EventQueue<Item = unknown> {
  // Doubles begin as NaN: V8 then takes them for such from the start. One that begins as an integer
  // gives the class another shape once it is none, and throws away what was compiled for the first.
  /** Simulated time: that of the event last taken, ms. */
  nowMs = NaN;
  /** `take` gives nothing that is due at this time or later. */
  untilMs = Infinity;
  private readonly subjects: Subject[] = [];
  /** By day modulo their number (a power of two): the earliest subject, END where there is none. */
  private heads: Subject[] = noDays(FEWEST_DAYS);
  private mask = FEWEST_DAYS - 1;
  /** Days a ms. */
  private density = NaN;
  /** Where day 0 begins, ms. */
  private firstMs = NaN;
  /** When the width was last looked at, ms. */
  private lookedMs = NaN;
  /** No event is due before this day. */
  private today = 0;
  private untilLook = FIRST_LOOK;
  private look = FIRST_LOOK;
  private leaps = 0;

  constructor() {
    this.nowMs = this.firstMs = this.lookedMs = 0;
    this.density = 1;
  }

  /** A new subject with nothing pending; no other has this kind and `ref`. Amortised O(1). */
  add(kind: EventKind, ref: number): Subject<Item> {
    const subject = new Subject<Item>(kind, ref);
    this.subjects.push(subject);
    return subject;
  }

  /** Sets the time of the subject's one pending event, whatever it was; `NEVER` cancels it. */
  schedule(subject: Subject, timeMs: number): void {
    if (subject.day >= 0) this.cancel(subject);
    subject.dueMs = timeMs;
    this.put(subject);
  }

  /**
   * The same for a subject for which nothing is pending (its event has just been taken, say), with
   * the time in `subject.dueMs`: in loops, since a double that crosses a call is boxed.
   */
  put(subject: Subject): void {
    const { dueMs } = subject;
    if (dueMs === Infinity) return;
    const days = (dueMs - this.firstMs) * this.density;
    const day = days < LAST_DAY ? days | 0 : LAST_DAY;
    subject.day = day;
    if (day < this.today) this.today = day;
    const { heads } = this;
    const slot = day & this.mask;
    const head = heads[slot];
    if (dueMs < head.dueMs) {
      subject.next = head;
      heads[slot] = subject;
      return;
    }
    let previous = head;
    let next = head;
    while (next.dueMs < dueMs) {
      previous = next;
      next = next.next!;
    }
    // Rarely anybody's time is the same.
    while (next.dueMs === dueMs && ranksFirst(next, subject)) {
      previous = next;
      next = next.next!;
    }
    subject.next = next;
    if (next === head) heads[slot] = subject;
    else previous.next = subject;
  }

  /** Nothing is pending for the subject any more. */
  cancel(subject: Subject): void {
    if (subject.day < 0) return;
    const { heads } = this;
    const slot = subject.day & this.mask;
    subject.day = NO_DAY;
    let at = heads[slot];
    if (at === subject) {
      heads[slot] = subject.next!;
      return;
    }
    while (at.next !== subject) at = at.next!;
    at.next = subject.next;
  }

  /** `NEVER` when nothing is pending for it. */
  timeOf(subject: Subject): number {
    return subject.day < 0 ? Infinity : subject.dueMs;
  }

  /** Time of the earliest event, `NEVER` when there is none. */
  get nextMs(): number {
    return this.earliest()?.dueMs ?? Infinity;
  }

  /** Whose event is the earliest; null when there is none. */
  get nextSubject(): Subject | null {
    return this.earliest();
  }

  /**
   * Takes the earliest event out and moves the clock to it; returns its subject, null where none is
   * due before `untilMs`. From now on nothing is pending for that subject.
   */
  take(): Subject<Item> | null {
    const { heads, mask, today } = this;
    let slot = today & mask;
    let subject = heads[slot];
    if (subject.day !== today) {
      const found = this.earliest();
      if (found === null) return null;
      subject = found;
      slot = subject.day & mask;
    }
    if (subject.dueMs >= this.untilMs) return null;
    this.nowMs = subject.dueMs;
    subject.day = NO_DAY;
    heads[slot] = subject.next!;
    if (--this.untilLook <= 0) this.lookAtWidth();
    // `add` alone makes them.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return subject as Subject<Item>;
  }

  /** Moves the clock forward to a time before which nothing is pending. */
  advanceTo(timeMs: number): void {
    this.nowMs = timeMs;
  }

  /**
   * The first subject of the earliest day that has one, which becomes today; null where nothing is
   * pending.
   */
  private earliest(): Subject | null {
    const { heads, mask } = this;
    let { today } = this;
    let left = heads.length;
    for (;;) {
      const subject = heads[today & mask];
      if (subject.day === today) {
        this.today = today;
        return subject;
      }
      today++;
      if (--left === 0) {
        // A whole round in vain: what is pending is far away.
        today = this.firstDay();
        if (today < 0) return null;
        left = heads.length;
        if (++this.leaps >= LEAPS) this.untilLook = 0;
      }
    }
  }

  private firstDay(): number {
    let first = NO_DAY;
    for (const { day } of this.subjects) if (day >= 0 && (first < 0 || day < first)) first = day;
    return first;
  }

  /**
   * Makes the calendar anew when the days have become too wide, too narrow, too many or too few, or
   * their numbers run out.
   */
  private lookAtWidth(): void {
    const { look } = this;
    const passedMs = this.nowMs - this.lookedMs;
    const happened = look - Math.max(0, this.untilLook);
    this.lookedMs = this.nowMs;
    this.look = Math.min(2 * look, Math.max(LAST_LOOK, 4 * this.subjects.length));
    this.untilLook = this.look;
    this.leaps = 0;
    let { density } = this;
    if (passedMs > 0) {
      const wanted = happened / passedMs / GAPS_A_DAY;
      if (wanted > 2 * density || wanted < density / 2) density = wanted;
    }
    let days = this.heads.length;
    const pending = this.pending();
    if (pending > 2 * days || pending < days / 4) {
      days = FEWEST_DAYS;
      while (days < pending) days *= 2;
    }
    const worn = this.today > LAST_DAY / 2;
    if (worn || density !== this.density || days !== this.heads.length) this.remake(density, days);
  }

  private pending(): number {
    let pending = 0;
    for (const { day } of this.subjects) if (day >= 0) pending++;
    return pending;
  }

  private remake(density: number, days: number): void {
    this.density = density;
    this.firstMs = this.nowMs;
    this.today = 0;
    this.heads = noDays(days);
    this.mask = days - 1;
    for (const subject of this.subjects) {
      if (subject.day < 0) continue;
      subject.day = NO_DAY;
      this.put(subject);
    }
  }
}

const noDays = (days: number): Subject[] => Array.from({ length: days }, (): Subject => END);

/** Whether `a` goes before `b`, which is due at the same time. */
const ranksFirst = (a: Subject, b: Subject): boolean =>
  a.kind < b.kind || (a.kind === b.kind && a.ref < b.ref);
