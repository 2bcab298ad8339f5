/**
 * Health and reports as belief: they travel, each replica has its own, and a cut link alone makes a
 * live machine look dead.
 */
import { describe, expect, it } from "vitest";
import { Beliefs } from "../../src/simulator/beliefs.ts";
import { build } from "../../src/simulator/build.ts";
import { NO_INPUTS, simulate } from "../../src/simulator/run.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { Workbench } from "../world/workbench.ts";
import { MachineState } from "../../src/world/machine.ts";
import { countsOf, counterOf, leftOver, noticesOf, outcomesOf } from "./observing.ts";
import {
  balancer,
  client,
  constant,
  type EventGiven,
  everyMs,
  machines,
  requestClass,
  scenario,
  strategy,
} from "./scenario-builder.ts";

const HEALTH = { intervalMs: 10, timeoutMs: 4, rise: 2, fall: 3 };

/** When each of the root's replicas came to believe that of a node. */
const believedAt = (record: RunRecord, what: "believed-down" | "believed-up", path: string) =>
  record.notices
    .filter((notice) => notice.what === what && record.nodes[notice.node].path === path)
    .map(({ atMs, detail }) => ({ atMs, replica: detail }));

describe("probes", () => {
  const watched = (events: readonly EventGiven[], replicas = 1, health = HEALTH): RunRecord =>
    simulate(
      scenario({
        durationMs: 400,
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("lb", { replicas, health }, [machines(3)]),
        events,
      }),
    );

  it("take `fall` refusals in a row to believe in a crash, and `rise` answers to believe in a recovery", () => {
    const record = watched([{ kind: "fail", atMs: 100, nodes: ["lb/2"], forMs: 100 }]);
    const [down] = believedAt(record, "believed-down", "lb/2");
    const [up] = believedAt(record, "believed-up", "lb/2");
    // The third probe after the failure comes in (20, 30] ms, the second after the recovery in (10,
    // 20].
    expect(down.atMs).toBeGreaterThan(120);
    expect(down.atMs).toBeLessThanOrEqual(130);
    expect(up.atMs).toBeGreaterThan(210);
    expect(up.atMs).toBeLessThanOrEqual(220);
    // Both are of one phase: the probes of one replica to one target come every 10 ms.
    expect((up.atMs - down.atMs) % 10).toBeCloseTo(0, 9);
    expect(noticesOf(record).map((line) => line.split("@")[0])).toEqual([
      "failed lb/2",
      "believed-down lb/2 by lb",
      "recovered lb/2",
      "believed-up lb/2 by lb",
    ]);
    expect(
      record.changes.map(({ targetsBefore, targetsAfter }) => [targetsBefore, targetsAfter]),
    ).toEqual([
      [3, 2],
      [2, 3],
    ]);
  });

  it("that nobody answers are given up after their timeout", () => {
    const crash = watched([{ kind: "fail", atMs: 100, nodes: ["lb/2"] }]);
    const silence = watched([{ kind: "fail", atMs: 100, nodes: ["lb/2"], manner: "silence" }]);
    const at = (record: RunRecord) => believedAt(record, "believed-down", "lb/2")[0].atMs;
    expect(at(silence) - at(crash)).toBeCloseTo(HEALTH.timeoutMs, 9);
  });

  it("begin again to count when the belief is confirmed", () => {
    // Down for 15 ms at a time: never three probes in a row.
    const events = [100, 130, 160, 190].map((atMs): EventGiven => ({
      kind: "fail",
      atMs,
      nodes: ["lb/2"],
      forMs: 15,
    }));
    expect(believedAt(watched(events), "believed-down", "lb/2")).toEqual([]);
  });

  it("have a phase of their own in each replica and for each target", () => {
    const record = watched([{ kind: "fail", atMs: 100, nodes: ["lb/1", "lb/2"] }], 3);
    const times = ["lb/1", "lb/2"].flatMap((path) => believedAt(record, "believed-down", path));
    expect(new Set(times.map(({ atMs }) => atMs)).size).toBe(6);
    expect(new Set(times.map(({ replica }) => replica))).toEqual(new Set(["lb#1", "lb#2", "lb#3"]));
    for (const { atMs } of times) expect(atMs > 120 && atMs <= 130).toBe(true);
  });

  it("until they know, let requests run into the dead machine; afterwards none", () => {
    const record = watched([{ kind: "fail", atMs: 100, nodes: ["lb/2"] }]);
    const [{ atMs }] = believedAt(record, "believed-down", "lb/2");
    // One of three requests, one a ms, from 100 until then.
    const expected = (atMs - 100) / 3;
    expect(Math.abs(countsOf(record).failed - expected)).toBeLessThanOrEqual(1);
    expect(countsOf(record).completed + countsOf(record).failed).toBe(399 - record.inFlightAtEnd);
  });

  it("are left out without a health check: everybody stays believed up", () => {
    const record = simulate(
      scenario({
        durationMs: 400,
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("lb", {}, [machines(2)]),
        events: [{ kind: "fail", atMs: 0, nodes: ["lb/2"] }],
      }),
    );
    expect(countsOf(record).failed).toBe(200 - (399 % 2));
    expect(noticesOf(record)).toEqual(["failed lb/2@0"]);
  });

  it("that need longer than their timeout see nobody alive", () => {
    const far = scenario({
      durationMs: 400,
      roundTripMs: [
        [0, 6],
        [6, 0],
      ],
      clients: [client("people", { arrivals: everyMs(10) })],
      root: balancer("lb", { health: HEALTH }, [machines(1, { place: 1 })]),
    });
    expect(countsOf(simulate(far)).unroutable).toBeGreaterThan(30);
  });

  it("ask a balancer whether it has a usable target itself", () => {
    const nested = scenario({
      durationMs: 400,
      clients: [client("people", { arrivals: everyMs(1) })],
      root: balancer("top", { health: HEALTH }, [
        balancer("a", { health: HEALTH }, [machines(1)]),
        balancer("b", { health: HEALTH }, [machines(1)]),
      ]),
      events: [{ kind: "fail", atMs: 100, nodes: ["top/a/1"], forMs: 100 }],
    });
    const lines = noticesOf(simulate(nested)).map((line) => line.split("@")[0]);
    expect(lines).toEqual([
      "failed top/a/1",
      "believed-down top/a/1 by top/a",
      "believed-down top/a by top",
      "recovered top/a/1",
      "believed-up top/a/1 by top/a",
      "believed-up top/a by top",
    ]);
  });
});

