/** Strategies around a placement structure: bounded loads, replicas. */
import { describe, expect, it } from "vitest";
import type { Chosen } from "../../../src/definition.ts";
import { FakePool, equalTargets, request } from "../fake-view.ts";

const ring: Chosen = { kind: "ring-hash", settings: { nodes: 100, hash: "mix" } };
const rendezvous: Chosen = { kind: "rendezvous", settings: {} };

/**
 * The greatest number in flight after so many requests for keys of which one is asked half the
 * time.
 */
function greatest(pool: FakePool, requests: number): number {
  for (let i = 0; i < requests; i++) pool.send(request(i % 2 === 0 ? 1 : i));
  return Math.max(...Array.from(pool.inFlight));
}

describe("strategies that stray from the owner", () => {
  it("say so, since their misses tell of no change of owner", () => {
    const keeps = (name: string) => new FakePool(equalTargets(2)).use(name).keepsToOwners;
    expect(["ring-hash", "bounded-load", "replicated", "random"].map(keeps)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("bounded-load", () => {
  it.each([
    ["haproxy", 0],
    ["envoy", 1],
  ] as const)("as %s never lets a target have more than its places, and %d", (rule, more) => {
    for (const factor of [1, 1.25, 2]) {
      const pool = new FakePool(equalTargets(8)).use("bounded-load", {
        placement: ring,
        factor,
        rule,
      });
      // 800 in flight, 100 each: at most ⌈100 × factor⌉ places. Half of all are one key's.
      expect(greatest(pool, 800)).toBeLessThanOrEqual(Math.ceil(100 * factor) + more);
      // Without bounds its owner had all of them.
      if (factor < 4)
        expect(greatest(new FakePool(equalTargets(8)).use("ring-hash"), 800)).toBeGreaterThan(400);
    }
  });

  it("gives a key to its owner while that has room", () => {
    for (const rule of ["haproxy", "envoy"]) {
      const pool = new FakePool(equalTargets(8)).use("bounded-load", { placement: ring, rule });
      for (let i = 0; i < 200; i++) {
        const slot = pool.send(request(i));
        expect(slot).toBe(pool.owner(request(i)));
        pool.back(slot);
      }
    }
  });

  it("shares places by weight, and asks the next bidder first", () => {
    const pool = new FakePool([{ weight: 3 }, { weight: 1 }]).use("bounded-load", {
      placement: rendezvous,
      factor: 1,
    });
    for (let i = 0; i < 400; i++) pool.send(request(i));
    // ⌈401⌉ places at the last: 3/4 of 400 and 1/4, to one.
    expect(Math.abs(pool.inFlight[0] - 300)).toBeLessThanOrEqual(1);
  });

  it("counts on when targets go and come back", () => {
    const pool = new FakePool(equalTargets(4)).use("bounded-load", { placement: ring, factor: 1 });
    for (let i = 0; i < 40; i++) pool.send(request(i));
    pool.takeOut(2);
    for (let i = 0; i < 10; i++) pool.back(2);
    for (let i = 0; i < 30; i++) expect(pool.send(request(i))).not.toBe(2);
    // 60 in flight at three targets.
    expect([0, 1, 3].map((slot) => pool.inFlight[slot])).toEqual([20, 20, 20]);
    pool.bringBack(2);
    for (let i = 0; i < 20; i++) expect(pool.send(request(1))).toBeLessThan(4);
    expect(pool.inFlight[2]).toBeGreaterThan(0);
  });
});

describe("replicated", () => {
  it.each(["fewest", "turns", "random"])("spreads a hot key over its replicas: %s", (reads) => {
    const pool = new FakePool(equalTargets(8)).use("replicated", {
      placement: ring,
      replicas: 3,
      reads,
    });
    for (let i = 0; i < 300; i++) pool.send(request(1));
    const busy = Array.from(pool.inFlight).filter((count) => count > 0);
    expect(busy.length).toBe(3);
    expect(pool.inFlight[pool.owner(request(1))]).toBeGreaterThan(0);
    // 100 each; by chance σ = √(300 × 2/9) = 8.2, 5 σ.
    const off = Math.max(...busy.map((count) => Math.abs(count - 100)));
    expect(off).toBeLessThanOrEqual(reads === "random" ? 41 : 0);
  });

  it("is the placement structure with one replica", () => {
    const pool = new FakePool(equalTargets(8)).use("replicated", { placement: ring, replicas: 1 });
    const plain = new FakePool(equalTargets(8)).use("ring-hash");
    for (let i = 0; i < 300; i++) expect(pool.pick(request(i))).toBe(plain.pick(request(i)));
  });

  it("reads what is left when targets go", () => {
    const pool = new FakePool(equalTargets(3)).use("replicated", {
      placement: rendezvous,
      replicas: 3,
      reads: "turns",
    });
    pool.takeOut(0);
    for (let i = 0; i < 50; i++) expect([1, 2]).toContain(pool.send(request(i)));
  });
});
