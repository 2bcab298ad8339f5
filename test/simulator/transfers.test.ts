/** Bytes on links with a bandwidth, and users behind forward proxies. */
import { describe, expect, it } from "vitest";
import type { RequestClass } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import { Addresses } from "../../src/world/addresses.ts";
import { countsOf, latencyOf, outcomesOf } from "./observing.ts";
import {
  balancer,
  client,
  constant,
  everyMs,
  lru,
  machines,
  objects,
  recorded,
  replay,
  requestClass,
  scenario,
  strategy,
} from "./scenario-builder.ts";

/** Clients at 0, the balancer at 1, its machine at 2; 20 ms and 6 ms there and back. */
const ROUND_TRIPS = [
  [0, 20, 30],
  [20, 0, 6],
  [30, 6, 0],
];
/** Bytes per ms between the balancer and its machine, both ways. */
const LINKS = [
  [null, null, null],
  [null, null, 500],
  [null, 500, null],
];
type Given = Partial<Parameters<typeof scenario>[0]>;
const sized = (more: Partial<RequestClass>) => [requestClass({ timeoutMs: null, ...more })];

function run(requests: readonly number[], given: Given & { readonly bandwidth?: number }) {
  const { bandwidth = 1_000, ...rest } = given;
  return simulate(
    scenario({
      durationMs: 1_000,
      windowMs: 1,
      roundTripMs: ROUND_TRIPS,
      clients: [client("all", { arrivals: replay, bandwidth })],
      root: balancer("lb", { place: 1 }, [machines(1, { place: 2 })]),
      ...rest,
    }),
    recorded(requests),
  );
}

describe("bytes", () => {
  it("take bytes / bandwidth on the first hop out, the last one home, and every link between", () => {
    const classes = sized({ requestSize: constant(2_000), responseSize: constant(50_000) });
    const access = latencyOf(run([1], { classes }));
    // 26 ms of distance; 2,000 and 50,000 bytes at 1,000 bytes a ms.
    expect(access.network).toBeCloseTo(26 + 2 + 50, 9);
    expect(access.whole).toBeCloseTo(26 + 2 + 50 + 1, 9);
    const all = latencyOf(run([1], { classes, bandwidths: LINKS }));
    expect(all.network).toBeCloseTo(26 + 2 + 50 + 4 + 100, 9);
  });

  it("are met once from a root without a place too, between client and target", () => {
    const classes = sized({ requestSize: constant(2_000), responseSize: constant(50_000) });
    const root = balancer("lb", {}, [machines(1, { place: 1 })]);
    expect(latencyOf(run([1], { classes, root })).network).toBeCloseTo(20 + 52, 9);
    const flat = { classes, root: balancer("lb", {}, [machines(1)]), roundTripMs: [[0]] };
    expect(latencyOf(run([1], flat)).network).toBeCloseTo(52, 9);
  });

  it("are its object's or the trace's where an answer has no size of its own", () => {
    const root = balancer("lb", { place: 1 }, [machines(1, { place: 2, cache: lru(10) })]);
    const of = (more: Partial<RequestClass>, clients?: Given["clients"]) =>
      latencyOf(
        run([1], {
          root,
          classes: sized({ objects: objects(10), affinity: "object", ...more }),
          ...(clients !== undefined && { clients, requestLimit: 1 }),
        }),
      ).network;
    // The trace says one byte.
    expect(of({ size: constant(9_000) })).toBeCloseTo(26 + 0.001, 9);
    const drawn = [client("all", { arrivals: everyMs(10), bandwidth: 1_000 })];
    expect(of({ size: constant(9_000) }, drawn)).toBeCloseTo(26 + 9, 9);
    const both = { size: constant(9_000), responseSize: constant(4_000) };
    expect(of(both, drawn)).toBeCloseTo(26 + 4, 9);
    expect(of({}, drawn)).toBeCloseTo(26, 9);
  });

  it("let who has few overtake who has many, and cost a refusal nothing", () => {
    const classes = [
      requestClass({ name: "big", share: 0.5, requestSize: constant(100_000) }),
      requestClass({ name: "small", share: 0.5, requestSize: constant(10) }),
    ];
    const [first, second] = [0, 1].map((one) =>
      run([1, 2], {
        classes,
        clients: [
          client("early", {
            arrivals: replay,
            bandwidth: 1_000,
            shares: [1 - one, one],
          }),
        ],
      }),
    );
    expect(outcomesOf(first)).toEqual(["completed@128", "completed@129"]);
    expect(outcomesOf(second)).toEqual(["completed@28", "completed@29"]);
    const refused = run([1, 1.5], {
      classes: sized({ responseSize: constant(50_000) }),
      root: balancer("lb", { place: 1 }, [machines(1, { place: 2, queueLimit: 0 })]),
    });
    // Out 13, refused, home 13; the other is served for 1 ms and carries 50 ms of bytes.
    expect(outcomesOf(refused)).toEqual(["rejected@27", "completed@78"]);
  });

  it("are lost on a link that is cut as they arrive", () => {
    const classes = [
      requestClass({
        requestSize: constant(50_000),
        timeoutMs: null,
      }),
    ];
    const record = run([1], {
      classes,
      events: [{ kind: "cut", atMs: 40, between: [0, 1] }],
    });
    expect(countsOf(record).completed).toBe(0);
    expect(record.inFlightAtEnd).toBe(1);
  });
});

describe("forward proxies", () => {
  it("give the first users of their region their addresses, in turn", () => {
    const addresses = new Addresses(
      [4, 10, 3],
      [undefined, { share: 0.3, addresses: 2 }, undefined],
    );
    const dotted = (user: number): string => {
      const address = addresses.of(user) >>> 0;
      return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
    };
    expect([3, 4, 5, 6, 7, 16].map(dotted)).toEqual([
      "10.0.0.3",
      "100.64.0.0",
      "100.64.0.1",
      "100.64.0.0",
      "10.0.0.7",
      "10.0.0.16",
    ]);
    expect(addresses.count).toBe(17 + 2);
  });

  it("with a fifth of the users behind one address load one of n machines with 0.2 + 0.8/n", () => {
    const users = 20_000;
    const n = 10;
    const [plain, proxied] = [undefined, { share: 0.2, addresses: 1 }].map((proxies) => {
      const record = simulate(
        scenario({
          durationMs: 4_000,
          windowMs: 4_000,
          classes: [requestClass({ affinity: "address" })],
          clients: [
            client("all", {
              users,
              arrivals: everyMs(0.1),
              ...(proxies !== undefined && { proxies }),
            }),
          ],
          root: balancer("lb", { strategy: strategy("rendezvous") }, [machines(n, { cores: 100 })]),
        }),
      );
      const { received } = record.slices[0].machines;
      const total = received.reduce((sum, count) => sum + count, 0);
      return received.map((count) => count / total);
    });
    // The others' 16,000 addresses are hashed: σ² = 0.8² · 0.1 · 0.9 / 16,000. Of N = 40,000
    // requests σ² = 0.28 · 0.72 / N. Together 0.0029; four of them 0.012.
    expect(Math.abs(Math.max(...proxied) - (0.2 + 0.8 / n))).toBeLessThan(0.012);
    // Without: 0.1 each, the greatest of ten within 4 σ = 4 √(0.09/20,000 + 0.09/40,000) = 0.010.
    expect(Math.max(...plain)).toBeLessThan(0.1 + 0.01);
  });
});
