import { describe, expect, it } from "vitest";
import {
  WindowSeries,
  backIn,
  changeEffects,
  episodesOf,
  periodsOf,
  EFFECT_METRICS,
} from "../../src/statistics/change-effects.ts";
import { failovers, faultsOf } from "../../src/statistics/failover.ts";
import { windowsOf } from "../../src/statistics/tally.ts";
import { CACHING, SETTINGS, change, notice, record, seconds } from "./sample-record.ts";

/**
 * A minute in which fra's miss rate is 10 %, 80 % in seconds 30 and 31, then 30 % up to second 39,
 * then 10 % again.
 */
const missRateAt = (second: number): number =>
  second < 30 || second >= 40 ? 0.1 : second < 32 ? 0.8 : 0.3;
const minute = seconds(60, (second) => ({
  cells: [{ latencies: [second >= 30 && second < 33 ? 500 : 50] }],
  machines: {
    hits: [100 * (1 - missRateAt(second))],
    misses: { remap: [100 * missRateAt(second)] },
  },
}));

describe("episodes", () => {
  it("join changes less than a window apart, under the balancer above them all", () => {
    const run = record(minute, {
      changes: [
        change({ atMs: 0 }),
        change({ atMs: 5000 }),
        change({ atMs: 5900, balancer: 2 }),
        change({ atMs: 6900 }),
        change({ atMs: 20_000, balancer: 2 }),
      ],
    });
    expect(
      episodesOf(run, 1000, 0).map(({ startMs, endMs, balancer }) => [startMs, endMs, balancer]),
    ).toEqual([
      [5000, 5900, 0],
      [6900, 6900, 1],
      [20_000, 20_000, 2],
    ]);
    expect(episodesOf(run, 1000, 6000).length).toBe(2);
  });

  it("look at ten windows before, two after, and the last third", () => {
    const [episode] = episodesOf(record(minute, { changes: [change({ atMs: 30_000 })] }), 1000, 0);
    expect(periodsOf(episode, 1000, 0, 60_000)).toEqual({
      before: [20_000, 30_000],
      justAfter: [30_000, 32_000],
      longAfter: [50_000, 60_000],
    });
    // Cut short by the warm-up and by the next change.
    expect(periodsOf(episode, 1000, 25_000, 31_500)).toEqual({
      before: [25_000, 30_000],
      justAfter: [30_000, 31_500],
      longAfter: [31_000, 31_500],
    });
  });

  it("show the jump, the recovery, and the time until it was back", () => {
    const run = record(minute, { changes: [change({ atMs: 30_000 })] });
    const [{ effects }] = changeEffects(run, 1000, 0, SETTINGS);
    const [missRate] = effects;
    const p99 = effects.find(({ metric }) => metric === "p99")!;
    expect(effects.map(({ metric }) => metric)).toEqual(
      // There is no cache of responses.
      EFFECT_METRICS.filter((name) => name !== "response-hit-rate"),
    );
    expect(missRate.metric).toBe("miss-rate");
    expect(missRate.values.before).toBeCloseTo(0.1, 12);
    expect(missRate.values.justAfter).toBeCloseTo(0.8, 12);
    expect(missRate.values.longAfter).toBeCloseTo(0.1, 12);
    expect(missRate.backAfterMs).toBe(10_000);
    expect(p99.values.justAfter).toBeGreaterThan(9 * p99.values.before);
    expect(p99.backAfterMs).toBe(3000);
  });
});

