/**
 * The pending events, as a calendar of *subjects*. A subject is whatever can have one event
 * pending: a core (its completion), a network line (its head's arrival), a source (its next
 * request), a list of alarms. Since each has at most one, it is linked into its day of the calendar
 * itself: rescheduling and cancelling take it out of one list and put it into another, and there
 * are no stale events to recognise later.
 *
 * Order: (time, kind, subject). Equal times are decided in writing, see event-kind.ts; neither the
 * width of the days nor their number can change the order.
 *
 * Follows Brown, "Calendar Queues", CACM 31(10), 1988: days of equal width in a ring, each a sorted
 * list, so that the next event is the first of today's or of a day soon after; the width follows
 * the mean gap between events (here measured as they happen, not sampled).
 *
 * Cost: O(1) expected to schedule, cancel and take; 24 bytes a subject and 4 a day.
 */
import type { EventKind } from "./event-kind.ts";

/** Columns of `links`, four a subject. */
const enum Link {
  /** The next later one in the list of its day. */
  Next,
  /** Number of its day since the calendar's first; −1 while nothing is pending. */
  Day,
  Kind,
  /** Which core, line, source … */
  Ref,
}

/** The calendar's own numbers, in an array so that writing one allocates nothing. */
const enum State {
  /** Simulated time, ms. */
  Now,
  /** Days a ms. */
  Density,
  /** Where day 0 begins. */
  First,
  /** When the width was last looked at. */
  Looked,
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

export class EventQueue {
  private links = new Int32Array(64);
  /** By subject: when it is due, ms; its last time while nothing is pending. */
  private times = new Float64Array(16);
  /** By day modulo their number: the earliest subject, −1 where there is none. */
  private heads = new Int32Array(FEWEST_DAYS).fill(-1);
  private readonly state = new Float64Array(4);
  /** No event is due before this day. */
  private today = 0;
  private count = 0;
  private untilLook = FIRST_LOOK;
  private look = FIRST_LOOK;
  private leaps = 0;
  /** Holds the time for `set`: only integers cross that call, since a double would be boxed. */
  readonly dueMs = new Float64Array(1);
  /** Holds the bound for `take`. */
  readonly untilMs = new Float64Array([Infinity]);

  constructor() {
    this.state[State.Density] = 1;
  }

  /** A new subject with nothing pending. Amortised O(1). */
  add(kind: EventKind, ref: number): number {
    const subject = this.count++;
    if (subject === this.times.length) this.grow();
    const link = subject << 2;
    this.links[link + Link.Day] = -1;
    this.links[link + Link.Kind] = kind;
    this.links[link + Link.Ref] = ref;
    return subject;
  }

  /** Sets the time of the subject's one pending event, whatever it was; `NEVER` cancels it. */
  schedule(subject: number, timeMs: number): void {
    this.dueMs[0] = timeMs;
    this.set(subject);
  }

  /** The same for loops, with the time in `dueMs[0]`. */
  set(subject: number): void {
    const { links, times, heads, state } = this;
    const link = subject << 2;
    if (links[link + Link.Day] >= 0) this.cancel(subject);
    const dueMs = this.dueMs[0];
    if (dueMs === Infinity) return;
    const days = (dueMs - state[State.First]) * state[State.Density];
    const day = days < LAST_DAY ? days | 0 : LAST_DAY;
    const slot = day & (heads.length - 1);
    times[subject] = dueMs;
    links[link + Link.Day] = day;
    if (day < this.today) this.today = day;
    let next = heads[slot];
    if (next < 0 || dueMs < times[next]) heads[slot] = subject;
    else {
      let previous = -1;
      while (next >= 0 && !this.goesFirst(subject, next)) {
        previous = next;
        next = links[(next << 2) + Link.Next];
      }
      if (previous < 0) heads[slot] = subject;
      else links[(previous << 2) + Link.Next] = subject;
    }
    links[link + Link.Next] = next;
  }

  /** Nothing is pending for the subject any more. */
  cancel(subject: number): void {
    const { links, heads } = this;
    const link = subject << 2;
    const day = links[link + Link.Day];
    if (day < 0) return;
    const slot = day & (heads.length - 1);
    links[link + Link.Day] = -1;
    let at = heads[slot];
    if (at === subject) {
      heads[slot] = links[link + Link.Next];
      return;
    }
    while (links[(at << 2) + Link.Next] !== subject) at = links[(at << 2) + Link.Next];
    links[(at << 2) + Link.Next] = links[link + Link.Next];
  }

  /** `NEVER` when nothing is pending for it. */
  timeOf(subject: number): number {
    return this.links[(subject << 2) + Link.Day] < 0 ? Infinity : this.times[subject];
  }

  kindOf(subject: number): EventKind {
    return this.links[(subject << 2) + Link.Kind];
  }

  refOf(subject: number): number {
    return this.links[(subject << 2) + Link.Ref];
  }

  /** Simulated time: that of the event last taken, ms. */
  get nowMs(): number {
    return this.state[State.Now];
  }

  /** Time of the earliest event, `NEVER` when there is none. */
  get nextMs(): number {
    const subject = this.earliest();
    return subject < 0 ? Infinity : this.times[subject];
  }

  /**
   * Takes the earliest event out and moves the clock to it; returns its subject, −1 where none is
   * due before `untilMs[0]`. From now on nothing is pending for that subject.
   */
  take(): number {
    const { links, times, heads, state } = this;
    const slot = this.today & (heads.length - 1);
    let subject = heads[slot];
    if (subject < 0 || links[(subject << 2) + Link.Day] !== this.today) {
      subject = this.earliest();
      if (subject < 0) return -1;
    }
    const dueMs = times[subject];
    if (dueMs >= this.untilMs[0]) return -1;
    state[State.Now] = dueMs;
    links[(subject << 2) + Link.Day] = -1;
    heads[this.today & (heads.length - 1)] = links[(subject << 2) + Link.Next];
    if (--this.untilLook <= 0) this.lookAtWidth();
    return subject;
  }

  /** Moves the clock forward to a time before which nothing is pending. */
  advanceTo(timeMs: number): void {
    this.state[State.Now] = timeMs;
  }

  /** Whether `a` goes before `b`. */
  private goesFirst(a: number, b: number): boolean {
    const { links, times } = this;
    if (times[a] !== times[b]) return times[a] < times[b];
    const byKind = links[(a << 2) + Link.Kind] - links[(b << 2) + Link.Kind];
    return byKind < 0 || (byKind === 0 && a < b);
  }

  /**
   * The first subject of the earliest day that has one, which becomes today; −1 where nothing is
   * pending.
   */
  private earliest(): number {
    const { links, heads } = this;
    const mask = heads.length - 1;
    let { today } = this;
    let left = heads.length;
    for (;;) {
      const subject = heads[today & mask];
      if (subject >= 0 && links[(subject << 2) + Link.Day] === today) {
        this.today = today;
        return subject;
      }
      today++;
      if (--left === 0) {
        // A whole round in vain: what is pending is far away.
        today = this.firstDay();
        if (today < 0) return -1;
        left = heads.length;
        if (++this.leaps >= LEAPS) this.untilLook = 0;
      }
    }
  }

  private firstDay(): number {
    let first = -1;
    for (let subject = 0; subject < this.count; subject++) {
      const day = this.links[(subject << 2) + Link.Day];
      if (day >= 0 && (first < 0 || day < first)) first = day;
    }
    return first;
  }

  /**
   * Makes the calendar anew when the days have become too wide, too narrow, too many or too few, or
   * their numbers run out.
   */
  private lookAtWidth(): void {
    const { state, look } = this;
    const passedMs = state[State.Now] - state[State.Looked];
    const happened = look - Math.max(0, this.untilLook);
    state[State.Looked] = state[State.Now];
    this.look = Math.min(2 * look, LAST_LOOK);
    this.untilLook = this.look;
    this.leaps = 0;
    let density = state[State.Density];
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
    if (worn || density !== state[State.Density] || days !== this.heads.length) {
      this.remake(density, days);
    }
  }

  private pending(): number {
    let pending = 0;
    for (let subject = 0; subject < this.count; subject++) {
      if (this.links[(subject << 2) + Link.Day] >= 0) pending++;
    }
    return pending;
  }

  private remake(density: number, days: number): void {
    const { state, links } = this;
    state[State.Density] = density;
    state[State.First] = state[State.Now];
    this.today = 0;
    this.heads = new Int32Array(days).fill(-1);
    for (let subject = 0; subject < this.count; subject++) {
      if (links[(subject << 2) + Link.Day] < 0) continue;
      links[(subject << 2) + Link.Day] = -1;
      this.dueMs[0] = this.times[subject];
      this.set(subject);
    }
  }

  private grow(): void {
    const length = 2 * this.times.length;
    const links = new Int32Array(4 * length);
    links.set(this.links);
    this.links = links;
    const times = new Float64Array(length);
    times.set(this.times);
    this.times = times;
  }
}
