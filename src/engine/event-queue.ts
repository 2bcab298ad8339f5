/**
 * The pending events, as a calendar of *subjects*. A subject is whatever can have one event pending: a core (its completion), a
 * network line (its head's arrival), a source (its next request), a list of alarms. Since each has at most one, it is linked
 * into its day of the calendar itself: rescheduling and cancelling take it out of one list and put it into another, and
 * there are no stale events to recognise later.
 *
 * Order: (time, kind, subject). Equal times are decided in writing, see event-kind.ts; neither the width of the days nor their
 * number can change the order.
 *
 * Follows Brown, "Calendar Queues", CACM 31(10), 1988: days of equal width in a ring, each an unsorted list; today's is searched
 * for its earliest, and the width follows the mean gap between events (here measured as they happen, not sampled).
 *
 * Cost: O(1) expected to schedule, cancel and take; 40 bytes a subject. A trial of three structures in the hold model, ns an event with
 * 100 / 1,000 / 10,000 pending: this 28 / 30 / 33, a 4-ary heap of [time, sequence] pairs 45 / 54 / 78, a tournament over
 * subjects 45 / 62 / 84.
 */
import type { EventKind } from "./event-kind.ts";

/** Columns of `links`, four a subject. */
const enum Link {
  /** Neighbours in the list of its day. */
  Next,
  Previous,
  /** Number of its day since the calendar's first; −1 while nothing is pending. */
  Day,
  Kind,
}

