/**
 * What becomes of requests inside a layer-7 balancer, with times reckoned by hand: one way of 5 ms
 * from the client to the balancer, 2 ms on to the machines, every request has a demand of 10 ms. So
 * a request born at 0 is at the balancer at 5, at a machine at 7, done at 17, back at the balancer
 * at 19 and at its client at 24.
 */
import { describe, expect, it } from "vitest";
import type {
  BackendsSpec,
  BalancerSpec,
  ResponseCacheSpec,
  WorkSpec,
} from "../../src/scenario/scenario.ts";
import { PROXY_COUNTS } from "../../src/statistics/run-record.ts";
import type { ProxyCountName, RunRecord } from "../../src/statistics/run-record.ts";
import { simulate } from "../../src/simulator/run.ts";
import { millis } from "../../src/units.ts";
import { PROXY_COUNTS_LENGTH } from "../../src/world/proxies/counts.ts";
import { scenarioOf } from "../scenario/helpers.ts";
import { metricNamed } from "../../src/statistics/metrics/registry.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import { SETTINGS } from "../statistics/sample-record.ts";
import {
  counterOf,
  latencyOf,
  leftOver,
  noticesOf,
  outcomesOf,
  proxyCountOf,
} from "./observing.ts";
import {
  balancer,
  client,
  constant,
  type EventGiven,
  lru,
  machines,
  objects,
  poolOf,
  type Recorded,
  recorded,
  replay,
  requestClass,
  scenario,
  workOf,
} from "./scenario-builder.ts";

const pool = (given: Partial<BackendsSpec> = {}): BackendsSpec =>
  poolOf({ idleMs: millis(1_000), ...given });
const work = (requestMs: number, cores = 1): WorkSpec =>
  workOf({ cores, request: constant(requestMs) });
const caching = (coalesce: boolean, cacheable = 1): ResponseCacheSpec => ({
  cache: lru(5),
  cacheable,
  coalesce,
});

const figureOf = (record: RunRecord, name: string): number =>
  metricNamed(name)!.of(tallyOf(record, EVERYTHING, 0, record.endMs), SETTINGS);

interface Case {
  readonly requests: readonly Recorded[];
  readonly lb: Partial<Pick<BalancerSpec, "work" | "pool" | "responseCache">>;
  readonly events?: readonly EventGiven[];
  readonly timeoutMs?: number;
  readonly afterTimeout?: "cancel" | "run-on";
  readonly count?: number;
  readonly cores?: number;
}

function run({ requests, lb, events = [], count = 1, cores = 4, ...given }: Case): RunRecord {
  const { timeoutMs = 100, afterTimeout = "cancel" } = given;
  const record = simulate(
    scenario({
      durationMs: 400,
      windowMs: 1,
      roundTripMs: [
        [0, 10, 14],
        [10, 0, 4],
        [14, 4, 0],
      ],
      classes: [
        requestClass({ demand: constant(10), timeoutMs, afterTimeout, objects: objects(9) }),
      ],
      clients: [client("people", { arrivals: replay })],
      root: balancer("lb", { place: 1, ...lb }, [machines(count, { place: 2, cores })]),
      events,
    }),
    recorded(requests),
  );
  expect(leftOver(record)).toBe(0);
  expect(record.inFlightAtEnd).toBe(0);
  const { opened, closed, broken, open } = record.proxies!.connections;
  expect(opened).toBe(closed + broken + open);
  return record;
}

/** Over all balancers and the whole run. */
const countsOf = (record: RunRecord, ...names: ProxyCountName[]): number[] =>
  names.map((name) => proxyCountOf(record, name));

const fail = (
  atMs: number,
  node: string,
  manner: "crash" | "silence" = "crash",
  forMs: number | null = null,
): EventGiven => ({ kind: "fail", atMs, nodes: [node], manner, forMs });

it("counts have as many names as the world has numbers for", () => {
  expect(PROXY_COUNTS).toHaveLength(PROXY_COUNTS_LENGTH);
});

