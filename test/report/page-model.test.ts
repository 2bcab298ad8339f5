/** What a report's page shows is what the run's summary and series say. */
import { describe, expect, it } from "vitest";
import { Comparison } from "../../src/experiment/compare.ts";
import { evaluateExpectations } from "../../src/experiment/expectations.ts";
import { settingsOf } from "../../src/experiment/settings.ts";
import { comparisonAnswer, runAnswer } from "../../src/report/page/answer.ts";
import { HEAT_UNIT, heatModel, OUT_OF_SERVICE } from "../../src/report/page/heat.ts";
import { intervalTable } from "../../src/report/page/intervals.ts";
import { lookAt } from "../../src/report/page/look.ts";
import { QUANTILES } from "../../src/report/page/latency.ts";
import { comparisonPage, pageText, pageVariant, runPage } from "../../src/report/page/page.ts";
import type { PageModel } from "../../src/report/page/page-model.ts";
import { PAGE_METRICS, seriesModel } from "../../src/report/page/series.ts";
import { comparisonReport } from "../../src/report/comparison-report.ts";
import { runReport } from "../../src/report/run-report.ts";
import { placementHistories } from "../../src/simulator/placement-history.ts";
import { simulate } from "../../src/simulator/run.ts";
import { PARTS } from "../../src/statistics/run-record.ts";
import { summarize } from "../../src/statistics/run-summary.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import { SERIES_METRICS, seriesRows } from "../../src/statistics/series.ts";
import { SMALL } from "../cli/harness.ts";
import { scenarioOf } from "../scenario/helpers.ts";

const LIMITS = { balancers: 4, states: 7, owners: 512 };

function simulated(text: string) {
  const scenario = scenarioOf(text);
  const record = simulate(scenario);
  return { scenario, record, settings: settingsOf(scenario, record.nodes) };
}

/** A run with all that a page is made from. */
function ran(text: string) {
  const { scenario, record, settings } = simulated(text);
  const summary = summarize(record, settings, "1.2.3");
  const placements = placementHistories(scenario, record, LIMITS);
  const run = { label: scenario.name, scenario, record, settings, placements };
  const variant = pageVariant(run, 1);
  const expectations = evaluateExpectations(record, scenario.expect, settings);
  const report = runReport({ summary, expectations, stoppedMs: null, command: "lbsim run s.yaml" });
  const page = runPage({ report, summary, expectations, variant });
  return { ...run, summary, variant, expectations, report, page };
}

// A datacenter that nobody would reach without its neighbour's failure, and a machine that joins
// late.
const small = ran(
  SMALL.replace(
    "events:\n",
    "events:\n  - { at: 7s, fail: fra/2, for: 1s }\n  - { at: 3s, rate: brazil, times: 3, for: 2s }\n",
  ),
);

