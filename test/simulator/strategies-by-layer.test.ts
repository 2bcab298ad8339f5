/**
 * Every strategy of the registry picks for connections at layer 4 and for requests at layer 7, and
 * the tables say which.
 */
import { describe, expect, it } from "vitest";
import { strategies } from "../../src/balancing/registry.ts";
import { settingsOf } from "../../src/experiment/settings.ts";
import { layerTable } from "../../src/report/connection-tables.ts";
import { simulate } from "../../src/simulator/run.ts";
import type { RunSummary } from "../../src/statistics/run-summary.ts";
import { summarize } from "../../src/statistics/run-summary.ts";
import { scenarioOf } from "../scenario/helpers.ts";

const USERS = 40;
const summaryOf = (strategy: string, layer: 4 | 7): RunSummary => {
  const scenario = scenarioOf(`
duration: 10s
warmup: 0s
clients: { all: { at: frankfurt, users: ${USERS}, arrivals: { constant: 200/s } } }
connections: { protocol: http/2, tls: none, requests: 5, idle: none }
requests: { demand: 1ms, affinity: user }
balancer: { name: lb, at: london, layer: ${layer}, strategy: ${strategy}, targets: [{ machines: 4 }] }
`);
  const record = simulate(scenario);
  return summarize(record, settingsOf(scenario, record.nodes), "test");
};

/** Answers whose user landed on another machine than the time before. */
const movesOf = ({ overall }: RunSummary): number => overall["users-moved"]! * overall.requests!;

describe.each(strategies.map(({ name }) => name))("%s", (name) => {
  it("decides once a connection at layer 4: who moves has connected anew", () => {
    const summary = summaryOf(name, 4);
    const { conservation, connections, overall, machines } = summary;
    expect(conservation.holds && connections!.holds).toBe(true);
    expect(overall.availability).toBe(1);
    // 2,000 requests, five a connection.
    expect(connections!.opened).toBeGreaterThanOrEqual(400);
    expect(connections!.opened).toBeLessThan(450);
    expect(movesOf(summary)).toBeLessThanOrEqual(connections!.opened);
    for (const { metrics } of machines) expect(metrics.requests).toBeGreaterThan(0);
    expect(layerTable(summary).rows[0].cells.slice(1, 5)).toEqual([
      "4",
      "connection",
      name,
      "open connections",
    ]);
  });

  it("decides once a request at layer 7", () => {
    const summary = summaryOf(name, 7);
    const { conservation, connections, overall, machines } = summary;
    expect(conservation.holds && connections!.holds).toBe(true);
    expect(overall.availability).toBe(1);
    for (const { metrics } of machines) expect(metrics.requests).toBeGreaterThan(0);
    expect(layerTable(summary).rows[0].cells.slice(1, 5)).toEqual([
      "7",
      "request",
      name,
      "active requests",
    ]);
  });
});

it("in turn nearly each request moves its user at layer 7, every fifth at most at layer 4", () => {
  expect(movesOf(summaryOf("round-robin", 7))).toBeGreaterThan(1_400);
  expect(movesOf(summaryOf("round-robin", 4))).toBeLessThan(450);
});
