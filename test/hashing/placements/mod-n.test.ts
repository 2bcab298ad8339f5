import { describe, expect, it } from "vitest";
import { ModN, modNKeeps } from "../../../src/hashing/placements/mod-n.ts";
import { names, nodesOf } from "../keys.ts";

describe("mod-n", () => {
  it.each([
    [5, 6, 1 / 6],
    [8, 16, 1 / 2],
    [16, 17, 1 / 17],
    [6, 4, 1 / 3],
    [7, 7, 1],
  ])("%d → %d targets keeps %f of the keys", (before, after, kept) => {
    expect(modNKeeps(before, after)).toBeCloseTo(kept, 12);
    // Numbers 0 .. lcm − 1 are each residue pair exactly once, so this is no sample but the whole.
    const placement = new ModN("number");
    const all = before * after;
    placement.assign(nodesOf(names(before)));
    const owners = Array.from({ length: all }, (_, raw) => placement.owner(raw));
    placement.assign(nodesOf(names(after)));
    const stayed = owners.filter((owner, raw) => placement.owner(raw) === owner).length;
    expect(stayed / all).toBeCloseTo(kept, 12);
  });

  it("shifts all behind a node lost in the middle", () => {
    const placement = new ModN("number");
    placement.assign({ ...nodesOf(names(4)), size: 3, usable: [0, 2, 3] });
    expect([0, 1, 2].map((raw) => placement.owner(raw))).toEqual([0, 2, 3]);
  });

  it("takes numbers beyond 32 bits", () => {
    const placement = new ModN("number");
    placement.assign(nodesOf(names(10)));
    expect(placement.owner(2 ** 40 + 7)).toBe((2 ** 40 + 7) % 10);
  });
});
