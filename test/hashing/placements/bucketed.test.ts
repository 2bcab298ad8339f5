/** Structures whose buckets may go anywhere: AnchorHash, MementoHash, DxHash. */
import { describe, expect, it } from "vitest";
import { combine32, mix32, premix32 } from "../../../src/hashing/mix32.ts";
import { membersOf } from "../../../src/hashing/placement.ts";
import type { Members, Placement } from "../../../src/hashing/placement.ts";
import { Anchor, anchor } from "../../../src/hashing/placements/anchor.ts";
import { Dx } from "../../../src/hashing/placements/dx.ts";
import { Memento } from "../../../src/hashing/placements/memento.ts";
import { NONE } from "../../../src/units.ts";
import { keys } from "../keys.ts";

const sample = keys(5000);
const universe = membersOf(Array.from({ length: 200 }, (_, i) => mix32(i + 1)));
const those = (usable: readonly number[]): Members => ({
  ...universe,
  size: usable.length,
  usable,
});
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const fingerprint = (placement: Placement): number =>
  sample.reduce((sum, key) => combine32(sum, placement.owner(key)), 0);

describe("against the published programs", () => {
  // Buckets removed and added in this order, from 40 on; what is added is what went last.
  const changes =
    `-20 -38 -16 -32 -33 -22 -18 -24 -39 -4 -9 -17 -21 -29 -19 -10 -31 -8 -27 -3 -1 -0 -2 -23 -30
    -35 +35 +30 -30 +30 -34 -12 +12 +34 +23 -25 -14 +14 -37 -12 +12 -26 +26 -14 -34 +34 -34 +34 +14 -14 -36
    +36 -13 -36 +36 -26 +26 -5 -35 +35`.split(/\s+/);
  // Made with SUPSI's java-consistent-hashing-algorithms at 68803f8 (AnchorEngine of capacity 64,
  // MementoEngine over Guava 33.6), handed the mixers of this project as their hash function;
  // owners of 5,000 keys after so many changes, folded into one number.
  const seen: readonly [string, () => Placement, Record<number, number>][] = [
    [
      "anchor",
      () => new Anchor(64),
      {
        10: -41450192,
        20: 1807329433,
        25: 1415525674,
        30: 1656876696,
        40: 1255174060,
        50: -1624047733,
        60: 361517744,
      },
    ],
    [
      "memento",
      () => new Memento(),
      {
        10: -1365394284,
        20: -561252658,
        25: 984078199,
        30: -1453342714,
        40: -757127187,
        50: 1726523077,
        60: 1904006695,
      },
    ],
  ];
  it.each(seen)("%s places as its program does after each change", (_name, make, after) => {
    const placement = make();
    let present = upTo(40);
    placement.assign(those(present));
    changes.forEach((change, i) => {
      const bucket = Number(change.slice(1));
      present =
        change[0] === "-" ? present.filter((label) => label !== bucket) : [...present, bucket];
      placement.assign(those(present));
      if (i + 1 in after) expect([i + 1, fingerprint(placement)]).toEqual([i + 1, after[i + 1]]);
    });
  });
});

describe("anchor and memento", () => {
  it.each([
    ["anchor", () => new Anchor(), true],
    ["memento", () => new Memento(), true],
    ["dx", () => new Dx(), false],
  ] as const)("%s: what comes next takes over what left last: %s", (_name, make, takesOver) => {
    const placement = make();
    placement.assign(those(upTo(10)));
    const before = Array.from(sample, (key) => placement.owner(key));
    placement.assign(those(upTo(10).filter((label) => label !== 3)));
    placement.assign(those([...upTo(10).filter((label) => label !== 3), 100]));
    const after = Array.from(sample, (key) => placement.owner(key));
    const same = before.every((owner, i) => after[i] === (owner === 3 ? 100 : owner));
    expect(same).toBe(takesOver);
  });

  it("hand the bucket on when one goes as another comes", () => {
    for (const placement of [new Anchor(), new Memento()]) {
      placement.assign(those(upTo(10)));
      const before = Array.from(sample, (key) => placement.owner(key));
      placement.assign(those([0, 1, 2, 50, 4, 5, 6, 7, 8, 9]));
      const after = Array.from(sample, (key) => placement.owner(key));
      expect(after).toEqual(before.map((owner) => (owner === 3 ? 50 : owner)));
    }
  });

  it("remember the order of changes: other orders, other owners", () => {
    for (const make of [() => new Anchor(), () => new Memento()]) {
      const [one, other] = [make(), make()];
      for (const placement of [one, other]) placement.assign(those(upTo(20)));
      for (const gone of [[4], [4, 11]]) {
        one.assign(those(upTo(20).filter((label) => !gone.includes(label))));
      }
      for (const gone of [[11], [4, 11]]) {
        other.assign(those(upTo(20).filter((label) => !gone.includes(label))));
      }
      expect(fingerprint(one)).not.toBe(fingerprint(other));
    }
  });
});