describe("connections to targets: handshakes and round trips", () => {
  // A round trip to the machines is 4 ms. TCP takes one, TLS 1.3 one more, TLS 1.2 two more.
  const TLS = { none: 1, "1.3": 2, "1.2": 3 } as const;
  for (const protocol of ["http/1.1", "http/2"] as const) {
    for (const tls of ["none", "1.3", "1.2"] as const) {
      it(`${protocol}, TLS ${tls}: fresh pays for each request, pooled for the first`, () => {
        const trips = TLS[tls];
        const each = {
          requests: [0, 100, 200],
          lb: { pool: pool({ protocol, tls, requests: 1 }) },
        };
        const fresh = run(each);
        expect(countsOf(fresh, "opened", "reused", "dialed", "spent")).toEqual([
          3,
          0,
          3 * trips,
          3,
        ]);
        expect(latencyOf(fresh)["connect"]).toBe(3 * 4 * trips);
        const pooled = run({ ...each, lb: { pool: pool({ protocol, tls }) } });
        expect(countsOf(pooled, "opened", "reused", "dialed")).toEqual([1, 2, trips]);
        expect(latencyOf(pooled)["connect"]).toBe(4 * trips);
        // 14 ms on the wire and 10 of service; the first has its connection set up before.
        expect(outcomesOf(pooled)).toEqual([
          `completed@${24 + 4 * trips}`,
          "completed@124",
          "completed@224",
        ]);
      });
    }
  }

  it("HTTP/1.1 needs a connection for each at once, HTTP/2 a stream", () => {
    const requests = [0, 0.5, 1];
    const one = run({ requests, lb: { pool: pool({ tls: "1.3" }) } });
    expect(countsOf(one, "opened", "reused", "dialed")).toEqual([3, 0, 6]);
    expect(latencyOf(one)["connect"]).toBe(3 * 8);
    const two = run({ requests, lb: { pool: pool({ tls: "1.3", protocol: "http/2" }) } });
    expect(countsOf(two, "opened", "reused", "dialed")).toEqual([1, 2, 2]);
    // The others wait for what is left of its handshake.
    expect(latencyOf(two)["connect"]).toBe(8 + 7.5 + 7);
    const narrow = pool({ tls: "1.3", protocol: "http/2", streams: 2 });
    expect(countsOf(run({ requests, lb: { pool: narrow } }), "opened", "reused")).toEqual([2, 1]);
  });

  it("are closed when they have been idle for so long, or have carried so many", () => {
    const requests = [0, 60, 120, 200];
    const lb = { pool: pool({ idleMs: millis(50) }) };
    // Idle from 23 on (4 ms of dialing), 83 − 4, 143 − 4 …: only the last gap is longer than 50 ms.
    expect(countsOf(run({ requests, lb }), "opened", "reused", "idled")).toEqual([2, 2, 2]);
    const worn = { pool: pool({ requests: 3 }) };
    expect(countsOf(run({ requests, lb: worn }), "opened", "reused", "spent")).toEqual([2, 2, 1]);
  });

  it("who finds all in use waits in order, or is rejected where the line is full", () => {
    const requests = [0, 1, 2];
    const line = run({ requests, lb: { pool: pool({ connections: 1 }) } });
    // Dialing 5 to 9, at the machine 11 to 21, back at 23; the next is there 25 to 35, back at 37.
    expect(outcomesOf(line)).toEqual(["completed@28", "completed@42", "completed@56"]);
    expect(latencyOf(line)["balancer"]).toBe(23 - 6 + (37 - 7));
    expect(countsOf(line, "pended", "pended-ms", "opened")).toEqual([2, 47, 1]);
    // Of two that waited, of three that were sent.
    expect(figureOf(line, "backend-pending-wait")).toBeCloseTo(47 / 2, 12);
    expect(figureOf(line, "backend-wait")).toBeCloseTo(47 / 3, 12);
    const full = run({ requests, lb: { pool: pool({ connections: 1, pending: 1 }) } });
    expect(outcomesOf(full)).toEqual(["rejected@12", "completed@28", "completed@42"]);
    expect(countsOf(full, "overflowed")).toEqual([1]);
  });
});

