import { describe, expect, it } from "vitest";
import { EventQueue } from "../../src/engine/event-queue.ts";
import { NEVER } from "../../src/units.ts";
import { Network } from "../../src/world/network.ts";
import { type Request, Requests } from "../../src/world/requests.ts";

/** Two places 20 ms apart (there and back), 4 ms and 0 ms inside. */
const ROUND_TRIPS = [
  [4, 20],
  [20, 0],
];

function wired() {
  const queue = new EventQueue();
  const requests = new Requests(1, queue);
  const network = new Network(ROUND_TRIPS, queue);
  const send = (from: number, to: number, door: 0 | 1 = 0): Request => {
    const request = requests.take();
    const delayMs = door === 1 ? network.doorMs(from, to) : network.innerMs(from, to);
    request.dueMs = queue.nowMs + delayMs;
    network.send(request, network.line(from, to, door));
    return request;
  };
  /** Arrivals until nothing is under way, with their times. */
  const arrivals = (): [Request, number][] => {
    const seen: [Request, number][] = [];
    while (queue.nextMs < NEVER) {
      const request = network.arrived(network.numbered(queue.take()!.ref));
      seen.push([request, queue.nowMs]);
      requests.free(request);
    }
    return seen;
  };
  return { queue, network, send, arrivals };
}

describe("the network", () => {
  it("is half a round trip away, except between nodes of one place", () => {
    const { network } = wired();
    expect([network.innerMs(0, 1), network.innerMs(0, 0), network.doorMs(0, 0)]).toEqual([
      10, 0, 2,
    ]);
    expect(network.doorMs(1, 1)).toBe(0);
  });

  it("delivers each line in order, all lines by time", () => {
    const { queue, send, arrivals } = wired();
    const a = send(0, 1);
    queue.advanceTo(5);
    const b = send(0, 1);
    const c = send(0, 0, 1);
    const d = send(1, 0);
    expect(arrivals()).toEqual([
      [c, 7],
      [a, 10],
      [b, 15],
      [d, 15],
    ]);
  });

  it("keeps a line of its own for the door, which may be as long", () => {
    const { send, arrivals } = wired();
    const inner = send(0, 1);
    const door = send(0, 1, 1);
    expect(arrivals().map(([request]) => request)).toEqual([inner, door]);
  });

  it("lets what is under way keep its time when a delay comes, and overtake it when it goes", () => {
    const { queue, network, send, arrivals } = wired();
    const first = send(0, 1); // 10
    network.delay(0, 1, 100);
    const slow = send(0, 1); // 60
    const slower = send(0, 1, 0); // 60, behind it
    queue.advanceTo(8);
    network.delay(0, 1, -100);
    expect(network.innerMs(0, 1)).toBe(10);
    const quick = send(0, 1); // 18
    const next = send(0, 1); // 18
    expect(arrivals()).toEqual([
      [first, 10],
      [quick, 18],
      [next, 18],
      [slow, 60],
      [slower, 60],
    ]);
  });

  it("puts what overtakes everybody at the head", () => {
    const { network, send, arrivals } = wired();
    network.delay(0, 1, 100);
    const slow = send(0, 1);
    network.delay(0, 1, -100);
    const quick = send(0, 1);
    expect(arrivals()).toEqual([
      [quick, 10],
      [slow, 60],
    ]);
  });

  it("is exactly as before when delays of any size have come and gone", () => {
    const { network } = wired();
    for (const byMs of [0.3, 0.1, 1e9 / 3]) network.delay(0, 1, byMs);
    for (const byMs of [0.1, 1e9 / 3, 0.3]) network.delay(0, 1, -byMs);
    expect([network.innerMs(0, 1), network.innerMs(1, 0)]).toEqual([10, 10]);
  });

  it("is cut in both directions until every cut is mended", () => {
    const { queue, network, send } = wired();
    network.cut(0, 1, 1);
    network.cut(1, 0, 1);
    expect([network.isCut(0, 1), network.isCut(1, 0), network.isCut(0, 0)]).toEqual([
      true,
      true,
      false,
    ]);
    send(1, 0);
    expect(network.numbered(queue.take()!.ref).cuts).toBe(2);
    network.cut(0, 1, -1);
    expect(network.isCut(0, 1)).toBe(true);
    network.cut(0, 1, -1);
    expect([network.isCut(0, 1), network.isCut(1, 0)]).toEqual([false, false]);
    network.cut(1, 1, 1);
    network.cut(1, 1, -1);
    expect(network.isCut(1, 1)).toBe(false);
  });

  it("tells its lines of cuts and delays, those that are there and those that come later", () => {
    const { network } = wired();
    const isNow = (delayMs: number, cuts: number): void => {
      for (const [from, to] of [
        [0, 1],
        [1, 0],
      ] as const) {
        for (const door of [0, 1] as const) {
          expect(network.line(from, to, door)).toMatchObject({ delayMs, cuts });
        }
      }
    };
    network.delay(1, 0, 6);
    network.cut(0, 1, 1);
    // Asked for now, for the first time.
    isNow(13, 1);
    network.delay(0, 1, 2);
    isNow(14, 1);
    network.cut(1, 0, 1);
    isNow(14, 2);
    network.delay(0, 1, -6);
    isNow(11, 2);
    for (let i = 0; i < 2; i++) network.cut(0, 1, -1);
    isNow(11, 0);
    // A place's own link is its door's.
    const door = network.line(0, 0, 1);
    network.delay(0, 0, 2);
    network.cut(0, 0, 1);
    expect(door).toMatchObject({ delayMs: 3, cuts: 1 });
  });
});
