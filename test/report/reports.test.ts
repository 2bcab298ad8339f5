import { describe, expect, it } from "vitest";

import type { ExpectationResult } from "../../src/experiment/expectations.ts";
import { changeTable, failoverTable } from "../../src/report/change-tables.ts";
import { connectionsText, layerTable } from "../../src/report/connection-tables.ts";
import { formatColumns } from "../../src/report/numbers.ts";
import { proxyTable } from "../../src/report/proxy-tables.ts";
import type { Table } from "../../src/report/report-model.ts";
import { balancerTable, latencyTable, regionTable } from "../../src/report/run-tables.ts";
import { runReport, verdictOf } from "../../src/report/run-report.ts";
import { layoutTable } from "../../src/report/table-layout.ts";
import type {
  BalancerSummary,
  EpisodeSummary,
  MetricValues,
  RunSummary,
} from "../../src/statistics/run-summary.ts";

const expectation: ExpectationResult = {
  metric: "miss-rate",
  unit: "share",
  of: "global/fra",
  fromMs: 300_000,
  toMs: 360_000,
  above: null,
  below: 0.2,
  observed: 0.25,
  passed: false,
  where: "a.yaml:9",
};

describe("an expectation in words", () => {
  it("tells bound, span and figure", () => {
    expect(verdictOf(expectation)).toEqual({
      passed: false,
      text: "miss-rate of global/fra from 5 min to 6 min below 20.0 %: 25.0 %",
    });
  });

  it("turns rates per ms into rates per second, and says where there is no figure", () => {
    const rate = { ...expectation, metric: "rate", unit: "rate" as const, of: "all", above: 1.5 };
    expect(verdictOf({ ...rate, below: 8, observed: 2 }).text).toBe(
      "rate from 5 min to 6 min above 1,500/s and below 8,000/s: 2,000/s",
    );
    expect(verdictOf({ ...expectation, observed: null }).text).toMatch(/: no figure$/);
  });
});

const effect = { before: 0.1, justAfter: 0.5, longAfter: 0.1, backAfterMs: 42_000 };
const episode: EpisodeSummary = {
  startMs: 60_000,
  endMs: 60_500,
  of: "global",
  changes: ["1 joined", "2 joined", "1 joined", "3 joined"].map((what) => ({
    atMs: 60_000,
    balancer: "global/fra",
    what,
    targetsBefore: 1,
    targetsAfter: 2,
    disruption: null,
  })),
  keysMoved: 0.5,
  keysMovedLeast: 0.5,
  periodsMs: { before: [0, 60_000], justAfter: [60_000, 70_000], longAfter: [80_000, 90_000] },
  effects: { "miss-rate": effect, p99: { ...effect, backAfterMs: null }, "error-rate": effect },
  remapMisses: null,
  falseAlarms: 0,
};

const summaryWith = (parts: Partial<RunSummary>): RunSummary => ({
  format: 1,
  name: "test",
  question: "",
  expectation: "",
  version: "0",
  seed: 1,
  fingerprint: "0123456789abcdef",
  endMs: 90_000,
  warmupMs: 0,
  windowMs: 1_000,
  starvation: { share: 0.5, windowMs: 1_000, fairRequests: 20, waitMs: 100 },
  events: 0,
  overloaded: [],
  conservation: {
    born: 0,
    completed: 0,
    rejected: 0,
    timedOut: 0,
    failed: 0,
    unroutable: 0,
    inFlight: 0,
    holds: true,
  },
  overall: {},
  regions: [],
  classes: [],
  balancers: [],
  machines: [],
  episodes: [],
  failovers: [],
  ...parts,
});

const connections = {
  opened: 2_106,
  closed: 0,
  broken: 106,
  open: 2_000,
  holds: true,
  counts: { opened: 2_106, carried: 72_030, "round-trips": 4_212 },
  layers: [
    { path: "lb", layer: 7, decides: "request", strategy: "maglev", replicas: 1, open: 2_000 },
    { path: "lb/web", layer: 7, decides: "request", strategy: "maglev", replicas: 1, open: 0 },
  ],
} as const;
const balancerOf = (path: string, tier: number, metrics: MetricValues): BalancerSummary => ({
  path,
  tier,
  place: null,
  strategy: "maglev",
  datacenter: tier === 1,
  machines: 1,
  metrics,
});

