/** What each event does, and that what has a duration is undone exactly. */
import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { Agenda } from "../../src/simulator/agenda.ts";
import { Beliefs } from "../../src/simulator/beliefs.ts";
import { build } from "../../src/simulator/build.ts";
import { Journey } from "../../src/simulator/journey.ts";
import { NO_INPUTS, simulate } from "../../src/simulator/run.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { eventDefinitions } from "../../src/world/events.ts";
import { bornOf, countsOf, counterOf, leftOver, noticesOf, outcomesOf } from "./observing.ts";
import {
  balancer,
  client,
  constant,
  type EventGiven,
  everyMs,
  machines,
  objects,
  poisson,
  recorded,
  replay,
  requestClass,
  scenario,
  strategy,
  zipf,
} from "./scenario-builder.ts";

const FAR = [
  [0, 10],
  [10, 0],
];

/** Requests at their times to `count` machines 5 ms away, in turn; each of 10 ms. */
const traced = (
  times: readonly number[],
  count: number,
  events: readonly EventGiven[],
): RunRecord =>
  simulate(
    scenario({
      durationMs: 300,
      windowMs: 1,
      roundTripMs: FAR,
      classes: [requestClass({ demand: constant(10) })],
      clients: [client("people", { arrivals: replay })],
      root: balancer("lb", {}, [machines(count, { place: 1 })]),
      events,
    }),
    recorded(times),
  );

/** One request a ms to four machines. */
const steady = (events: readonly EventGiven[], given: Partial<Scenario> = {}): RunRecord =>
  simulate({
    ...scenario({
      durationMs: 1000,
      clients: [client("people", { arrivals: everyMs(1) })],
      root: balancer("lb", {}, [machines(4)]),
      events,
    }),
    ...given,
  });

describe("slow", () => {
  it("divides the speed for a while, also of what is being served", () => {
    // a: 5 ms at 10, then at half speed: 5 + 5 + 10; b under it: 20; c after it: 10.
    const record = traced([0, 50, 200], 1, [
      { kind: "slow", atMs: 10, nodes: ["lb/1"], factor: 2, forMs: 100 },
    ]);
    expect(outcomesOf(record)).toEqual(["completed@25", "completed@80", "completed@220"]);
    expect(noticesOf(record)).toEqual(["slowed lb/1@10", "restored lb/1@110"]);
  });

  it("adds up where slow-downs overlap, for every machine beneath a balancer", () => {
    const record = traced([50, 51], 2, [
      { kind: "slow", atMs: 10, nodes: ["lb"], factor: 2, forMs: 200 },
      { kind: "slow", atMs: 20, nodes: ["lb/2"], factor: 3, forMs: 250 },
    ]);
    expect(outcomesOf(record)).toEqual(["completed@80", "completed@121"]);
  });
});

describe("rate", () => {
  it("multiplies the arrivals of the named clients while it lasts", () => {
    const record = simulate(
      scenario({
        durationMs: 300,
        clients: ["a", "b"].map((name) => client(name, { arrivals: everyMs(10) })),
        root: balancer("lb", {}, [machines(1)]),
        events: [
          { kind: "rate", atMs: 100, clients: ["b"], times: 5, forMs: 100 },
          // Only cuts a slice: the edge where the first one ends.
          { kind: "rate", atMs: 200, clients: ["a"], times: 1 },
        ],
      }),
    );
    const born = (span: readonly [number, number]) => bornOf(record, span);
    // a and b: one each 10 ms, at 10, 20 …; what falls on an edge belongs to the later slice.
    expect([born([0, 100]), born([100, 200]), born([200, 300])]).toEqual([18, 10 + 50, 20]);
    expect(noticesOf(record)).toEqual(["rate@100", "rate@200", "rate@200"]);
  });

  it("of 0 silences them until it ends", () => {
    const record = steady([{ kind: "rate", atMs: 100, clients: ["people"], times: 0, forMs: 500 }]);
    // The one of 100 ms is due that very moment and still comes; then none until 601.
    expect(record.bornTotal).toBe(99 + 1 + 399);
  });
});