describe("series", () => {
  const { record, settings, variant } = small;
  const { series } = variant.model;
  const rows = [...seriesRows(record, settings)];

  it("are those of series.csv, for all, regions, datacenters", () => {
    expect(series.gathered).toBe(1);
    expect(series.of.map(({ of }) => of)).toEqual([
      "all",
      "region:europe",
      "region:brazil",
      "global/fra",
      "global/gru",
    ]);
    let figures = 0;
    for (const { of, values } of series.of) {
      const own = rows.filter((row) => row[2] === of);
      expect(own.map(([fromMs]) => fromMs)).toEqual(series.edgesMs.slice(0, -1));
      for (const [index, { name }] of PAGE_METRICS.entries()) {
        const column = SERIES_METRICS.findIndex((metric) => metric === name);
        if (column < 0) continue;
        const expected = own.map((row) => row[3 + column]);
        expect(values[index] ?? expected.map(() => null), `${name} of ${of}`).toEqual(expected);
        figures++;
      }
    }
    // rate, p50, p99, utilization, busiest, imbalance, spillover, miss rate, remap misses; and
    // seven of connections, names and balancers that this run has none of; of five.
    expect(figures).toBe((9 + 7) * 5);
  });

  it("that are too long are gathered, with the least and greatest of each point's windows", () => {
    const many = 4_100;
    const long = simulated(
      SMALL.replace("window: 1s", "window: 1ms")
        .replace("10s", `${many}ms`)
        .replace("at: 5s", "at: 3s"),
    );
    const model = seriesModel(long.record, long.settings, 1);
    const { gathered, edgesMs, of } = model;
    // At most 4,000 points: two windows each.
    expect([gathered, edgesMs.length]).toEqual([2, many / 2 + 1]);
    const [{ values, low, high }] = of;
    for (const point of [0, 17, many / 2 - 1]) {
      const rates = [2 * point, 2 * point + 1].map((fromMs) => {
        const { outcomes } = tallyOf(long.record, EVERYTHING, fromMs, fromMs + 1);
        return 1_000 * outcomes.reduce((sum, count) => sum + count, 0);
      });
      expect(low?.[0]?.[point]).toBe(Math.min(...rates));
      expect(high?.[0]?.[point]).toBe(Math.max(...rates));
      expect(values[0]?.[point]).toBe((rates[0] + rates[1]) / 2);
    }
    expect(of[1].low).toBeUndefined();
    const { model: other } = small.variant;
    const gatheredOne = { ...small.variant, model: { ...other, series: model } };
    const { notes } = runPage({ ...small, variant: gatheredOne });
    expect(notes.join(" ")).toContain("a point of the time series stands for 2 windows of 1000 ms");
    // With more variants on the page there is room for fewer points each.
    expect(seriesModel(long.record, long.settings, 8).gathered).toBeGreaterThan(gathered);
  });
});

describe("the heat map", () => {
  it("has every machine's utilization of every window, as series.csv has it", () => {
    const { heat } = small.variant.model;
    const columns = heat!.edgesMs.length - 1;
    const rows = [...seriesRows(small.record, small.settings)];
    const utilization = 3 + SERIES_METRICS.indexOf("utilization");
    let outOfService = 0;
    for (const [row, machine] of heat!.machines.entries()) {
      for (let column = 0; column < columns; column++) {
        const value = heat!.values[row * columns + column];
        const fromMs = heat!.edgesMs[column];
        const line = rows.find((one) => one[2] === machine && one[0] === fromMs);
        const expected = line?.[utilization] ?? null;
        if (value === OUT_OF_SERVICE) outOfService++;
        // Rounded to ten-thousandths here, to six digits there.
        if (expected === null) expect(value).toBe(OUT_OF_SERVICE);
        else expect(Math.abs(value / HEAT_UNIT - Number(expected))).toBeLessThan(0.6 / HEAT_UNIT);
      }
    }
    // fra/4 joins after 5 of 10 windows, fra/2 is away for one.
    expect(outOfService).toBe(5 + 1);
    expect(heat!.groups).toEqual([
      { label: "fra", rows: 4 },
      { label: "gru", rows: 2 },
    ]);
  });

  it("is left out where a page cannot hold it", () => {
    const { record } = small;
    expect(heatModel(record, 1_000, 1)?.gathered).toBe(1);
    // 300,000 cells for 5,000 variants: 10 columns each for 6 machines.
    expect(heatModel(record, 1_000, 5_000)).toBeNull();
  });
});

