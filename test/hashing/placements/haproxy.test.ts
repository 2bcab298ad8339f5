import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { avalanche } from "../../../src/hashing/functions/haproxy.ts";
import {
  HaproxyConsistent,
  haproxyConsistent,
} from "../../../src/hashing/placements/haproxy-consistent.ts";
import { HaproxyMapBased } from "../../../src/hashing/placements/haproxy-map-based.ts";
import { TurnsByScore } from "../../../src/hashing/placements/parts/turns-by-score.ts";
import { NONE } from "../../../src/units.ts";
import { keys } from "../keys.ts";
import { named } from "../named.ts";

const servers = (count: number): string[] => Array.from({ length: count }, (_, i) => `s${i + 1}`);
const nameOf = (label: number): string => `s${label + 1}`;

describe("haproxy-consistent", () => {
  it("gives a key to the nearest of 16 points for each unit of weight", () => {
    const weights = [1, 3, 2];
    const points = weights.flatMap((weight, server) =>
      Array.from({ length: 16 * weight }, (_, i) => ({
        at: avalanche(4096 * (server + 1) + i) >>> 0,
        server,
      })),
    );
    const plain = new HaproxyConsistent(false);
    plain.assign(named(servers(3), weights));
    const mixed = new HaproxyConsistent(true);
    mixed.assign(named(servers(3), weights));
    const property = fc.property(fc.integer(), (key) => {
      const distance = (at: number): number =>
        Math.min((at - key + 2 ** 33) % 2 ** 32, (key - at + 2 ** 33) % 2 ** 32);
      const nearest = points.reduce((a, b) => (distance(b.at) < distance(a.at) ? b : a));
      expect(plain.owner(key)).toBe(nearest.server);
      expect(mixed.owner(key)).toBe(plain.owner(avalanche(key)));
    });
    fc.assert(property, { seed: 10, numRuns: 500 });
    for (const { at, server } of points) expect(plain.owner(at)).toBe(server);
  });

  it("leaves all others where they are when a server is down, and renumbers a shorter list", () => {
    const every = named(
      servers(10),
      servers(10).map(() => 20),
    );
    const sample = keys(10_000);
    const owners = (from: HaproxyConsistent): number[] =>
      Array.from(sample, (key) => from.owner(key));
    const ring = new HaproxyConsistent(true);
    ring.assign(every);
    const before = owners(ring);
    const rest = [0, 1, 2, 4, 5, 6, 7, 8, 9];
    ring.assign({ ...every, size: 9, usable: rest });
    const down = owners(ring);
    before.forEach((owner, i) => {
      if (owner !== 3) expect(down[i]).toBe(owner);
    });
    // Taken out of the list, the fourth gives its id to the fifth, and so on: whoever stood before
    // it keeps its points, those of all others have another server now. Only the last id is gone,
    // and of its keys a ninth comes to the ninth id, which is its server's new one.
    const shorter = new HaproxyConsistent(true);
    shorter.assign(
      named(
        rest.map((server) => `s${server + 1}`),
        rest.map(() => 20),
      ),
    );
    const after = owners(shorter).map((label) => rest[label]);
    before.forEach((owner, i) => {
      if (owner >= 3 && owner < 9) expect(after[i]).not.toBe(owner);
    });
    const moved = before.filter((owner, i) => after[i] !== owner).length;
    // Least possible: the lost one's tenth. Here 7 of 10 less a ninth of one: 6,889 keys. The
    // scatter of shares is 1/√320 = 5.6 % of each of ten: 0.056 × √(0.7 × 0.3 × 10) × 1,000 = 81
    // keys; 4 σ.
    expect(Math.abs(moved - 6889)).toBeLessThan(330);
  });

  it("goes on along the ring", () => {
    const ring = new HaproxyConsistent(false);
    ring.assign(named(servers(4)));
    for (const key of keys(100)) {
      const ranked = [0, 1, 2, 3, 4].map((rank) => ring.ownerAt(key, rank));
      expect(ranked[0]).toBe(ring.owner(key));
      expect(new Set(ranked.slice(0, 4)).size).toBe(4);
      expect(ranked[4]).toBe(NONE);
    }
    expect(new HaproxyConsistent(false).ownerAt(1, 0)).toBe(NONE);
  });

  it("explains which of two points is nearer", () => {
    const ring = new HaproxyConsistent(false);
    expect(ring.explain(1, nameOf)).toEqual(["there are no nodes"]);
    ring.assign(named(servers(2)));
    // A point of the second server's, and the next beyond it of whoever.
    const point = avalanche(2 * 4096) >>> 0;
    const lines = ring.explain(point, nameOf);
    expect(lines[0]).toBe(`hash ${point}`);
    expect(lines[2]).toBe(`point behind it: ${point}, 0 away, of s2`);
    expect(lines[3]).toBe("the nearer one counts: s2");
    const mixed = new HaproxyConsistent(true);
    mixed.assign(named(servers(2)));
    expect(mixed.explain(5, nameOf)[0]).toBe(`hash 5, after the avalanche ${avalanche(5) >>> 0}`);
  });

  it("refuses what HAProxy refuses", () => {
    const settings = { hash: "sdbm", avalanche: true };
    const check = (weight: number) => haproxyConsistent.check!(settings, [{ count: 1, weight }]);
    expect([1, 256, 0].map(check)).toEqual([null, null, null]);
    expect(check(257)).toBe("HAProxy takes whole numbers as weights, 1 .. 256, not 257");
    expect(check(1.5)).toContain("not 1.5");
  });
});

