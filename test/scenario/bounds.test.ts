import { describe, expect, it } from "vitest";
import { MOST_POINTS } from "../../src/hashing/placements/ring.ts";
import { parseSet } from "../../src/scenario/plan-runs.ts";
import { simulate } from "../../src/simulator/run.ts";
import { LEAST_MS } from "../../src/scenario/shapes-tree.ts";
import { MOST_MS } from "../../src/units.ts";
import { problemsOf, scenarioOf, smallest } from "./helpers.ts";

const targets = "[{ machines: 4 }]";
const withRate = (text: string): string => smallest().replace("poisson: 10/s", text);
const withRequests = (text: string): string => smallest().replace("demand: 5ms", text);
const withEvent = (text: string, scenario = smallest()): string =>
  `${scenario}events:\n  - ${text}\n`;
const withBalancer = (text: string): string => smallest().replace("name: web", text);
const ring = (group: string): string =>
  withBalancer("name: web, strategy: ring-hash").replace(targets, `[${group}]`);

type Case = readonly [title: string, text: string, ...lines: string[]];

describe("bounds", () => {
  const cases: readonly Case[] = [
    [
      "sizes that nothing has",
      withRequests(
        "demand: 5ms, session: 1e30B, response-size: { uniform: { min: 1B, max: 1025TiB } }",
      ).replace(targets, "[{ machines: 4, cache: { lru: 1e300B } }]"),
      "s.yaml:3:35: state is 1e30B, it must be at most 1024TiB",
      "s.yaml:3:84: max is 1025TiB, it must be at most 1024TiB",
      "s.yaml:4:63: bytes is 1e300B, it must be at most 1024TiB",
    ],
    [
      "durations beyond the clock, wherever they stand",
      `${withRequests(
        "demand: 1e300s, timeout: 99999999999999h, on-miss: { pareto: { min: 1s, shape: 1, max: 50_001d } }",
      )
        .replace("1min", "1e300s")
        .replace(
          "name: web",
          "name: web, slow-start: 1e300s, reports: 1e20s",
        )}network: { same-place: 50_001d }
events:
  - { at: 50_001d, fail: web/1, for: 1e20s }
  - { fail: web/1, mtbf: 1e20s, mttr: 1e999s }
`,
      's.yaml:1:11: duration: "1e300s" is too long, it must be at most 50000d',
      's.yaml:3:21: demand: "1e300s" is too long, it must be at most 50000d',
      's.yaml:3:38: timeout: "99999999999999h" is too long, it must be at most 50000d',
      's.yaml:3:100: max: "50_001d" is too long, it must be at most 50000d',
      's.yaml:4:36: slow-start: "1e300s" is too long, it must be at most 50000d',
      's.yaml:4:53: reports: "1e20s" is too long, it must be at most 50000d',
      's.yaml:5:24: same-place: "50_001d" is too long, it must be at most 50000d',
      's.yaml:7:11: at: "50_001d" is too long, it must be at most 50000d',
      's.yaml:7:38: for: "1e20s" is too long, it must be at most 50000d',
      's.yaml:8:26: mtbf: "1e20s" is too long, it must be at most 50000d',
      's.yaml:8:39: mttr: "1e999s" is too long, it must be at most 50000d',
    ],
    [
      "more requests than the clock has time for",
      smallest()
        .replace("duration: 1min", "stop-after: 1_000")
        .replace("poisson: 10/s", "poisson: 1e-7/s"),
      "s.yaml:1:13: so many requests take more than 50000d at these rates, write fewer, or a duration",
    ],
    [
      "more machines than one event adds",
      withEvent("{ at: 5s, add: 100_001 machines, to: web }"),
      "s.yaml:6:20: add is 100_001 machines, it must be at most 100_000",
    ],
    [
      "no machine",
      withEvent("{ at: 5s, add: 0, to: web }"),
      "s.yaml:6:20: add is 0, it must be at least 1",
    ],
    [
      "a rate that no clock can follow",
      withRate("poisson: 1e15/s"),
      "s.yaml:2:40: rate is 1e15/s, it must be at most 1_000_000_000/s",
    ],
    [
      "a rate near the end of numbers",
      withRate("constant: 1e300/s"),
      "s.yaml:2:41: rate is 1e300/s, it must be at most 1_000_000_000/s",
    ],
    [
      "a day",
      withRate("diurnal: { mean: 2e9/s, period: 1us }"),
      "s.yaml:2:48: mean is 2e9/s, it must be at most 1_000_000_000/s",
      "s.yaml:2:63: period is 1us, it must be at least 1ms",
    ],
    [
      "bursts",
      withRate("bursts: { base: 2e9/s, burst: 2e9/s, every: 1ns, lasting: 1ns }"),
      "s.yaml:2:47: base is 2e9/s, it must be at most 1_000_000_000/s",
      "s.yaml:2:61: burst is 2e9/s, it must be at most 1_000_000_000/s",
      "s.yaml:2:75: every is 1ns, it must be at least 1us",
      "s.yaml:2:89: lasting is 1ns, it must be at least 1us",
    ],
    [
      "steps",
      withRate("piecewise: [{ from: 0s, rate: 2e9/s }]"),
      "s.yaml:2:61: rate is 2e9/s, it must be at most 1_000_000_000/s",
    ],
    [
      "a flash crowd beyond counting",
      withEvent("{ at: 5s, rate: all, times: 1e300 }"),
      "s.yaml:6:33: times is 1e300, it must be at most 1_000_000",
    ],
    [
      "a flash crowd whose product is too large",
      withEvent("{ at: 5s, rate: all, times: 2000 }", withRate("poisson: 1M/s")),
      "s.yaml:6:33: all would ask at 2,000,000,000/s, 1,000,000,000/s is the most",
    ],
    [
      "random failures",
      withEvent("{ fail: web/1, mtbf: 1ns, mttr: 1e-300s }"),
      "s.yaml:6:26: mtbf is 1ns, it must be at least 1us",
      "s.yaml:6:37: mttr is 1e-300s, it must be at least 1us",
    ],
    [
      "probes",
      withBalancer("name: web, health: { interval: 1ns, timeout: 1ns }"),
      "s.yaml:4:44: interval is 1ns, it must be at least 1us",
      "s.yaml:4:58: timeout is 1ns, it must be at least 1us",
    ],
    [
      "reports, short",
      withBalancer("name: web, reports: 1ns"),
      "s.yaml:4:33: reports is 1ns, it must be at least 1us",
    ],
    [
      "reports",
      withBalancer("name: web, reports: { interval: 1ns }"),
      "s.yaml:4:45: interval is 1ns, it must be at least 1us",
    ],
    [
      "a timeout",
      withRequests("demand: 5ms, timeout: 1ns"),
      "s.yaml:3:35: timeout is 1ns, it must be at least 1us",
    ],
    [
      "a run: told as it was written, and no warm-up with it",
      withEvent("{ at: 5s, fail: web/1 }", smallest("warmup: 10s\n")).replace("1min", "1ns"),
      "s.yaml:1:11: duration is 1ns, it must be at least 1us",
    ],
    [
      "more users than there are ids",
      smallest()
        .replace("arrivals", "users: 2_000_000_000, arrivals")
        .replace("} }\n", "}, b: { users: 2_000_000_000, arrivals: { poisson: 1/s } } }\n"),
      "s.yaml:2:72: there are 4,000,000,000 users up to here, 2,147,483,647 are the most",
    ],
    [
      "a working set of each user",
      withRequests("demand: 5ms, objects: { per-user: 100_000 }"),
      "s.yaml:3:47: 100,000 users × 100,000 are 10,000,000,000 objects, 2,147,483,647 are the most",
    ],
    [
      "working sets of two classes",
      withRequests(
        "demand: 5ms, objects: { per-user: 12_000 }, classes: { a: {}, b: { objects: { per-user: 10_000 } } }",
      ),
      "s.yaml:3:101: 100,000 users × 10,000 are 1,000,000,000 objects, with those of the classes before b 2,200,000,000, 2,147,483,647 are the most",
    ],
    [
      "a weight",
      smallest().replace(targets, "[{ machines: 4, weight: 1e7 }]"),
      "s.yaml:4:57: weight is 1e7, it must be at most 1_000_000",
    ],
    [
      "a weight that is set",
      withEvent("{ at: 5s, set: web/1.weight, to: 1e7 }"),
      "s.yaml:6:38: to is 1e7, it must be at most 1_000_000",
    ],
    [
      "a weight of machines that join",
      withEvent("{ at: 5s, add: 1, to: web, weight: 1e7 }"),
      "s.yaml:6:40: weight is 1e7, it must be at most 1_000_000",
    ],
    [
      "a ring of heavy machines",
      ring("{ machines: 4, weight: 100_000 }"),
      "s.yaml:4:34: ring-hash: 100 virtual nodes × the targets' weights are 40.0 million points, more than 33.6 million",
    ],
    [
      "a ring with a machine that becomes heavy",
      withEvent("{ at: 5s, set: web/1.weight, to: 400_000 }", ring("{ machines: 4 }")),
      "s.yaml:6:38: ring-hash: 100 virtual nodes × the targets' weights are 40.0 million points, more than 33.6 million",
    ],
    [
      "a ring that heavy machines join",
      withEvent("{ at: 5s, add: 1, to: web, weight: 400_000 }", ring("{ machines: 4 }")),
      "s.yaml:6:20: ring-hash: 100 virtual nodes × the targets' weights are 40.0 million points, more than 33.6 million",
    ],
    [
      "a table that another machine makes too small",
      withEvent("{ at: 5s, add: 2, to: web }", withBalancer("name: web, strategy: { maglev: 5 }")),
      "s.yaml:6:20: maglev: 5 entries are too few for 6 targets: take at least 7, better 601: shares then differ by 1 % at most",
    ],
    [
      "events and metrics where the tree failed",
      smallest(
        "events:\n  - { at: 5s, kill: web/1 }\nexpect:\n  - { metric: p98, below: 5ms }\n  - { metric: p99, of: x, below: 5 }\n",
      ).replace(/balancer.*\n/, ""),
      "s.yaml:1:1: the scenario has no balancer, write balancer: … (the first balancer, and beneath it all others)",
      's.yaml:5:15: no event is called "kill", did you mean "fail"?',
      's.yaml:7:15: no metric is called "p98", did you mean "p90"?',
      "s.yaml:8:34: below: 5 has no unit, write 5ms or 5s",
    ],
  ];
  it.each(cases)("%s", (_title, text, ...lines) => expect(problemsOf(text)).toEqual(lines));
});