describe("add", () => {
  it("lets machines join, in all replicas, numbered on", () => {
    const record = simulate(
      scenario({
        durationMs: 1000,
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("lb", { replicas: 3 }, [machines(2)]),
        events: [{ kind: "add", atMs: 500, to: "lb", machines: machines(2, { first: 3 }) }],
      }),
    );
    expect(record.nodes.map(({ path, joinedMs }) => [path, joinedMs])).toEqual([
      ["lb", 0],
      ["lb/1", 0],
      ["lb/2", 0],
      ["lb/3", 500],
      ["lb/4", 500],
    ]);
    expect(noticesOf(record)).toEqual(["joined lb/3@500", "joined lb/4@500"]);
    // Each replica sends a quarter of its share: 125 of 500 but for the start of its turns (3
    // replicas, ± 1 each).
    expect(Math.abs(counterOf(record, "lb/4", "received") - 125)).toBeLessThanOrEqual(3);
    expect(counterOf(record, "lb/4", "inServiceMs")).toBe(500);
  });
});

describe("remove and drain", () => {
  it("remove takes a machine out for good", () => {
    const record = steady([
      { kind: "remove", atMs: 500, nodes: ["lb/4"] },
      { kind: "recover", atMs: 600, nodes: ["lb/4"] },
      { kind: "fail", atMs: 700, nodes: ["lb/4"], forMs: 10 },
    ]);
    expect(counterOf(record, "lb/4", "inServiceMs")).toBe(500);
    expect(counterOf(record, "lb/4", "received", [500, 1000])).toBe(0);
    expect(noticesOf(record)).toEqual(["left lb/4@500"]);
  });

  it("drain waits for what runs, what waits and what is on its way", () => {
    // To machine 1: sent at 0 and 2, served 5 to 15 to 25; to machine 2: at 1.
    const record = traced([0, 1, 2], 2, [{ kind: "drain", atMs: 4, nodes: ["lb/1"] }]);
    expect(outcomesOf(record)).toEqual(["completed@20", "completed@21", "completed@30"]);
    expect(noticesOf(record)).toEqual(["draining lb/1@4", "left lb/1@25"]);
    expect(counterOf(record, "lb/1", "inServiceMs")).toBe(25);
  });

  it("drain lets an idle machine go at once", () => {
    const record = traced([100], 2, [{ kind: "drain", atMs: 50, nodes: ["lb/1"] }]);
    expect(noticesOf(record)).toEqual(["draining lb/1@50", "left lb/1@50"]);
    expect(counterOf(record, "lb/2", "received")).toBe(1);
  });

  it("drain is for good, whoever is told to recover", () => {
    const drain: EventGiven = { kind: "drain", atMs: 4, nodes: ["lb/1"] };
    const recover: EventGiven = { kind: "recover", atMs: 8, nodes: ["lb/1"] };
    const record = traced([0, 1, 2, 50], 2, [drain, recover]);
    expect(noticesOf(record)).toEqual(["draining lb/1@4", "left lb/1@25"]);
    expect(counterOf(record, "lb/1", "received")).toBe(2);
    expect(eventDefinitions.recover.summary).toContain("who drains goes on draining");
  });

  it("a weight of 0 does what drain's help says: nothing new, what is there is done, and it comes back", () => {
    const record = traced([0, 1, 2, 50, 51, 100, 101], 2, [
      { kind: "weight", atMs: 4, nodes: ["lb/1"], weight: 0 },
      { kind: "weight", atMs: 90, nodes: ["lb/1"], weight: 1 },
    ]);
    expect(countsOf(record).completed).toBe(7);
    const received = (fromMs: number, toMs: number): number =>
      counterOf(record, "lb/1", "received", [fromMs, toMs]);
    expect([received(0, 40), received(40, 90), received(90, 300)]).toEqual([2, 0, 1]);
    expect(eventDefinitions.drain.fields.drain.doc).toContain("set its weight to 0");
  });

  it("drain cuts what still runs at its deadline, and gets nothing new before", () => {
    const record = traced([0, 1, 2, 3, 7], 2, [
      { kind: "drain", atMs: 6, nodes: ["lb/1"], deadlineMs: 10 },
    ]);
    // Machine 1: served 5 to 15, then one cut at 16. Machine 2: 6 to 16, 26, and the one born at 7
    // to 36.
    expect(outcomesOf(record)).toEqual([
      "completed@20",
      "completed@21",
      "failed@21",
      "completed@31",
      "completed@41",
    ]);
    expect(noticesOf(record)).toEqual(["draining lb/1@6", "left lb/1@16"]);
  });

  it("drain of a balancer keeps its machines until all is done, then all of it leaves", () => {
    const record = simulate(
      scenario({
        durationMs: 300,
        windowMs: 1,
        roundTripMs: FAR,
        classes: [requestClass({ demand: constant(10) })],
        clients: [client("people", { arrivals: replay })],
        root: balancer("top", {}, [
          balancer("a", { place: 1 }, [machines(2)]),
          balancer("b", { place: 1 }, [machines(1)]),
        ]),
        // At 3, requests of 0 and 2 travel to a; it gives one to each of its machines.
        events: [{ kind: "drain", atMs: 3, nodes: ["top/a"] }],
      }),
      recorded([0, 1, 2, 50]),
    );
    expect(countsOf(record).completed).toBe(4);
    expect(noticesOf(record)).toEqual(["draining top/a@3", "left top/a@17"]);
    expect(counterOf(record, "top/a/1", "inServiceMs")).toBe(17);
    expect(counterOf(record, "top/b/1", "received")).toBe(2);
  });
});