describe("a stated capacity", () => {
  it("must leave room, and may be outgrown at the price of placing all anew", () => {
    expect(anchor.check?.({ capacity: 10 }, [{ count: 10, weight: 1 }])).toContain("at least 32");
    expect(anchor.check?.({ capacity: 11 }, [{ count: 10, weight: 1 }])).toBeNull();
    for (const placement of [new Anchor(16), new Dx(16)]) {
      placement.assign(those(upTo(12)));
      placement.assign(those(upTo(150)));
      const owners = new Set(Array.from(sample, (key) => placement.owner(key)));
      // 5,000 keys on 150 nodes, 33 each: that one has none is a chance of 150 × e^−33.
      expect(owners.size).toBe(150);
    }
  });
});

describe("dx", () => {
  it("gives a key to the first place in its sequence that is held, and no order of changes counts", () => {
    const placement = new Dx(64);
    placement.assign(those(upTo(40)));
    for (const gone of [[5], [5, 17, 30], [17, 30], [17, 30, 31]]) {
      const left = upTo(40).filter((label) => !gone.includes(label));
      placement.assign(those(left));
      for (const key of sample.subarray(0, 500)) {
        let tries = 0;
        while (!left.includes(mix32(premix32(key) + tries) & 63)) tries++;
        expect(placement.owner(key)).toBe(mix32(premix32(key) + tries) & 63);
      }
    }
  });

  it("gives a node that returns its own place, whoever came meanwhile", () => {
    const placement = new Dx(64);
    placement.assign(those(upTo(40)));
    const before = fingerprint(placement);
    placement.assign(those(upTo(40).filter((label) => label !== 7 && label !== 8)));
    placement.assign(those([...upTo(40).filter((label) => label !== 7 && label !== 8), 90]));
    placement.assign(those([...upTo(40), 90]));
    placement.assign(those(upTo(40)));
    expect(fingerprint(placement)).toBe(before);
  });

  it("ends with one node of a great capacity", () => {
    const placement = new Dx(4096);
    placement.assign(those(upTo(100)));
    placement.assign(those([42]));
    for (const key of sample.subarray(0, 200)) expect(placement.owner(key)).toBe(42);
    expect(placement.ownerAt(sample[0], 1)).toBe(NONE);
  });
});

describe("explanations", () => {
  it.each([
    ["anchor", () => new Anchor(64)],
    ["memento", () => new Memento()],
    ["dx", () => new Dx(64)],
  ] as const)("%s tells each bucket that the key meets, and ends at its owner", (_name, make) => {
    const placement = make();
    for (const gone of [[], [3], [3, 9], [3, 9, 0], [3, 9, 0, 12, 13, 14, 15, 1]]) {
      placement.assign(those(upTo(16).filter((label) => !gone.includes(label))));
    }
    let longest = 0;
    for (const key of sample.subarray(0, 500)) {
      const lines = placement.explain(key, (label) => `node ${label}`);
      expect(lines.at(-1)).toMatch(new RegExp(`node ${placement.owner(key)}$`));
      // Each step's result is where the next one begins; so ends the last but one.
      for (let i = 1; i + 1 < lines.length; i++) {
        const to = /to (\d+)/.exec(lines[i])![1];
        expect(/\d+/.exec(lines[i + 1])![0]).toBe(to);
      }
      longest = Math.max(longest, lines.length);
    }
    expect(longest).toBeGreaterThan(1);
  });
});
