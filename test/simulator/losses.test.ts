/**
 * Which work is lost when, and what its client sees: the table of src/world/machines.ts, through
 * the public path with times reckoned by hand. One client region, one way of 5 ms, one machine of
 * one core; every request has a demand of 10 ms.
 */
import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { simulate } from "../../src/simulator/run.ts";
import { countsOf, counterOf, leftOver, outcomesOf } from "./observing.ts";
import {
  balancer,
  client,
  constant,
  type EventGiven,
  lru,
  machines,
  objects,
  type Recorded,
  recorded,
  replay,
  requestClass,
  scenario,
} from "./scenario-builder.ts";

interface Case {
  readonly requests: readonly Recorded[];
  readonly events: readonly EventGiven[];
  readonly timeoutMs?: number | null;
  readonly afterTimeout?: "cancel" | "run-on";
  readonly cached?: boolean;
  readonly demandMs?: number;
  readonly queueLimit?: number | null;
}

function run({ requests, events, timeoutMs = 100, ...given }: Case): RunRecord {
  const { afterTimeout = "cancel", cached = false, demandMs = 10, queueLimit = null } = given;
  return simulate(
    scenario({
      durationMs: 300,
      windowMs: 1,
      roundTripMs: [
        [0, 10],
        [10, 0],
      ],
      classes: [
        requestClass({
          demand: constant(demandMs),
          timeoutMs,
          afterTimeout,
          objects: objects(cached ? 5 : 0),
          onMiss: cached ? constant(50) : null,
        }),
      ],
      clients: [client("people", { arrivals: replay })],
      root: balancer("lb", {}, [
        machines(1, { place: 1, queueLimit, cache: cached ? lru(5) : null }),
      ]),
      events,
    }),
    recorded(requests),
  );
}

const fail = (
  atMs: number,
  manner: "crash" | "silence",
  forMs: number | null = null,
): EventGiven => ({
  kind: "fail",
  atMs,
  nodes: ["lb/1"],
  manner,
  forMs,
});

// Where a request is at 8 ms, and its birth. The first runs from 5 to 15.
const WHERE = {
  running: { requests: [0], of: 0 },
  queued: { requests: [0, 1], of: 1 },
  "on its way out": { requests: [4], of: 4 },
  "not yet sent": { requests: [20], of: 20 },
} as const;

describe("a machine that stops at 8 ms", () => {
  // What ends at 8 is told after one way, 5 ms; what arrives later is refused at birth + 5 and told
  // at birth + 10.
  const toldAt = { running: 13, queued: 13, "on its way out": 14, "not yet sent": 30 } as const;

  for (const where of Object.keys(WHERE) as (keyof typeof WHERE)[]) {
    const { requests, of } = WHERE[where];

    it(`by a crash: a request ${where} fails, its client hears at ${toldAt[where]}`, () => {
      const record = run({ requests, events: [fail(8, "crash")] });
      expect(outcomesOf(record).at(-1)).toBe(`failed@${toldAt[where]}`);
      expect([countsOf(record).failed, leftOver(record)]).toEqual([requests.length, 0]);
    });

    it(`by removal: a request on the machine or on its way fails as in a crash (${where})`, () => {
      const record = run({ requests, events: [{ kind: "remove", atMs: 8, nodes: ["lb/1"] }] });
      // Who comes later finds no target at all, and hears so at once: the root stands where its
      // clients are.
      const last = where === "not yet sent" ? "unroutable@20" : `failed@${toldAt[where]}`;
      expect(outcomesOf(record).at(-1)).toBe(last);
    });

    it(`in silence: a request ${where} hears nothing until its own timeout`, () => {
      const record = run({ requests, events: [fail(8, "silence")] });
      expect(outcomesOf(record).at(-1)).toBe(`timed-out@${of + 100}`);
      expect([countsOf(record)["timed-out"], leftOver(record)]).toEqual([requests.length, 0]);
    });

    it(`in silence, without a timeout: a request ${where} waits for ever`, () => {
      const record = run({ requests, events: [fail(8, "silence")], timeoutMs: null });
      expect([outcomesOf(record), record.inFlightAtEnd]).toEqual([[], requests.length]);
    });
  }

  it("cannot touch a response that is on its way back", () => {
    for (const manner of ["crash", "silence"] as const) {
      const record = run({ requests: [0], demandMs: 1, events: [fail(8, manner)] });
      expect(outcomesOf(record)).toEqual(["completed@11"]);
    }
  });

  it("loses what fetches, as what runs", () => {
    const requests: Recorded[] = [[0, 1]];
    expect(outcomesOf(run({ requests, cached: true, events: [] }))).toEqual(["completed@70"]);
    expect(outcomesOf(run({ requests, cached: true, events: [fail(8, "crash")] }))).toEqual([
      "failed@13",
    ]);
    expect(outcomesOf(run({ requests, cached: true, events: [fail(8, "silence")] }))).toEqual([
      "timed-out@100",
    ]);
  });

  it("and recovers at 9 serves what arrives after, not what it lost", () => {
    for (const manner of ["crash", "silence"] as const) {
      const record = run({ requests: [0, 4.5], events: [fail(8, manner, 1)] });
      expect(outcomesOf(record)).toEqual(
        manner === "crash" ? ["failed@13", "completed@24"] : ["completed@24", "timed-out@100"],
      );
      expect(counterOf(record, "lb/1", "lost")).toBe(1);
    }
  });

  it("on the very time of a request's completion comes first: people's orders go before all else", () => {
    expect(outcomesOf(run({ requests: [0], events: [fail(15, "crash")] }))).toEqual(["failed@20"]);
  });
});