describe("a datacenter", () => {
  const health = { intervalMs: 10, timeoutMs: 8, rise: 2, fall: 2 };
  const world = (events: readonly EventGiven[]): RunRecord =>
    simulate(
      scenario({
        durationMs: 1000,
        windowMs: 50,
        roundTripMs: [
          [0, 2, 6],
          [2, 0, 6],
          [6, 6, 0],
        ],
        classes: [requestClass({ timeoutMs: 30 })],
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("global", { health, strategy: strategy("nearest") }, [
          balancer("fra", { place: 1, health }, [machines(3)]),
          balancer("gru", { place: 2, health }, [machines(3)]),
        ]),
        events,
      }),
    );

  it("that goes dark and comes back is left and found again", () => {
    for (const manner of ["crash", "silence"] as const) {
      const record = world([
        { kind: "fail", atMs: 300, nodes: ["global/fra"], manner, forMs: 300 },
      ]);
      const received = (path: string, span: readonly [number, number]) =>
        counterOf(record, path, "received", span);
      expect(received("global/gru/1", [0, 300])).toBe(0);
      // Known by 300 + 2 intervals + timeout, so from 350 on nobody goes there.
      expect(received("global/fra/1", [350, 600])).toBe(0);
      expect(received("global/gru/1", [350, 600])).toBeGreaterThan(80);
      expect(received("global/gru/1", [700, 1000])).toBe(0);
      expect(received("global/fra/1", [700, 1000])).toBeCloseTo(100, -1);
      const { completed, failed, "timed-out": late } = countsOf(record);
      const lost = manner === "crash" ? failed : late;
      expect(lost).toBeGreaterThan(9);
      expect(lost).toBeLessThanOrEqual(31);
      expect(completed + lost + record.inFlightAtEnd).toBe(record.bornTotal);
      const seen = noticesOf(record).map((line) => line.split("@")[0]);
      expect(seen).toContain("believed-down global/fra by global");
      expect(seen.indexOf("believed-up global/fra by global")).toBeGreaterThan(
        seen.indexOf("recovered global/fra"),
      );
    }
  });
});

describe("weight", () => {
  it("changes shares from then on; 0 takes a target out", () => {
    const record = steady(
      [
        { kind: "weight", atMs: 500, nodes: ["lb/1"], weight: 0 },
        { kind: "weight", atMs: 500, nodes: ["lb/2"], weight: 2 },
      ],
      {
        root: scenario({
          root: balancer("lb", { strategy: strategy("weighted-round-robin") }, [machines(4)]),
        }).root,
      },
    );
    const received = [1, 2, 3, 4].map((n) => counterOf(record, `lb/${n}`, "received", [500, 1000]));
    expect(received).toEqual([0, 250, 125, 125]);
  });
});

