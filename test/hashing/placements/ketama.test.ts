import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../../src/hashing/functions/crc32.ts";
import { Ketama, ketama } from "../../../src/hashing/placements/ketama.ts";
import { NONE } from "../../../src/units.ts";
import { keys } from "../keys.ts";
import { named } from "../named.ts";

/** CRC-32 of bytes, as an unsigned number. */
const checksum = (bytes: readonly number[]): number =>
  crc32.hash(Uint8Array.from(bytes), bytes.length) >>> 0;

/** crc32(HOST \0 PORT PREVIOUS), from the start each time. */
function pointsByDefinition(host: string, port: string, count: number): number[] {
  const text = [...Buffer.from(host), 0, ...Buffer.from(port)];
  const points: number[] = [];
  let previous = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const point = checksum([...text, ...previous]);
    points.push(point);
    previous = [point & 255, (point >>> 8) & 255, (point >>> 16) & 255, point >>> 24];
  }
  return points;
}

describe("ketama", () => {
  it.each([
    ["10.0.0.1:8080", "10.0.0.1", "8080"],
    ["[2001:db8::1]:80", "[2001:db8::1]", "80"],
    ["backend.example.org", "backend.example.org", ""],
    ["name:", "name", ""],
    ["name:8o", "name:8o", ""],
    ["global/fra/3", "global/fra/3", ""],
    ["2001", "2001", ""],
    ["unix:/run/app:1", "/run/app:1", ""],
    ["UNIX:/run/app", "/run/app", ""],
  ])("takes %j apart as nginx does", (text, host, port) => {
    const alone = new Ketama();
    // A second server shows where the first one's points stand: a key at a point is its own.
    alone.assign(named([text, "other:1"]));
    expect(alone.points).toBe(320);
    for (const point of pointsByDefinition(host, port, 160)) expect(alone.owner(point)).toBe(0);
  });

  it("gives a key to the first point at or after it, of 160 for each unit of weight", () => {
    const names = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"];
    const weights = [1, 3, 2];
    const ring = new Ketama();
    ring.assign(named(names, weights));
    const points = names.flatMap((name, server) => {
      const [host, port] = name.split(":");
      return pointsByDefinition(host, port, 160 * weights[server]).map((at) => ({ at, server }));
    });
    const sorted = points.toSorted((a, b) => a.at - b.at);
    const property = fc.property(fc.integer(), (key) => {
      const next = sorted.find(({ at }) => at >= key >>> 0) ?? sorted[0];
      expect(ring.owner(key)).toBe(next.server);
    });
    fc.assert(property, { seed: 9, numRuns: 1000 });
  });

  it("goes on to other servers along the ring", () => {
    const names = ["a:1", "b:1", "c:1"];
    const ring = new Ketama();
    ring.assign(named(names));
    const pairs = new Ketama();
    for (const key of keys(200)) {
      ring.assign(named(names));
      const ranked = [0, 1, 2, 3].map((rank) => ring.ownerAt(key, rank));
      expect(ranked[0]).toBe(ring.owner(key));
      expect(new Set(ranked.slice(0, 3)).size).toBe(3);
      expect(ranked[3]).toBe(NONE);
      // The second is the owner where the first is not there.
      const rest = [0, 1, 2].filter((label) => label !== ranked[0]);
      pairs.assign({ ...named(names), size: 2, usable: rest });
      expect(pairs.owner(key)).toBe(ranked[1]);
    }
    expect(new Ketama().ownerAt(1, 0)).toBe(NONE);
  });

  it("gives the point to the first in the list where two servers' points meet", () => {
    // CRC-32 of 4-byte ends is a bijection, so that servers whose points meet are found by trying:
    // some pair of 3,000 servers' first points, 480,000 in all, about 480,000² / 2^33 = 27 pairs.
    const names = Array.from({ length: 3000 }, (_, i) => `s${i}`);
    const seen = new Map<number, number>();
    let meeting: readonly [point: number, first: number, second: number] | null = null;
    names.forEach((name, server) => {
      for (const point of pointsByDefinition(name, "", 20)) {
        const other = seen.get(point);
        if (meeting === null && other !== undefined && other !== server) {
          meeting = [point, other, server];
        }
        seen.set(point, server);
      }
    });
    expect(meeting).not.toBeNull();
    const [point, first, second] = meeting!;
    for (const pair of [
      [first, second],
      [second, first],
    ]) {
      const ring = new Ketama();
      ring.assign(named(pair.map((server) => names[server])));
      expect(ring.owner(point)).toBe(0);
      // In the walk the hidden point does not count: the next is the next place's.
      expect(ring.ownerAt(point, 1)).toBe(1);
    }
  });

  it("refuses weights that nginx refuses, and more points than memory has room for", () => {
    const check = (weight: number, count = 3) => ketama.check!({}, [{ count, weight }]);
    expect(check(1)).toBeNull();
    expect(check(0.5)).toBe("nginx takes whole numbers as weights, 1 or more, not 0.5");
    expect(check(1000, 1000)).toContain("the weights' sum may be 209715, not 1000000");
    expect(ketama.check!({})).toBeNull();
  });
});
