import { describe, expect, it } from "vitest";
import { combine32 } from "../../../src/hashing/mix32.ts";
import { membersOf } from "../../../src/hashing/placement.ts";
import { crushLogs } from "../../../src/hashing/placements/parts/crush-log.ts";
import { Straw2, crushHash } from "../../../src/hashing/placements/straw2.ts";
import { keys } from "../keys.ts";

const sample = keys(5000);

// All golden values here were printed by Ceph's own libcrush at de2e859 (crush_hash32_3, crush_ln,
// and the loop of bucket_straw2_choose over items 0, 1, 2 …), on the keys of this test.
describe("CRUSH's arithmetic", () => {
  it("hashes three integers as crush_hash32_3", () => {
    expect(crushHash(1, 2, 3) >>> 0).toBe(1935332395);
    expect(crushHash(0xdeadbeef | 0, 7, 0) >>> 0).toBe(2494150019);
  });

  it("has all 65,536 logarithms of crush_ln, its slips included", () => {
    const logs = crushLogs();
    const folded = logs.reduce((sum, log) => {
      const high = Math.floor(log / 2 ** 32);
      return combine32(combine32(sum, high), log - high * 2 ** 32);
    }, 0);
    expect(folded).toBe(-619938999);
    const slips = logs.filter((log, u) => u > 0 && log >= logs[u - 1]).length;
    expect(slips).toBe(10_008);
  });
});

describe("straw2", () => {
  it.each([
    [10, "equal weights", () => 1, -208198009],
    [40, "weights in 16.16", (i: number) => (0x8000 + i * 0x1234) / 0x10000, -1110425660],
    [300, "weights 1 to 7", (i: number) => 1 + (i % 7), -613537012],
  ] as const)("places as libcrush does: %d items, %s", (count, _what, weight, folded) => {
    const ids = Array.from({ length: count }, (_, i) => i);
    const placement = new Straw2();
    placement.assign(membersOf(ids, ids.map(weight)));
    const seen = sample.reduce((sum, key) => combine32(sum, placement.owner(key)), 0);
    expect(seen).toBe(folded);
  });

  it("finds replicas by draws of further ranks", () => {
    // libcrush's winners of ranks 0 and 1 for the first 12 keys and 10 items of weight 1.
    const first = [1, 4, 0, 3, 4, 8, 0, 8, 0, 7, 4, 3];
    const second = [7, 4, 8, 5, 4, 4, 5, 8, 2, 5, 2, 5];
    const placement = new Straw2();
    placement.assign(membersOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    first.forEach((owner, i) => {
      expect(placement.ownerAt(sample[i], 0)).toBe(owner);
      // The same item again is passed over, as a rule does.
      if (second[i] !== owner) expect(placement.ownerAt(sample[i], 1)).toBe(second[i]);
    });
  });
});
