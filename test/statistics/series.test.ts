/** Columns of `series.csv` that not every run has: names, connections, balancers' own work. */
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/experiment/settings.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import { metrics } from "../../src/statistics/metrics/registry.ts";
import { metricValues } from "../../src/statistics/run-summary.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { SERIES_COLUMNS, seriesRows, seriesTable } from "../../src/statistics/series.ts";
import { spanOf } from "../../src/statistics/tally.ts";

function tableOf(text: string) {
  const found = readScenario("small.yaml", () => text, { overrides: [] });
  if ("problems" in found) throw new Error(JSON.stringify(found.problems));
  const { scenario } = found;
  const record = simulate(scenario);
  const { header, rows } = seriesTable(seriesRows(record, settingsOf(scenario, record.nodes)));
  const cell = (row: (typeof rows)[number], column: string) => row[header.indexOf(column)];
  /** A column of one node, by window. */
  const course = (of: string, column: string) =>
    rows.filter((row) => cell(row, "of") === of).map((row) => cell(row, column));
  return { record, header, rows, course };
}

const small = (root: string, more = "") => `
question: Which columns has its series?
duration: 10s
window: 1s
clients: { here: { at: frankfurt, users: 200, arrivals: { poisson: 100/s } } }
${more}requests: { objects: { count: 100 }, demand: { constant: 2ms } }
balancer: { name: lb, at: frankfurt, ${root}targets: [{ machines: 3 }] }
`;

describe("the columns of features", () => {
  it("are not there in a run that has none of them", () => {
    const { header, rows } = tableOf(small(""));
    expect(header.at(-1)).toBe("spillover");
    expect(header).toEqual(SERIES_COLUMNS.slice(0, header.length));
    for (const row of rows) expect(row.length).toBe(header.length);
  });

  it("tell clients' connections, down to what each machine holds", () => {
    const connections = "connections: { requests: 4, idle: 1s, tls: 1.3 }\n";
    const { record, header, course } = tableOf(small("layer: 4, ", connections));
    expect(header.slice(header.indexOf("spillover") + 1)).toEqual([
      "connections-open",
      "connections-opened",
      "connections-closed",
      "connections-broken",
      "connection-imbalance",
      "handshakes",
      "handshakes-resumed",
    ]);
    const last = (of: string) => Number(course(of, "connections-open").at(-1));
    const whole = record.connections!;
    expect(last("all")).toBe(whole.open);
    expect(last("lb/1") + last("lb/2") + last("lb/3")).toBe(whole.open);
    // Windows leave nothing out: their counts add up to those of the run.
    const sum = (column: string) =>
      course("all", column).reduce<number>((a, b) => a + Number(b), 0);
    expect(sum("connections-opened")).toBe(whole.opened);
    expect(sum("connections-closed")).toBe(whole.closed);
    expect(sum("connections-broken")).toBe(whole.broken);
  });

  it("tell what balancers do beside picking, each thing where some balancer does it", () => {
    const told = (root: string) => {
      const { header } = tableOf(small(root));
      return header.slice(header.indexOf("spillover") + 1);
    };
    const work = ["balancer-utilization", "balancer-wait"];
    const cache = ["response-hit-rate", "response-coalesced", "offload"];
    expect(told("work: { cores: 1, request: { constant: 1ms } }, ")).toEqual(work);
    expect(told("response-cache: { lru: 50 }, ")).toEqual(cache);
    expect(told("pool: { connections: 10 }, ")).toEqual([
      "backend-opened",
      "backend-reuse",
      "backend-connections",
      "backend-busy",
      "backend-wait",
      "backend-overflow",
    ]);
  });

  it("tell of response caches only where some balancer has one", () => {
    const settings = { starvation: NEVER };
    const toldOf = (root: string): string[] => {
      const { record } = tableOf(small(root));
      const values = metricValues(spanOf(record, 0, record.endMs), EVERYTHING, settings, metrics);
      return Object.keys(values).filter((name) => /^response-|^offload$/.test(name));
    };
    const cache = ["response-hit-rate", "response-coalesced", "offload"];
    expect(toldOf("pool: { connections: 10 }, ")).toEqual([]);
    expect(toldOf("response-cache: { lru: 50 }, ")).toEqual(cache);
  });

  it("tell who asked for a name, and who was led astray", () => {
    const text = small("front-door: { names: 5s }, ")
      .replace("lb, at: frankfurt", "www")
      .replace("{ machines: 3 }", "{ name: fra, at: frankfurt, targets: [{ machines: 3 }] }");
    const { header, course } = tableOf(text);
    expect(header.slice(header.indexOf("spillover") + 1)).toEqual(["lookups", "stale-users"]);
    expect(course("region:here", "stale-users")).toEqual(Array(10).fill(0));
  });

  it("stand beside a variant that has none of them, whose cells are empty", () => {
    const without = tableOf(small(""));
    const cached = tableOf(small("response-cache: { lru: 50 }, "));
    const settings = { windowMs: 1000, starvation: NEVER };
    const both = [without, cached].flatMap(({ record }, variant) =>
      [...seriesRows(record, settings)].map((row) => [variant, ...row]),
    );
    const { header, rows } = seriesTable(both, ["variant"]);
    const at = header.indexOf("response-hit-rate");
    expect(at).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.length).toBe(header.length);
      if (row[0] === 0) expect(row[at]).toBeNull();
    }
    expect(rows.some((row) => row[0] === 1 && row[at] !== null)).toBe(true);
  });
});

const NEVER = { share: 0.5, windowMs: 1000, fairRequests: 20, waitMs: 1000 };