describe("what an episode set off", () => {
  const misses = (remap: number) => ({ hits: [90], misses: { remap: [remap] } });
  const told = (over: Partial<Parameters<typeof record>[1]> = {}) => {
    // Two remap misses a second for ten seconds, then 50, 20 and again two.
    const spec = seconds(20, (k) => ({ machines: misses(k === 10 ? 50 : k === 11 ? 20 : 2) }));
    const run = record(spec, { changes: [change({ atMs: 10_000 })], ...over });
    return changeEffects(run, 1000, 0, SETTINGS)[0];
  };

  it("counts the remap misses beyond those that there were before", () => {
    expect(told().remapMisses).toBe(48 + 18);
  });

  it("ends where a fault begins, and what led to it is not what was before", () => {
    const notices = [{ atMs: 15_000, what: "failed", node: 1, by: -1, detail: "crash" }] as const;
    const changes = [change({ atMs: 10_000 }), change({ atMs: 18_000 })];
    const run = record(
      seconds(25, () => ({})),
      { changes, notices },
    );
    const [first, second] = changeEffects(run, 1000, 0, SETTINGS);
    expect(first.periods.longAfter[1]).toBe(15_000);
    expect(second.periods.before[1]).toBe(15_000);
    expect(second.periods.justAfter[0]).toBe(18_000);
  });

  it("has no way back to a before that had not recovered", () => {
    const ill = seconds(40, (k) => ({ cells: [{ latencies: [k < 10 ? 50 : 500] }] }));
    const changes = [change({ atMs: 10_000 }), change({ atMs: 25_000 })];
    const [first, second] = changeEffects(record(ill, { changes }), 1000, 0, SETTINGS);
    const back = ({ effects }: typeof first): number | undefined =>
      effects.find(({ metric }) => metric === "p99")?.backAfterMs;
    expect([back(first), back(second)]).toEqual([NaN, NaN]);
  });

  it("asks each pool for its own before: one that is ill does not make another so", () => {
    const two = seconds(40, (k) => ({
      cells: [{ latencies: [k < 10 ? 50 : 500] }, { balancer: 2, latencies: [60] }],
    }));
    const changes = [change({ atMs: 10_000 }), change({ atMs: 25_000, balancer: 2 })];
    const [first, other] = changeEffects(record(two, { changes }), 1000, 0, SETTINGS);
    const back = ({ effects }: typeof first): number | undefined =>
      effects.find(({ metric }) => metric === "p99")?.backAfterMs;
    expect([first.episode.balancer, back(first)]).toEqual([1, NaN]);
    expect([other.episode.balancer, back(other)]).toEqual([2, 0]);
  });

  it("calls it a false alarm when what is up is believed down, not what has failed", () => {
    const plain = { by: 0, detail: "" };
    const notices = [
      { ...plain, atMs: 9000, what: "believed-down", node: 3 },
      { ...plain, atMs: 10_500, what: "failed", node: 1 },
      { ...plain, atMs: 11_000, what: "believed-down", node: 3 }, // beneath node 1
      { ...plain, atMs: 12_000, what: "recovered", node: 1 },
      { ...plain, atMs: 13_000, what: "believed-down", node: 3 },
      { ...plain, atMs: 14_000, what: "believed-down", node: 3 }, // by another replica
    ] as const;
    expect(told({ notices: notices.slice(0, 4) }).falseAlarms).toBe(0);
    expect(told({ notices }).falseAlarms).toBe(1);
  });
});

describe("purges among the changes", () => {
  const purge = (atMs: number) => change({ atMs, what: "all responses purged", purged: true });
  /** A minute of 1,000 look-ups a second, so many of which hit. */
  const hitting = (hitsAt: (second: number) => number) =>
    seconds(60, (second) => ({
      proxies: { hits: hitsAt(second), misses: 1000 - hitsAt(second) },
    }));
  const hitsOf = (slices: ReturnType<typeof hitting>) => {
    const run = record(slices, { changes: [purge(30_000)], proxies: CACHING });
    const [{ effects }] = changeEffects(run, 1000, 0, SETTINGS);
    return effects.find(({ metric }) => metric === "response-hit-rate")!;
  };

  it("are over when hits are back: of these fewer are worse", () => {
    const { values, backAfterMs } = hitsOf(
      hitting((second) => (second < 30 || second >= 35 ? 900 : 400)),
    );
    expect(values).toEqual({ before: 0.9, justAfter: 0.4, longAfter: 0.9 });
    expect(backAfterMs).toBe(5000);
  });

  it("are over within a point of the hits before, however many these were", () => {
    const back = (later: number): number =>
      hitsOf(hitting((second) => (second < 30 ? 1000 : second < 35 ? 400 : later))).backAfterMs;
    expect(back(995)).toBe(5000);
    expect(back(985)).toBeNaN();
  });

  it("move no key: no remap miss is theirs, nor is before them what is usual", () => {
    // Two remap misses a second; a machine that joins after 30 s adds 48.
    const slices = seconds(60, (second) => ({
      machines: { hits: [90], misses: { remap: [second === 30 ? 50 : 2] } },
    }));
    const missesOf = (changes: readonly ReturnType<typeof change>[]): number[] =>
      changeEffects(record(slices, { changes }), 1000, 10_000, SETTINGS).map(
        ({ remapMisses }) => remapMisses,
      );
    const join = change({ atMs: 30_000 });
    expect(missesOf([join])).toEqual([48]);
    // As the warm-up ends there is no time before it.
    expect(missesOf([purge(10_000), join])).toEqual([NaN, 48]);
    expect(missesOf([join, purge(45_000)])).toEqual([48, NaN]);
    expect(missesOf([purge(29_500), join])).toEqual([48]);
  });

  it("have no hits where no balancer has a response cache, whatever else balancers do", () => {
    const run = record(
      hitting(() => 0),
      { changes: [change({ atMs: 30_000 })], proxies: { ...CACHING, caches: false } },
    );
    const [{ effects }] = changeEffects(run, 1000, 0, SETTINGS);
    expect(effects.map(({ metric }) => metric)).not.toContain("response-hit-rate");
  });
});