describe("a balancer that is down", () => {
  it("asks nobody and believes nothing new, and goes on when it is back", () => {
    const record = simulate(
      scenario({
        durationMs: 600,
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("top", { health: HEALTH }, [
          balancer("a", { health: HEALTH }, [machines(2)]),
          balancer("b", { health: HEALTH }, [machines(1)]),
        ]),
        events: [
          { kind: "fail", atMs: 100, nodes: ["top/a"], forMs: 200 },
          { kind: "fail", atMs: 400, nodes: ["top/a/2"] },
        ],
      }),
    );
    expect(noticesOf(record).map((line) => line.split("@")[0])).toEqual([
      "failed top/a",
      "believed-down top/a by top",
      "recovered top/a",
      "believed-up top/a by top",
      "failed top/a/2",
      "believed-down top/a/2 by top/a",
    ]);
  });
});

describe("a cut link", () => {
  const geography = {
    roundTripMs: [
      [0, 8, 2],
      [8, 0, 2],
      [2, 2, 0],
    ],
    places: ["west", "east", "hall"],
    durationMs: 400,
    classes: [requestClass({ timeoutMs: 50 })],
    clients: ["west", "east"].map((name, place) =>
      client(name, { place, arrivals: everyMs(1), users: 1 }),
    ),
  };
  const record = simulate(
    scenario({
      ...geography,
      root: balancer("lb", { health: HEALTH }, [machines(2, { place: 2, cores: 4 })]),
      events: [{ kind: "cut", atMs: 100, between: [2, 0], forMs: 100 }],
    }),
  );

  it("makes live machines look dead to those behind it, and to them only", () => {
    const replicas = (what: "believed-down" | "believed-up") =>
      ["lb/1", "lb/2"].flatMap((path) => believedAt(record, what, path).map((b) => b.replica));
    expect(replicas("believed-down")).toEqual(["lb@west#1", "lb@west#1"]);
    expect(replicas("believed-up")).toEqual(["lb@west#1", "lb@west#1"]);
    expect(counterOf(record, "lb/1", "inServiceMs")).toBe(4 * 400);
  });

  it("lets those behind it time out, then finds them no way; the others notice nothing", () => {
    const ways = (region: number) =>
      new Set(outcomesOf(record, region).map((line) => line.split("@")[0]));
    expect(ways(1)).toEqual(new Set(["completed"]));
    expect(ways(0)).toEqual(new Set(["completed", "timed-out", "unroutable"]));
    expect(leftOver(record)).toBe(0);
  });

  it("is mended: after probes have risen all are served again", () => {
    const last = noticesOf(record)
      .filter((line) => line.startsWith("believed-up"))
      .at(-1)!;
    expect(Number(last.split("@")[1])).toBeLessThanOrEqual(222);
    expect(noticesOf(record).slice(0, 1)).toEqual(["cut@100"]);
    expect(noticesOf(record)).toContain("mended@200");
  });
});

