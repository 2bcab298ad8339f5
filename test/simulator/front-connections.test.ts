/** The front door where clients have connections: asked once a connection. */
import { describe, expect, it } from "vitest";
import { frontDoors } from "../../src/balancing/front-doors/registry.ts";
import { readWell } from "../scenario/helpers.ts";
import { simulate } from "../../src/simulator/run.ts";
import { CONNECTION_COUNTS, DOOR_COUNTS } from "../../src/statistics/run-record.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { countsOf, latencyOf } from "./observing.ts";

/** `from` at 0 ms of `near` and 20 of `far`; users ask for 1 ms each 50 ms on average. */
const text = (connections: string, rest: string, events = ""): string => `
duration: 4s
warmup: 0s
window: 100ms
network: { round-trips: { from: { near: 10ms, far: 20ms }, near: { far: 5ms } } }
clients: { all: { at: from, users: 10, arrivals: { poisson: 200/s }, RESOLVERS } }
requests: { demand: 1ms, affinity: user }
connections: { ${connections} }
balancer:
  name: www
  ${rest}
  targets:
    - { name: a, at: near, targets: [{ machines: 4, cores: 50 }] }
    - { name: b, at: far, targets: [{ machines: 4, cores: 50 }] }
${events}`;
const run = (body: string, resolvers = ""): RunRecord =>
  simulate(readWell(body.replace(", RESOLVERS", resolvers)).scenario);

function total(record: RunRecord, table: "door" | "connections", name: string): number {
  const names: readonly string[] = table === "door" ? DOOR_COUNTS : CONNECTION_COUNTS;
  let sum = 0;
  for (const { door, connections } of record.slices) {
    const counts = table === "door" ? door : connections?.counts;
    sum += counts?.[names.indexOf(name)] ?? 0;
  }
  return sum;
}

it("has what the scenarios below name", () => {
  expect(frontDoors.map(({ name }) => name)).toEqual(["names", "anycast"]);
});

describe("a name", () => {
  const resolvers = ", resolvers: { users-each: 1, lookup: 30ms }";
  it("is looked up once a connection, before its handshake", () => {
    const record = run(
      text("tls: none, protocol: http/2, idle: none", "front-door: { names: 1ms }"),
      resolvers,
    );
    // Ten users, one connection each. Some share a resolver, and some a lookup under way.
    expect(total(record, "connections", "opened")).toBe(10);
    expect(total(record, "door", "uses")).toBe(10);
    expect(total(record, "door", "lookups")).toBeGreaterThan(5);
    expect(total(record, "door", "lookups")).toBeLessThanOrEqual(10);
    const { resolve, connect } = latencyOf(record);
    // One round trip of TCP. Who comes while the connection is looked for or opened waits the rest.
    expect(resolve).toBeGreaterThanOrEqual(300);
    expect(connect).toBeGreaterThanOrEqual(100);
    expect(countsOf(record).completed).toBe(record.bornTotal - record.inFlightAtEnd);
  });
});

describe("anycast", () => {
  it("breaks the connections whose way changes, and their users connect anew", () => {
    const record = run(
      text(
        "tls: 1.3, protocol: http/2, idle: none",
        "front-door: { anycast: 200ms }",
        "events: [{ at: 2s, drain: www/a }]",
      ),
    );
    expect(total(record, "connections", "broken-by-door")).toBe(10);
    expect(total(record, "connections", "opened")).toBe(20);
    expect(total(record, "connections", "reconnects")).toBe(10);
    const { failed, completed } = countsOf(record);
    // What was under way at 2.2 s: 200/s × 11 ms, two on average.
    expect(failed).toBeLessThan(12);
    expect(completed + failed + record.inFlightAtEnd).toBe(record.bornTotal);
  });

  it("leaves balancers' own connections through layer 4 alone", () => {
    const beneath = "layer: 7, pool: { idle: none }, targets: [{ name: l4, layer: 4, targets: [";
    const record = run(
      text(
        "tls: 1.3, protocol: http/2, idle: none",
        "front-door: { anycast: 200ms }\n  health: { interval: 100ms, timeout: 50ms }",
        "events: [{ at: 2s, cut: [from, near] }]",
      )
        .replaceAll("targets: [{ machines", `${beneath}{ machines`)
        .replaceAll("cores: 50 }] }", "cores: 50 }] }] }"),
    );
    expect(total(record, "connections", "broken-by-door")).toBe(10);
    // Those of a idle on, as whoever was cut off left them.
    expect(record.proxies!.connections.broken).toBe(0);
    const { nodes, slices } = record;
    const { id } = nodes.find(({ path }) => path === "www/a/l4")!;
    expect(slices.at(-1)!.connections!.open[id]).toBeGreaterThan(0);
  });
});