describe("strategy", () => {
  it("is exchanged in mid-run, and the exchange is a change like any other", () => {
    const record = simulate(
      scenario({
        durationMs: 1000,
        classes: [requestClass({ affinity: "object", objects: objects(1) })],
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("lb", { strategy: strategy("ring-hash") }, [machines(4)]),
        events: [
          { kind: "strategy", atMs: 500, nodes: ["lb"], strategy: strategy("round-robin") },
          { kind: "strategy", atMs: 750, nodes: ["lb"], strategy: strategy("rendezvous") },
        ],
      }),
    );
    const received = (span: readonly [number, number]) =>
      [1, 2, 3, 4]
        .map((n) => counterOf(record, `lb/${n}`, "received", span))
        .toSorted((a, b) => a - b);
    expect(received([0, 500])).toEqual([0, 0, 0, 499]); // one object, one owner
    expect(received([500, 750])).toEqual([62, 62, 63, 63]);
    expect(received([750, 1000])).toEqual([0, 0, 0, 250]);
    expect(record.changes.map(({ what, disruption }) => [what, disruption])).toEqual([
      ["strategy round-robin", null],
      ["strategy rendezvous", null],
    ]);
    expect(record.nodes[0].strategy).toBe("rendezvous");
  });
});

describe("fail-randomly", () => {
  const chance = (nodes: readonly string[], seed = 1, untilMs: number | null = null): RunRecord =>
    simulate(
      scenario({
        seed,
        durationMs: 50_000,
        windowMs: 50_000,
        clients: [client("people", { arrivals: poisson(0.01) })],
        root: balancer("lb", {}, [machines(2)]),
        events: [{ kind: "fail-randomly", atMs: 0, nodes, mtbfMs: 100, mttrMs: 25, untilMs }],
      }),
    );
  const fates = (record: RunRecord, path: string) =>
    noticesOf(record).filter((line) => line.includes(path));

  it("alternates failures and recoveries with the wanted means", () => {
    const record = chance(["lb/1"]);
    const lines = fates(record, "lb/1");
    expect(lines.every((line, i) => line.startsWith(i % 2 === 0 ? "failed" : "recovered"))).toBe(
      true,
    );
    // Cycles of 125 ± 103 ms in 50,000: 400 ± √400 · 103 / 125 = 16; in service 80 %, σ = 0.2 · 0.8
    // · √(2 / 400) = 1.1 points.
    expect(Math.abs(lines.length / 2 - 400)).toBeLessThan(4 * 16);
    expect(Math.abs(counterOf(record, "lb/1", "inServiceMs") / 50_000 - 0.8)).toBeLessThan(0.046);
    expect(counterOf(record, "lb/2", "inServiceMs")).toBe(50_000);
    expect(leftOver(record)).toBe(0);
  });

  it("has a stream for each node: who else fails changes nothing, the seed does", () => {
    const alone = fates(chance(["lb/1"]), "lb/1");
    const both = chance(["lb/2", "lb/1"]);
    expect(fates(both, "lb/1")).toEqual(alone);
    expect(fates(both, "lb/2").length).not.toBe(0);
    expect(fates(both, "lb/2").map((line) => line.split("@")[1])).not.toEqual(
      alone.map((line) => line.split("@")[1]),
    );
    expect(fates(chance(["lb/1"], 2), "lb/1")).not.toEqual(alone);
  });

  it("begins no failure after its end, and repairs the last one", () => {
    const lines = fates(chance(["lb/1"], 1, 10_000), "lb/1");
    const failures = lines.filter((line) => line.startsWith("failed"));
    expect(failures.every((line) => Number(line.split("@")[1]) < 10_000)).toBe(true);
    expect(lines.at(-1)).toMatch(/^recovered/);
    expect(lines.length % 2).toBe(0);
  });
});

