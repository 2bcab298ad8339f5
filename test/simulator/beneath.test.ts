/** Layer 4 beneath layer 7: a balancer's own connections run through it. */
import { describe, expect, it } from "vitest";
import type { BalancerSpec, Layer4Spec } from "../../src/scenario/scenario.ts";
import { PROXY_COUNTS } from "../../src/statistics/run-record.ts";
import type { ProxyCountName, RunRecord } from "../../src/statistics/run-record.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import type { Tally } from "../../src/statistics/tally.ts";
import { simulate } from "../../src/simulator/run.ts";
import { millis } from "../../src/units.ts";
import { scenarioOf } from "../scenario/helpers.ts";
import { far, heldAt, NAT, ofClients, ofProxies, POOL, run } from "./beneath.ts";
import { receivedBy } from "./connecting.ts";
import { countsOf, latencyOf } from "./observing.ts";
import {
  balancer,
  type EventGiven,
  machines,
  type Recorded,
  strategy,
} from "./scenario-builder.ts";

/** Round trips of TCP and TLS on a balancer's own connection. */
const TRIPS = { none: 1, "1.2": 3, "1.3": 2 } as const;

describe.each(["http/1.1", "http/2"] as const)("handshakes over %s", (protocol) => {
  describe.each(["none", "1.2", "1.3"] as const)("TLS %s", (tls) => {
    it.each([
      ["fresh", 3],
      ["pooled", 1],
    ] as const)("%s connections: exact, with the machine at the other end", (how, opened) => {
      const requests = how === "fresh" ? 1 : null;
      const record = run({ requests: [0, 100, 200], pool: { protocol, tls, requests } });
      expect(countsOf(record).completed).toBe(3);
      expect(ofClients(record, "opened")).toBe(1);
      expect(ofClients(record, "round-trips")).toBe(1);
      expect(ofProxies(record, "opened")).toBe(opened);
      expect(ofProxies(record, "dialed")).toBe(opened * TRIPS[tls]);
      // To the balancer 10 ms a round trip, from there through layer 4 to the machine 4 + 6.
      const parts = latencyOf(record);
      expect(parts.connect).toBeCloseTo(10 + 10 * TRIPS[tls] * opened, 9);
      expect(parts.network).toBeCloseTo(3 * (10 + 4 + 6), 9);
      expect(parts.service).toBeCloseTo(3 * 5 + (tls === "none" ? 0 : 3 * opened), 9);
      // What a pool keeps is open at the end, through layer 4 and to one machine.
      const kept = how === "fresh" ? 0 : 1;
      for (const path of ["edge/vip", "edge/vip/1"]) {
        expect(heldAt(record, path, 2_000)).toBe(kept);
      }
      expect(record.proxies!.connections).toEqual({
        opened,
        closed: opened - kept,
        broken: 0,
        open: kept,
      });
    });
  });
});

it("answers that return directly skip layer 4 and not the balancer that asked", () => {
  const record = run({ requests: [0, 100], layer4: { directReturn: true }, pool: { tls: "1.3" } });
  const parts = latencyOf(record);
  // A way there of 2 + 3 ms, and of 4 ms back.
  expect(parts.connect).toBeCloseTo(10 + 2 * 9, 9);
  expect(parts.network).toBeCloseTo(2 * (10 + 9), 9);
});

it("answers that return directly within a place are no distance away, as those that do not", () => {
  const record = simulate(
    scenarioOf(`
duration: 1s
network: { round-trips: { a: { b: 10ms } }, same-place: 4ms }
clients: { all: { at: a, users: 1, arrivals: { poisson: 20/s } } }
connections: { tls: none, idle: none }
requests: { demand: 1ms }
balancer:
  { name: edge, at: b, layer: 7, pool: fresh, targets: [
    { name: vip, layer: 4, direct-return: true, targets: [{ machines: 1 }] }] }
`),
  );
  // 4 ms are between clients of a place and its door alone.
  expect(latencyOf(record).connect).toBeCloseTo(10 * ofClients(record, "opened"), 9);
});