describe("backIn", () => {
  const when = { baseline: [0, 3000], startMs: 3000, untilMs: 10_000 } as const;
  const band = { part: 0.1, share: 0 };
  const back = (values: readonly number[]) =>
    backIn(windowsOf(record(seconds(values.length, () => ({}))), 1000), values, band, when);

  it("is the end of the last window out of the band, if three follow inside", () => {
    expect(back([1, 1, 1, 5, 5, 1, 1, 1, 1, 1])).toBe(5000);
    expect(back([1, 1, 1, 5, 1, 1, 5, 1, 1, 1])).toBe(7000);
  });
  it("is the begin if it never left", () => {
    expect(back([1, 1, 1, 1.05, 1, 1, 1, 1, 1, 1])).toBe(3000);
  });
  it("waits for a figure that leaves the band later", () => {
    expect(back([1, 1, 1, 1, 1, 1, 1, 5, 5, 5])).toBeNaN();
    expect(back([1, 1, 1, 1, 1, 5, 1, 1, 1, 1])).toBe(6000);
  });
  it("is unknown if the run ends too soon, or nothing was there before", () => {
    expect(back([1, 1, 1, 5, 5, 5, 5, 5, 1, 1])).toBeNaN();
    expect(back([NaN, NaN, NaN, 5, 1, 1, 1, 1, 1, 1])).toBeNaN();
  });
  it("is unknown if nothing has a figure afterwards: that is not to be well", () => {
    expect(back([1, 1, 1, NaN, NaN, NaN, NaN, NaN, NaN, NaN])).toBeNaN();
    expect(back([1, 1, 1, NaN, NaN, 1, NaN, NaN, NaN, NaN])).toBe(3000);
  });
  it("does not count windows without a figure", () => {
    expect(back([1, NaN, 1, 5, NaN, 1, NaN, 1, 1, NaN])).toBe(4000);
  });
});

describe("failover", () => {
  // fra/1 and fra/2 are silent from 30 s to 50 s. Errors from 30 to 34 s, slow from 30 to 33 s.
  const run = record(
    seconds(60, (second) => ({
      cells: [
        {
          latencies: Array.from({ length: 99 }, () => (second >= 30 && second < 33 ? 500 : 50)),
          outcomes: { "timed-out": second >= 30 && second < 34 ? 40 : 0 },
        },
      ],
    })),
    {
      notices: [
        notice({ atMs: 30_000, node: 3 }),
        notice({ atMs: 30_000, node: 4 }),
        notice({ atMs: 31_000, what: "believed-down", node: 7, by: 2 }),
        notice({ atMs: 32_000, what: "believed-down", node: 3, by: 1 }),
        notice({ atMs: 33_500, what: "believed-down", node: 4, by: 1 }),
        notice({ atMs: 35_000, what: "believed-up", node: 4, by: 1 }),
        notice({ atMs: 36_000, what: "believed-down", node: 4, by: 1 }),
        notice({ atMs: 48_000, what: "recovered", node: 3 }),
        notice({ atMs: 50_000, what: "recovered", node: 4 }),
        notice({ atMs: 52_000, what: "slowed", node: 6 }),
      ],
    },
  );

  it("takes what failed at once for one fault", () => {
    expect(faultsOf(run.notices, 0)).toEqual([
      { atMs: 30_000, what: "failed", nodes: [3, 4], detail: "", undoneMs: 50_000 },
      { atMs: 52_000, what: "slowed", nodes: [6], detail: "", undoneMs: NaN },
    ]);
    expect(faultsOf(run.notices, 40_000).length).toBe(1);
  });

  it("measures detection, propagation and recovery", () => {
    const [silence, slow] = failovers(run, 1000, 0, new WindowSeries(run, 1000, SETTINGS));
    expect(silence).toMatchObject({
      detectedMs: 32_000,
      propagatedMs: 33_500,
      errorRateBackMs: 34_000,
      p99BackMs: 33_000,
    });
    // Nobody noticed, and nobody was hurt.
    expect(slow).toMatchObject({
      detectedMs: NaN,
      propagatedMs: NaN,
      errorRateBackMs: 52_000,
      p99BackMs: 52_000,
    });
  });

  it("a cut link is noticed by whoever believes anything down while it lasts", () => {
    const cut = record(minute, {
      notices: [
        notice({ atMs: 10_000, what: "cut", node: -1, detail: "frankfurt–sao-paulo" }),
        notice({ atMs: 12_000, what: "believed-down", node: 3, by: 0 }),
        notice({ atMs: 15_000, what: "mended", node: -1, detail: "a–b" }),
        notice({ atMs: 20_000, what: "mended", node: -1, detail: "frankfurt–sao-paulo" }),
        notice({ atMs: 21_000, what: "believed-down", node: 1, by: 0 }),
      ],
    });
    const [failover] = failovers(cut, 1000, 0, new WindowSeries(cut, 1000, SETTINGS));
    expect(failover.fault.undoneMs).toBe(20_000);
    expect([failover.detectedMs, failover.propagatedMs]).toEqual([12_000, 12_000]);
  });
});
