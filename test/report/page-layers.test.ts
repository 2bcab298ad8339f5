/** What a report's page shows of layers, names, response caches and connections. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/experiment/settings.ts";
import { PAGE_METRICS, seriesModel } from "../../src/report/page/series.ts";
import { treeTable } from "../../src/report/page/tree.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { simulate } from "../../src/simulator/run.ts";

describe("a scenario with layers, response caches and names", () => {
  const read = (name: string) => {
    const loader = (path: string): string => readFileSync(`scenarios/${path}`, "utf8");
    const found = readScenario(name, loader, { overrides: [] });
    if ("problems" in found) throw new Error(JSON.stringify(found.problems));
    return found.scenario;
  };

  it("has them in the tree", () => {
    const { columns, rows } = treeTable(read("layer-7.yaml"));
    const heads = columns.map(({ head }) => head);
    const cellsOf = (head: string) => rows.map(({ cells }) => cells[heads.indexOf(head)]);
    expect(cellsOf("layer").join()).toMatch(/layer 7: decides once a request/);
    expect(cellsOf("beside picking").join()).toMatch(/cores for work.*caches responses.*routes/);
    expect(treeTable(read("one-tier.yaml")).columns.map(({ head }) => head)).not.toContain("layer");
    const named = treeTable(read("names-withdrawn.yaml"));
    expect(JSON.stringify(named.rows)).toMatch(/clients find its targets by names/);
    expect(JSON.stringify(treeTable(read("layer-4.yaml")).rows)).toMatch(/a TLS handshake takes/);
  });

  it("has charts of its connections, response caches and balancers' cores", () => {
    const scenario = read("layer-7.yaml");
    const record = simulate(scenario);
    const settings = settingsOf(scenario, record.nodes);
    const { of } = seriesModel(record, settings, 1);
    const told = PAGE_METRICS.flatMap(({ name }, index) =>
      of.some(({ values }) => values[index]?.some((value) => (value ?? 0) > 0)) ? [name] : [],
    );
    expect(told).toEqual(
      expect.arrayContaining([
        "connections-open",
        "connections-opened",
        "response-hit-rate",
        "offload",
        "balancer-utilization",
      ]),
    );
  });
});
