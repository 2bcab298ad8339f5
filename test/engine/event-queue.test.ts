import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventKind } from "../../src/engine/event-kind.ts";
import { EventQueue, type Subject } from "../../src/engine/event-queue.ts";
import { NEVER } from "../../src/units.ts";

/** What the queue must be equal to: everything pending, sorted by (time, kind, ref). */
class SortedList {
  private readonly kinds: EventKind[] = [];
  private readonly times: number[] = [];

  add(kind: EventKind): void {
    this.kinds.push(kind);
    this.times.push(NEVER);
  }

  schedule(subject: number, timeMs: number): void {
    this.times[subject] = timeMs;
  }

  next(): { timeMs: number; subject: number } | null {
    const [first] = this.times
      .map((timeMs, subject) => ({ timeMs, subject }))
      .filter(({ timeMs }) => timeMs < NEVER)
      .toSorted(
        (a, b) =>
          a.timeMs - b.timeMs ||
          this.kinds[a.subject] - this.kinds[b.subject] ||
          a.subject - b.subject,
      );
    return first ?? null;
  }
}

const KINDS = [EventKind.Agenda, EventKind.Completion, EventKind.Travel, EventKind.Arrival];

/** Takes the next event from both and compares; false when none is left. */
function takeFromBoth(queue: EventQueue, subjects: readonly Subject[], list: SortedList): boolean {
  const expected = list.next();
  expect(queue.nextMs).toBe(expected?.timeMs ?? NEVER);
  if (expected === null) return false;
  expect(queue.take()).toBe(subjects[expected.subject]);
  expect(queue.nowMs).toBe(expected.timeMs);
  return true;
}

describe("the event queue", () => {
  it("agrees with a sorted list under any schedules, reschedules and cancellations", () => {
    // Delays of whole ms make ties; of 1e-7 and 1e6 ms, days far too wide and far too narrow.
    const delay = fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.integer({ min: 0, max: 9 }).map((n) => n * 1e-7),
      fc.integer({ min: 1, max: 9 }).map((n) => n * 1e6),
      fc.constant(NEVER),
    );
    const step = fc.record({
      what: fc.constantFrom("add", "set", "set", "take", "take", "take", "cancel"),
      pick: fc.nat(),
      delay,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const queue = new EventQueue();
        const list = new SortedList();
        const subjects: Subject[] = [];
        for (const { what, pick, delay: delayMs } of steps) {
          if (what === "add" || subjects.length === 0) {
            const kind = KINDS[pick % KINDS.length];
            subjects.push(queue.add(kind, subjects.length));
            list.add(kind);
          } else if (what === "take") {
            const expected = list.next();
            if (!takeFromBoth(queue, subjects, list) || expected === null) continue;
            queue.schedule(subjects[expected.subject], queue.nowMs + delayMs);
            list.schedule(expected.subject, queue.nowMs + delayMs);
          } else {
            const subject = pick % subjects.length;
            const timeMs = what === "cancel" ? NEVER : queue.nowMs + delayMs;
            queue.schedule(subjects[subject], timeMs);
            list.schedule(subject, timeMs);
            expect(queue.timeOf(subjects[subject])).toBe(timeMs);
          }
        }
      }),
      { numRuns: 150, seed: 20 },
    );
  });

  it("decides equal times by kind, then by ref, whatever the order of scheduling", () => {
    const queue = new EventQueue();
    const kinds = [EventKind.Arrival, EventKind.Travel, EventKind.Agenda, EventKind.Travel];
    const subjects = kinds.map((kind, ref) => queue.add(kind, ref));
    for (const subject of subjects.toReversed()) queue.schedule(subject, 5);
    const order = subjects.map(() => {
      expect(queue.nextMs).toBe(5);
      const subject = queue.take()!;
      queue.cancel(subject);
      return subject.ref;
    });
    expect(order).toEqual([2, 1, 3, 0]);
    expect(queue.nextMs).toBe(NEVER);
  });

  it("keeps its order while thousands of subjects come, the pace changes a million-fold and dies down", () => {
    const queue = new EventQueue();
    const count = 3000;
    // A cheap fixed sequence in [0, 1): no two runs differ.
    let state = 1;
    const draw = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let i = 0; i < count; i++) queue.schedule(queue.add(EventKind.Completion, i), draw());
    let before = 0;
    let taken = 0;
    for (const paceMs of [1, 1e-6, 1e6, 1e-3]) {
      for (let i = 0; i < 10_000; i++) {
        expect(queue.nextMs >= before).toBe(true);
        before = queue.nextMs;
        const subject = queue.take()!;
        taken++;
        queue.schedule(subject, queue.nowMs + draw() * paceMs);
      }
    }
    // All but five fall silent: the calendar shrinks again and loses none of them.
    for (let left = count; left > 5; left--) {
      expect(queue.nextMs >= before).toBe(true);
      before = queue.nextMs;
      queue.cancel(queue.take()!);
    }
    let rest = 0;
    for (; queue.nextMs < NEVER; rest++) queue.cancel(queue.take()!);
    expect([taken, rest]).toEqual([40_000, 5]);
  });

  it("crosses long empty stretches", () => {
    const queue = new EventQueue();
    const often = queue.add(EventKind.Completion, 0);
    const rarely = queue.add(EventKind.Agenda, 1);
    const dayMs = 86_400_000;
    queue.schedule(rarely, dayMs);
    queue.schedule(often, 0.001);
    for (let i = 2; i <= 1000; i++) {
      expect(queue.nextMs).toBeLessThan(2);
      queue.schedule(queue.take()!, i / 1000);
    }
    queue.cancel(often);
    expect(queue.nextMs).toBe(dayMs);
    expect(queue.take()).toBe(rarely);
    queue.schedule(rarely, 400 * dayMs);
    queue.schedule(often, 399 * dayMs);
    expect(queue.nextMs).toBe(399 * dayMs);
  });

  it("lets its clock be moved on by hand and takes what is set for that very moment", () => {
    const queue = new EventQueue();
    const subject = queue.add(EventKind.Arrival, 7);
    queue.schedule(subject, 100);
    expect(queue.nextMs).toBe(100);
    queue.advanceTo(50);
    expect(queue.nowMs).toBe(50);
    const other = queue.add(EventKind.Arrival, 8);
    queue.schedule(other, 50);
    expect(queue.nextMs).toBe(50);
    expect(queue.take()).toBe(other);
    expect([other.kind, other.ref]).toEqual([EventKind.Arrival, 8]);
  });

  it("has nothing to say while nothing is pending", () => {
    const queue = new EventQueue();
    expect(queue.nextMs).toBe(NEVER);
    const subject = queue.add(EventKind.Probe, 0);
    expect([queue.nextMs, queue.timeOf(subject)]).toEqual([NEVER, NEVER]);
    queue.cancel(subject);
    expect(queue.nextMs).toBe(NEVER);
  });
});