describe("an answer under way when its link is cut", () => {
  it("is lost: the probe's timeout goes on", () => {
    const pings = (cutMs: number | null) =>
      simulate(
        scenario({
          durationMs: 100,
          roundTripMs: [
            [0, 20],
            [20, 0],
          ],
          clients: [client("people", { arrivals: everyMs(10) })],
          root: balancer("lb", { health: { intervalMs: 1000, timeoutMs: 30, rise: 1, fall: 1 } }, [
            machines(40, { place: 1 }),
          ]),
          events: cutMs === null ? [] : [{ kind: "cut", atMs: cutMs, between: [0, 1], forMs: 1 }],
        }),
      ).notices.filter(({ what }) => what === "believed-down");
    expect(pings(null)).toEqual([]);
    // 40 probes in a second: a millisecond's cut swallows those that arrive in it, out or back, and
    // no others; which of them do is the phases' affair, so the cut is tried at every millisecond.
    const lost = Array.from({ length: 70 }, (_, ms) => pings(ms + 20));
    // A probe that is lost on its way out or back is given up 30 ms after it was sent: 20 or 10
    // after the cut.
    const waits = lost.flatMap((found, ms) => found.map(({ atMs }) => atMs - (ms + 20)));
    expect(waits.some((wait) => wait >= 10 && wait <= 11)).toBe(true);
    expect(waits.every((wait) => (wait >= 10 && wait <= 11) || (wait >= 20 && wait <= 21))).toBe(
      true,
    );
  });
});

describe("panic", () => {
  it("is noted too when a weight begins or ends it", () => {
    const record = simulate(
      scenario({
        durationMs: 300,
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("lb", { health: HEALTH, panic: 0.5 }, [machines(3)]),
        events: [
          { kind: "fail", atMs: 50, nodes: ["lb/1", "lb/2"] },
          { kind: "weight", atMs: 150, nodes: ["lb/1"], weight: 0 },
        ],
      }),
    );
    const kinds = noticesOf(record).map((line) => line.split("@")[0]);
    expect(kinds.slice(-3)).toEqual(["panic lb by lb", "weight lb/1", "calm lb by lb"]);
  });

  it("uses all targets again while fewer than the threshold are believed up", () => {
    const record = simulate(
      scenario({
        durationMs: 600,
        windowMs: 100,
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("lb", { health: HEALTH, panic: 0.5 }, [machines(4)]),
        events: [{ kind: "fail", atMs: 100, nodes: ["lb/1", "lb/2", "lb/3"], forMs: 300 }],
      }),
    );
    const kinds = noticesOf(record).map((line) => line.split("@")[0]);
    expect(kinds.filter((kind) => /panic|calm/.test(kind))).toEqual([
      "panic lb by lb",
      "calm lb by lb",
    ]);
    // In panic from 130 at the latest until 410 at the earliest: three of four requests fail.
    expect(counterOf(record, "lb/1", "received", [200, 400])).toBe(50);
    expect(counterOf(record, "lb/4", "received", [200, 400])).toBe(50);
  });

  it("without it, all that are down leave the live ones alone, and nobody is left when all are", () => {
    const record = simulate(
      scenario({
        durationMs: 300,
        windowMs: 100,
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("lb", { health: HEALTH }, [machines(2)]),
        events: [
          { kind: "fail", atMs: 50, nodes: ["lb/1"] },
          { kind: "fail", atMs: 150, nodes: ["lb/2"] },
        ],
      }),
    );
    expect(counterOf(record, "lb/2", "received", [100, 150])).toBe(50);
    // From 180 at the latest there is no target: 119 of the 120 requests are born before 300.
    expect(countsOf(record).unroutable).toBeGreaterThanOrEqual(119);
  });
});

