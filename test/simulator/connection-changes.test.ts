/** What changes under connections: ends lost in handshakes, links, replicas, drains. */
import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { simulate } from "../../src/simulator/run.ts";
import { scenarioOf } from "../scenario/helpers.ts";
import * as connecting from "./connecting.ts";
import { latencyOf, noticesOf, proxyCountOf } from "./observing.ts";
import { balancer, type EventGiven, type Recorded } from "./scenario-builder.ts";

describe("a handshake whose end is lost", () => {
  // Three round trips of 10 ms from 0 on; a second request joins at 2. The end is lost at 10.
  const run = (events: readonly EventGiven[], requests: readonly Recorded[] = [0, 2]): RunRecord =>
    connecting.run({
      connections: { protocol: "http/2", tls: "1.2" },
      requests,
      root: balancer("lb", { place: 1, ...connecting.layer4() }, [connecting.near(1)]),
      events,
    });

  it.each(["silence", "crash"] as const)("by %s counts as far as it got", (manner) => {
    // Silence is noticed as the end is back, a crash as it begins.
    const atMs = manner === "silence" ? 5 : 10;
    const forMs = manner === "silence" ? 5 : 2;
    const record = run([{ kind: "fail", atMs, nodes: ["lb/1"], manner, forMs }]);
    const parts = latencyOf(record);
    expect(parts.connect).toBeCloseTo(10 + 8, 9);
    expect(parts.network).toBeCloseTo(2 * 10, 9);
    expect(parts.service).toBeCloseTo(2 * 5, 9);
    expect(parts.wait ?? 0).toBeCloseTo(0, 9);
    // Both set out at 10 and are answered 15 ms later.
    expect(parts.whole).toBeCloseTo(25 + 23, 9);
  });

  it("counts whole where nothing is lost", () => {
    const parts = latencyOf(run([]));
    expect(parts.connect).toBeCloseTo(30 + 28, 9);
    expect(parts.whole).toBeCloseTo(45 + 43, 9);
  });
});

describe("a balancer's own connections", () => {
  const record = (pool: string): RunRecord =>
    simulate(
      scenarioOf(`
duration: 16s
warmup: 0s
window: 1s
network: { round-trips: { near: { far: 20ms } } }
clients: { all: { at: near, users: 200, arrivals: { constant: 100/s } } }
requests: { demand: 2ms, timeout: 500ms }
balancer:
  name: lb
  at: near
  layer: 7
  health: none
  pool: { ${pool} }
  targets: [{ name: in, at: far, health: none, targets: [{ machines: 2 }] }]
events: [{ at: 5s, cut: [near, far], for: 5s }]
`),
    );

  it("are not opened through a cut link: requests go without, and hang", () => {
    const fresh = record("protocol: http/1.1, requests: 1, tls: 1.3");
    expect(proxyCountOf(fresh, "opened", [1_000, 5_000])).toBe(400);
    expect(proxyCountOf(fresh, "opened", [5_000, 10_000])).toBe(0);
    expect(proxyCountOf(fresh, "dialed", [5_000, 10_000])).toBe(0);
    expect(proxyCountOf(fresh, "opened", [11_000, 16_000])).toBe(500);
  });

  it("that are open carry requests into it until their clients give up", () => {
    const kept = record("protocol: http/1.1, connections: 2, idle: 60s, tls: 1.3");
    expect(proxyCountOf(kept, "opened", [5_000, 10_000])).toBe(0);
    // Both break with the first timeout on them.
    expect(proxyCountOf(kept, "broken", [5_000, 10_000])).toBe(2);
    expect(proxyCountOf(kept, "opened", [10_000, 16_000])).toBe(2);
  });
});

it("a WebSocket follows the rules of the layer-7 balancer where it ends", () => {
  const record = simulate(
    scenarioOf(`
duration: 5s
warmup: 0s
connections: { protocol: http/2, websocket: true, idle: none }
clients: { all: { users: 50, arrivals: { poisson: 100/s } } }
requests: { demand: 2ms, affinity: user, classes: { chat: { path: /chat, share: 100% } } }
balancer:
  name: lb
  layer: 7
  routes: [{ path: /chat, to: chat }, { to: web }]
  targets:
    - { name: web, targets: [{ machines: 2 }] }
    - { name: chat, targets: [{ machines: 2 }] }
`),
  );
  const received = connecting.receivedBy(record);
  expect(received.slice(0, 2)).toEqual([0, 0]);
  expect(received[2] + received[3]).toBeGreaterThan(400);
});