describe("latency", () => {
  const { summary, variant } = small;
  const [all] = variant.model.latency.of;

  it("has the summary's quantiles and parts", () => {
    const at = (q: number) => all.quantiles[QUANTILES.indexOf(q)];
    const { overall } = summary;
    expect([0.5, 0.9, 0.95, 0.99].map(at)).toEqual(
      ["p50", "p90", "p95", "p99"].map((name) => overall[name]),
    );
    expect(all.parts).toEqual(PARTS.map((name) => overall[name]));
    expect([all.mean, all.requests]).toEqual([
      overall["mean"],
      // Completed ones: latencies are theirs.
      Math.round((overall["requests"] ?? 0) * (overall["availability"] ?? 0)),
    ]);
    for (const [index, region] of summary.regions.entries()) {
      const own = variant.model.latency.of[1 + index];
      expect(own.of).toBe(`region:${region.name}`);
      expect(own.parts).toEqual(PARTS.map((name) => region.metrics[name]));
    }
  });

  it("say of the map whose requests it shows, where a cache in front answers the others", () => {
    const { page } = small;
    const looked = { ...page, warmupMs: 0 };
    expect(lookAt(looked).map).not.toContain("cache");
    expect(lookAt({ ...looked, isCachedBefore: true }).map).toMatch(
      /; every request that no cache in front answers is served by the nearest /,
    );
  });

  it("do not part in words where they do not", () => {
    const { page } = small;
    const twice = { ...page, variants: [small.variant.model, small.variant.model] };
    expect(lookAt({ ...twice, warmupMs: 0 }).percentiles).toMatch(/^The lines do not part .* all/);
  });

  it("says nothing of percentiles beyond its requests", () => {
    const known = QUANTILES.filter((_, index) => all.quantiles[index] !== null);
    expect((1 - (known.at(-1) ?? 1)) * (all.requests ?? 0)).toBeGreaterThanOrEqual(1);
    expect(all.quantiles.at(-1)).toBeNull();
  });
});

describe("flows", () => {
  const { flows } = small.variant.model;
  const { map } = small.page;
  it("sum to the requests that ended in each window, by region and datacenter", () => {
    const rows = [...seriesRows(small.record, small.settings)];
    const ended = (of: string, fromMs: number) =>
      Number(rows.find((row) => row[2] === of && row[0] === fromMs)?.[4] ?? 0);
    const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
    for (const [step, fromMs] of flows.edgesMs.slice(0, -1).entries()) {
      for (const [index, { name }] of map.regions.entries()) {
        const own = flows.flows.filter(({ region }) => region === index);
        expect(sum(own.map(({ rate }) => rate[step]))).toBeCloseTo(ended(`region:${name}`, fromMs));
      }
      for (const [index, { name }] of map.datacenters.entries()) {
        const own = flows.flows.filter(({ datacenter }) => datacenter === index);
        expect(sum(own.map(({ rate }) => rate[step]))).toBeCloseTo(ended(`global/${name}`, fromMs));
      }
    }
  });
  it("know places and machines", () => {
    expect(map.places[map.regions[0].place]).toMatchObject({ name: "frankfurt", latitude: 50.11 });
    expect(map.datacenters.map(({ name, machines }) => [name, machines])).toEqual([
      ["fra", 4],
      ["gru", 2],
    ]);
  });
});

describe("placement", () => {
  it("tells the pool's owners at the start and what each change moved", () => {
    const [{ balancer, strategy, shape, names, states }] = small.variant.model.placements;
    expect([balancer, strategy, shape, names]).toEqual([
      "global/fra",
      "ring-hash",
      "ring",
      ["1", "2", "3", "4"],
    ]);
    const measured = small.summary.episodes[0].changes[0];
    expect([states[1].what, states[1].moved]).toEqual(["4 joined", measured.disruption?.moved]);
    const drawn = states[0].runs.filter((_, index) => index % 2 === 1);
    expect(drawn.reduce((sum, length) => sum + length, 0)).toBe(512);
  });
});

/** A comparison and its runs, from figures of variants by seed. */
function compared(byLabel: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>) {
  const runs = Object.entries(byLabel).flatMap(([variant, figures]) =>
    figures.map((overall, index) => {
      const seed = index + 1;
      return { variant, seed, fingerprint: `${variant} ${seed}`, overall };
    }),
  );
  const comparison = new Comparison(runs.map(({ variant, seed }) => ({ label: variant, seed })));
  for (const [index, { seed, fingerprint, overall }] of runs.entries()) {
    comparison.add(index, {
      ...small.summary,
      seed,
      fingerprint,
      episodes: [],
      overall: { requests: 1000, availability: 1, ...overall },
    });
  }
  return { result: comparison.result(), runs };
}
const answerTo = (
  byLabel: Parameters<typeof compared>[0],
  expected: readonly string[] = [],
): ReturnType<typeof comparisonAnswer> => {
  const { result, runs } = compared(byLabel);
  return comparisonAnswer(result, expected, runs);
};
const p99s = (...values: readonly number[]) => values.map((p99) => ({ p99 }));