describe("probes that take their turn in the queue", () => {
  /**
   * Machines that get a request of 5 ms every 2 ms, all probed every 10 ms with 4 ms of patience.
   */
  const busy = (asks: "node" | "queue", discipline: "fifo" | "lifo" | "processor-sharing") =>
    simulate(
      scenario({
        durationMs: 200,
        clients: [client("people", { arrivals: everyMs(2) })],
        classes: [requestClass({ demand: constant(5) })],
        root: balancer("lb", { health: { ...HEALTH, asks } }, [machines(1, { discipline })]),
      }),
    );
  const downs = (record: RunRecord): number => believedAt(record, "believed-down", "lb/1").length;

  it("take a machine down that is only overloaded, where those that ask the node do not", () => {
    expect(downs(busy("node", "fifo"))).toBe(0);
    // Taken out it works off its queue, comes back, and is overrun again.
    expect(downs(busy("queue", "fifo"))).toBe(2);
  });

  it("wait behind what is in service alone where the latest goes first, and not at all where all share", () => {
    // At most 5 ms, of which a probe has the patience for 4: three in a row seldom fail.
    expect(downs(busy("queue", "processor-sharing"))).toBe(0);
    const waits = busy("queue", "lifo");
    expect(downs(waits)).toBeLessThanOrEqual(1);
  });

  it("know the wait of a request that comes with them", () => {
    const bench = new Workbench();
    const machine = bench.machine({ cores: 2, speed: 2 });
    expect(bench.machines.waitOf(machine)).toBe(0);
    bench.ask("a", { demand: 8 });
    expect(bench.machines.waitOf(machine)).toBe(0);
    bench.ask("b", { demand: 4 });
    expect(bench.machines.waitOf(machine)).toBe(2);
    bench.ask("c", { demand: 6 }); // on b's core from 2 to 5
    bench.ask("d", { demand: 2 }); // on a's core from 4 to 5
    bench.until(1);
    expect(bench.machines.waitOf(machine)).toBe(4);
    bench.ask("probe", { demand: 0 });
    bench.until(Infinity);
    expect(bench.log).toContain("probe done 5");
  });
});