describe("connections", () => {
  it("are told in one span, so that requests each are what is there over what was opened", () => {
    expect(connectionsText(connections)).toBe(
      "2,106 opened = 0 closed + 106 broken + 2,000 open, since time 0; " +
        "34.2 requests each, 4,212 round trips on connecting",
    );
  });

  it("are none of a balancer's beneath the one where they end, which is not 0", () => {
    const metrics = { "connections-open": 0, "backend-connections": 22 };
    const balancers = [balancerOf("lb", 0, metrics), balancerOf("lb/web", 1, metrics)];
    const { columns, rows } = balancerTable(summaryWith({ balancers, connections }));
    const at = columns.findIndex(({ head }) => head === "open, from clients");
    expect(rows.map(({ cells }) => [cells[at], cells[at + 2]])).toEqual([
      [0, 22],
      [null, 22],
    ]);
    const layers = layerTable(summaryWith({ connections })).rows;
    expect(layers.map(({ cells }) => cells.at(-1))).toEqual([2_000, null]);
  });
});

describe("whose a figure is", () => {
  it("stale ones are a part of the attempts, and of openings where there are connections", () => {
    const region = { name: "a", metrics: { "stale-users": 0.1 } };
    const regions = [region, region];
    const headsOf = (parts: Partial<RunSummary>): string[] =>
      regionTable(summaryWith({ regions, ...parts })).columns.map(({ head }) => head);
    expect(headsOf({})).toContain("stale, of the attempts");
    expect(headsOf({ connections })).toContain("stale, of the openings and attempts");
    const overall = { lookups: 3, "stale-users": 0.1 };
    const { facts } = runReport({
      summary: summaryWith({ overall }),
      expectations: [],
      stoppedMs: null,
      command: "",
    });
    expect(facts.find(({ label }) => label === "front door")?.text).toMatch(
      /10\.0 % of the attempts went where/,
    );
  });

  it("failures that no row beneath the first has are told beneath the table", () => {
    const balancers = [
      balancerOf("www", 0, { requests: 1_000, availability: 0.9 }),
      balancerOf("www/fra", 1, { requests: 500, availability: 0.98 }),
      balancerOf("www/lon", 1, { requests: 410, availability: 1 }),
    ];
    const notesOf = (some: readonly BalancerSummary[]): readonly string[] =>
      balancerTable(summaryWith({ balancers: some })).notes;
    expect(notesOf(balancers)[0]).toBe(
      "Of the 100 failures of www 90 are in no row beneath it: lost on the way to a target, by its " +
        "failure or removal, or none was usable.",
    );
    expect(notesOf(balancers.slice(0, 1))).toHaveLength(1);
  });
});

describe("where the time goes", () => {
  it("is told in one unit, whatever the parts' sizes: they sum to the last", () => {
    const overall = { ...summaryWith({}).overall, wait: 0.0153, service: 6.46, mean: 6.4753 };
    const [{ columns }] = layoutTable(latencyTable(summaryWith({ overall })), 80);
    expect(columns.map(({ unit }) => unit)).toEqual(["", "ms", "ms", "ms"]);
    expect(columns.map(({ cells }) => cells[0].text)).toEqual(["all", "0.0153", "6.46", "6.48"]);
  });
});

describe("durations beside each other", () => {
  const unitsOf = ({ columns, rows }: Table): string[] =>
    formatColumns(
      columns,
      rows.map(({ cells }) => cells),
    ).flatMap(({ unit }, index) => (columns[index].unit === "ms" ? [unit] : []));

  it("have one unit where balancers' cores and connections to targets are waited for", () => {
    const waits = balancerOf("lb", 0, { "balancer-wait": 0.02, "backend-wait": 12 });
    expect(unitsOf(proxyTable(summaryWith({ balancers: [waits] })))).toEqual(["ms", "ms"]);
  });

  it("have one unit before and after a change", () => {
    const p99 = { before: 105.6, justAfter: 1904, longAfter: 6570, backAfterMs: null };
    const slow = { ...episode, effects: { p99 } };
    expect(unitsOf(changeTable(summaryWith({ episodes: [slow] })))).toEqual(["ms", "ms", "ms"]);
  });
});