/** The calendar's own numbers, in an array so that writing one allocates nothing. */
const enum State {
  /** Simulated time, ms. */
  Now,
  /** When the next event is due, where that is known. */
  Next,
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
/** The width is looked at after so many events at first, later twice as many each time, up to the last. */
const FIRST_LOOK = 64;
const LAST_LOOK = 8192;
/** So many searches in vain through all days bring the look forward. */
const LEAPS = 8;

export class EventQueue {
  private links = new Int32Array(64);
  /** By subject: when it is due, ms. */
  private times = new Float64Array(16);
  /** By day modulo their number: the day's first subject, −1 where there is none. */
  private heads = new Int32Array(FEWEST_DAYS).fill(-1);
  private readonly state = new Float64Array(5);
  /** No event is due before this day. */
  private today = 0;
  private count = 0;
  private pending = 0;
  /** The next event's subject, −1 while it must be searched for. */
  private nextSubject = -1;
  private untilLook = FIRST_LOOK;
  private look = FIRST_LOOK;
  private leaps = 0;
  /** By subject: to which core, line, source … */
  refs = new Int32Array(16);
  /** Holds the time for `set`: only integers cross that call, since a double would be boxed. */
  readonly dueMs = new Float64Array(1);

  constructor() {
    this.state[State.Density] = 1;
  }

  /** A new subject with nothing pending. Amortised O(1). */
  add(kind: EventKind, ref: number): number {
    const subject = this.count++;
    if (subject === this.refs.length) this.grow();
    this.links[(subject << 2) + Link.Day] = -1;
    this.links[(subject << 2) + Link.Kind] = kind;
    this.times[subject] = Infinity;
    this.refs[subject] = ref;
    return subject;
  }

  /** Sets the time of the subject's one pending event, whatever it was; `NEVER` cancels it. */
  schedule(subject: number, timeMs: number): void {
    this.dueMs[0] = timeMs;
    this.set(subject);
  }

  /** The same for loops, with the time in `dueMs[0]`. */
  set(subject: number): void {
    const { links, heads, state } = this;
    const mask = heads.length - 1;
    const link = subject << 2;
    const dueMs = this.dueMs[0];
    this.times[subject] = dueMs;
    const before = links[link + Link.Day];
    if (before >= 0) {
      const next = links[link + Link.Next];
      const previous = links[link + Link.Previous];
      if (previous < 0) heads[before & mask] = next;
      else links[(previous << 2) + Link.Next] = next;
      if (next >= 0) links[(next << 2) + Link.Previous] = previous;
    } else this.pending++;
    if (dueMs === Infinity) {
      links[link + Link.Day] = -1;
      this.pending--;
      if (subject === this.nextSubject) this.nextSubject = -1;
      return;
    }
    const days = (dueMs - state[State.First]) * state[State.Density];
    const day = days < LAST_DAY ? days | 0 : LAST_DAY;
    const first = heads[day & mask];
    links[link + Link.Next] = first;
    links[link + Link.Previous] = -1;
    links[link + Link.Day] = day;
    if (first >= 0) links[(first << 2) + Link.Previous] = subject;
    heads[day & mask] = subject;
    if (subject === this.nextSubject) this.nextSubject = -1;
    else if (this.nextSubject >= 0 && dueMs <= state[State.Next]) this.challenge(subject);
    if (day < this.today) this.today = day;
  }

  cancel(subject: number): void {
    this.schedule(subject, Infinity);
  }

  /** `NEVER` when nothing is pending for it. */
  timeOf(subject: number): number {
    return this.times[subject];
  }

  kindOf(subject: number): EventKind {
    return this.links[(subject << 2) + Link.Kind];
  }

  /** Simulated time: that of the event last taken, ms. */
  get nowMs(): number {
    return this.state[State.Now];
  }

  /** Time of the earliest event, `NEVER` when there is none. */
  get nextMs(): number {
    if (this.nextSubject < 0) this.search();
    return this.state[State.Next];
  }

  /** Moves the clock to the event that `nextMs` spoke of and returns its subject; it stays pending until rescheduled. */
  advance(): number {
    this.state[State.Now] = this.state[State.Next];
    if (--this.untilLook <= 0) this.lookAtWidth();
    return this.nextSubject;
  }

  /** Moves the clock forward to a time before which nothing is pending. */
  advanceTo(timeMs: number): void {
    this.state[State.Now] = timeMs;
  }

  /** An event no later than the next one takes its place if it goes first. */
  private challenge(subject: number): void {
    const { state } = this;
    const dueMs = this.times[subject];
    if (dueMs === state[State.Next] && !this.goesFirst(subject, this.nextSubject)) return;
    this.nextSubject = subject;
    state[State.Next] = dueMs;
  }

  /** Of two subjects due at the same time. */
  private goesFirst(a: number, b: number): boolean {
    const byKind = this.kindOf(a) - this.kindOf(b);
    return byKind < 0 || (byKind === 0 && a < b);
  }

  /** The earliest event of the earliest day that has one. */
  private search(): void {
    const { links, times, heads, state } = this;
    if (this.pending === 0) {
      state[State.Next] = Infinity;
      return;
    }
    const mask = heads.length - 1;
    let today = this.today;
    let left = heads.length;
    for (;;) {
      let subject = heads[today & mask];
      let best = -1;
      let bestMs = Infinity;
      while (subject >= 0) {
        const link = subject << 2;
        if (links[link + Link.Day] === today) {
          const dueMs = times[subject];
          if (dueMs < bestMs || (dueMs === bestMs && this.goesFirst(subject, best))) {
            best = subject;
            bestMs = dueMs;
          }
        }
        subject = links[link + Link.Next];
      }
      if (best >= 0) {
        this.today = today;
        state[State.Next] = bestMs;
        this.nextSubject = best;
        return;
      }
      today++;
      if (--left === 0) {
        // A whole round in vain: what is pending is far away.
        today = this.firstDay();
        left = heads.length;
        if (++this.leaps >= LEAPS) this.untilLook = 0;
      }
    }
  }

  private firstDay(): number {
    let first = LAST_DAY;
    for (let subject = 0; subject < this.count; subject++) {
      const day = this.links[(subject << 2) + Link.Day];
      if (day >= 0 && day < first) first = day;
    }
    return first;
  }

  /** Makes the calendar anew when the days have become too wide, too narrow, too many or too few, or their numbers run out. */
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
    if (this.pending > 2 * days || this.pending < days / 4) {
      days = FEWEST_DAYS;
      while (days < this.pending) days *= 2;
    }
    const worn = this.today > LAST_DAY / 2;
    if (worn || density !== state[State.Density] || days !== this.heads.length) {
      this.remake(density, days);
    }
  }

  private remake(density: number, days: number): void {
    const { state, times, dueMs } = this;
    const heldMs = dueMs[0];
    const next = this.nextSubject;
    state[State.Density] = density;
    state[State.First] = state[State.Now];
    this.today = 0;
    this.heads = new Int32Array(days).fill(-1);
    this.pending = 0;
    this.nextSubject = -1;
    for (let subject = 0; subject < this.count; subject++) {
      this.links[(subject << 2) + Link.Day] = -1;
      dueMs[0] = times[subject];
      if (dueMs[0] !== Infinity) this.set(subject);
    }
    this.nextSubject = next;
    dueMs[0] = heldMs;
  }

  private grow(): void {
    const length = 2 * this.refs.length;
    const links = new Int32Array(4 * length);
    links.set(this.links);
    this.links = links;
    const times = new Float64Array(length);
    times.set(this.times);
    this.times = times;
    const refs = new Int32Array(length);
    refs.set(this.refs);
    this.refs = refs;
  }
}