describe("failures that overlap", () => {
  const nested = (events: readonly EventGiven[]): RunRecord =>
    simulate(
      scenario({
        durationMs: 1000,
        windowMs: 50,
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("top", {}, [balancer("a", {}, [machines(2)])]),
        events,
      }),
    );

  it("add up: a node is up when none at it or above it is left", () => {
    const record = nested([
      { kind: "fail", atMs: 100, nodes: ["top/a/1"], forMs: 50 },
      { kind: "fail", atMs: 100, nodes: ["top/a"], forMs: 500 },
      { kind: "fail", atMs: 550, nodes: ["top/a/1"], manner: "silence", forMs: 150 },
    ]);
    expect(counterOf(record, "top/a/1", "inServiceMs")).toBe(1000 - 600);
    expect(counterOf(record, "top/a/2", "inServiceMs")).toBe(1000 - 500);
    expect(noticesOf(record)).toEqual([
      "failed top/a/1@100",
      "failed top/a@100",
      "failed top/a/1@550",
      "recovered top/a@600",
      "recovered top/a/1@700",
    ]);
  });

  it("are all over where somebody orders it", () => {
    const record = nested([
      { kind: "fail", atMs: 100, nodes: ["top/a/1"], forMs: 300 },
      { kind: "fail", atMs: 150, nodes: ["top/a"] },
      { kind: "recover", atMs: 200, nodes: ["top/a"] },
      { kind: "fail", atMs: 350, nodes: ["top/a/2"], forMs: 100 },
    ]);
    expect(counterOf(record, "top/a/1", "inServiceMs")).toBe(900);
    expect(counterOf(record, "top/a/2", "inServiceMs")).toBe(850);
    expect(noticesOf(record).slice(2, 4)).toEqual(["recovered top/a/1@200", "recovered top/a@200"]);
  });

  it("by chance do not end those that were ordered", () => {
    const record = nested([
      { kind: "fail-randomly", atMs: 0, nodes: ["top/a/1"], mtbfMs: 10, mttrMs: 1 },
      { kind: "fail", atMs: 100, nodes: ["top/a"], forMs: 400 },
    ]);
    expect(counterOf(record, "top/a/1", "inServiceMs", [100, 500])).toBe(0);
    expect(counterOf(record, "top/a/1", "inServiceMs", [500, 1000])).toBeGreaterThan(300);
  });

  it("strike what joins meanwhile, and end for it too when told so", () => {
    const record = nested([
      { kind: "fail", atMs: 100, nodes: ["top/a"], forMs: 400 },
      { kind: "add", atMs: 200, to: "top/a", machines: machines(1, { first: 3 }) },
    ]);
    expect(counterOf(record, "top/a/3", "inServiceMs")).toBe(500);
  });
});

describe("what has left", () => {
  it("is struck, slowed, drained and reweighed no more", () => {
    const nodes = ["lb/4"];
    const record = steady([
      { kind: "remove", atMs: 100, nodes },
      { kind: "slow", atMs: 200, nodes, factor: 2, forMs: 10 },
      { kind: "drain", atMs: 200, nodes },
      { kind: "weight", atMs: 200, nodes, weight: 2 },
      { kind: "remove", atMs: 200, nodes },
      { kind: "fail-randomly", atMs: 50, nodes, mtbfMs: 1e6, mttrMs: 1 },
    ]);
    expect(noticesOf(record)).toEqual(["left lb/4@100"]);
    expect(record.changes.length).toBe(1);
  });

  it("ends what chance went on doing to it", () => {
    const record = steady([
      { kind: "fail-randomly", atMs: 0, nodes: ["lb/4"], mtbfMs: 5, mttrMs: 5 },
      { kind: "remove", atMs: 500, nodes: ["lb/4"] },
    ]);
    const last = noticesOf(record).at(-1);
    expect([record.notices.length > 50, last]).toEqual([true, "left lb/4@500"]);
  });

  it("takes nobody in, and whom it did not take in is not missed", () => {
    const record = simulate(
      scenario({
        durationMs: 100,
        root: balancer("top", {}, [
          balancer("a", {}, [machines(1)]),
          balancer("b", {}, [machines(1)]),
        ]),
        events: [
          { kind: "remove", atMs: 10, nodes: ["top/a"] },
          { kind: "add", atMs: 20, to: "top/a", machines: machines(1, { first: 2 }) },
          { kind: "fail", atMs: 30, nodes: ["top/a/2"] },
        ],
      }),
    );
    expect(noticesOf(record)).toEqual(["left top/a@10"]);
  });

  it("no longer counts as capacity of the balancers above", () => {
    const { parts, membership } = build(
      scenario({
        root: balancer("top", {}, [
          balancer("a", {}, [machines(2)]),
          balancer("b", {}, [machines(1)]),
        ]),
        events: [{ kind: "remove", atMs: 1, nodes: ["top/a/1"] }],
      }),
      NO_INPUTS,
      1,
    );
    const journey = new Journey(
      parts,
      () => undefined,
      () => undefined,
    );
    const agenda = new Agenda(parts, journey, membership, new Beliefs(parts, membership));
    const { pool } = parts.balancers[0]!.pools[0];
    expect([pool.capacity[0], pool.capacity[1]]).toEqual([2, 1]);
    agenda.next();
    expect([pool.capacity[0], pool.capacity[1]]).toEqual([1, 1]);
  });
});