describe("reports", () => {
  /** The windows of 1 ms in which each machine received something. */
  function herd(oneWayMs: number, by: "own" | "report", reportIntervalMs = 50): number[] {
    const record = simulate(
      scenario({
        durationMs: 1000,
        windowMs: 1,
        roundTripMs: [
          [0, 2 * oneWayMs],
          [2 * oneWayMs, 0],
        ],
        classes: [requestClass({ demand: constant(20) })],
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer(
          "lb",
          { reportIntervalMs, strategy: strategy("least-connections", { ties: "first", by }) },
          [machines(2, { cores: 100, place: 1 })],
        ),
      }),
    );
    // By request: which machine got it.
    const sequence: number[] = [];
    for (const { machines: columns } of record.slices) {
      for (const machine of [0, 1]) {
        for (let n = 0; n < columns.received[machine]; n++) sequence.push(machine);
      }
    }
    return sequence;
  }
  const switches = (sequence: readonly number[]) =>
    sequence.filter((machine, i) => i > 0 && machine !== sequence[i - 1]).length;

  it("are old between two of them: everybody runs to what looked empty last", () => {
    // Two targets × 1000 / 50 reports can change the mind at most 40 times; own counts do so nearly
    // always.
    const changes = switches(herd(0, "report"));
    expect(changes).toBeGreaterThan(10);
    expect(changes).toBeLessThanOrEqual(40);
    expect(switches(herd(0, "own"))).toBeGreaterThan(900);
  });

  it("travel: the first change of mind comes one way later, at the machine another way later", () => {
    const first = (oneWayMs: number) => herd(oneWayMs, "report").indexOf(1);
    // Counted in requests, one a ms: those sent before the report of the first machine came.
    expect(first(10) - first(0)).toBe(10);
  });

  /** One machine 5 ms away that reports every 100 ms. */
  const reporting = () =>
    build(
      scenario({
        roundTripMs: [
          [0, 10],
          [10, 0],
        ],
        root: balancer("lb", { reportIntervalMs: 100 }, [machines(1, { place: 1 })]),
      }),
      NO_INPUTS,
      1,
    );

  it("are lost under way with their link, or at a balancer that is down", () => {
    const { parts, membership } = reporting();
    const { queue, network, balancers, replicas } = parts;
    queue.cancel(parts.sources[0].subject);
    const beliefs = new Beliefs(parts, membership);
    /** Whether the next report is heard. */
    const hear = (meanwhile: () => void, afterwards: () => void): boolean => {
      beliefs.report(queue.take()!.ref);
      meanwhile();
      queue.take();
      beliefs.reportArrives();
      afterwards();
      return replicas[0].pool.reportedAtMs[0] === queue.nowMs;
    };
    const none = (): void => undefined;
    const cut = (by: 1 | -1) => (): void => network.cut(0, 1, by);
    const put = (state: MachineState) => (): void => void (balancers[0]!.state = state);
    expect(hear(none, none)).toBe(true);
    expect(hear(cut(1), cut(-1))).toBe(false);
    expect(hear(none, none)).toBe(true);
    expect(hear(put(MachineState.Crashed), put(MachineState.Up))).toBe(false);
    expect(hear(none, none)).toBe(true);
    // Down for good, it is no longer reported to.
    put(MachineState.Removed)();
    beliefs.report(queue.take()!.ref);
    expect(queue.nextMs).toBe(Infinity);
  });

  it("carry utilization since the one before, in flight, and the time of their arrival", () => {
    const { parts, membership } = reporting();
    const { queue, requests, replicas } = parts;
    queue.cancel(parts.sources[0].subject);
    const beliefs = new Beliefs(parts, membership);
    const request = requests.take();
    const [machine] = parts.machines.all;
    request.demandMs = 1000;
    request.machine = machine;
    const { pool } = replicas[0];
    /** Lets one report be made and arrive; when it was made. */
    const report = (): number => {
      const madeMs = queue.nextMs;
      beliefs.report(queue.take()!.ref);
      expect(queue.nextMs).toBe(madeMs + 5);
      queue.take();
      beliefs.reportArrives();
      expect(pool.reportedAtMs[0]).toBe(madeMs + 5);
      return madeMs;
    };
    expect(pool.reportedUtilization[0]).toBe(-1);
    const firstMs = report();
    expect(firstMs).toBeLessThan(100);
    expect([pool.reportedUtilization[0], pool.reportedInFlight[0]]).toEqual([0, 0]);
    queue.advanceTo(firstMs + 25);
    parts.machines.arrive(request, machine);
    expect(report()).toBe(firstMs + 100);
    // Busy for 75 of the 100 ms since the report before.
    expect(pool.reportedUtilization[0]).toBeCloseTo(0.75, 12);
    expect(pool.reportedInFlight[0]).toBe(1);
    report();
    expect(pool.reportedUtilization[0]).toBeCloseTo(1, 12);
  });
});