it("TLS resumes by the address, whichever machine is behind it", () => {
  const record = run({ requests: [0, 100, 200], pool: { tls: "1.2", resume: 1, requests: 1 } });
  expect(receivedBy(record)).toEqual([2, 1]);
  expect(ofProxies(record, "backend-full")).toBe(1);
  expect(ofProxies(record, "backend-resumed")).toBe(2);
  // Three round trips of TCP and TLS 1.2, two where it resumes (RFC 5246, figures 1 and 2).
  expect(ofProxies(record, "dialed")).toBe(3 + 2 + 2);
  expect(latencyOf(record).connect).toBeCloseTo(10 + 10 * 7, 9);
  expect(latencyOf(record).service).toBeCloseTo(3 * 5 + 3, 9);
});

it("packets are work there: of the handshake with the first request, of both ways with each", () => {
  const forwarding = {
    cores: 1,
    packetMs: millis(1),
    connectionMs: millis(2),
    segmentBytes: 1_460,
  };
  const of = (given: Partial<Layer4Spec>): RunRecord =>
    run({ requests: [0, 100], pool: { tls: "1.3" }, layer4: { forwarding, ...given } });
  // Two round trips of TCP and TLS 1.3, two packets each; then one each way for each request.
  const record = of({});
  expect(ofProxies(record, "packets")).toBe(2 * 2 + 2 * 2);
  expect(latencyOf(record).balancer).toBeCloseTo(2 + 8, 9);
  // Answers go past it, those to handshakes too.
  const direct = of({ directReturn: true });
  expect(ofProxies(direct, "packets")).toBe(2 + 2);
  expect(latencyOf(direct).balancer).toBeCloseTo(2 + 4, 9);
});

describe("layer 4 decides once a connection", () => {
  const many = Array.from({ length: 6 }, (_, i): Recorded => [100 * i, 0, i]);

  it("for all requests on a pooled one, whoever they come from", () => {
    expect(receivedBy(run({ requests: many }))).toEqual([6, 0]);
    expect(receivedBy(run({ requests: many, pool: { requests: 1 } }))).toEqual([3, 3]);
    expect(receivedBy(run({ requests: many, pool: { requests: 2 } }))).toEqual([4, 2]);
  });

  it("so HTTP/2 streams of one replica all go to one machine, however many come at once", () => {
    const requests = Array.from({ length: 6 }, (_, i): Recorded => [i / 8, 0, i]);
    const record = run({ requests, pool: { protocol: "http/2" } });
    expect(receivedBy(record)).toEqual([6, 0]);
    expect(ofProxies(record, "opened")).toBe(1);
    const apart = run({ requests });
    expect(receivedBy(apart)).toEqual([3, 3]);
    expect(heldAt(apart, "edge/vip", 2_000)).toBe(6);
  });

  it("by open connections, not by requests, where it looks for the fewest", () => {
    const requests = Array.from({ length: 8 }, (_, i): Recorded => [Math.floor(i / 4) * 500, 0, i]);
    const record = run({
      requests,
      vip: { strategy: strategy("least-connections") },
      // Four at once, then four on the same connections.
      targets: [far(1), far(1)],
    });
    expect(ofProxies(record, "opened")).toBe(4);
    expect(receivedBy(record)).toEqual([4, 4]);
    for (const path of ["edge/vip/1", "edge/vip/2"]) expect(heldAt(record, path, 2_000)).toBe(2);
  });

  it("and of its replica: each has an address of its own", () => {
    const requests = Array.from({ length: 40 }, (_, i): Recorded => [10 * i, 0, i % 10]);
    const connections = { requests: 1 };
    const received = receivedBy(
      run({
        requests,
        connections,
        affinity: "address",
        vip: { strategy: strategy("maglev") },
        edge: { replicas: 8 },
      }),
    );
    // With one address all would be at one of both; 8 of their own are with 2 × ½⁸ = 0.8 %.
    expect(Math.min(...received)).toBeGreaterThan(0);
  });

  it("by the address of the balancer that asks, which all its connections share", () => {
    const requests = Array.from({ length: 40 }, (_, i): Recorded => [i / 8, 0, i]);
    const byAddress = { requests, affinity: "address", vip: { strategy: strategy("maglev") } };
    const shares = receivedBy(run({ ...byAddress, affinity: "address" }));
    expect(shares.toSorted((a, b) => a - b)).toEqual([0, 40]);
    // Of address and port: each to either with ½, so 20 ± 3.2; we allow 4 σ.
    const [first] = receivedBy(run({ ...byAddress, affinity: "user" }));
    expect(Math.abs(first - 20)).toBeLessThan(4 * Math.sqrt(40 / 4));
  });
});