describe("slow-downs and who joins meanwhile", () => {
  it("are undone for whom they slowed", () => {
    // Machine 2 joins at 20, and is slowed from 30 to 150; what ends at 50 was never its own.
    const record = traced([0, 60], 1, [
      { kind: "slow", atMs: 10, nodes: ["lb"], factor: 3, forMs: 40 },
      { kind: "add", atMs: 20, to: "lb", machines: machines(1, { first: 2, place: 1 }) },
      { kind: "slow", atMs: 30, nodes: ["lb/2"], factor: 2, forMs: 120 },
      { kind: "weight", atMs: 40, nodes: ["lb/1"], weight: 0 },
    ]);
    // The second: 60 + 5 + 20 + 5.
    expect(outcomesOf(record).at(-1)).toBe("completed@90");
  });
});

describe("a drain", () => {
  it("ends when its last request is lost with the machine", () => {
    const record = traced([0], 2, [
      { kind: "drain", atMs: 6, nodes: ["lb/1"] },
      { kind: "fail", atMs: 9, nodes: ["lb/1"], manner: "silence" },
    ]);
    expect(noticesOf(record)).toEqual(["draining lb/1@6", "failed lb/1@9", "left lb/1@9"]);
  });

  it("ends when its last request is lost on the way or refused as it arrives", () => {
    const cut = traced([0], 2, [
      { kind: "drain", atMs: 2, nodes: ["lb/1"] },
      { kind: "cut", atMs: 3, between: [0, 1] },
    ]);
    // It would have arrived at 5.
    expect(noticesOf(cut)).toEqual(["draining lb/1@2", "cut@3", "left lb/1@6"]);
    const refused = traced([0], 2, [
      { kind: "fail", atMs: 1, nodes: ["lb/1"] },
      { kind: "drain", atMs: 2, nodes: ["lb/1"] },
    ]);
    expect(noticesOf(refused).at(-1)).toBe("left lb/1@6");
  });
});

describe("events together", () => {
  it("at one time happen in the order of the file", () => {
    const record = steady([
      { kind: "fail", atMs: 500, nodes: ["lb/1"] },
      { kind: "recover", atMs: 500, nodes: ["lb/1"] },
      { kind: "weight", atMs: 500, nodes: ["lb/1"], weight: 2 },
    ]);
    expect(noticesOf(record)).toEqual(["failed lb/1@500", "recovered lb/1@500", "weight lb/1@500"]);
  });

  it("keep conservation and the books of every machine", () => {
    const record = simulate(
      scenario({
        durationMs: 2000,
        classes: [
          requestClass({
            timeoutMs: 30,
            demand: constant(4),
            affinity: "object",
            objects: objects(50, zipf(1)),
          }),
        ],
        clients: [client("people", { arrivals: poisson(1) })],
        root: balancer("lb", { strategy: strategy("mod-n") }, [machines(6, { queueLimit: 5 })]),
        events: [
          { kind: "fail", atMs: 200, nodes: ["lb/1", "lb/2"], forMs: 300 },
          { kind: "fail", atMs: 300, nodes: ["lb/3"], manner: "silence", forMs: 300 },
          { kind: "drain", atMs: 700, nodes: ["lb/4"], deadlineMs: 20 },
          { kind: "remove", atMs: 900, nodes: ["lb/5"] },
          { kind: "add", atMs: 1000, to: "lb", machines: machines(1, { first: 7 }) },
          { kind: "rate", atMs: 1200, clients: ["people"], times: 4, forMs: 200 },
        ],
      }),
    );
    expect(leftOver(record)).toBe(0);
    expect(
      Object.values(countsOf(record))
        .slice(0, 4)
        .every((n) => n > 0),
    ).toBe(true);
    for (const { path, kind } of record.nodes) {
      if (kind !== "machine") continue;
      const count = (column: Parameters<typeof counterOf>[2]) => counterOf(record, path, column);
      const ended = count("completed") + count("rejected") + count("lost");
      // What was refused or swallowed while it was down was received and nothing else.
      expect(ended).toBeLessThanOrEqual(count("received"));
      expect(count("busyMs")).toBeLessThanOrEqual(count("inServiceMs"));
    }
  });
});