describe("replicas", () => {
  const text = (spread: string, events: string): string => `
duration: 20s
warmup: 0s
window: 1s
connections: { protocol: http/2, tls: none, idle: none }
clients: { all: { users: 300, arrivals: { constant: 300/s } } }
requests: { demand: 0.1ms, affinity: user }
balancer:
  name: lb
  layer: 4
  replicas: 3
  spread: ${spread}
  targets: [{ machines: 4 }]
events: [${events}]
`;
  const run = (spread: string, events: string, more = ""): RunRecord =>
    simulate(scenarioOf(text(spread, events).replace("replicas: 3", `replicas: 3\n  ${more}`)));
  const broken = ({ slices }: RunRecord, name: string): number[] => {
    const at = connecting.countAt(name);
    return slices.flatMap(({ startMs, connections }) =>
      Array.from({ length: connections!.counts[at] }, () => startMs),
    );
  };

  it("that drain move the others' connections at once, and lose their own at the deadline", () => {
    const record = run("mod-n", "{ at: 10s, drain-replica: lb#2, deadline: 5s }");
    // mod-n of 3 and then 2 replicas agrees for 1/3 of the hashes: of the 200 that the others hold,
    // those of 0 and 2 mod 3 that are also 0 and 1 mod 2: a half stays. Round robin knows none.
    const moves = broken(record, "broken-by-move");
    expect(new Set(moves)).toEqual(new Set([10_000]));
    // σ = √(200 / 4) = 7; we allow 4.
    expect(Math.abs(moves.length - 100)).toBeLessThan(40);
    const own = broken(record, "broken-by-replica");
    expect(new Set(own)).toEqual(new Set([15_000]));
    // A third of 300: σ = √(300 × 2/9) = 8.2.
    expect(Math.abs(own.length - 100)).toBeLessThan(33);
  });

  /** Nobody knows another's connections, or all do, or all would send them to the same machine. */
  const knowing = {
    "its own alone": "strategy: round-robin",
    "those of all": "strategy: round-robin\n  nat: { size: 1_000, shared: yes }",
    "where all would send them": "strategy: maglev",
  } as const;

  describe.each(Object.entries(knowing))("that know %s", (what, more) => {
    const moved = (record: RunRecord, atMs: number): number =>
      broken(record, "broken-by-move").filter((startMs) => startMs === atMs).length;
    // 300 connections, of which a part p moves: 4 σ = 4 √(300 p (1 − p)) ≤ 35.
    const expected = (share: number): number => (what === "its own alone" ? 300 * share : 0);

    it("take over from the others as one joins: all but 3/12 by mod-n, its own 1/4 by Maglev", () => {
      for (const [spread, share] of [
        ["mod-n", 3 / 4],
        ["maglev", 1 / 4],
      ] as const) {
        const record = run(spread, "{ at: 10s, add-replica: lb }", more);
        expect(Math.abs(moved(record, 10_000) - expected(share))).toBeLessThan(35);
      }
    });

    it("get theirs back as one is back, with an empty table: what was opened meanwhile is unknown to it", () => {
      const record = run("mod-n", "{ at: 5s, fail-replica: lb#2, for: 5s }", more);
      // Of the crash 2/3 have connected anew, over two replicas by h mod 2. By h mod 3, as before
      // it, a third of these are still sent where they are; whoever was sent to the same replica by
      // both stays once more.
      expect(Math.abs(moved(record, 10_000) - expected((2 / 3) * (2 / 3)))).toBeLessThan(35);
      expect(record.connections!.open).toBe(300);
    });
  });

  it("of layer 7 take the connections that end there with them, and no others", () => {
    const end = (events: string): RunRecord =>
      simulate(
        scenarioOf(
          text("mod-n", events)
            .replace("layer: 4", "layer: 7")
            .replace(/ *spread: .*\n/, ""),
        ),
      );
    const crashed = end("{ at: 5s, fail-replica: lb#2, for: 5s }");
    // A third of 300 each: σ = √(300 × 2/9) = 8.2, 4 of them. Nobody is sent back as it is back.
    expect(Math.abs(broken(crashed, "broken-by-replica").length - 100)).toBeLessThan(33);
    expect(broken(crashed, "broken-by-move")).toEqual([]);
    expect(crashed.connections!.open).toBe(300);
    const drained = end("{ at: 5s, drain-replica: lb#2, deadline: 5s }");
    const own = broken(drained, "broken-by-replica");
    expect(new Set(own)).toEqual(new Set([10_000]));
    expect(Math.abs(own.length - 100)).toBeLessThan(33);
  });

  const told = ({ changes }: RunRecord): string[] =>
    changes.map(({ what, atMs }) => `${what}@${atMs / 1_000}`);
  it("tell once that they crash, and that they are back when they are", () => {
    const overlapping =
      "{ at: 2s, fail-replica: lb#2, for: 2s }, { at: 3s, fail-replica: lb#2, for: 6s }";
    expect(told(run("mod-n", overlapping))).toEqual(["lb#2 crashes@2", "lb#2 is back@9"]);
    const drained =
      "{ at: 2s, drain-replica: lb#2, deadline: 8s }, { at: 3s, fail-replica: lb#2, for: 2s }";
    expect(told(run("mod-n", drained))).toEqual(["lb#2 drains@2", "lb#2 crashes@3"]);
  });
});

describe("a target that drains", () => {
  const left = (connections: string, drain: string): string[] =>
    noticesOf(
      simulate(
        scenarioOf(`
duration: 20s
warmup: 0s
connections: { protocol: http/2, tls: none, ${connections} }
clients: { all: { users: 40, arrivals: { constant: 40/s } } }
requests: { demand: 0.1ms, affinity: user }
balancer: { name: lb, layer: 7, persistence: connection, targets: [{ machines: 4 }] }
events: [{ ${drain} }]
`),
      ),
    );

  it("waits for the connections that are kept there until its deadline", () => {
    const drain = "at: 10s, drain: lb/1, deadline: 5s";
    expect(left("idle: none", drain)).toEqual(["draining lb/1@10000", "left lb/1@15000"]);
  });

  it("leaves as the last of them ends", () => {
    const [, gone, ...more] = left(
      "idle: none, lifetime: { constant: 4s }",
      "at: 10s, drain: lb/1",
    );
    expect(more).toEqual([]);
    // Whoever is kept there was connected before 10 s, and for 4 s.
    const atMs = Number(gone.replace("left lb/1@", ""));
    expect(atMs).toBeGreaterThan(11_000);
    expect(atMs).toBeLessThanOrEqual(14_000);
  });
});
