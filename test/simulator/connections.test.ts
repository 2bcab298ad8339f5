/**
 * Clients' connections through layer 4 and to machines, exactly: what opening costs, and how each
 * way of ending comes about.
 */
import { describe, expect, it } from "vitest";
import type { BalancerSpec, Layer4Spec } from "../../src/scenario/scenario.ts";
import { millis } from "../../src/units.ts";
import { countsOf, layer4, near, outcome, partOf, receivedBy, run } from "./connecting.ts";
import {
  balancer,
  constant,
  type EventGiven,
  machines,
  type Recorded,
} from "./scenario-builder.ts";

describe("opening", () => {
  const KINDS = [
    ["none", 0, false, 1, {}],
    ["1.2", 0, false, 3, { full: 1 }],
    ["1.2", 1, false, 2, { resumed: 1 }],
    ["1.3", 0, false, 2, { full: 1 }],
    ["1.3", 1, false, 2, { resumed: 1 }],
    ["1.3", 1, true, 1, { early: 1 }],
  ] as const;
  const protocols = ["http/1.1", "http/2"] as const;
  it.each(protocols.flatMap((protocol) => KINDS.map((kind) => [protocol, ...kind] as const)))(
    "%s with TLS %s, resumed %d, early data %s takes %d round trips, once",
    (protocol, tls, resume, earlyData, trips, handshakes) => {
      const connections = { protocol, tls, resume, earlyData };
      const record = run({ connections, requests: [0, 100] });
      expect(countsOf(record)).toEqual({
        opened: 1,
        carried: 2,
        "round-trips": trips,
        ...handshakes,
      });
      expect(partOf(record, "connect")).toBeCloseTo(trips * 10, 9);
      expect(partOf(record, "network")).toBeCloseTo(2 * 10, 9);
      expect(partOf(record, "service")).toBeCloseTo(2 * 5, 9);
      expect(receivedBy(record)).toEqual([2, 0]);
    },
  );

  it("http/1.1 opens another connection while all are busy, http/2 shares one", () => {
    // Born at 0, 1 and 2; one round trip of 10 ms: the later ones wait for the rest of the first
    // one's handshake.
    const requests = [0, 1, 2, 100, 100.1];
    const one = run({ connections: { protocol: "http/1.1" }, requests });
    expect(countsOf(one)).toMatchObject({ opened: 3, carried: 5 });
    expect(partOf(one, "connect")).toBeCloseTo(3 * 10, 9);
    const two = run({ connections: { protocol: "http/2" }, requests });
    expect(countsOf(two)).toMatchObject({ opened: 1, carried: 5 });
    expect(partOf(two, "connect")).toBeCloseTo(10 + 9 + 8, 9);
    expect(receivedBy(two)).toEqual([5, 0]);
  });

  it("costs the machine where it ends the work of the handshake", () => {
    const root = balancer("lb", { place: 1, ...layer4() }, [
      near(1, { handshakeMs: 3, resumedMs: 1 }),
    ]);
    for (const [resume, workMs] of [
      [0, 3],
      [1, 1],
    ] as const) {
      const record = run({ connections: { tls: "1.3", resume }, requests: [0, 100], root });
      expect(partOf(record, "service")).toBeCloseTo(2 * 5 + workMs, 9);
    }
  });

  it("goes as far as the end: two tiers of layer 4, and a response that returns directly", () => {
    // Client 10 from the first tier, that 20 from the second; the machines stand at the second.
    // Directly they are 40 apart.
    const tree = (directReturn: boolean): BalancerSpec =>
      balancer("lb", { place: 1, ...layer4({ directReturn }) }, [
        balancer("far", { place: 2, ...layer4({ directReturn }) }, [machines(2, { place: 2 })]),
      ]);
    const there = run({ requests: [0], root: tree(false) });
    expect(partOf(there, "connect")).toBeCloseTo(10 + 20, 9);
    expect(partOf(there, "network")).toBeCloseTo(10 + 20, 9);
    const direct = run({ requests: [0], root: tree(true) });
    expect(partOf(direct, "connect")).toBeCloseTo(5 + 10 + 20, 9);
    expect(partOf(direct, "network")).toBeCloseTo(5 + 10 + 20, 9);
  });

  it("ends at a layer-7 balancer, which decides once a request", () => {
    const root = balancer("lb", { place: 1, ...layer4() }, [
      balancer("web", { place: 1, layer: 7 }, [near(3)]),
    ]);
    const record = run({ requests: [0, 100, 200, 300], root, connections: { tls: "1.3" } });
    expect(countsOf(record)).toMatchObject({ opened: 1, carried: 4, "round-trips": 2 });
    expect(receivedBy(record)).toEqual([2, 1, 1]);
  });

  it("of an upgraded one takes a round trip more, and pins the machine through layer 7", () => {
    const root = balancer("web", { place: 1, layer: 7 }, [near(3)]);
    const record = run({ requests: [0, 100, 200, 300], root, connections: { websocket: true } });
    expect(countsOf(record)).toMatchObject({ opened: 1, carried: 4, "round-trips": 2 });
    expect(receivedBy(record)).toEqual([4, 0, 0]);
  });
});