/** HAProxy's loop as it stands: at each turn all nodes are looked at. */
function turnsByDefinition(weights: readonly number[]): number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  const scores = weights.map(() => 0);
  return Array.from({ length: total }, () => {
    let best = -1;
    let highest = 0;
    weights.forEach((weight, node) => {
      scores[node] += weight;
      const value = Math.trunc((scores[node] + total) / total);
      if (best >= 0 && value <= highest) return;
      best = node;
      highest = value;
    });
    scores[best] -= total;
    return best;
  });
}

describe("turns by score", () => {
  it("are HAProxy's", () => {
    const weight = fc.oneof(fc.integer({ min: 1, max: 256 }), fc.constantFrom(1, 2, 255, 256));
    const list = fc.array(weight, { minLength: 1, maxLength: 30 });
    const property = fc.property(list, (weights) => {
      const turns = new TurnsByScore(Int32Array.from(weights));
      const all = Array.from({ length: turns.total }, () => turns.next());
      expect(all).toEqual(turnsByDefinition(weights));
    });
    fc.assert(property, { seed: 11, numRuns: 300 });
  });

  it("are in a round as many as the weights, whatever their common divisor", () => {
    const weights = [4, 2, 6, 10];
    const round = turnsByDefinition(weights.map((weight) => weight / 2));
    expect(turnsByDefinition(weights)).toEqual([...round, ...round]);
  });
});

describe("haproxy-map-based", () => {
  it("takes the hash modulo the map, in order of the list", () => {
    const every = named(servers(4), [2, 4, 2, 6]);
    const map = turnsByDefinition([1, 2, 1, 3]);
    const placement = new HaproxyMapBased(false);
    expect(placement.owner(5)).toBe(NONE);
    // Whatever the order in which they joined, the order of the list counts.
    placement.assign({ ...every, usable: [2, 0, 3, 1] });
    for (let key = 0; key < 20; key++) expect(placement.owner(key)).toBe(map[key % 7]);
    expect(placement.owner(-1)).toBe(map[(2 ** 32 - 1) % 7]);
    expect(placement.bytes()).toBe(28);
    const lines = ["hash 9", `mod 7 places of the map = 2: s${map[2] + 1}`];
    expect(placement.explain(9, nameOf)).toEqual(lines);
    const mixed = new HaproxyMapBased(true);
    mixed.assign(every);
    expect(mixed.owner(9)).toBe(map[(avalanche(9) >>> 0) % 7]);
  });

  it("makes a map of 10,000 servers of many weights", () => {
    const weights = Array.from({ length: 10_000 }, (_, i) => 1 + (i % 256));
    const placement = new HaproxyMapBased(false);
    placement.assign(named(servers(10_000), weights));
    const total = weights.reduce((a, b) => a + b, 0);
    const counts = new Int32Array(10_000);
    for (let key = 0; key < total; key++) counts[placement.owner(key)]++;
    expect(Array.from(counts)).toEqual(weights);
  });
});
