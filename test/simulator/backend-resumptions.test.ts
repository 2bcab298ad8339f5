/**
 * TLS sessions that a layer-7 balancer resumes with its targets, exact in round trips and core
 * time. The client is 10 ms there and back from the balancer, the machine 4 ms from that; a request
 * takes 10 ms there, a full handshake 3 ms, a resumed one 1 ms. TCP takes one round trip, TLS 1.3
 * one more, full or resumed (RFC 8446 §2, §2.2), TLS 1.2 two more, resumed one (RFC 5246 §7.3).
 */
import { describe, expect, it } from "vitest";
import type { BackendsSpec, BalancerSpec, WorkSpec } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import { metricNamed, isThere } from "../../src/statistics/metrics/registry.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import { millis } from "../../src/units.ts";
import { SETTINGS } from "../statistics/sample-record.ts";
import { latencyOf, proxyCountOf } from "./observing.ts";
import {
  balancer,
  client,
  constant,
  type EventGiven,
  machines,
  poolOf,
  type Recorded,
  recorded,
  replay,
  requestClass,
  scenario,
} from "./scenario-builder.ts";

/** A new connection for each request, unless said otherwise. */
const pool = (given: Partial<BackendsSpec>): BackendsSpec =>
  poolOf({ idleMs: millis(10_000), requests: 1, tls: "1.3", ...given });
const group = machines(1, { place: 2, cores: 8, handshakeMs: millis(3), resumedMs: millis(1) });

interface Case {
  readonly pool: Partial<BackendsSpec>;
  readonly requests?: readonly Recorded[];
  readonly events?: readonly EventGiven[];
  readonly targets?: BalancerSpec["targets"];
}

function run({ requests = [0, 100, 200], events = [], ...given }: Case): RunRecord {
  return simulate(
    scenario({
      durationMs: Math.max(400, requests.length * 10),
      windowMs: 400,
      roundTripMs: [
        [0, 10, 14],
        [10, 0, 4],
        [14, 4, 0],
      ],
      classes: [requestClass({ demand: constant(10) })],
      clients: [client("people", { arrivals: replay })],
      root: balancer("lb", { place: 1, pool: pool(given.pool) }, given.targets ?? [group]),
      events,
    }),
    recorded(requests),
  );
}

const busyMs = ({ slices }: RunRecord): number =>
  slices.reduce((sum, { machines: { busyMs: of } }) => sum + of[0], 0);
function figures(record: RunRecord) {
  return {
    full: proxyCountOf(record, "backend-full"),
    resumed: proxyCountOf(record, "backend-resumed"),
    trips: proxyCountOf(record, "dialed"),
    connectMs: latencyOf(record)["connect"],
    machineMs: busyMs(record),
  };
}
/** Three requests, and what their handshakes took. */
const three = (full: number, resumed: number, trips: number) => ({
  full,
  resumed,
  trips,
  connectMs: 4 * trips,
  machineMs: 30 + 3 * full + resumed,
});

describe.each(["http/1.1", "http/2"] as const)("%s", (protocol) => {
  const of = (tls: BackendsSpec["tls"], more: Partial<BackendsSpec> = {}) =>
    figures(run({ pool: { protocol, tls, ...more } }));

  it("TLS 1.3: the first handshake is full, the next are cheaper but no shorter", () => {
    expect(of("1.3")).toEqual(three(3, 0, 3 * 2));
    expect(of("1.3", { resume: 1 })).toEqual(three(1, 2, 3 * 2));
  });

  it("TLS 1.2: the next save a round trip as well", () => {
    expect(of("1.2")).toEqual(three(3, 0, 3 * 3));
    expect(of("1.2", { resume: 1 })).toEqual(three(1, 2, 3 + 2 * 2));
  });

  it("pooled: who needs no new connection resumes nothing", () => {
    expect(of("1.2", { resume: 1, requests: null })).toEqual(three(1, 0, 3));
    // Idle for 76 ms or more each time, so closed before the next request.
    expect(of("1.2", { resume: 1, requests: null, idleMs: millis(50) })).toEqual(
      three(1, 2, 3 + 2 * 2),
    );
  });
});

describe("whether there is a session to resume", () => {
  const two = { tls: "1.2", resume: 1 } as const;

  it("not before the first handshake is over", () => {
    // At the balancer at 5; the first handshake takes 3 × 4 ms, until 17: one that begins at 16.9
    // knows of no session, one at 17 does.
    expect(figures(run({ pool: two, requests: [0, 11.9, 12] }))).toEqual(three(2, 1, 3 + 3 + 2));
  });

  it("not with a machine that has restarted", () => {
    const restart: EventGiven = { kind: "fail", atMs: 150, nodes: ["lb/1"], forMs: 10 };
    expect(figures(run({ pool: two, events: [restart] }))).toEqual(three(2, 1, 3 + 2 + 3));
    const silence: EventGiven = { ...restart, manner: "silence" };
    expect(figures(run({ pool: two, events: [silence] }))).toEqual(three(2, 1, 3 + 2 + 3));
  });

  it("not by a balancer that has restarted", () => {
    const restart: EventGiven = { kind: "fail", atMs: 150, nodes: ["lb"], forMs: 10 };
    expect(figures(run({ pool: two, events: [restart] }))).toEqual(three(2, 1, 3 + 2 + 3));
  });

  it("with the one target that it was made with", () => {
    const pair = machines(2, { place: 2, cores: 8, handshakeMs: millis(3), resumedMs: millis(1) });
    const record = run({ pool: two, requests: [0, 50, 100, 150], targets: [pair] });
    // Round robin: one full handshake with each machine, then one resumed with each.
    expect(figures(record)).toMatchObject({ full: 2, resumed: 2, trips: 2 * 3 + 2 * 2 });
  });
});

describe("who ends the connection", () => {
  it("a balancer of layer 7 works for what it was, full or resumed", () => {
    const work: WorkSpec = {
      cores: 4,
      handshakeMs: millis(3),
      resumedMs: millis(1),
      request: null,
      perKbMs: millis(0),
    };
    const inner = balancer("inner", { place: 2, work }, [machines(1, { place: 2, cores: 8 })]);
    const record = run({ pool: { tls: "1.2", resume: 1 }, targets: [inner] });
    expect([proxyCountOf(record, "full"), proxyCountOf(record, "resumed")]).toEqual([1, 2]);
    expect(proxyCountOf(record, "busy-ms")).toBeCloseTo(3 + 2 * 1, 9);
    expect(busyMs(record)).toBe(30);
  });
});

describe("the share that resumes", () => {
  const figureOf = (record: RunRecord): number =>
    metricNamed("backend-resumed")!.of(tallyOf(record, EVERYTHING, 0, record.endMs), SETTINGS);

  it("is the setting's, but for the first", () => {
    const requests = Array.from({ length: 2_001 }, (_, i) => i * 10);
    const record = run({ pool: { resume: 0.3 }, requests });
    const resumed = proxyCountOf(record, "backend-resumed");
    // 2,000 draws with 0.3: σ = √(2,000 × 0.3 × 0.7) = 20.5; we allow 4 σ.
    expect(Math.abs(resumed - 600)).toBeLessThan(82);
    expect(figureOf(record)).toBe(resumed / proxyCountOf(record, "opened"));
  });

  it("is told only where some balancer resumes", () => {
    const metric = metricNamed("backend-resumed")!;
    expect(isThere(metric, run({ pool: {} }))).toBe(false);
    expect(isThere(metric, run({ pool: { resume: 1 } }))).toBe(true);
  });
});