describe("a connection closes", () => {
  it("after the last request that it may carry", () => {
    const record = run({ connections: { requests: 2 }, requests: [0, 100, 200, 300, 400] });
    expect(countsOf(record)).toMatchObject({ opened: 3, "closed-by-requests": 2 });
    expect(record.connections).toEqual({ opened: 3, closed: 2, broken: 0, open: 1 });
  });

  it("after its idle time, counted from the last response", () => {
    // One round trip to open, one for the request and 5 ms of service: the response is there after
    // 25 ms.
    for (const [secondMs, opened] of [
      [25 + 99, 1],
      [25 + 101, 2],
    ] as const) {
      const record = run({ connections: { idleMs: millis(100) }, requests: [0, secondMs] });
      expect(countsOf(record)).toMatchObject({ opened, "closed-by-idling": opened });
    }
  });

  it("at its age, once nothing is under way on it", () => {
    // Open at 10, aged 100: at 110. The second request is under way then, from 105 to 120.
    const connections = { lifetime: constant(100) };
    const record = run({ connections, requests: [0, 105, 112, 140] });
    expect(countsOf(record)).toMatchObject({ opened: 2, "closed-by-age": 2, carried: 4 });
  });

  it("when its client gives up waiting on it, at http/1.1 alone", () => {
    const root = balancer("lb", { place: 1, ...layer4() }, [machines(1, { place: 1 })]);
    // The second user's request waits 5 ms for the core: it would be back after 30.
    const requests: Recorded[] = [0, [0, 0, 1], [100, 0, 1]];
    const one = run({ requests, root, timeoutMs: 28 });
    expect(countsOf(one)).toMatchObject({ opened: 3, "closed-by-giving-up": 1 });
    const two = run({ requests, root, timeoutMs: 28, connections: { protocol: "http/2" } });
    expect(countsOf(two)).toEqual({ opened: 2, carried: 3, "round-trips": 2 });
    expect(outcome(two, "timed-out")).toBe(1);
  });
});