describe("a pool's rules hold through layer 4", () => {
  it("who is idle for too long is closed in time, at both ends", () => {
    const record = run({ requests: [0], pool: { idleMs: millis(250) } });
    // There at 15 ms, dialed until 25, back from the machine at 40: idle from then on.
    expect(heldAt(record, "edge/vip", 200)).toBe(1);
    expect(heldAt(record, "edge/vip", 300)).toBe(0);
    expect(ofProxies(record, "open-ms")).toBeCloseTo(40 + 250 - 15, 9);
    expect(record.proxies!.connections).toEqual({ opened: 1, closed: 1, broken: 0, open: 0 });
  });

  it("requests wait for one of few connections, in order", () => {
    const requests = [0, 0, 0].map((timeMs, i): Recorded => [timeMs, 0, i]);
    const record = run({ requests, pool: { connections: 1 } });
    expect(ofProxies(record, "pended")).toBe(2);
    expect(ofProxies(record, "opened")).toBe(1);
    // All are there at 15 ms; the first has the connection for 10 + 15, each other one for 15.
    expect(latencyOf(record).balancer).toBeCloseTo(25 + 40, 9);
  });

  it("a balancer that stops takes its connections with it", () => {
    const events: EventGiven[] = [{ kind: "fail", atMs: 300, nodes: ["edge"], forMs: 100 }];
    const record = run({ requests: [0, 600], events });
    expect(heldAt(record, "edge/vip", 400)).toBe(0);
    expect(record.proxies!.connections).toEqual({ opened: 2, closed: 0, broken: 1, open: 1 });
  });
});

describe("another balancer of layer 7 beneath", () => {
  const inner = (given: Partial<BalancerSpec> = {}) =>
    balancer("in", { place: 3, layer: 7, pool: { ...POOL, tls: "1.3" }, replicas: 2, ...given }, [
      machines(2, { place: 3, cores: 10, handshakeMs: millis(3) }),
    ]);
  const work = {
    cores: 1,
    handshakeMs: millis(2),
    resumedMs: millis(0),
    request: null,
    perKbMs: millis(0),
  };

  it("ends the connection, works on its handshake, and decides once a request", () => {
    const requests = [0, 100, 200, 300].map((timeMs): Recorded => [timeMs, 0, 0]);
    const record = run({ requests, pool: { tls: "1.3" }, targets: [inner({ work })] });
    expect(countsOf(record).completed).toBe(4);
    expect(ofProxies(record, "full")).toBe(1);
    // One through layer 4, and one to each machine of the replica where that ends.
    expect(ofProxies(record, "opened")).toBe(3);
    expect(receivedBy(record)).toEqual([2, 2]);
    expect(latencyOf(record).service).toBeCloseTo(4 * 5 + 2 * 3, 9);
    expect(heldAt(record, "edge/vip/in", 2_000)).toBe(1);
    expect(heldAt(record, "edge/vip/in/1", 2_000)).toBe(0);
  });

  it("breaks it where its replica stops", () => {
    const events: EventGiven[] = [1, 2].map((number) => ({
      kind: "fail-replica",
      atMs: 300,
      replicas: [{ node: "edge/vip/in", number }],
      forMs: 100,
    }));
    const record = run({ requests: [0, 600], targets: [inner()], events });
    expect(countsOf(record).completed).toBe(2);
    // What it held to its machine broke too.
    expect(record.proxies!.connections).toMatchObject({ opened: 4, broken: 2, open: 2 });
  });
});

