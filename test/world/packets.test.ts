import { expect, it } from "vitest";
import { packetsOf } from "../../src/world/proxies/packets.ts";

it("bytes fill segments, the last as far as they go", () => {
  const bytes = [1, 1_459, 1_460, 1_461, 2_920, 2_921, 1_000_000];
  expect(bytes.map((each) => packetsOf(each, 1_460))).toEqual([1, 1, 1, 2, 2, 3, 685]);
});

it("nothing to say takes a packet all the same", () => {
  expect(packetsOf(0, 1_460)).toBe(1);
});