describe("a client that gives up", () => {
  it("after 20 ms, cancels: the cancel arrives 20 ms after the request did and frees the core", () => {
    // First at 5, cancelled at 25; second at 6, waits, runs from 25, cancelled at 26.
    const record = run({ requests: [0, 1], demandMs: 50, timeoutMs: 20, events: [] });
    expect(outcomesOf(record)).toEqual(["timed-out@20", "timed-out@21"]);
    expect(counterOf(record, "lb/1", "busyMs")).toBe(21);
    expect(counterOf(record, "lb/1", "lost")).toBe(2);
    expect(leftOver(record)).toBe(0);
  });

  it("takes its request out of the queue too", () => {
    // The first is done at 5 + 16 = 21 and home at 26 > 20, but is cancelled at 25; the second
    // would have to wait.
    const record = run({ requests: [0, 0.5], demandMs: 19.75, timeoutMs: 20, events: [] });
    expect(counterOf(record, "lb/1", "busyMs")).toBe(19.75 + 0.75);
    expect(counterOf(record, "lb/1", "completed")).toBe(1);
    expect(countsOf(record)["timed-out"]).toBe(2);
  });

  it("may leave the work running on to its end", () => {
    const record = run({
      requests: [0, 1],
      demandMs: 50,
      timeoutMs: 20,
      afterTimeout: "run-on",
      events: [],
    });
    expect(outcomesOf(record)).toEqual(["timed-out@20", "timed-out@21"]);
    expect(counterOf(record, "lb/1", "busyMs")).toBe(100);
    expect([counterOf(record, "lb/1", "completed"), counterOf(record, "lb/1", "lost")]).toEqual([
      2, 0,
    ]);
    expect(leftOver(record)).toBe(0);
  });

  it("while its request travels, sends the cancel after it", () => {
    const record = run({
      requests: [0],
      demandMs: 50,
      timeoutMs: 20,
      events: [{ kind: "delay", atMs: 0, between: [0, 1], byMs: 50 }],
    });
    expect(outcomesOf(record)).toEqual(["timed-out@20"]);
    expect(counterOf(record, "lb/1", "busyMs")).toBe(20); // from 30 to 50
    expect(record.inFlightAtEnd).toBe(0);
  });

  it("is served by a response that arrives exactly then, not by one that comes later", () => {
    expect(outcomesOf(run({ requests: [0], timeoutMs: 20, events: [] }))).toEqual(["completed@20"]);
    expect(outcomesOf(run({ requests: [0], timeoutMs: 19.5, events: [] }))).toEqual([
      "timed-out@19",
    ]);
  });

  it("is counted once when its machine stops afterwards", () => {
    for (const manner of ["crash", "silence"] as const) {
      for (const afterTimeout of ["cancel", "run-on"] as const) {
        const record = run({
          requests: [0, 1],
          demandMs: 50,
          timeoutMs: 20,
          afterTimeout,
          events: [fail(23, manner)],
        });
        expect(outcomesOf(record)).toEqual(["timed-out@20", "timed-out@21"]);
        expect([record.inFlightAtEnd, leftOver(record)]).toEqual([0, 0]);
      }
    }
  });
});