it.each([
  ["beside the pool", {}],
  ["where there is none", { pool: null }],
])("websockets pin their way through both layers, %s", (_, given) => {
  const websockets = { connections: { websocket: true }, layer4: { nat: { ...NAT, size: 1 } } };
  const requests = [0, 100, 200].map((timeMs): Recorded => [timeMs, 0, 0]);
  const record = run({ requests, ...websockets, ...given });
  expect(receivedBy(record)).toEqual([3, 0]);
  expect(ofProxies(record, "opened")).toBe(0);
  expect(heldAt(record, "edge/vip/1", 2_000)).toBe(1);
  // A second user finds the table full, as the first segment would.
  const full = run({ requests: [...requests, [300, 0, 1]], ...websockets, ...given });
  expect(countsOf(full)).toMatchObject({ completed: 3, rejected: 1 });
});

describe("a CDN's edge in front of a datacenter's layer-4 entry", () => {
  const text = (pool: string): string => `
duration: 120s
warmup: 20s
network: { round-trips: { near: { edge: 10ms, dc: 90ms }, edge: { dc: 80ms } } }
clients: { people: { at: near, users: 500, arrivals: { poisson: 200/s } } }
connections: { protocol: http/2, tls: 1.3 }
requests: { objects: { count: 1_000, popularity: uniform }, demand: 5ms, timeout: none }
balancer:
  name: cdn
  at: edge
  health: none
  response-cache: { lru: 600 }
  pool: ${pool}
  targets:
    - name: entry
      at: dc
      layer: 4
      replicas: 2
      strategy: least-connections
      nat: { size: 1_000, idle: 90s, shared: yes }
      health: none
      targets: [{ machines: 4, cores: 4 }]
`;
  const from = 20_000;
  const measuredMs = 100_000;
  const tallied = (pool: string): Tally => {
    const record = simulate(scenarioOf(text(pool)));
    return tallyOf(record, EVERYTHING, from, record.endMs);
  };
  const count = ({ span }: Tally, name: ProxyCountName): number =>
    span.proxies[PROXY_COUNTS.indexOf(name)];

  it("fetches what it misses, each on a connection of its own that layer 4 holds so long", () => {
    const tally = tallied("{ requests: 1, tls: 1.3 }");
    const asked = count(tally, "first");
    const misses = count(tally, "misses");
    // Of equally popular objects the cache has 600 in 1,000: of 20,000 requests σ is 0.35 %, 4 of
    // them.
    expect(Math.abs(misses / asked - 0.4)).toBeLessThan(0.014);
    expect(count(tally, "opened")).toBe(misses);
    // TCP and TLS 1.3: 2 round trips of 80 ms; a third one for request and answer; 5 ms of work, or
    // little more, where few machines are busy. Little's law gives the connections held.
    const heldMs = count(tally, "open-ms") / count(tally, "opened");
    expect(Math.abs(heldMs - (3 * 80 + 5))).toBeLessThan(1);
    const open = count(tally, "open-ms") / measuredMs;
    // 200/s × 0.4 × 0.245 s = 19.6, as far as chance lets it: 1.4 % of misses, arrivals 0.7 % × 4.
    expect(Math.abs(open / 19.6 - 1)).toBeLessThan(0.06);
  });

  it("keeps few where it may use them again, and saves the round trips", () => {
    const tally = tallied("{ protocol: http/1.1, idle: 30s, tls: 1.3 }");
    const misses = count(tally, "misses");
    const [opened, reused] = [count(tally, "opened"), count(tally, "reused")];
    expect(opened + reused).toBe(misses);
    expect(reused / misses).toBeGreaterThan(0.99);
    // In use: 200/s × 0.4 × 0.085 s = 6.8; the tail of a Poisson number beyond 24 is 1e-7.
    const inUse = count(tally, "held-ms") / measuredMs;
    expect(Math.abs(inUse / 6.8 - 1)).toBeLessThan(0.06);
    expect(tally.span.slices.at(-1)!.connections!.open[1]).toBeLessThan(24);
  });
});
