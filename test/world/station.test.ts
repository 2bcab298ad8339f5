import { describe, expect, it } from "vitest";
import { waitBehind } from "../../src/world/station.ts";

describe("the wait at a station", () => {
  it("is until the first core is free, where nobody waits", () => {
    expect(waitBehind([4, 2, 3], [])).toBe(2);
  });

  it("is behind those that wait, each on the core that is free first", () => {
    // The cores are free at 4, 2 and 3. The first who waits works from 2 to 8, the second from 3 to
    // 4, the third from 4 to 9 and the fourth from 4 to 9.
    expect(waitBehind([4, 2, 3], [6, 1])).toBe(4);
    expect(waitBehind([4, 2, 3], [6, 1, 5])).toBe(4);
    expect(waitBehind([4, 2, 3], [6, 1, 5, 5])).toBe(8);
  });

  it("can be reckoned for very many cores", () => {
    const restsMs = Array.from({ length: 300_000 }, () => 7);
    expect(waitBehind(restsMs, [])).toBe(7);
  });
});