describe("a queue that is full", () => {
  it("turns the request away; the refusal travels back", () => {
    const record = run({ requests: [0, 1, 2], queueLimit: 1, events: [] });
    expect(outcomesOf(record)).toEqual(["rejected@12", "completed@20", "completed@30"]);
    expect(counterOf(record, "lb/1", "rejected")).toBe(1);
  });
});

describe("a link that is cut", () => {
  const cut = (atMs: number, forMs: number | null = null): EventGiven => ({
    kind: "cut",
    atMs,
    between: [0, 1],
    forMs,
  });

  it("swallows what is sent, what arrives, and the answer on its way back", () => {
    // Sent at 3; arriving at 5 (the cut is first); answered at 15: all time out.
    expect(outcomesOf(run({ requests: [3], events: [cut(2)] }))).toEqual(["timed-out@103"]);
    expect(outcomesOf(run({ requests: [0], events: [cut(5)] }))).toEqual(["timed-out@100"]);
    const answered = run({ requests: [0], events: [cut(12)] });
    expect(outcomesOf(answered)).toEqual(["timed-out@100"]);
    expect(counterOf(answered, "lb/1", "completed")).toBe(1);
  });

  it("lets pass what is on its way from before the cut till after it", () => {
    expect(outcomesOf(run({ requests: [0], events: [cut(1, 3)] }))).toEqual(["completed@20"]);
  });

  it("kills nothing that runs, and swallows the cancel as well", () => {
    const record = run({ requests: [0], demandMs: 150, timeoutMs: 20, events: [cut(6)] });
    expect(counterOf(record, "lb/1", "completed")).toBe(1);
    expect([outcomesOf(record), record.inFlightAtEnd]).toEqual([["timed-out@20"], 0]);
  });
});

describe("a link that is mended", () => {
  const between: [number, number] = [0, 1];

  it("is whole again, however often it was cut, and stays so where a cut would have ended", () => {
    const cuts: EventGiven[] = [
      { kind: "cut", atMs: 1, between },
      { kind: "cut", atMs: 2, between, forMs: 40 },
      { kind: "mend", atMs: 20, between: [1, 0] },
      { kind: "cut", atMs: 41, between },
    ];
    // 5 ms there, 10 of service, 5 back. The third is sent after the cut that ends at 42 began
    // anew.
    const record = run({ requests: [10, 20, 45], events: cuts });
    expect(outcomesOf(record)).toEqual(["completed@40", "timed-out@110", "timed-out@145"]);
  });

  it("is as fast as it was", () => {
    const slow: EventGiven[] = [
      { kind: "delay", atMs: 0, between, byMs: 20, forMs: 150 },
      { kind: "delay", atMs: 1, between, byMs: 6 },
      { kind: "mend", atMs: 100, between },
    ];
    const record = run({ requests: [10, 100, 200], events: slow });
    expect(outcomesOf(record)).toEqual(["completed@56", "completed@120", "completed@220"]);
  });
});

describe("a delay", () => {
  it("is paid in both directions by what is sent while it lasts", () => {
    const record = run({
      requests: [0, 50, 200],
      events: [{ kind: "delay", atMs: 2, between: [1, 0], byMs: 20, forMs: 100 }],
    });
    // The first is out before it and back under it: 5 + 10 + 15. Then 15 + 10 + 15, and 5 + 10 + 5
    // again.
    expect(outcomesOf(record)).toEqual(["completed@30", "completed@90", "completed@220"]);
  });
});