describe("a target that fails, with connections to it", () => {
  const lb = { pool: pool({ connections: 1 }) };

  it("a crash resets what is in use and what is idle; who waits dials anew and is refused", () => {
    const busy = run({ requests: [0, 1], lb, events: [fail(15, "lb/1")] });
    // Reset at 15, at the balancer at 17; the second sets out then, is refused at 19, back at 21.
    expect(outcomesOf(busy)).toEqual(["failed@22", "failed@26"]);
    expect(countsOf(busy, "opened", "broken")).toEqual([1, 1]);
    const idle = run({ requests: [0, 100], lb, events: [fail(50, "lb/1", "crash", 10)] });
    expect(outcomesOf(idle)).toEqual(["completed@28", "completed@128"]);
    expect(countsOf(idle, "opened", "broken")).toEqual([2, 1]);
  });

  it("silence holds the connection until its client gives up, and HTTP/1.1 closes it then", () => {
    const silent = run({ requests: [0, 1], lb, events: [fail(15, "lb/1", "silence")] });
    // The first gives up at 100, which lets the second go into the same silence.
    expect(outcomesOf(silent)).toEqual(["timed-out@100", "timed-out@101"]);
    expect(countsOf(silent, "opened", "broken", "pended-ms")).toEqual([1, 1, 100 - 6]);
  });

  it("who comes back resets what it had open", () => {
    const events = [fail(50, "lb/1", "silence", 10)];
    const record = run({ requests: [0, 100], lb, events });
    expect(countsOf(record, "opened", "broken")).toEqual([2, 1]);
    expect(outcomesOf(record)).toEqual(["completed@28", "completed@128"]);
    // Back at 80: the second, which has waited since 6, dials to 84.
    const waiting = [fail(15, "lb/1", "silence", 65)];
    const freed = run({ requests: [0, 1], lb, events: waiting, timeoutMs: 120 });
    expect(outcomesOf(freed)).toEqual(["completed@103", "timed-out@120"]);
  });

  it("one that drains is waited for by those that wait for it, then its connections close", () => {
    const events: EventGiven[] = [{ kind: "drain", atMs: 8, nodes: ["lb/1"], deadlineMs: null }];
    const record = run({ requests: [0, 1, 2, 60], lb, events, count: 2 });
    // Round robin: 1, 2, 1. The third waits for the first's connection until 23 and is served to
    // 35; nobody is on the way or waits any more at the next look.
    expect(counterOf(record, "lb/1", "completed")).toBe(2);
    expect(counterOf(record, "lb/2", "completed")).toBe(2);
    expect(noticesOf(record).filter((line) => line.startsWith("left"))).toEqual(["left lb/1@35"]);
    expect(countsOf(record, "opened", "left")).toEqual([2, 1]);
  });
});

