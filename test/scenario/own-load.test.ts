import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/experiment/settings.ts";
import { describeScenario } from "../../src/scenario/describe.ts";
import { offeredLoads } from "../../src/scenario/offered-load.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import { summarize } from "../../src/statistics/run-summary.ts";
import { scenarioOf } from "./helpers.ts";

interface Given {
  readonly connections: string;
  readonly balancer: string;
  readonly arrivals?: string;
  /** Beside the demand. */
  readonly sizes?: string;
}

const MACHINES = "targets: [{ machines: 8 }]";

function scenarioWith({ connections, balancer, arrivals, sizes }: Given): Scenario {
  const by = arrivals ?? "{ poisson: 300/s }";
  return scenarioOf(`duration: 30s
clients: { all: { at: frankfurt, users: 60, arrivals: ${by} } }
connections: ${connections}
requests: { demand: 1ms${sizes ?? ""} }
balancer: { at: frankfurt, ${balancer} }
`);
}

/** What explain says of own cores, parents first; nothing of those that have no work. */
const told = (scenario: Scenario): (string | undefined)[] =>
  describeScenario(scenario).flatMap((line) => /\/s on .*own cores (.*)/.exec(line)?.[1] ?? []);

const EARLY = "at least; more where connections end before their last request";

const cases: Record<string, Given & { readonly says: readonly string[] }> = {
  "WebSockets use no pool, however many tiers they pass": {
    connections: "{ requests: 3, websocket: true }",
    balancer: `name: a, layer: 7, pool: fresh, targets: [{ name: b, layer: 7, pool: { requests: 2, tls: 1.3 },
      targets: [{ name: c, layer: 7, work: { handshake: 2ms }, ${MACHINES} }] }]`,
    arrivals: "{ poisson: 1200/s }",
    says: [],
  },
  // 100/s connections: 1 ms at a. b has 300/s × (3 + 14 packets) × 20 µs, and of each connection
  // 200 µs and two packets of its upgrade.
  "WebSockets open connections through layer 4 beneath layer 7": {
    connections: "{ requests: 3, websocket: true }",
    balancer: `name: a, layer: 7, work: { handshake: 1ms }, pool: { requests: 5, tls: 1.3 }, targets: [
      { name: b, layer: 4, forwarding: { cores: 1, packet: 20us, connection: 200us }, targets: [
        { name: c, layer: 7, ${MACHINES} }] }]`,
    sizes: ", request-size: 3000B, size: 20kB",
    says: [`10% ${EARLY}`, `12.6% ${EARLY}`],
  },
  // The same without work above: three round trips at a layer 4 that stands first (TCP, TLS 1.3 and
  // the upgrade). Connections end at b, whose handshakes are no work, and not beneath.
  "WebSockets through layer 4, with their upgrade": {
    connections: "{ requests: 3, websocket: true }",
    balancer: `name: a, layer: 4, forwarding: { packet: 100us }, targets: [{ name: b, layer: 7, targets: [
      { name: c, layer: 7, work: { handshake: 2ms }, targets: [
        { name: d, layer: 7, work: { handshake: 2ms }, ${MACHINES} }] }] }]`,
    says: [`12% ${EARLY}`],
  },
  // 300/s × 0.5 ms.
  "clients' connections end at a balancer that only picks, and none beneath works on them": {
    connections: "{ requests: 1 }",
    balancer: `name: a, layer: 7, targets: [
      { name: b, work: { handshake: 1ms, request: 0.5ms }, targets: [
        { name: c, work: { handshake: 1ms, request: 0.5ms }, ${MACHINES} }] }]`,
    says: ["15%", "15%"],
  },
  "so do those of a pool above": {
    connections: "{ requests: 1 }",
    balancer: `name: a, layer: 7, pool: { requests: 1, tls: 1.3 }, targets: [{ name: b, layer: 7, targets: [
      { name: c, work: { handshake: 1ms, request: 0.5ms }, ${MACHINES} }] }]`,
    says: ["15%"],
  },
  // 300/s of 1 + 1 packets, and each opened by 4, or by 2 where the early data go with the hello.
  "early data save a round trip": {
    connections: "{ requests: 1, resume: 50%, early-data: true }",
    balancer: `name: a, layer: 4, forwarding: { packet: 100us }, ${MACHINES}`,
    says: ["15%"],
  },
};

describe("the offered load of a balancer's own cores", () => {
  it.each(Object.entries(cases))("%s, as in a run", (_, { says, ...given }) => {
    const scenario = scenarioWith(given);
    expect(told(scenario)).toEqual(says);
    const record = simulate(scenario);
    const { balancers, overloaded } = summarize(record, settingsOf(scenario, record.nodes), "0");
    expect(overloaded).toEqual([]);
    for (const { path, own } of offeredLoads(scenario)) {
      const { metrics } = balancers.find((one) => one.path === path)!;
      const busy = metrics["balancer-utilization"] ?? 0;
      const load = own?.load ?? 0;
      // Of 9,000 requests σ is 1.1 %, and we allow 4 σ.
      expect(Math.abs(busy - load), `${path}: ${busy} for ${load}`).toBeLessThanOrEqual(
        0.042 * load,
      );
    }
  });

  it("is no more than unknown in a closed loop", () => {
    const scenario = scenarioWith({
      connections: "{ requests: 4 }",
      balancer: `name: a, layer: 7, work: { handshake: 1ms, request: 1ms }, ${MACHINES}`,
      arrivals: "{ closed: { think: 1s } }",
    });
    const line = describeScenario(scenario).find((one) => one.includes("on its own cores"));
    expect(line).toMatch(/on its own cores unknown$/);
  });

  it("counts no connections of a region where they may carry any number of requests", () => {
    const region = "at: frankfurt, arrivals: { poisson: 300/s }";
    const own = (few: number): readonly (string | undefined)[] =>
      told(
        scenarioOf(`duration: 30s
clients:
  few: { ${region}, connections: { requests: ${few} } }
  any: { ${region}, connections: { requests: none } }
requests: { demand: 1ms }
balancer: { name: a, at: frankfurt, layer: 7, work: { handshake: 1ms }, ${MACHINES} }
`),
      );
    expect(own(4)).toEqual([`7.5% ${EARLY}, and for all that may carry any number`]);
    expect(own(1)).toEqual([`30% ${EARLY}, and for all that may carry any number`]);
  });
});