describe("a connection breaks", () => {
  it("as its machine crashes; the next request opens another one elsewhere", () => {
    const record = run({
      requests: [0, 100, 200],
      root: balancer("lb", { place: 1, ...layer4() }, [near(2)]),
      events: [{ kind: "fail", atMs: 50, nodes: ["lb/1"] }],
    });
    expect(countsOf(record)).toMatchObject({ opened: 2, "broken-by-crash": 1, reconnects: 1 });
    expect(receivedBy(record)).toEqual([1, 2]);
    expect(outcome(record, "failed")).toBe(0);
  });

  it("and what is under way there fails with it", () => {
    const record = run({
      requests: [0],
      events: [{ kind: "fail", atMs: 16, nodes: ["lb/1"] }],
    });
    expect(countsOf(record)).toMatchObject({ opened: 1, "broken-by-crash": 1 });
    expect(outcome(record, "failed")).toBe(1);
  });

  it("a first segment to a machine that is down is refused, without a handshake", () => {
    const record = run({
      requests: [100],
      root: balancer("lb", { place: 1, ...layer4() }, [near(1)]),
      events: [{ kind: "fail", atMs: 50, nodes: ["lb/1"] }],
      connections: { tls: "1.3" },
    });
    expect(countsOf(record)).toEqual({ refused: 1 });
    expect(outcome(record, "failed")).toBe(1);
  });

  it("in silence nobody knows: the next request hangs until its client gives up", () => {
    const record = run({
      requests: [0, 100, 400],
      events: [{ kind: "fail", atMs: 50, nodes: ["lb/1"], manner: "silence" }],
      connections: { protocol: "http/2" },
      timeoutMs: 200,
    });
    expect(outcome(record, "timed-out")).toBe(1);
    expect(countsOf(record)).toMatchObject({ opened: 2, "broken-by-silence": 1, reconnects: 1 });
    expect(receivedBy(record)).toEqual([2, 1]);
  });

  it("at the deadline of a drain, until when it goes on; without one the machine waits", () => {
    const requests: Recorded[] = [0, 100, 200, 300];
    const cut = run({
      requests,
      events: [{ kind: "drain", atMs: 50, nodes: ["lb/1"], deadlineMs: 200 }],
    });
    expect(countsOf(cut)).toMatchObject({ opened: 2, "broken-by-removal": 1 });
    expect(receivedBy(cut)).toEqual([3, 1]);
    const events = [{ kind: "drain", atMs: 50, nodes: ["lb/1"] }] as const;
    const waits = run({ requests, events, connections: { requests: 3 } });
    expect(countsOf(waits)).toMatchObject({ opened: 2, "closed-by-requests": 1 });
    expect(waits.notices.map(({ what, atMs }) => [what, Math.round(atMs)])).toEqual([
      ["draining", 50],
      // The third response is there 15 ms after its request was sent at 200.
      ["left", 215],
    ]);
  });
});

describe("a layer-4 table", () => {
  const nat = { size: 1, idleMs: null, whenFull: "refuse", shared: false } as const;
  const root = (given: Partial<Layer4Spec["nat"]>): BalancerSpec =>
    balancer("lb", { place: 1, ...layer4({ nat: { ...nat, ...given } }) }, [near(2)]);
  const requests: Recorded[] = [0, [100, 0, 1], [200, 0, 0]];

  it("that is full refuses the next connection: its request is rejected", () => {
    const record = run({ requests, root: root({}) });
    expect(countsOf(record)).toEqual({
      opened: 1,
      carried: 2,
      "round-trips": 1,
      refused: 1,
      "table-full": 1,
    });
    expect(outcome(record, "rejected")).toBe(1);
  });

  it("or pushes out the one used longest ago, whose user reconnects", () => {
    const record = run({ requests, root: root({ whenFull: "evict" }) });
    expect(countsOf(record)).toMatchObject({ opened: 3, "broken-by-eviction": 2, reconnects: 1 });
    expect(outcome(record, "completed")).toBe(3);
  });

  it("lets go of a node that drains by an entry for one that is down", () => {
    // lb/1 waits for user 0's connection. User 1's is to go to lb/2, which has crashed unnoticed.
    const events: EventGiven[] = [
      { kind: "drain", atMs: millis(50), nodes: ["lb/1"], deadlineMs: null },
      { kind: "fail", atMs: millis(60), nodes: ["lb/2"], manner: "crash", forMs: null },
    ];
    const record = run({ requests: [0, [100, 0, 1]], events, root: root({ whenFull: "evict" }) });
    const counts = { opened: 1, "broken-by-eviction": 1, refused: 1 };
    expect(countsOf(record)).toMatchObject(counts);
    expect(record.notices.map(({ what, atMs }) => [what, atMs])).toContainEqual(["left", 100]);
  });

  it("forgets what idles; what is under way fails with its entry", () => {
    const idle = run({ requests: [0, 200], root: root({ idleMs: millis(50) }) });
    expect(countsOf(idle)).toMatchObject({ opened: 2, "broken-by-table-idling": 2 });
    expect(outcome(idle, "completed")).toBe(2);
    const busy = run({ requests: [0], root: root({ idleMs: millis(12) }) });
    expect(outcome(busy, "failed")).toBe(1);
  });
});