describe("a response cache", () => {
  it("answers what it has, and fetches what it has not", () => {
    const requests: Recorded[] = [
      [0, 1],
      [50, 1],
      [60, 2],
    ];
    const record = run({ requests, lb: { responseCache: caching(true) } });
    expect(outcomesOf(record)).toEqual(["completed@24", "completed@60", "completed@84"]);
    expect(countsOf(record, "hits", "misses")).toEqual([1, 2]);
    expect(counterOf(record, "lb/1", "received")).toBe(2);
  });

  it("what is asked for meanwhile is fetched too, or waited for", () => {
    const requests: Recorded[] = [
      [0, 1],
      [1, 1],
      [2, 1],
    ];
    const each = run({ requests, lb: { responseCache: caching(false) } });
    expect(countsOf(each, "misses", "coalesced")).toEqual([3, 0]);
    expect(outcomesOf(each)).toEqual(["completed@24", "completed@25", "completed@26"]);
    const one = run({ requests, lb: { responseCache: caching(true) } });
    expect(countsOf(one, "misses", "coalesced")).toEqual([1, 2]);
    expect(outcomesOf(one)).toEqual(["completed@24", "completed@24", "completed@24"]);
    expect(latencyOf(one)["balancer"]).toBe(13 + 12);
  });

  const twice: Recorded[] = [
    [0, 1],
    [1, 1],
  ];
  const lb = { responseCache: caching(true) };

  it("a leader that fails hands on to the first who waits", () => {
    const record = run({ requests: twice, lb, events: [fail(10, "lb/1")] });
    // The failure is at the balancer at 12; the other sets out, is refused at 14 and is back at 16.
    expect(outcomesOf(record)).toEqual(["failed@17", "failed@21"]);
    expect(countsOf(record, "misses", "coalesced")).toEqual([2, 0]);
    const back = run({ requests: twice, lb, events: [fail(10, "lb/1", "crash", 3)] });
    expect(outcomesOf(back)).toEqual(["failed@17", "completed@31"]);
  });

  it("a leader that hangs hands on when its client gives up", () => {
    const requests: Recorded[] = [
      [0, 1],
      [40, 1],
    ];
    const events = [fail(10, "lb/1", "silence", 15)];
    const record = run({ requests, lb, events, timeoutMs: 60 });
    expect(outcomesOf(record)).toEqual(["timed-out@60", "completed@79"]);
  });

  it("a leader whose work is taken back hands on; where it runs on, the others get its response", () => {
    const given = {
      requests: [
        [0, 1],
        [8, 1],
      ] as Recorded[],
      lb,
      timeoutMs: 20,
    };
    // Its cancellation sets out at 20 and is there at 27, after it was done at 17: too late.
    expect(outcomesOf(run(given))).toEqual(["timed-out@20", "completed@24"]);
    const short = {
      ...given,
      timeoutMs: 9,
      requests: [
        [0, 1],
        [5, 1],
      ] as Recorded[],
    };
    expect(outcomesOf(run(short))).toEqual(["timed-out@9", "timed-out@14"]);
    expect(countsOf(run({ ...short, afterTimeout: "run-on" }), "misses", "hits")).toEqual([1, 0]);
  });

  it("a purge forgets what is held", () => {
    const requests: Recorded[] = [
      [0, 1],
      [50, 1],
      [100, 1],
    ];
    const events: EventGiven[] = [{ kind: "purge", atMs: 70, nodes: ["lb"] }];
    expect(countsOf(run({ requests, lb, events }), "hits", "misses")).toEqual([1, 2]);
  });

  it("what may not be stored passes", () => {
    const record = run({ requests: [...twice, [50, 1]], lb: { responseCache: caching(true, 0) } });
    expect(countsOf(record, "hits", "misses", "coalesced", "passed")).toEqual([0, 0, 0, 3]);
  });
});

describe("a balancer that fails, with requests in it", () => {
  // Both are at it at 8 ms: they came at 5 and 6.
  const held: Readonly<Record<string, Case["lb"]>> = {
    "worked on and queued": { work: work(10) },
    "dialing and waiting for a connection": { pool: pool({ connections: 1 }) },
  };
  for (const [where, lb] of Object.entries(held)) {
    it(`${where}: a crash fails them from there, silence hangs`, () => {
      const crashed = run({ requests: [0, 1, 50], lb, events: [fail(8, "lb", "crash", 10)] });
      const after = lb.work === undefined ? "completed@78" : "completed@84";
      expect(outcomesOf(crashed)).toEqual(["failed@13", "failed@13", after]);
      const silent = run({ requests: [0, 1, 50], lb, events: [fail(8, "lb", "silence", 10)] });
      expect(outcomesOf(silent)).toEqual([after, "timed-out@100", "timed-out@101"]);
    });
  }

  it("loses its responses, and whom it has waiting for one", () => {
    const lb = { responseCache: caching(true) };
    const requests: Recorded[] = [
      [0, 1],
      [1, 1],
      [50, 1],
    ];
    const record = run({ requests, lb, events: [fail(12, "lb", "crash", 10)] });
    // The leader runs on a machine until 12, and its failure has 7 ms to go.
    expect(outcomesOf(record)).toEqual(["failed@17", "failed@19", "completed@74"]);
    expect(countsOf(record, "hits", "misses")).toEqual([0, 2]);
  });

  it("its connections are gone, and those in use are not counted twice", () => {
    const lb = { pool: pool() };
    const record = run({ requests: [0, 50], lb, events: [fail(12, "lb", "crash", 10)] });
    expect(outcomesOf(record)).toEqual(["failed@19", "completed@78"]);
    expect(countsOf(record, "opened", "broken")).toEqual([2, 1]);
  });
});

