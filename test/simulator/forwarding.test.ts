/**
 * What packets cost a layer-4 balancer, with times reckoned by hand: 5 ms from the client to the
 * balancer and 5 back, the machines right behind it. A request has 3,000 bytes, 3 segments of
 * 1,460, its answer 10,000, 7 segments; its demand is 5 ms. A packet is 1 ms of the balancer's
 * core, a new connection 4 ms more.
 *
 * So of a user's first request, born at 0, the connection stands at 10, and TCP's two packets have
 * passed; it is at the balancer at 15, where 3 + 2 packets and the connection take 9 ms: at its
 * machine at 24, done at 29, its answer forwarded at 36, with its client at 41. The next one takes
 * 5 + 3 + 5 + 7 + 5 = 25.
 */
import { describe, expect, it } from "vitest";
import type {
  BalancerSpec,
  ConnectionsSpec,
  ForwardingSpec,
  Layer4Spec,
} from "../../src/scenario/scenario.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { simulate } from "../../src/simulator/run.ts";
import { millis } from "../../src/units.ts";
import { layer4 as bare } from "./connecting.ts";
import {
  counterOf,
  latencyOf,
  leftOver,
  outcomesOf,
  proxyCountsOf as countsOf,
} from "./observing.ts";
import {
  balancer,
  client,
  connectionsOf,
  constant,
  type EventGiven,
  machines,
  type Recorded,
  recorded,
  replay,
  requestClass,
  scenario,
} from "./scenario-builder.ts";

const FORWARDING: ForwardingSpec = {
  cores: 1,
  packetMs: millis(1),
  connectionMs: millis(4),
  segmentBytes: 1_460,
};
const FREE = { ...FORWARDING, packetMs: millis(0), connectionMs: millis(0) };
const layer4 = (given: Partial<Layer4Spec> = {}): Pick<BalancerSpec, "layer" | "layer4"> =>
  bare({ forwarding: FORWARDING, ...given });
const two = (
  above: Partial<Layer4Spec>,
  below: Partial<Layer4Spec>,
  place: number | null = 1,
): BalancerSpec =>
  balancer("lb", { place, ...layer4(above) }, [
    balancer("in", { place, ...layer4(below) }, [machines(1, { place, cores: 10 })]),
  ]);

interface Case {
  /** When, and of whom. */
  readonly requests: readonly (readonly [timeMs: number, user: number])[];
  readonly lb?: Partial<Layer4Spec>;
  readonly root?: BalancerSpec;
  readonly replicas?: number;
  readonly connections?: Partial<ConnectionsSpec>;
  readonly events?: readonly EventGiven[];
  readonly timeoutMs?: number;
  /** Everything is at one place. */
  readonly isFlat?: boolean;
}

function run({ requests, lb, isFlat = false, ...given }: Case): RunRecord {
  const { connections, replicas = 1, events = [], timeoutMs = 200 } = given;
  const place = isFlat ? null : 1;
  const own = balancer("lb", { place, replicas, ...layer4(lb) }, [
    machines(1, { place, cores: 10 }),
  ]);
  const record = simulate(
    scenario({
      durationMs: 1_000,
      windowMs: 1,
      roundTripMs: isFlat
        ? [[0]]
        : [
            [0, 10],
            [10, 0],
          ],
      classes: [
        requestClass({
          affinity: "user",
          demand: constant(5),
          requestSize: constant(3_000),
          responseSize: constant(10_000),
          timeoutMs,
        }),
      ],
      clients: [
        client("people", {
          arrivals: replay,
          users: 10,
          connections: connectionsOf(connections),
        }),
      ],
      root: given.root ?? own,
      events,
    }),
    recorded(requests.map(([timeMs, user]): Recorded => [timeMs, 0, user])),
  );
  expect(leftOver(record)).toBe(0);
  expect(record.inFlightAtEnd).toBe(0);
  return record;
}

const fail = (atMs: number, manner: "crash" | "silence" = "crash"): EventGiven => ({
  kind: "fail",
  atMs,
  nodes: ["lb"],
  manner,
});
const ONE = [[0, 0]] as const;