describe("what changed", () => {
  it("names each kind of change with its balancer, many of them by number", () => {
    const { rows, notes } = changeTable(summaryWith({ episodes: [episode] }));
    const beforeAndAfter = [0.1, 0.5, 0.1];
    expect(rows[0].cells).toEqual([
      "1 min",
      "3 machines of global/fra joined",
      0.5,
      0.5,
      ...beforeAndAfter,
      null,
      null,
      null,
      ...beforeAndAfter,
      "not seen",
      null,
      null,
      null,
      null,
    ]);
    expect(notes).toEqual([
      "Back after: when p99 stays within its band of before.",
      "Least possible: for even shares; a small layout may happen to move less.",
    ]);
  });

  it("tells what it set off at the origin, and alarms that were false", () => {
    const effects = { ...episode.effects, "origin-rate": { ...effect, before: 10, justAfter: 90 } };
    const set = { ...episode, effects, remapMisses: 700, falseAlarms: 2 };
    const { rows, notes } = changeTable(summaryWith({ episodes: [set] }));
    expect(rows[0].cells.slice(14)).toEqual([700, 10, 90, 2]);
    expect(notes).toContain("False alarms: targets believed down although they were up.");
  });

  it("tells a purge with the hits around it, and by itself what has no before", () => {
    const [change] = episode.changes;
    const changes = [
      { ...change, balancer: "edge", what: "all responses purged", purged: true } as const,
    ];
    const purged = (before: number | null): EpisodeSummary => {
      const hits = { ...effect, before, justAfter: 0.4, longAfter: 0.8 };
      return { ...episode, changes, effects: { ...episode.effects, "response-hit-rate": hits } };
    };
    const { title, columns, rows } = changeTable(summaryWith({ episodes: [purged(0.9)] }));
    expect(title).toBe("Changes of pools, and purges");
    expect(rows[0].cells[1]).toBe("edge: all responses purged");
    expect(rows[0].cells.slice(7, 10)).toEqual([0.9, 0.4, 0.8]);
    expect(columns[8].head).toBe("just after");
    const late = changeTable(summaryWith({ episodes: [purged(null)] }));
    expect(late.columns[8].head).toBe("hits just after");
    expect(changeTable(summaryWith({ episodes: [episode] })).title).toBe("Changes of the pools");
  });

  it("ends a long table with a hint at the file that has all", () => {
    const episodes = Array.from({ length: 45 }, () => episode);
    const table = changeTable(summaryWith({ episodes }));
    expect(table.rows).toHaveLength(40);
    expect(table.notes[0]).toBe("5 more are in summary.json.");
  });

  it("tells a fault from its beginning to the end of what users felt", () => {
    const failovers = [
      {
        atMs: 90_000,
        what: "failed",
        nodes: ["global/fra/1", "global/fra/2", "global/fra/3"],
        detail: "silence",
        lastedMs: null,
        detectionMs: 4_000,
        propagationMs: 1_500,
        errorRateBackMs: 0,
        p99BackMs: 12_000,
      },
    ];
    expect(failoverTable(summaryWith({ failovers })).rows[0].cells).toEqual([
      "1 min 30 s",
      "global/fra/1 and 2 more failed (silence)",
      "to the end",
      "4 s",
      "5.5 s",
      "at once",
      "12 s",
    ]);
  });
});

it("a run remarks on what is offered more than it can serve", () => {
  const notesOf = (overloaded: RunSummary["overloaded"]) => {
    const summary = summaryWith({ overloaded });
    return runReport({ summary, expectations: [], stoppedMs: null, command: "" }).notes;
  };
  expect(notesOf([])).toEqual([]);
  expect(notesOf([{ path: "global", load: 1.25 }])).toEqual([
    expect.stringContaining("(offered load before anything spills over): global 125.0 %."),
  ]);
});
