import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHash } from "node:crypto";
import { ringHash } from "../../../src/hashing/placements/ring-hash.ts";
import { Ring, ringPosition } from "../../../src/hashing/placements/ring.ts";
import { named } from "../named.ts";
import { membersOf } from "../../../src/hashing/placement.ts";
import { identityOf, keys, names, nodesOf, ownersOf, tally } from "../keys.ts";

/**
 * The definition itself: of all points at or after the key, else of all, the first in order of
 * (position, identity).
 */
function ownerByDefinition(nodes: readonly string[], points: readonly number[], key: number) {
  let best = { distance: Infinity, identity: Infinity, node: "" };
  nodes.forEach((node, i) => {
    const identity = identityOf(node);
    for (let number = 0; number < points[i]; number++) {
      const distance = (ringPosition(identity, number) - (key >>> 0) + 2 ** 32) % 2 ** 32;
      const nearer =
        distance < best.distance || (distance === best.distance && identity >>> 0 < best.identity);
      if (nearer) best = { distance, identity: identity >>> 0, node };
    }
  });
  return best.node;
}

describe("ring", () => {
  it("gives a key to the first point at or after it, around the circle", () => {
    const node = fc.record({
      name: fc.integer({ min: 0, max: 50 }),
      weight: fc.constantFrom(0.2, 0.5, 1, 2.7),
    });
    const some = fc.uniqueArray(node, { selector: (n) => n.name, minLength: 1, maxLength: 12 });
    const property = fc.property(some, fc.integer(), (nodes, key) => {
      const list = nodes.map((n) => `n${n.name}`);
      const ring = new Ring(5);
      const weights = nodes.map((n) => n.weight);
      ring.assign(nodesOf(list, weights));
      const points = weights.map((weight) => ring.pointsFor(weight));
      const first = ringPosition(identityOf(list[0]), 0);
      for (const at of [key, first, first + 1, first - 1, 0, -1]) {
        expect(list[ring.owner(at)]).toBe(ownerByDefinition(list, points, at));
      }
    });
    fc.assert(property, { seed: 4, numRuns: 200 });
  });

  it("has at least one point for every node", () => {
    const ring = new Ring(10);
    expect([0.01, 0.14, 0.15, 1, 3].map((weight) => ring.pointsFor(weight))).toEqual([
      1, 1, 2, 10, 30,
    ]);
    ring.assign(nodesOf(["a", "b"], [0.001, 2]));
    expect(ring.points).toBe(21);
  });

  it("is after any series of changes the same as built at once", () => {
    // Labels are slots here, and never given to another node.
    const identity = names(24).map(identityOf);
    const sample = keys(300);
    const member = fc.record({
      slot: fc.integer({ min: 0, max: 23 }),
      weight: fc.constantFrom(0.5, 1, 2),
    });
    const step = fc.uniqueArray(member, { selector: (m) => m.slot, maxLength: 24 });
    const property = fc.property(fc.array(step, { minLength: 2, maxLength: 8 }), (steps) => {
      const changed = new Ring(20);
      for (const members of steps) {
        const weight = identity.map(() => 1);
        for (const m of members) weight[m.slot] = m.weight;
        const usable = members.map((m) => m.slot);
        const now = { ...membersOf(identity, weight), size: usable.length, usable };
        changed.assign(now);
        const fresh = new Ring(20);
        fresh.assign(now);
        expect(changed.points).toBe(fresh.points);
        for (const key of sample) expect(changed.owner(key)).toBe(fresh.owner(key));
      }
    });
    fc.assert(property, { seed: 5, numRuns: 60 });
  });

  it("has shares that scatter as theory says", () => {
    // n nodes of v points each cut the circle at random: a share has the Beta(v, (n − 1)v)
    // distribution, so its coefficient of variation is √((n − 1)/(nv + 1)) = 9.95 % for 100 nodes
    // of 100 points. Estimated from 100 shares it has an error of 1/√(2 × 99) = 7.1 % of itself; we
    // allow 4 of them. 2^18 keys at equal distances measure each share to far less.
    const ring = new Ring(100);
    ring.assign(nodesOf(names(100)));
    const shares = new Float64Array(100);
    for (let i = 0; i < 2 ** 18; i++) shares[ring.owner(i * 2 ** 14)] += 100 / 2 ** 18;
    let squares = 0;
    for (const share of shares) squares += (share - 1) ** 2;
    const variation = Math.sqrt(squares / 99);
    expect(variation).toBeGreaterThan(0.0995 * (1 - 4 * 0.071));
    expect(variation).toBeLessThan(0.0995 * (1 + 4 * 0.071));
  });

  it("spreads a lost node's keys over all others, not over one neighbour", () => {
    // 20 nodes of 100 points: the lost node's 100 arcs go to 19 heirs, 5.3 on average. The greatest
    // heir of a multinomial of 100 in 19 stays below 5.3 + 4 √5.3 = 14.5 arcs; arcs differ in
    // length (exponential: their sum has σ = √(2 × 5.3) = 3.2 mean arcs), so below 5.3 + 4 × 3.2 =
    // 18.
    const ring = new Ring(100);
    const nodes = names(20);
    const sample = keys(40_000);
    ring.assign(nodesOf(nodes));
    const before = ownersOf(ring, nodes, sample);
    ring.assign(nodesOf(nodes.slice(0, 19)));
    const after = ownersOf(ring, nodes, sample);
    const heirs = tally(after.filter((_, i) => before[i] === nodes[19]));
    const lost = before.filter((owner) => owner === nodes[19]).length;
    // A node is no heir at all with a chance of e^−5.3 = 0.5 %: of 19 hardly ever more than one.
    expect(heirs.size).toBeGreaterThanOrEqual(18);
    expect(Math.max(...heirs.values()) / lost).toBeLessThan(0.18);
  });
});

describe("ring of a named hash", () => {
  it("has its points at the hashes of NAME-0, NAME-1, …", () => {
    const ring = ringHash.create({ nodes: 20, hash: "md5" });
    const hosts = ["cache-a", "cache-b", "cache-c"];
    ring.assign(named(hosts, [1, 2, 1]));
    const points = hosts.flatMap((host, node) =>
      Array.from({ length: node === 1 ? 40 : 20 }, (_, i) => ({
        at: createHash("md5").update(`${host}-${i}`).digest().readUInt32BE(0),
        node,
      })),
    );
    for (const key of keys(500)) {
      const behind = points.filter(({ at }) => at >= key >>> 0);
      const first = (behind.length > 0 ? behind : points).reduce((a, b) => (b.at < a.at ? b : a));
      expect(ring.owner(key)).toBe(first.node);
    }
  });

  it("is the ring of the program's own mix unless a hash is named", () => {
    const nodes = nodesOf(names(9));
    const own = new Ring(100);
    own.assign(nodes);
    const mix = ringHash.create({ nodes: 100, hash: "mix" });
    mix.assign(nodes);
    for (const key of keys(200)) expect(mix.owner(key)).toBe(own.owner(key));
  });
});