describe("the answer to a comparison", () => {
  it("names the best, by how much and how sure, and who is no different from it", () => {
    const { answer } = answerTo({
      "mod-n": p99s(100, 104, 96),
      ring: p99s(20, 23.5, 14),
      maglev: p99s(19, 24, 14),
      rendezvous: p99s(29, 34.1, 24),
    });
    // Paired differences of maglev: −81, −80, −82: mean 81, t(2) = 4.303, s = 1: ± 2.48. Those of
    // ring to maglev are 1, −0.5, 0: zero is among them. Those of rendezvous 10, 10.1, 10.
    expect(answer).toBe(
      "maglev has the lowest p99, 19.0 ms against 100 ms with mod-n: a difference of " +
        "81.00 ± 2.48 ms (95 % interval, 3 seeds paired). " +
        "ring is no different from it as far as these seeds tell.",
    );
  });
  it("tells the first one against the worst where it is the best", () => {
    const { answer } = answerTo({
      first: p99s(10, 11, 12),
      near: p99s(10, 11.5, 11.8),
      far: p99s(50, 51, 52.5),
    });
    expect(answer).toBe(
      "first has the lowest p99, 11.0 ms against 51.2 ms with far: a difference of " +
        "40.17 ± 0.72 ms (95 % interval, 3 seeds paired). " +
        "near is no different from it as far as these seeds tell.",
    );
  });
  it("says so where variants are the same, seed by seed", () => {
    const same = p99s(614, 600, 630);
    expect(answerTo({ a: same, b: same, c: same }).answer).toBe(
      "No difference at all: every figure of the 3 variants is the same in each of 3 seeds " +
        "(p99 615 ms).",
    );
    const [a, b] = [1, 2].map((p50) => same.map((figures) => ({ ...figures, p50 })));
    expect(answerTo({ a, b }, ["p99"]).answer).toMatch(/^a has the lowest p50/);
    const swapped = p99s(600, 614, 630);
    expect(answerTo({ a: same, b: swapped }).answer).toMatch(/which chance alone may do/);
  });
  it("claims nothing where chance alone may do it, or seeds are few", () => {
    const noisy = answerTo({ a: p99s(10, 20, 30), b: p99s(12, 17, 30.5) });
    expect(noisy.answer).toMatch(/^No difference in p99 is shown: b has/);
    const few = answerTo({ a: p99s(10, 20), b: p99s(5, 15) });
    expect(few.answer).toMatch(/2 seeds are too few to say how sure that is/);
    expect(answerTo({ a: p99s(1, 2, 3) }).answer).toMatch(/nothing to compare/);
  });
  it("speaks of availability first where that differs, else of what was expected", () => {
    const failing = answerTo({
      a: [1, 2, 3].map((p99) => ({ p99, availability: 0.9 + p99 / 1e4 })),
      b: [1, 2, 3].map((p99) => ({ p99: p99 * 2, availability: 0.99 })),
    });
    expect(failing.answer).toMatch(/^b has the highest availability, 99\.0 %/);
    const a = [1, 2, 3].map((p99) => ({ p99, p50: 9 - p99 / 8 }));
    const b = a.map(({ p99, p50 }) => ({ p99: 2 * p99 + 1, p50: p50 - 1 }));
    expect(answerTo({ a, b }).answer).toMatch(/^a has the lowest p99, 2\.00 ms against 5\.00 ms/);
    const { answer, also } = answerTo({ a, b }, ["p50", "p99"]);
    expect(answer).toMatch(/^b has the lowest p50/);
    expect(also).toEqual(["p99: from 2.00 ms (a) to 5.00 ms (b)"]);
  });
});