describe("a client that gives up while its request is at a balancer", () => {
  it("on a core or in its queue: the work is done, and then nothing follows", () => {
    const record = run({ requests: [0, 1, 50], lb: { work: work(10) }, timeoutMs: 12 });
    // Worked on from 5 to 15, the second to 25; both are given up before.
    expect(outcomesOf(record)).toEqual(["timed-out@12", "timed-out@13", "timed-out@62"]);
    expect(counterOf(record, "lb/1", "received")).toBe(0);
    expect(countsOf(record, "busy-ms")).toEqual([30]);
  });

  it("dialing: its connection stays for the next", () => {
    const lb = { pool: pool({ tls: "1.2" }) };
    // Dialing from 5 to 17.
    const record = run({ requests: [0, 50], lb, timeoutMs: 16 });
    // The second is at the machine from 57 to 67, before its client's cancellation can be there.
    expect(countsOf(record, "opened", "reused", "broken")).toEqual([1, 1, 0]);
    expect(outcomesOf(record)).toEqual(["timed-out@16", "timed-out@66"]);
  });

  it("in line for a connection: it leaves the line", () => {
    const lb = { pool: pool({ connections: 1 }) };
    const record = run({ requests: [0, 1, 20], lb, timeoutMs: 30 });
    // The second would have had its turn at 23 and been back at 42; it gives up at 31, on its way.
    expect(outcomesOf(record)).toEqual(["completed@28", "timed-out@31", "timed-out@50"]);
    const line = run({ requests: [0, 1, 30], lb, timeoutMs: 29, cores: 1 });
    expect(outcomesOf(line)[0]).toBe("completed@28");
  });

  it("waiting for a fetch: it leaves at once", () => {
    const lb = { responseCache: caching(true) };
    const requests: Recorded[] = [
      [0, 1],
      [1, 1],
    ];
    const events = [fail(10, "lb/1", "silence")];
    const record = run({ requests, lb, events, timeoutMs: 30 });
    expect(outcomesOf(record)).toEqual(["timed-out@30", "timed-out@31"]);
  });
});

describe("routes", () => {
  const text = (routes: string): string => `
duration: 1s
warmup: 0s
clients: { all: { arrivals: { constant: 1_000/s } } }
requests:
  demand: 1us
  classes:
    api: { host: api.example, path: /v1/users, cookies: { beta: on } }
    image: { host: img.example, path: /static/a.png }
    page: { host: www.example, headers: { x-test: "1" } }
balancer:
  name: lb
  routes: ${routes}
  targets:
    - { name: one, targets: [{ machines: 2 }] }
    - { name: two, targets: [{ machines: 1 }] }
    - { name: three, targets: [{ machines: 1 }] }
`;
  const received = (routes: string, events = ""): Record<string, string> => {
    const record = simulate(scenarioOf(`${text(routes)}${events}`));
    const classes: Record<string, string> = {};
    for (const { cells } of record.slices) {
      for (const cell of cells) {
        const where = cell.balancer < 0 ? "none" : record.nodes[cell.balancer].name;
        classes[record.classes[cell.class]] = where;
      }
    }
    return classes;
  };

  it("send classes to targets by name, host, path, header and cookie; the first that fits counts", () => {
    expect(received("[{ class: api, to: two }, { class: image, to: three }, { to: one }]")).toEqual(
      {
        api: "two",
        image: "three",
        page: "one",
      },
    );
    const hosts =
      "[{ host: '*.example', path: /static, to: three }, { host: www.example, to: two }";
    expect(received(`${hosts}, { to: one }]`)).toEqual({ api: "one", image: "three", page: "two" });
    const told = "[{ cookies: { beta: on }, to: two }, { headers: { x-test: '1' }, to: three }";
    expect(received(`${told}, { to: one }]`)).toEqual({ api: "two", image: "one", page: "three" });
    expect(received("[{ host: api.example, path: /v2, to: two }, { to: one }]")["api"]).toBe("one");
  });

  it("a target that takes nobody new gets none of them: they are unroutable", () => {
    const gone = "events: [{ at: 0s, remove: lb/two }]\n";
    const routes = "[{ class: api, to: two }, { to: one }]";
    expect(received(routes, gone)).toEqual({ api: "lb", image: "one", page: "one" });
  });
});