describe("within the bounds", () => {
  // Without a timeout, whose sweeps would come every few seconds.
  it("a run as long as the clock tells a microsecond from the next", () => {
    // The least duration that comes again, added to the latest time, is still there to its half.
    expect(MOST_MS + LEAST_MS - MOST_MS).toBeGreaterThan(LEAST_MS / 2);
    expect(MOST_MS + LEAST_MS - MOST_MS).toBeLessThan(1.5 * LEAST_MS);
    const text = `duration: 50_000d
warmup: 49_999d
window: 1_000d
clients: { all: { arrivals: { constant: 1e-5/h } } }
requests: { demand: 5ms, timeout: none }
balancer: { name: web, health: none, targets: [{ machines: 4 }] }
events:
  - { at: 4319999999999.9ms, fail: web/1, mtbf: 1us, mttr: 1us }
`;
    const { endMs, notices } = simulate(scenarioOf(text));
    expect(endMs).toBe(MOST_MS);
    // In a tenth of a millisecond it fails and returns some fifty times. Of the drawn gaps those
    // below a quarter of a microsecond are rounded away: 1 − exp(−1/4) = 22%.
    const times = notices.map(({ atMs }) => atMs);
    expect(times.length).toBeGreaterThan(50);
    expect(times.length).toBeLessThan(200);
    expect(new Set(times).size).toBeGreaterThan(0.6 * times.length);
  });

  it("a ring may be as large as the ring itself takes", () => {
    // 4 targets × 100 virtual nodes × 83,886 = 33,554,400 points; 83,887 would be 400 more.
    expect(MOST_POINTS).toBe(33_554_432);
    expect(problemsOf(ring("{ machines: 4, weight: 83_886 }"))).toEqual([]);
    expect(problemsOf(ring("{ machines: 4, weight: 83_887 }"))).toHaveLength(1);
  });

  it("a weight is forgotten with the machine that had it", () => {
    const text = `${ring("{ machines: 4 }")}events:
  - { at: 5s, set: web/1.weight, to: 300_000 }
  - { at: 6s, remove: web/1 }
  - { at: 7s, set: web/2.weight, to: 300_000 }
`;
    expect(problemsOf(text)).toEqual([]);
  });

  it("a run of a microsecond", () => {
    expect(scenarioOf(smallest().replace("1min", "1us")).durationMs).toBe(0.001);
  });

  it("a machine that joins makes the strategy of its time wrong, not the first one", () => {
    const text = `${withBalancer("name: web, strategy: { maglev: 5 }")}events:
  - { at: 5s, set: web.strategy, to: random }
  - { at: 6s, add: 2, to: web }
`;
    expect(problemsOf(text)).toEqual([]);
  });
});

describe("an include that failed", () => {
  const lone =
    "include: none.yaml\nbalancer: { strategy: radnom }\ncompare: { web.strategy: [random] }\n";

  it("is not followed by what it would have given", () => {
    expect(
      problemsOf(lone, { overrides: [{ path: "web.replicas", value: "2", from: "--set" }] }),
    ).toEqual([
      's.yaml:1:10: cannot read "none.yaml": there is no such file',
      's.yaml:2:23: strategy: no strategy is called "radnom", did you mean "random"?',
    ]);
  });

  it("nor is a circle", () => {
    expect(problemsOf("include: s.yaml\n")).toEqual([
      "s.yaml:1:10: the files include each other: s.yaml → s.yaml, leave out one include",
    ]);
  });
});

it("--set without a value is refused", () => {
  for (const text of ["a=", "a= ", "=b", "a"]) {
    expect(parseSet(text)).toEqual({ problem: `--set "${text}" has no value, write path=value` });
  }
});
