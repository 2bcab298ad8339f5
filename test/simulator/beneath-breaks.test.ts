/**
 * What becomes of a balancer's own connections as layer 4 beneath it forgets, stops or loses their
 * ends.
 */
import { describe, expect, it } from "vitest";
import type { BalancerSpec, Layer4Spec, NatSpec } from "../../src/scenario/scenario.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { millis } from "../../src/units.ts";
import { far, heldAt, NAT, ofClients, ofProxies, run } from "./beneath.ts";
import { receivedBy } from "./connecting.ts";
import { countsOf, latencyOf, noticesOf } from "./observing.ts";
import { type EventGiven, machines, type Recorded, strategy } from "./scenario-builder.ts";

describe("tables of layer 4", () => {
  it("that are full refuse: the request is rejected, and the next one tries again", () => {
    const requests = [0, 10, 500, 500].map((timeMs, i): Recorded => [timeMs, 0, i]);
    const nat = { ...NAT, size: 1 };
    const record = run({ requests, layer4: { nat } });
    expect(countsOf(record)).toMatchObject({ completed: 2, rejected: 2 });
    expect(ofProxies(record, "opened")).toBe(1);
    // No client was refused a connection.
    expect(ofClients(record, "table-full")).toBe(0);
  });

  it("push out the one used longest ago: its request fails, and its balancer dials anew", () => {
    const requests = [0, 20, 500].map((timeMs, i): Recorded => [timeMs, 0, i]);
    const nat: NatSpec = { ...NAT, size: 1, whenFull: "evict" };
    const record = run({ requests, layer4: { nat } });
    // The first is at its machine as the second comes; the third goes on the second's.
    expect(countsOf(record)).toMatchObject({ completed: 2, failed: 1 });
    expect(record.proxies!.connections).toEqual({ opened: 2, closed: 0, broken: 1, open: 1 });
  });

  it("make room in the pool, for those who wait there", () => {
    // Two replicas of the balancer, each with one connection; the table has room for one of them.
    const requests = [0, 1, 2, 3, 4].map((timeMs, i): Recorded => [timeMs, 0, i]);
    const nat: NatSpec = { ...NAT, size: 1, whenFull: "evict" };
    const record = run({
      requests,
      layer4: { nat },
      pool: { connections: 1 },
      edge: { replicas: 2 },
    });
    const { completed, failed } = countsOf(record);
    expect([completed + failed, record.inFlightAtEnd]).toEqual([5, 0]);
    expect(completed).toBeGreaterThan(0);
    expect(failed).toBe(record.proxies!.connections.broken);
  });

  it("forget who is idle: that connection is broken, the next request gets another", () => {
    const record = run({
      requests: [0, 1_000],
      layer4: { nat: { ...NAT, idleMs: millis(300) } },
    });
    expect(countsOf(record).completed).toBe(2);
    expect(record.proxies!.connections).toEqual({ opened: 2, closed: 0, broken: 2, open: 0 });
    // A pool that closes first leaves nothing to be forgotten.
    const closing = run({
      requests: [0, 1_000],
      layer4: { nat: { ...NAT, idleMs: millis(300) } },
      pool: { idleMs: millis(200) },
    });
    expect(closing.proxies!.connections).toEqual({ opened: 2, closed: 2, broken: 0, open: 0 });
  });

  it("count from what passed last, a request or its answer", () => {
    // On the connection from 15 to 240 ms and from 505 to 715; either is longer ago by 300 without.
    const record = run({
      requests: [0, 500],
      layer4: { nat: { ...NAT, idleMs: millis(300) } },
      targets: [machines(1, { place: 3, speed: 0.025 })],
      durationMs: 800,
    });
    expect(countsOf(record).completed).toBe(2);
    expect(record.proxies!.connections).toEqual({ opened: 1, closed: 0, broken: 0, open: 1 });
  });
});

describe("replicas of layer 4", () => {
  const requests = Array.from({ length: 20 }, (_, i): Recorded => [i / 8, 0, i % 10]);
  const stop: EventGiven = {
    kind: "fail-replica",
    atMs: 500,
    replicas: [{ node: "edge/vip", number: 1 }],
  };
  const of = (given: Partial<Layer4Spec>, vip: Partial<BalancerSpec> = {}): RunRecord =>
    run({
      requests: [...requests, [1_000, 0, 0]],
      connections: { requests: 1 },
      layer4: given,
      vip: { replicas: 2, ...vip },
      events: [stop],
    });

  it("take what they know with them", () => {
    const { broken, open } = of({}).proxies!.connections;
    // Each of 20 is at the one that stops with ½, or is moved by mod-n: within 4 σ.
    expect(Math.abs(broken - 10)).toBeLessThan(4 * Math.sqrt(20 / 4));
    expect(broken + open).toBe(20);
  });

  it("and nothing where all share a table, or place by the same hash", () => {
    expect(of({ nat: { ...NAT, shared: true } }).proxies!.connections).toMatchObject({ broken: 0 });
    const hashed = of({}, { strategy: strategy("maglev") });
    expect(hashed.proxies!.connections).toMatchObject({ opened: 20, broken: 0, open: 20 });
  });

  it("fail what is under way, and the client's connection outlives that", () => {
    const record = run({ requests: [480, 1_000], vip: { replicas: 1 }, events: [stop] });
    expect(countsOf(record)).toMatchObject({ completed: 0, failed: 2 });
    expect(ofClients(record, "opened")).toBe(1);
    expect(record.connections!.broken).toBe(0);
  });
});

const silent = (atMs: number, forMs: number): EventGiven[] => [
  { kind: "fail", atMs, nodes: ["edge/vip/1"], manner: "silence", forMs: millis(forMs) },
];

