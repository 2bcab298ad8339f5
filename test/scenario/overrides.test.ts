import { describe, expect, it } from "vitest";
import type { MachinesSpec, Scenario } from "../../src/scenario/scenario.ts";
import { EXAMPLE } from "./example.ts";
import { problemsOf, scenarioOf, smallest } from "./helpers.ts";

const set = (path: string, value: string, text = EXAMPLE): Scenario =>
  scenarioOf(text, { overrides: [{ path, value }] });
const problems = (path: string, value: string): string[] =>
  problemsOf(smallest(), { overrides: [{ path, value }] });
const groups = ({ root }: Scenario, name: string): MachinesSpec[] => {
  const balancer = root.targets.find(
    (target) => target.kind === "balancer" && target.name === name,
  );
  const targets = balancer?.kind === "balancer" ? balancer.targets : [];
  return targets.filter((target) => target.kind === "machines");
};

describe("settings from outside", () => {
  it("of the scenario", () => {
    expect(set("seed", "9").seed).toBe(9);
    expect(set("duration", "20min").durationMs).toBe(1_200_000);
    expect(set("requests.demand", "{ constant: 7ms }").classes[0].demand.kind).toBe("constant");
    expect(set("requests.objects.count", "5k").classes[0].objects.count).toBe(5_000);
    expect(set("clients.europe.arrivals.poisson", "9_000/s").clients[0].arrivals.settings).toEqual({
      rate: 9,
    });
    expect(set("clients.*.users", "7").clients.map(({ users }) => users)).toEqual([7, 7]);
    expect(set("events.2.fail", "fra/4").events[1]).toMatchObject({ nodes: ["global/fra/4"] });
    expect(scenarioOf(EXAMPLE, { seed: 11 }).seed).toBe(11);
  });

  it("of balancers by pattern", () => {
    expect(set("fra.strategy", "maglev").root.targets[0]).toMatchObject({
      strategy: { kind: "maglev", settings: { table: 65_537 } },
    });
    const everywhere = set("*.strategy", "random").root;
    expect(everywhere.strategy.kind).toBe("random");
    expect(everywhere.targets).toMatchObject([
      { strategy: { kind: "random" } },
      { strategy: { kind: "random" } },
    ]);
    expect(set("fra.strategy.ring-hash.nodes", "7").root.targets[0]).toMatchObject({
      strategy: { settings: { nodes: 7 } },
    });
    expect(set("gru.health.interval", "5s").root.targets[1]).toMatchObject({
      health: { intervalMs: 5_000, timeoutMs: 1_000 },
    });
    expect(set("balancer.replicas", "3").root.replicas).toBe(3);
  });

  it("of machines: a part of a group becomes a group", () => {
    expect(groups(set("fra/*.cores", "8"), "fra")).toMatchObject([
      { first: 1, count: 16, cores: 8 },
    ]);
    expect(groups(set("fra/3.cores", "8"), "fra")).toMatchObject([
      { first: 1, count: 2, cores: 4 },
      { first: 3, count: 1, cores: 8 },
      { first: 4, count: 13, cores: 4 },
    ]);
    expect(groups(set("fra/1..4.speed", "2"), "fra")).toMatchObject([
      { count: 4, speed: 2 },
      { first: 5, count: 12, speed: 1 },
    ]);
    expect(groups(set("fra.machines", "20"), "fra")).toMatchObject([{ count: 20 }]);
  });

  it("a later one wins", () => {
    const overrides = ["1", "2"].map((value) => ({ path: "seed", value }));
    expect(scenarioOf(EXAMPLE, { overrides }).seed).toBe(2);
  });

  it.each([
    ["web.strategy", "radnom", 'strategy: no strategy is called "radnom", did you mean "random"?'],
    ["durtion", "5s", 'no setting is called "durtion", did you mean "duration"?'],
    ["duration", "5", "duration: 5 has no unit, write 5ms or 5s"],
    ["web/*.cors", "5", 'no setting of a node is called "cors", did you mean "cores"?'],
    ["web.cores", "5", '"web" has no setting "cores" of its own, write web/*.cores'],
    [
      "web/1.strategy",
      "random",
      '"web/1" has no setting "strategy" of its own, it is a setting of balancers',
    ],
    ["web/7.cores", "2", '"web/7" matches nothing, web has the machines 1..4'],
    ["web", "2", 'no setting is called "web", write for example web.strategy'],
    ["seed", "{", "not YAML: Flow map must end with a }"],
    ["include", "a.yaml", "include cannot be set from outside, set what the file holds"],
    ["events.1.at", "5s", '"events.1.at" matches nothing, there are 0, counted from 1'],
  ])("%s=%s is told by its name", (path, value, problem) => {
    const text = path.startsWith("events") ? smallest("events: []\n") : smallest();
    expect(problemsOf(text, { overrides: [{ path, value }] })).toEqual([
      `--set ${path}: ${problem}`,
    ]);
  });

  it("a seed that is none", () => {
    expect(problemsOf(smallest(), { seed: -1 })).toEqual([
      "--seed: seed is -1, it must not be negative",
    ]);
    expect(problems("", "5")).toEqual(["--set: no setting is named, write path=value"]);
  });
});
