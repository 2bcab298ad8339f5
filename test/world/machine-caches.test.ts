import { describe, expect, it } from "vitest";
import { MachineCaches } from "../../src/world/machine-caches.ts";
import { MissClass } from "../../src/world/miss-history.ts";
import { RequestInt, RequestMs, RequestTable } from "../../src/world/request-table.ts";
import { cache, lru } from "../simulator/scenario-builder.ts";

const CLASSES = Object.keys(MissClass).length;

function cachesOf(sizes: Float32Array | null = null): {
  caches: MachineCaches;
  ask: (machine: number, object: number, nowMs?: number) => number;
} {
  const requests = new RequestTable(1, { nowMs: 0 });
  const caches = new MachineCaches(
    requests,
    [
      { missHolds: "nothing", cacheable: true },
      { missHolds: "core", cacheable: true },
      { missHolds: "nothing", cacheable: false },
    ],
    20,
    sizes,
  );
  const row = requests.take();
  requests.ms[(row >> 2) + RequestMs.Penalty] = 7;
  const ask = (machine: number, object: number, nowMs = 0): number => {
    requests.ints[row + RequestInt.Object] = object;
    requests.ints[row + RequestInt.Class] = 0;
    return caches.lookUp(row, machine, nowMs);
  };
  return { caches, ask };
}

const missesOf = (caches: MachineCaches, machine: number): number[] =>
  Array.from(caches.misses.subarray(machine * CLASSES, (machine + 1) * CLASSES));

describe("the machines' caches", () => {
  it("look up on arrival or in service as the class says, and never where there is nothing to look up", () => {
    const requests = new RequestTable(1, { nowMs: 0 });
    const row = requests.take();
    const { caches } = cachesOf();
    caches.add(0, lru(5), 1, 4);
    caches.add(1, null, 1, 4);
    const answers = [0, 1, 2].map((group) => {
      const other = new MachineCaches(
        requests,
        [
          { missHolds: "nothing", cacheable: true },
          { missHolds: "core", cacheable: true },
          { missHolds: "nothing", cacheable: false },
        ],
        20,
        null,
      );
      other.add(0, lru(5), 1, 4);
      other.add(1, null, 1, 4);
      requests.ints[row + RequestInt.Class] = group;
      return [0, 1].map((machine) => [
        other.waitsWithoutCore(row, machine),
        other.holdsCore(row, machine),
      ]);
    });
    expect(answers).toEqual([
      [
        [true, false],
        [false, false],
      ],
      [
        [false, true],
        [false, false],
      ],
      [
        [false, false],
        [false, false],
      ],
    ]);
    expect([caches.roomFor(0), caches.roomFor(1)]).toEqual([5, 0]);
    expect(caches.cacheAt(1)).toBe(null);
  });

  it("cost the penalty on a miss, nothing on a hit, and count both by machine and class", () => {
    const { caches, ask } = cachesOf();
    caches.add(0, lru(2), 1, 4);
    caches.add(1, lru(2), 1, 4);
    expect([ask(0, 1), ask(0, 1), ask(0, 2), ask(0, 3), ask(0, 1)]).toEqual([7, 0, 7, 7, 7]);
    expect(ask(1, 1)).toBe(7); // no owner changed: the tier scatters
    caches.setKeyed(1, true);
    expect(ask(1, 2)).toBe(7);
    caches.lose(0);
    expect(ask(0, 1)).toBe(7);
    expect(missesOf(caches, 0)).toEqual([3, 1, 0, 0, 0, 1]);
    expect(missesOf(caches, 1)).toEqual([0, 0, 1, 1, 0, 0]);
    expect([...caches.hits.subarray(0, 2)]).toEqual([1, 0]);
  });

  it("tell tiers apart: what another tier has is still compulsory here", () => {
    const { caches, ask } = cachesOf();
    caches.add(0, lru(2), 1, 4);
    caches.add(1, lru(2), 9, 4);
    ask(0, 1);
    ask(1, 1);
    expect(missesOf(caches, 1)[MissClass.Compulsory]).toBe(1);
  });

  it("fetch what is too old again", () => {
    const { caches, ask } = cachesOf();
    caches.add(0, cache("lru", 2, { ttl: 10 }), 1, 4);
    expect([ask(0, 1, 0), ask(0, 1, 9), ask(0, 1, 11)]).toEqual([7, 0, 7]);
    expect(missesOf(caches, 0)[MissClass.Expiry]).toBe(1);
  });

  it("are warmed without counting", () => {
    const { caches, ask } = cachesOf();
    caches.add(0, lru(2), 1, 4);
    caches.add(1, null, 1, 4);
    caches.warm(0, 5, 0);
    caches.warm(1, 5, 0);
    expect(missesOf(caches, 0)).toEqual([0, 0, 0, 0, 0, 0]);
    expect([ask(0, 5), caches.hits[0]]).toEqual([0, 1]);
  });

  it("count bytes where sizes are known", () => {
    const sizes = new Float32Array(20).fill(10);
    sizes[3] = 30;
    const { caches, ask } = cachesOf(sizes);
    caches.add(0, { kind: "lru", settings: { entries: null, bytes: 30, ttl: null } }, 1, 4);
    expect([ask(0, 0), ask(0, 1), ask(0, 0), ask(0, 3), ask(0, 0)]).toEqual([7, 7, 0, 7, 7]);
    // 30 bytes at a mean of 220 / 20 = 11 bytes: 2.7 objects, rounded up.
    expect(caches.roomFor(0)).toBe(3);
  });

  it("of a machine that is gone for good are gone, what it had was still had by its tier", () => {
    const { caches, ask } = cachesOf();
    caches.add(0, lru(2), 1, 4);
    caches.add(1, lru(2), 1, 4);
    ask(0, 1);
    caches.remove(0);
    caches.remove(0);
    expect(caches.cacheAt(0)).toBe(null);
    expect(ask(1, 1)).toBe(7);
    expect(missesOf(caches, 1)).toEqual([0, 0, 0, 1, 0, 0]);
    expect(missesOf(caches, 0)).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it("remember exactly in a small tier, whatever other tiers there are", () => {
    // 2^21 objects are 256 KiB of bits a machine: within 128 MiB for 512 machines, folded beyond.
    const classOf = (expected: number): number => {
      const requests = new RequestTable(1, { nowMs: 0 });
      const catalogue = { missHolds: "nothing", cacheable: true } as const;
      const caches = new MachineCaches(requests, [catalogue], 2 ** 21, null);
      for (const machine of [0, 1]) caches.add(machine, lru(5), 1, expected);
      const row = requests.take();
      for (const [machine, object] of [
        [1, 2 ** 20],
        [0, 0],
        [0, 2 ** 20],
      ]) {
        requests.ints[row + RequestInt.Object] = object;
        caches.lookUp(row, machine, 0);
      }
      return missesOf(caches, 0).lastIndexOf(1);
    };
    expect(classOf(512)).toBe(MissClass.Scatter);
    expect(classOf(513)).toBe(MissClass.Capacity);
  });

  it("hold counters for as many machines as come", () => {
    const { caches, ask } = cachesOf();
    for (let machine = 0; machine < 100; machine++) {
      caches.add(machine, lru(1), 1, 4);
      ask(machine, 1);
    }
    expect(missesOf(caches, 99)).toEqual([0, 0, 0, 1, 0, 0]);
    expect(missesOf(caches, 0)).toEqual([1, 0, 0, 0, 0, 0]);
  });
});