describe("the end of a connection", () => {
  it("that crashes breaks it; the next request is dialed, and sent elsewhere", () => {
    const events: EventGiven[] = [{ kind: "fail", atMs: 300, nodes: ["edge/vip/1"] }];
    const record = run({ requests: [0, 600], events });
    expect(countsOf(record).completed).toBe(2);
    expect(receivedBy(record)).toEqual([1, 1]);
    expect(record.proxies!.connections).toEqual({ opened: 2, closed: 0, broken: 1, open: 1 });
  });

  it("that crashes leaves room in the pool at once, for who waits there", () => {
    const slow = machines(1, { place: 3, cores: 10, speed: 0.1 });
    const record = run({
      requests: [0, 1].map((timeMs): Recorded => [timeMs, 0, timeMs]),
      pool: { connections: 1 },
      targets: [slow, slow],
      events: [{ kind: "fail", atMs: 60, nodes: ["edge/vip/1"] }],
    });
    expect(countsOf(record)).toMatchObject({ completed: 1, failed: 1 });
    // With its balancer at 16 ms. That the first has failed is known there at 65.
    expect(latencyOf(record).balancer).toBeCloseTo(60 - 16, 9);
  });

  it("that crashed is not shaken hands with: the request goes there and fails", () => {
    const events: EventGiven[] = [{ kind: "fail", atMs: 300, nodes: ["edge/vip/1"] }];
    const record = run({ requests: [0, 600], events, targets: [far(1)] });
    expect(countsOf(record)).toMatchObject({ completed: 1, failed: 1 });
    expect(ofProxies(record, "opened")).toBe(1);
    expect(heldAt(record, "edge/vip", 2_000)).toBe(0);
  });

  it.each(["http/1.1", "http/2"] as const)(
    "that is silent holds %s until time is up",
    (protocol) => {
      const events: EventGiven[] = [
        { kind: "fail", atMs: 300, nodes: ["edge/vip/1"], manner: "silence" },
      ];
      const record = run({
        requests: [0, 600, 800, 1_500],
        events,
        timeoutMs: 500,
        pool: { protocol },
      });
      // Over HTTP/2 the requests of 600 and 800 are lost on the same one; over HTTP/1.1 the second
      // of them is dialed anew. The one of 1,500 finds the first machine lost, or the second.
      const isShared = protocol === "http/2";
      expect(countsOf(record)).toMatchObject(
        isShared ? { completed: 2, "timed-out": 2 } : { completed: 3, "timed-out": 1 },
      );
      expect(ofProxies(record, "broken")).toBe(1);
      expect(receivedBy(record)[1]).toBe(isShared ? 1 : 2);
    },
  );

  it("that falls silent while an answer is on its way loses nothing that anybody knows of", () => {
    // At its machine from 30 to 35 ms, with its balancer at 40.
    const record = run({ requests: [0], timeoutMs: 500, events: silent(37, 300) });
    expect(countsOf(record).completed).toBe(1);
    expect(heldAt(record, "edge/vip/1", 300)).toBe(1);
    // It is back at 337, and knows nothing of it.
    expect(heldAt(record, "edge/vip/1", 400)).toBe(0);
    expect(record.proxies!.connections).toEqual({ opened: 1, closed: 0, broken: 1, open: 0 });
  });

  it("and is back before the first request comes on it has no handshake to work for", () => {
    const service = (atMs: number): number =>
      latencyOf(
        run({
          requests: [0],
          pool: { tls: "1.3" },
          targets: [far(1)],
          events: [{ kind: "fail", atMs, nodes: ["edge/vip/1"], forMs: millis(1) }],
        }),
      ).service;
    // Two round trips of 10 ms from 15 ms on; the request is at its machine 5 ms after that.
    expect(service(27)).toBeCloseTo(5, 9);
    expect(service(37)).toBeCloseTo(5, 9);
    expect(service(1_000)).toBeCloseTo(5 + 3, 9);
  });

  it("carries several: all fail with it that are under way, and none that are not", () => {
    // Over HTTP/2 on one: the first is at its machine from 30 to 80 ms, the others from 95 on.
    const record = run({
      requests: [0, 80, 81, 82, 102].map((timeMs, i): Recorded => [timeMs, 0, i]),
      pool: { protocol: "http/2" },
      targets: [machines(1, { place: 3, cores: 10, speed: 0.1 })],
      events: [{ kind: "fail-replica", atMs: 105, replicas: [{ node: "edge/vip", number: 1 }] }],
    });
    expect(countsOf(record)).toMatchObject({ completed: 1, failed: 4 });
    expect(record.proxies!.connections).toMatchObject({ opened: 1, broken: 1 });
  });

  it("that drains keeps it: layer 7 cannot see that, and goes on using it until it is closed", () => {
    const events: EventGiven[] = [{ kind: "drain", atMs: 300, nodes: ["edge/vip/1"] }];
    const requests = [0, 250, 400, 550];
    const record = run({ requests, events, pool: { idleMs: millis(300) } });
    expect(receivedBy(record)).toEqual([4, 0]);
    // The last request is there 5 ms after it was sent, and 15 ms later the connection is idle.
    expect(noticesOf(record)).toEqual([
      "draining edge/vip/1@300",
      `left edge/vip/1@${550 + 5 + 15 + 300}`,
    ]);
  });

  it("is left at once where a balancer's own target drains", () => {
    const events: EventGiven[] = [{ kind: "drain", atMs: 300, nodes: ["edge/vip"] }];
    const record = run({ requests: [0], events });
    expect(noticesOf(record)).toContain("left edge/vip@300");
    expect(record.proxies!.connections).toEqual({ opened: 1, closed: 1, broken: 0, open: 0 });
  });
});