describe("the table of a comparison", () => {
  it("has the comparison's means and intervals, in one unit and with one number of decimals", () => {
    const { result } = compared({ a: p99s(100, 104, 96.3), b: p99s(20, 25, 15) });
    const table = intervalTable(result);
    const column = table.columns.findIndex(({ head }) => head === "p99") - 1;
    const index = result.columns.findIndex(({ name }) => name === "p99");
    for (const [row, { cells }] of table.rows.entries()) {
      const cell = result.rows[row].cells[index];
      expect(cells[column]).toMatchObject({ mean: cell.mean, half: cell.half, best: cell.best });
    }
    // t(2) = 4.303, s = 3.85 and 5, √3: 9.57 and 12.42.
    expect(table.rows.map(({ cells }) => cells[column].halfText)).toEqual(["9.6", "12.4"]);
    expect(table.rows.map(({ cells }) => cells[column].verdict)).toEqual([null, "better"]);
    // How many requests ended is the same for all, but for those in flight.
    expect(table.columns.map(({ head }) => head)).toEqual(["variant", "availability", "p99"]);
  });

  it("stands on the page beside the terminal's other tables", () => {
    const { result, runs } = compared({ a: p99s(100, 104, 96), b: p99s(20, 25, 15) });
    const report = comparisonReport({
      name: "s",
      question: "",
      expectation: "",
      version: "1.2.3",
      result,
      seeds: "1..3",
      fingerprint: "f",
      command: "lbsim compare s.yaml",
    });
    const variants = [small.variant, small.variant];
    const page = comparisonPage({ report, result, runs, version: "1.2.3", variants });
    expect(page.tables.map(({ title }) => title)).toEqual([
      "Differences to a, with 95 % intervals",
    ]);
    expect(page.comparison?.rows.map(({ label }) => label)).toEqual(["a", "b"]);
  });
});

describe("the answer to a run", () => {
  it("gives its figures and what is not as expected", () => {
    const { summary, expectations } = small;
    expect(runAnswer(summary, expectations).answer).toMatch(/^The one expectation holds: \d/);
    const failed = expectations.map((one) => ({ ...one, passed: false }));
    const { answer, also } = runAnswer(summary, failed);
    expect(answer).toMatch(/^1 of 1 expectations does not hold: /);
    expect(also).toEqual([expect.stringMatching(/^p99 from 2 s to 10 s below 10\.0 s: /)]);
    expect(runAnswer(summary, []).answer).toMatch(/requests were answered/);
  });
});

describe("the page", () => {
  it("says of every picture what to look at, with figures", () => {
    const { look } = small.page;
    for (const [section, sentence] of Object.entries(look)) {
      expect(sentence, section).toMatch(/\d.*\.$/);
    }
    expect(look.map).toMatch(/nearest datacenter still there\.$/);
    expect(look.placement).toMatch(
      /^When 4 joined \(5 s\), \d+\.\d % of the keys get another owner/,
    );
  });

  it("tells events in order, the tree with its settings, and how to repeat it", () => {
    const { events, tree, footer, words } = small.page;
    expect(events.map(({ sign, text }) => `${sign} ${text}`)).toEqual([
      "1 at 3s: brazil asks at 3 times the rate for 2s",
      "2 at 5s: 1 machine joins global/fra as 4, caches cold",
      "3 at 7s: global/fra/2 crashes for 1s",
    ]);
    expect(tree.rows.map(({ cells, depth }) => `${depth} ${cells[0]} ${cells[2]}`)).toEqual([
      "0 global nearest",
      "1 fra ring-hash (nodes 100, hash mix)",
      "2 1 … 3 null",
      "1 gru least-connections (ties oldest, by own)",
      "2 1 … 2 null",
    ]);
    expect(footer.at(-1)).toEqual({ label: "again", text: "lbsim run s.yaml" });
    expect(words.map(({ label }) => label)).toEqual(["question", "expected"]);
  });

  it("is laid into its place, with no way out of it", () => {
    const template = `<a></a><script type="application/json" id="model"></script><b></b>`;
    const name = "</script><script>alert(1)</script><!-- $& $1";
    const text = pageText(template, { ...small.page, name })!;
    expect(text.match(/<\/script>/g)).toHaveLength(1);
    expect(text).not.toContain("<!--");
    const inside = /id="model">(.*)<\/script><b><\/b>$/.exec(text)![1];
    expect((JSON.parse(inside) as PageModel).name).toBe(name);
    expect(pageText("<html></html>", small.page)).toBeNull();
  });
});
