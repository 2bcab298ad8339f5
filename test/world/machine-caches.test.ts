import { describe, expect, it } from "vitest";
import type { Chosen } from "../../src/definition.ts";
import { type Catalogue, MachineCaches } from "../../src/world/machine-caches.ts";
import { Machine, MachineModel } from "../../src/world/machine.ts";
import { MissClass } from "../../src/world/miss-history.ts";
import { RareFields, Request } from "../../src/world/requests.ts";
import { cache, lru } from "../simulator/scenario-builder.ts";
import { PLAIN_MACHINE } from "./workbench.ts";

const CATALOGUES: readonly Catalogue[] = [
  { missHolds: "nothing", cacheable: true },
  { missHolds: "core", cacheable: true },
  { missHolds: "nothing", cacheable: false },
];

/** Machines by number, with caches and without. */
class Shelf {
  readonly caches: MachineCaches;
  readonly machines: Machine[] = [];
  private readonly request = new Request(0, new RareFields());

  constructor(sizes: Float32Array | null = null, objects = 20) {
    this.caches = new MachineCaches(CATALOGUES, objects, sizes);
    this.request.penaltyMs = 7;
  }

  add(chosen: Chosen | null, tier = 1, expected = 4): Machine {
    const kind = new MachineModel(PLAIN_MACHINE);
    const machine = new Machine(this.machines.length, kind, PLAIN_MACHINE, 0);
    this.machines.push(machine);
    this.caches.add(machine, chosen, tier, expected);
    return machine;
  }

  /** What the lookup costs. */
  ask(machine: number, object: number, nowMs = 0): number {
    this.request.object = object;
    return this.caches.lookUp(this.request, this.machines[machine].memory!, nowMs);
  }

  missesOf(machine: number): number[] {
    return Array.from(this.machines[machine].memory!.misses);
  }
}

describe("the machines' caches", () => {
  it("look up on arrival or in service as the class says, and never where there is nothing to look up", () => {
    const { caches } = new Shelf();
    const answers = CATALOGUES.map((_, group) => {
      const request = new Request(0, new RareFields());
      request.group = group;
      return [caches.waitsWithoutCore(request), caches.holdsCore(request)];
    });
    expect(answers).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });

  it("are only where one was chosen and there is something to keep", () => {
    const shelf = new Shelf();
    expect(shelf.add(lru(5)).memory!.room).toBe(5);
    expect(shelf.add(null).memory).toBe(null);
    expect(new Shelf(null, 0).add(lru(5)).memory).toBe(null);
  });

  it("cost the penalty on a miss, nothing on a hit, and count both by machine and class", () => {
    const shelf = new Shelf();
    shelf.add(lru(2));
    shelf.add(lru(2));
    expect([
      shelf.ask(0, 1),
      shelf.ask(0, 1),
      shelf.ask(0, 2),
      shelf.ask(0, 3),
      shelf.ask(0, 1),
    ]).toEqual([7, 0, 7, 7, 7]);
    expect(shelf.ask(1, 1)).toBe(7); // no owner changed: the tier scatters
    shelf.caches.setKeyed(1, true);
    expect(shelf.ask(1, 2)).toBe(7);
    shelf.caches.lose(shelf.machines[0]);
    expect(shelf.ask(0, 1)).toBe(7);
    expect(shelf.missesOf(0)).toEqual([3, 1, 0, 0, 0, 1]);
    expect(shelf.missesOf(1)).toEqual([0, 0, 1, 1, 0, 0]);
    expect(shelf.machines.map(({ memory }) => memory!.hits)).toEqual([1, 0]);
  });

  it("tell tiers apart: what another tier has is still compulsory here", () => {
    const shelf = new Shelf();
    shelf.add(lru(2));
    shelf.add(lru(2), 9);
    shelf.ask(0, 1);
    shelf.ask(1, 1);
    expect(shelf.missesOf(1)[MissClass.Compulsory]).toBe(1);
  });

  it("fetch what is too old again", () => {
    const shelf = new Shelf();
    shelf.add(cache("lru", 2, { ttl: 10 }));
    expect([shelf.ask(0, 1, 0), shelf.ask(0, 1, 9), shelf.ask(0, 1, 11)]).toEqual([7, 0, 7]);
    expect(shelf.missesOf(0)[MissClass.Expiry]).toBe(1);
  });

  it("are warmed without counting", () => {
    const shelf = new Shelf();
    const memory = shelf.add(lru(2)).memory!;
    shelf.caches.warm(memory, 5, 0);
    expect(shelf.missesOf(0)).toEqual([0, 0, 0, 0, 0, 0]);
    expect([shelf.ask(0, 5), memory.hits]).toEqual([0, 1]);
  });

  it("count bytes where sizes are known", () => {
    const sizes = new Float32Array(20).fill(10);
    sizes[3] = 30;
    const shelf = new Shelf(sizes);
    const chosen = { kind: "lru", settings: { entries: null, bytes: 30, ttl: null } };
    // 30 bytes at a mean of 220 / 20 = 11 bytes: 2.7 objects, rounded up.
    expect(shelf.add(chosen).memory!.room).toBe(3);
    expect([
      shelf.ask(0, 0),
      shelf.ask(0, 1),
      shelf.ask(0, 0),
      shelf.ask(0, 3),
      shelf.ask(0, 0),
    ]).toEqual([7, 7, 0, 7, 7]);
  });

  it("of a machine that is gone for good are gone, what it had was still had by its tier", () => {
    const shelf = new Shelf();
    shelf.add(lru(2));
    shelf.add(lru(2));
    shelf.ask(0, 1);
    shelf.caches.remove(shelf.machines[0]);
    shelf.caches.remove(shelf.machines[0]);
    expect(shelf.machines[0].memory!.cache.count).toBe(0);
    expect(shelf.ask(1, 1)).toBe(7);
    expect(shelf.missesOf(1)).toEqual([0, 0, 0, 1, 0, 0]);
    expect(shelf.missesOf(0)).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it("remember exactly in a small tier, whatever other tiers there are", () => {
    // 2^21 objects are 256 KiB of bits a machine: within 128 MiB for 512 machines, folded beyond.
    const classOf = (expected: number): number => {
      const shelf = new Shelf(null, 2 ** 21);
      for (let i = 0; i < 2; i++) shelf.add(lru(5), 1, expected);
      shelf.ask(1, 2 ** 20);
      shelf.ask(0, 0);
      shelf.ask(0, 2 ** 20);
      return shelf.missesOf(0).lastIndexOf(1);
    };
    expect(classOf(512)).toBe(MissClass.Scatter);
    expect(classOf(513)).toBe(MissClass.Capacity);
  });

  it("hold counters for as many machines as come", () => {
    const shelf = new Shelf();
    for (let machine = 0; machine < 100; machine++) {
      shelf.add(lru(1));
      shelf.ask(machine, 1);
    }
    expect(shelf.missesOf(99)).toEqual([0, 0, 0, 1, 0, 0]);
    expect(shelf.missesOf(0)).toEqual([1, 0, 0, 0, 0, 0]);
  });
});