describe("the packets of a request and of its answer", () => {
  it("are work on the way in and on the way back, the connection's with its first request", () => {
    const record = run({ requests: [...ONE, [100, 0]] });
    expect(outcomesOf(record)).toEqual(["completed@41", "completed@125"]);
    expect(countsOf(record, "packets")).toEqual([3 + 2 + 7 + 3 + 7]);
    expect(countsOf(record, "busy-ms")).toEqual([9 + 7 + 3 + 7]);
    expect(countsOf(record, "worked")).toEqual([4]);
    expect(latencyOf(record)).toEqual({
      connect: 10,
      network: 20,
      balancer: 26,
      service: 10,
      whole: 41 + 25,
    });
  });

  it("answers go past a balancer with direct return, those to handshakes too", () => {
    const record = run({ requests: [...ONE, [100, 0]], lb: { directReturn: true } });
    // At 15, 3 + 1 packets and the connection: at 23; done at 28.
    expect(outcomesOf(record)).toEqual(["completed@33", "completed@118"]);
    expect(countsOf(record, "packets")).toEqual([3 + 1 + 3]);
    expect(countsOf(record, "busy-ms")).toEqual([8 + 3]);
    expect(countsOf(record, "worked")).toEqual([2]);
  });

  it("the same without any distance", () => {
    const passing = run({ requests: ONE, isFlat: true });
    expect(outcomesOf(passing)).toEqual(["completed@21"]);
    const past = run({ requests: ONE, isFlat: true, lb: { directReturn: true } });
    expect(outcomesOf(past)).toEqual(["completed@13"]);
    expect(countsOf(past, "packets")).toEqual([4]);
  });

  it("wait for a core where there are several", () => {
    const record = run({
      requests: [
        [0, 0],
        [0, 1],
      ],
    });
    // The second's 9 ms begin at 24; at 29 the first's answer waits behind them until 33.
    expect(outcomesOf(record)).toEqual(["completed@45", "completed@52"]);
    expect(countsOf(record, "wait-ms")).toEqual([9 + 4 + 2]);
    const wide = { ...FORWARDING, cores: 2 };
    const both = run({
      requests: [
        [0, 0],
        [0, 1],
      ],
      lb: { forwarding: wide },
    });
    expect(outcomesOf(both)).toEqual(["completed@41", "completed@41"]);
  });

  it("a failure is one packet, and so is an attempt where nobody shakes hands", () => {
    const down: EventGiven = { kind: "fail", atMs: 50, nodes: ["lb/1"], manner: "crash" };
    const record = run({ requests: [...ONE, [100, 0]], events: [down] });
    // At 105 a packet and the connection: at the machine at 110, whose reset is one packet more.
    expect(outcomesOf(record)).toEqual(["completed@41", "failed@116"]);
    expect(countsOf(record, "packets")).toEqual([12 + 1 + 1]);
  });

  it("what comes back as the balancer is down passes without its work", () => {
    const root = balancer("lb", { place: 1, ...layer4() }, [machines(1, { place: 0, cores: 10 })]);
    // The connection stands at 20; in at 25 for 9 ms, served from 39 to 44, back at 49.
    expect(outcomesOf(run({ requests: ONE, root }))).toEqual(["completed@61"]);
    const down: EventGiven = { kind: "fail", atMs: 46, nodes: ["lb"], manner: "crash" };
    const record = run({ requests: ONE, root, events: [down] });
    expect(outcomesOf(record)).toEqual(["completed@54"]);
    expect(countsOf(record, "packets")).toEqual([5]);
  });

  it("are counted where they cost nothing", () => {
    const record = run({ requests: ONE, lb: { forwarding: FREE } });
    expect(outcomesOf(record)).toEqual(["completed@25"]);
    expect(countsOf(record, "packets")).toEqual([12]);
    expect(countsOf(record, "worked")).toEqual([0]);
  });
});

describe("opening a connection: a packet each way for each round trip", () => {
  const kinds: readonly (readonly [string, Partial<ConnectionsSpec>, number])[] = [
    ["no TLS", {}, 1],
    ["TLS 1.2, full", { tls: "1.2" }, 3],
    ["TLS 1.2, resumed", { tls: "1.2", resume: 1 }, 2],
    ["TLS 1.3", { tls: "1.3" }, 2],
    ["0-RTT", { tls: "1.3", resume: 1, earlyData: true }, 1],
    ["a websocket's upgrade", { tls: "1.3", websocket: true }, 3],
  ];
  for (const protocol of ["http/1.1", "http/2"] as const) {
    for (const [name, given, trips] of kinds) {
      it(`${name}, ${protocol}`, () => {
        const connections = { ...given, protocol };
        const kept = run({ requests: [...ONE, [200, 0]], connections });
        expect(countsOf(kept, "packets")).toEqual([20 + 2 * trips]);
        const each = run({
          requests: [...ONE, [200, 0]],
          connections: { ...connections, requests: 1 },
        });
        expect(countsOf(each, "packets")).toEqual([20 + 4 * trips]);
        const past = run({ requests: [...ONE, [200, 0]], connections, lb: { directReturn: true } });
        expect(countsOf(past, "packets")).toEqual([6 + trips]);
      });
    }
  }
});

