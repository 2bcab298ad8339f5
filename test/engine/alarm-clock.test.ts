import { describe, expect, it } from "vitest";
import { AlarmClock } from "../../src/engine/alarm-clock.ts";
import { EventKind } from "../../src/engine/event-kind.ts";
import { EventQueue } from "../../src/engine/event-queue.ts";
import { NEVER } from "../../src/units.ts";

/** `7@3/9`: what rings, when, and its stamp, until nothing is pending. */
function ring(queue: EventQueue, clock: AlarmClock, rang: (payload: number) => void): string[] {
  const told: string[] = [];
  while (queue.take() !== null) {
    const { stamp } = clock;
    const payload = clock.take();
    told.push(`${payload}@${queue.nowMs}/${stamp}`);
    rang(payload);
  }
  return told;
}

describe("an alarm clock", () => {
  it("rings earliest first, equal times as they were set, in whatever order they are given", () => {
    const queue = new EventQueue();
    const clock = new AlarmClock(queue, EventKind.Cancel);
    clock.set(5, 1, 10);
    clock.set(3, 2, 20);
    clock.set(5, 3);
    clock.set(3, 4);
    expect(ring(queue, clock, () => {})).toEqual(["2@3/20", "4@3/0", "1@5/10", "3@5/0"]);
    expect(queue.nextMs).toBe(NEVER);
  });

  it("takes new alarms as it rings, at that very time too, and after it has been silent", () => {
    const queue = new EventQueue();
    const clock = new AlarmClock(queue, EventKind.Cancel);
    clock.set(1, 1);
    const rang = (payload: number): void => {
      if (payload === 1) clock.set(1, 2);
      if (payload === 2) clock.set(4, 3);
    };
    expect(ring(queue, clock, rang)).toEqual(["1@1/0", "2@1/0", "3@4/0"]);
    clock.set(9, 4);
    expect(ring(queue, clock, rang)).toEqual(["4@9/0"]);
  });

  it("is one subject of the queue, beside others of its kind", () => {
    const queue = new EventQueue();
    const [first, second] = [0, 1].map((ref) => new AlarmClock(queue, EventKind.Probe, ref));
    second.set(1, 7);
    first.set(1, 8);
    // Equal times by kind and number, not in the order in which they were set.
    expect([queue.take()!.ref, first.take()]).toEqual([0, 8]);
    expect([queue.take()!.ref, second.take()]).toEqual([1, 7]);
    expect(queue.take()).toBeNull();
  });
});
