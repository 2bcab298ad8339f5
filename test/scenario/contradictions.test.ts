/** What contradicts itself is told in one line each, with the reason. */
import { describe, expect, it } from "vitest";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { problemsOf, scenarioOf, smallest } from "./helpers.ts";

const balancer = (fields: string, targets = "[{ machines: 4 }]", extra = ""): string =>
  smallest(extra).replace(/targets: .*$/m, `${fields}, targets: ${targets} }`);
const two =
  "[{ name: api, targets: [{ machines: 1 }] }, { name: web, targets: [{ machines: 1 }] }]";
const door = (kind: string, extra = ""): string =>
  balancer(`front-door: ${kind}`, "[{ name: in, targets: [{ machines: 2 }] }]", extra);

/** All that heed weights as they are, by the registry. */
const HEEDFUL =
  "weighted-round-robin, weighted-random, least-connections, power-of-d, power-of-d-with-replacement, " +
  "ring-hash, rendezvous, maglev, straw2, ketama, envoy-ring-hash, envoy-maglev, " +
  "haproxy-consistent, haproxy-map-based, bounded-load or replicated";

const CASES: Readonly<Record<string, readonly [text: string, told: string]>> = {
  "a slow start of turns that are all alike": [
    balancer("slow-start: 30s"),
    "slow-start does nothing: round-robin does not heed weights, " +
      `leave it out, or write as strategy ${HEEDFUL}`,
  ],
  "a slow start of a choice by utilization": [
    balancer("strategy: { power-of-d: { by: utilization } }, slow-start: 30s"),
    "slow-start does nothing: power-of-d with these settings does not heed weights, " +
      `leave it out, or write as strategy ${HEEDFUL}`,
  ],
  "a slow start by anycast": [
    door("anycast, slow-start: 30s"),
    "slow-start does nothing: nearest does not heed weights, " +
      "by anycast the network decides: leave it out",
  ],
  "early data where nothing is resumed": [
    smallest("connections: { early-data: true }\n"),
    "early data is for resumed connections, and resume is 0",
  ],
  "work on handshakes without connections": [
    balancer("work: { handshake: 1ms }"),
    "nobody shakes hands with web: clients have no connections",
  ],
  "resumed handshakes of machines without TLS": [
    balancer("layer: 4", "[{ machines: 2, resumed: 1ms }]", "connections: { tls: none }\n"),
    "nobody shakes hands with web/1: clients' connections have no TLS",
  ],
  "handshakes of machines where connections end above": [
    balancer("layer: 7", "[{ machines: 2, handshake: 1ms }]", "connections: {}\n"),
    "nobody shakes hands with web/1: clients' connections end at web, write pool: { tls: 1.3 }",
  ],
  "a response cache that WebSockets pass": [
    balancer("response-cache: { lru: 5 }", undefined, "connections: { websocket: yes }\n"),
    "all connections through web are WebSockets: its response cache answers nobody, leave it out",
  ],
  "a pool that WebSockets pass": [
    balancer("pool: fresh", undefined, "connections: { websocket: yes }\n"),
    "all connections through web are WebSockets: its pool is never used, leave it out",
  ],
  "work by bytes that nobody has": [
    balancer("work: { per-kB: 1ms }"),
    "web works by bytes, but requests have no size, write response-size: 20kB beside demand",
  ],
  "work that is none": [balancer("work: {}"), "work does not say what there is to do"],
  "resolvers under anycast": [
    door("anycast").replace("poisson: 10/s }", "poisson: 10/s }, resolvers: {}"),
    "the resolvers of all are never asked, by anycast the network decides: leave them out",
  ],
  "a path without its slash": [
    balancer("routes: [{ path: api, to: api }, { to: web }]", two),
    'the path "api" begins with no /',
  ],
  "a star in the midst of a host": [
    balancer("routes: [{ host: a.*.org, to: api }, { to: web }]", two),
    'the host "a.*.org" has a star elsewhere than before its first dot',
  ],
  "a header that no class has": [
    balancer("routes: [{ headers: { x-beta: on }, to: api }, { to: web }]", two),
    "no class of requests has the header x-beta: on",
  ],
  "a cookie that no class has": [
    balancer("routes: [{ cookies: { a: b }, to: api }, { to: web }]", two),
    "no class of requests has the cookie a: b",
  ],
  "a cache for nobody": [
    balancer("response-cache: { lru: 5, classes: [] }"),
    "response-cache is for no class, so it never stores anything",
  ],
  "a route's target that leaves": [
    balancer("routes: [{ to: web }]", two, "events: [{ at: 1s, remove: web/web }]\n"),
    "web has routes to web/web, which leaves: their requests will fail",
  ],
  "one replica too many": [
    balancer("replicas: 1_000", undefined, "events: [{ at: 1s, add-replica: web }]\n"),
    "web would have 1001 replicas, 1000 are the most",
  ],
  "a table without bounds": [
    balancer("layer: 4, nat: { size: 9e15 }", undefined, "connections: {}\n"),
    "it must be at most 1_000_000_000",
  ],
  "a replica of a front door that fails": [
    door("{ names: 60s }", "events: [{ at: 1s, fail-replica: web#1 }]\n"),
    "web has a front door and forwards nothing, so no replica of it can be missed",
  ],
  "a replica more of a front door": [
    door("anycast", "events: [{ at: 1s, add-replica: web }]\n"),
    "web has a front door and forwards nothing",
  ],
  "connections that are a number": [
    smallest("connections: 3\n"),
    "connections is a number, write a map such as { idle: 60s, tls: 1.3 }",
  ],
  "a flag where a list should be": [balancer("routes: true"), "routes is a flag, write a list"],
  "a pool of none": [
    balancer("pool: 0"),
    "pool is 0, and without a connection no request gets through",
  ],
  "a machine's replica": [
    smallest("events: [{ at: 1s, fail-replica: web/1#1 }]\n"),
    '"web/1" is not a balancer, machines have no replicas',
  ],
};