describe("layer 4 above layer 4", () => {
  it("each works for all that passes it", () => {
    const record = run({ requests: ONE, root: two({}, {}) });
    expect(countsOf(record, "packets")).toEqual([12, 12]);
    // In at 15, 24, 33; done at 38; back at 45, 52.
    expect(outcomesOf(record)).toEqual(["completed@57"]);
  });

  for (const isFlat of [false, true]) {
    it(`direct return below goes past both${isFlat ? ", without any distance too" : ""}`, () => {
      const root = two({}, { directReturn: true }, isFlat ? null : 1);
      const record = run({ requests: ONE, root, isFlat });
      expect(countsOf(record, "packets")).toEqual([4, 4]);
      expect(outcomesOf(record)).toEqual([`completed@${isFlat ? 21 : 41}`]);
    });
  }

  it("one of both may work alone", () => {
    const { forwarding: _, ...nothing } = layer4().layer4!;
    const below = balancer("in", { place: 1, layer: 4, layer4: nothing }, [
      machines(1, { place: 1, cores: 10 }),
    ]);
    const root = balancer("lb", { place: 1, ...layer4() }, [below]);
    const record = run({ requests: ONE, root });
    expect(outcomesOf(record)).toEqual(["completed@41"]);
    expect(countsOf(record, "packets")).toEqual([12]);
  });
});

describe("when something goes wrong", () => {
  it("its client gives up on the way in: dropped when the work is over", () => {
    const record = run({ requests: ONE, timeoutMs: 20 });
    expect(outcomesOf(record)).toEqual(["timed-out@20"]);
    expect(counterOf(record, "lb/1", "received")).toBe(0);
    expect(countsOf(record, "packets")).toEqual([5]);
  });

  it("on the way back: it goes on, unheard", () => {
    const record = run({ requests: ONE, timeoutMs: 33 });
    expect(outcomesOf(record)).toEqual(["timed-out@33"]);
    expect(countsOf(record, "packets")).toEqual([12]);
  });

  it("at its machine: nothing is forwarded back", () => {
    const record = run({ requests: ONE, timeoutMs: 26 });
    expect(outcomesOf(record)).toEqual(["timed-out@26"]);
    expect(countsOf(record, "packets")).toEqual([5]);
  });

  it("the balancer crashes: both ways are lost at once", () => {
    // 5 ms to the client, from where the balancer is.
    expect(outcomesOf(run({ requests: ONE, events: [fail(20)] }))).toEqual(["failed@25"]);
    expect(outcomesOf(run({ requests: ONE, events: [fail(33)] }))).toEqual(["failed@38"]);
  });

  it("it falls silent: both hang until their client gives up", () => {
    for (const atMs of [20, 33]) {
      const record = run({ requests: ONE, timeoutMs: 100, events: [fail(atMs, "silence")] });
      expect(outcomesOf(record)).toEqual(["timed-out@100"]);
    }
  });

  it("a replica stops: who is worked on there fails, whether the connection goes on or not", () => {
    const shared = { size: 100, idleMs: null, whenFull: "refuse", shared: true } as const;
    for (const nat of [null, shared]) {
      for (const atMs of [20, 33]) {
        // User 0's connection is at one of both; the other one's stopping does not touch it.
        const stops = [1, 2].map((number) => {
          const event: EventGiven = {
            kind: "fail-replica",
            atMs,
            replicas: [{ node: "lb", number }],
          };
          return outcomesOf(
            run({ requests: ONE, replicas: 2, lb: { nat }, events: [event] }),
          ).join();
        });
        const failed = nat === null ? `failed@${atMs}` : `failed@${atMs + 5}`;
        expect(stops.toSorted()).toEqual(["completed@41", failed]);
      }
    }
  });

  it("a connection moves while its request is served: the answer passes the new replica", () => {
    const nat = { size: 100, idleMs: null, whenFull: "refuse", shared: true } as const;
    const stops = [1, 2].map((number) => {
      const event: EventGiven = {
        kind: "fail-replica",
        atMs: 26,
        replicas: [{ node: "lb", number }],
      };
      const record = run({ requests: ONE, replicas: 2, lb: { nat }, events: [event] });
      expect(outcomesOf(record)).toEqual(["completed@41"]);
      return countsOf(record, "packets").toSorted((a, b) => a - b);
    });
    expect(stops.toSorted((a, b) => a[0] - b[0])).toEqual([
      [0, 12],
      [5, 7],
    ]);
  });
});