describe("refused, or warned of", () => {
  for (const [title, [text, told]] of Object.entries(CASES)) {
    it(title, () => {
      const lines = problemsOf(text);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(told);
    });
  }
});

describe("a slow start may stay", () => {
  it.each([
    ["least-connections", ""],
    ["{ bounded-load: jump }", ""],
    ["{ replicated: jump }", ""],
    // Before and after an event in mid-run.
    ["round-robin", "events: [{ at: 5s, set: web.strategy, to: weighted-random }]\n"],
    ["weighted-random", "events: [{ at: 5s, set: web.strategy, to: round-robin }]\n"],
  ])("with %s %s", (strategy, events) => {
    const fields = `strategy: ${strategy}, slow-start: 30s`;
    expect(problemsOf(balancer(fields, undefined, events))).toEqual([]);
  });

  it("with a remark where strategies are compared", () => {
    const compare = "compare: { web.strategy: [random, weighted-random] }\n";
    expect(problemsOf(balancer("slow-start: 30s", undefined, compare))).toEqual([
      `s.yaml:4:24: slow-start does nothing: round-robin does not heed weights, leave it out, or write as strategy ${HEEDFUL}`,
    ]);
    expect(() => scenarioOf(balancer("slow-start: 30s", undefined, compare))).not.toThrow();
  });

  it("with a remark where the command line sets the strategy", () => {
    const heeding = balancer("strategy: weighted-random, slow-start: 30s");
    const overrides = [{ path: "web.strategy", value: "random" }];
    const read = readScenario("s.yaml", () => new TextEncoder().encode(heeding), { overrides });
    expect("warnings" in read && read.warnings.map(({ what }) => what)).toEqual([
      "slow-start does nothing: random does not heed weights",
    ]);
  });
});
