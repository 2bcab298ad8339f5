/**
 * What becomes of sessions: the table of src/world/sessions.ts, through the public path with times
 * reckoned by hand. Clients at place 0, machine 1 at place 1 and machine 2 at place 2, 5 ms from
 * the clients and 2 ms from each other, one way. Every request has a demand of 10 ms, a session a
 * state of 1,000 bytes: one of no reload takes 5 + 10 + 5 = 20 ms.
 *
 * A reload: ask 2 + save 3 + carry 2 + 1,000 B / 1,000 B/ms = 8 ms without a core, and 4 ms on it
 * to open: 12 ms.
 */
import { describe, expect, it } from "vitest";
import type { RequestClass } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import { type RunRecord, SESSION_COUNTS, SESSION_EVENTS } from "../../src/statistics/run-record.ts";
import { metricNamed } from "../../src/statistics/metrics/registry.ts";
import { summarize, type RunSummary } from "../../src/statistics/run-summary.ts";
import {
  EVERYTHING,
  ofClass,
  ofNode,
  ofRegion,
  type Selection,
} from "../../src/statistics/selection.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import { millis } from "../../src/units.ts";
import { SESSION_COUNTS_LENGTH, SessionCount } from "../../src/world/sessions.ts";
import { countsOf, latencyOf, outcomesOf } from "./observing.ts";
import {
  balancer,
  client,
  constant,
  type EventGiven,
  machines,
  type Recorded,
  recorded,
  replay,
  requestClass,
  scenario,
  strategy,
} from "./scenario-builder.ts";

const WAIT_MS = 8;
const OPEN_MS = 4;
const RELOAD_MS = WAIT_MS + OPEN_MS;

const session: NonNullable<RequestClass["session"]> = {
  state: constant(1_000),
  saveMs: millis(3),
  openMs: millis(OPEN_MS),
  bandwidth: 1_000,
};

interface Case {
  /** Times; all of user 0 unless said. Round robin: machine 1, machine 2, machine 1, … */
  readonly requests: readonly Recorded[];
  readonly events?: readonly EventGiven[];
  readonly first?: Parameters<typeof machines>[1];
  readonly second?: Parameters<typeof machines>[1];
  readonly alone?: boolean;
}

function run({ requests, events = [], first, second, alone = false }: Case): RunRecord {
  const one = machines(1, { place: 1, ...first });
  return simulate(
    scenario({
      durationMs: 300,
      windowMs: 1,
      roundTripMs: [
        [0, 10, 10],
        [10, 0, 4],
        [10, 4, 0],
      ],
      classes: [requestClass({ demand: constant(10), session })],
      clients: [client("people", { users: 2, arrivals: replay })],
      root: balancer("lb", {}, alone ? [one] : [one, machines(1, { place: 2, ...second })]),
      events,
    }),
    recorded(requests),
  );
}

/** By kind over the run, and `lost@50` for the slice in which it happened. */
function sessionsOf(record: RunRecord): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { startMs, cells } of record.slices) {
    for (const { sessions } of cells) {
      for (const [i, event] of SESSION_EVENTS.entries()) {
        if (sessions[i] === 0) continue;
        found[event] = (found[event] ?? 0) + sessions[i];
        if (event === "lost") found[`lost@${startMs}`] = sessions[i];
      }
    }
  }
  return found;
}

const MOVED_ONCE = { opened: 1, moved: 1, bytes: 1_000 };
const AGAIN = [0, 100] as const;
const STAYS: readonly Recorded[] = [[0, 0, 0], [50, 0, 1], 100];

describe("a session", () => {
  it("is opened for nothing, and costs nothing on the machine that holds it", () => {
    // Users 0, 1, 0: machines 1, 2, 1.
    const record = run({ requests: STAYS });
    expect(outcomesOf(record)).toEqual(["completed@20", "completed@70", "completed@120"]);
    expect(sessionsOf(record)).toEqual({ opened: 2 });
    expect(latencyOf(record)).toEqual({ network: 30, service: 30, whole: 60 });
  });

  it("is saved, carried over and opened on another machine, which the request waits for", () => {
    const record = run({ requests: AGAIN });
    expect(outcomesOf(record)).toEqual(["completed@20", `completed@${100 + 20 + RELOAD_MS}`]);
    expect(sessionsOf(record)).toEqual(MOVED_ONCE);
    expect(latencyOf(record)).toEqual({ network: 20, service: 20, reload: RELOAD_MS, whole: 52 });
    expect([...(record.sessions?.held ?? [])]).toEqual([0, 1]);
  });

  it("is opened faster by a faster machine", () => {
    const record = run({ requests: AGAIN, second: { speed: 2 } });
    expect(latencyOf(record).reload).toBe(WAIT_MS + OPEN_MS / 2);
    const slowly = run({ requests: AGAIN, first: { speed: 0.5 } });
    // The old machine saves in 6 ms instead of 3.
    expect(latencyOf(slowly).reload).toBe(RELOAD_MS + 3);
  });

  it("takes its part of a shared processor's time", () => {
    // User 1 is served by machine 2 from 108 on, alone till 117. Then user 0 joins, 14 ms to be
    // done, 4 of them to open: user 1 has its last 1 ms at 119, and user 0, 13 ms left, ends at
    // 132. Of its 15 ms there 4/14 went into opening.
    const record = run({
      requests: [0, [103, 0, 1], 103.5, 104],
      second: { discipline: "processor-sharing" },
    });
    expect(outcomesOf(record).at(-1)).toBe("completed@137");
    expect(latencyOf(record).reload).toBeCloseTo(WAIT_MS + (15 * OPEN_MS) / 14, 12);
  });

  it("stays where it is when a full machine turns its user away", () => {
    // User 1 keeps machine 2 from 95 to 105 and moves to machine 1; user 0 reaches machine 2 at 97,
    // and machine 1 again at 155.
    const record = run({
      requests: [0, [90, 0, 1], [91, 0, 1], 92, 150],
      second: { queueLimit: 0 },
    });
    expect(countsOf(record)).toMatchObject({ completed: 4, rejected: 1 });
    expect(sessionsOf(record)).toEqual({ opened: 2, moved: 1, bytes: 1_000 });
    expect(outcomesOf(record).at(-1)).toBe("completed@170");
  });
});

describe("two requests of one user under way", () => {
  it("hand the session on as soon as the later one is admitted", () => {
    // 0 → machine 1 (5..15). 1 → machine 2 at 6: there at 14, served till 28, home at 33.
    // 2 → machine 1 at 7: asked for at 9, but machine 2 has it at 14 only: saved till 17, there at
    // 20, served till 34, home at 39.
    const record = run({ requests: [0, 1, 2] });
    expect(outcomesOf(record)).toEqual(["completed@20", "completed@33", "completed@39"]);
    expect(sessionsOf(record)).toEqual({ opened: 1, moved: 2, bytes: 2_000 });
  });

  it("wait both for a state that is on its way", () => {
    // User 0 → machine 1, user 0 → machine 2 at 6 (there at 14), user 1 → machine 1, user 0 →
    // machine 2 at 8: waits 6 and asks for a core at 14, after the other: 28..38, home at 43.
    const record = run({ requests: [0, 1, [2, 0, 1], 3] });
    expect(outcomesOf(record).at(-1)).toBe("completed@43");
    expect(sessionsOf(record)).toEqual({ opened: 2, moved: 1, bytes: 1_000 });
    expect(latencyOf(record).reload).toBe(RELOAD_MS + 6);
  });
});

describe("a session whose machine", () => {
  const fresh = ["completed@20", "completed@120"];
  const lost = { opened: 2, lost: 1, "lost@50": 1 };

  for (const manner of ["crash", "silence"] as const) {
    it(`fails by ${manner} is lost at once, and its user opens a fresh one`, () => {
      const record = run({
        requests: AGAIN,
        events: [{ kind: "fail", atMs: 50, nodes: ["lb/1"], manner }],
      });
      expect(outcomesOf(record)).toEqual(fresh);
      expect(sessionsOf(record)).toEqual(lost);
    });
  }

  it("has recovered is lost all the same", () => {
    const fail = { kind: "fail", atMs: 50, nodes: ["lb/1"], manner: "crash", forMs: 10 } as const;
    // Users 0, 1, 0: machines 1, 2, 1.
    const record = run({ requests: [[0, 0, 0], [70, 0, 1], 100], events: [fail] });
    expect(sessionsOf(record)).toEqual({ ...lost, opened: 3 });
  });

  it("is removed is lost", () => {
    const record = run({
      requests: AGAIN,
      events: [{ kind: "remove", atMs: 50, nodes: ["lb/1"] }],
    });
    expect(outcomesOf(record)).toEqual(fresh);
    expect(sessionsOf(record)).toEqual(lost);
  });

  it("has drained was saved before: it is carried and opened", () => {
    const record = run({
      requests: AGAIN,
      events: [{ kind: "drain", atMs: 50, nodes: ["lb/1"] }],
    });
    expect(sessionsOf(record)).toEqual(MOVED_ONCE);
    // Without the 3 ms of saving.
    expect(latencyOf(record).reload).toBe(RELOAD_MS - 3);
  });

  it("drains and still works saves it like any other", () => {
    // Machine 1 works till 15; the second request reaches machine 2 at 11.
    const record = run({
      requests: [0, 6],
      events: [{ kind: "drain", atMs: 8, nodes: ["lb/1"] }],
    });
    expect(outcomesOf(record)).toEqual(["completed@20", "completed@38"]);
    expect(sessionsOf(record)).toEqual(MOVED_ONCE);
  });

  it("is cut by its drain's deadline is lost", () => {
    const record = run({
      requests: AGAIN,
      events: [{ kind: "drain", atMs: 8, nodes: ["lb/1"], deadlineMs: 2 }],
    });
    expect(countsOf(record)).toMatchObject({ failed: 1, completed: 1 });
    expect(sessionsOf(record)).toEqual({ opened: 2, lost: 1, "lost@10": 1 });
  });

  it("fails while the state is on its way there is lost with it", () => {
    // Machine 2 waits for the state from 105 to 113.
    const record = run({
      requests: [0, 100, 200],
      events: [{ kind: "fail", atMs: 110, nodes: ["lb/2"], manner: "crash" }],
    });
    expect(sessionsOf(record)).toEqual({ ...MOVED_ONCE, opened: 2, lost: 1, "lost@110": 1 });
    expect(countsOf(record)).toMatchObject({ failed: 1, completed: 2 });
  });

  it("is behind a cut link is lost when it is wanted elsewhere", () => {
    const cut = { kind: "cut", atMs: 50, between: [1, 2] } as const;
    const record = run({ requests: AGAIN, events: [cut] });
    expect(outcomesOf(record)).toEqual(fresh);
    expect(sessionsOf(record)).toEqual({ opened: 2, lost: 1, "lost@105": 1 });
    // Who stays does not notice.
    expect(sessionsOf(run({ requests: STAYS, events: [cut] }))).toEqual({ opened: 2 });
  });
});

describe("a machine that joins", () => {
  it("holds nothing, and takes over whom the strategy sends it", () => {
    const add = {
      kind: "add",
      atMs: 50,
      to: "lb",
      machines: machines(1, { first: 2, place: 2 }),
    } as const;
    const record = run({ requests: [0, 100, 150], events: [add], alone: true });
    // Round robin: at least one of the two later requests lands on another machine than the one
    // before it.
    const { moved = 0 } = sessionsOf(record);
    expect(moved).toBeGreaterThan(0);
    expect(latencyOf(record).reload).toBe(moved * RELOAD_MS);
    expect(sessionsOf(record)).toEqual({ opened: 1, moved, bytes: moved * 1_000 });
  });
});

describe("classes and strategies", () => {
  it("leave sessions alone that need none", () => {
    const record = simulate(
      scenario({
        durationMs: 100,
        classes: [
          requestClass({ name: "cart", share: 0.5, session }),
          requestClass({ name: "static", share: 0.5 }),
        ],
        clients: [client("people", { users: 1 })],
        root: balancer("lb", { strategy: strategy("round-robin") }, [machines(2)]),
      }),
    );
    for (const { cells } of record.slices) {
      for (const cell of cells) {
        const counted = cell.sessions.some((count) => count > 0);
        expect(counted).toBe(cell.class === 0);
      }
    }
  });

  it("never move a session by a hash of the user while the machines stay", () => {
    const record = simulate(
      scenario({
        durationMs: 500,
        classes: [requestClass({ affinity: "user", session })],
        clients: [client("people", { users: 50 })],
        root: balancer("lb", { strategy: strategy("ring-hash") }, [machines(5)]),
      }),
    );
    expect(sessionsOf(record)).toEqual({ opened: 50 });
  });

  it("draw nothing differently where there are sessions", () => {
    const born = (given: Partial<RequestClass>): number[] => {
      const { slices } = simulate(
        scenario({
          durationMs: 200,
          windowMs: 1,
          classes: [requestClass({ affinity: "user", ...given })],
          root: balancer("lb", { strategy: strategy("ring-hash") }, [machines(5)]),
        }),
      );
      return slices.map((slice) => slice.born[0]);
    };
    expect(born({ session })).toEqual(born({}));
  });
});

describe("figures of sessions", () => {
  const record = run({
    requests: [0, 100, 200],
    events: [{ kind: "fail", atMs: 150, nodes: ["lb/2"], manner: "crash" }],
  });
  const settings = { starvation: { share: 0.5, windowMs: 100, fairRequests: 20, waitMs: 100 } };
  const figure = (name: string, selection: Selection): number =>
    metricNamed(name)!.of(tallyOf(record, selection, 0, 300), settings);
  const idOf = (path: string): number => record.nodes.find((node) => node.path === path)!.id;
  const everywhere = [EVERYTHING, ofRegion(0), ofClass(0), ofNode(idOf("lb"))];

  it("are the same of all, the region, the class and the balancer", () => {
    for (const selection of everywhere) {
      expect(figure("sessions-opened", selection)).toBe(2);
      expect(figure("sessions-moved", selection)).toBe(1);
      expect(figure("sessions-lost", selection)).toBe(1);
      expect(figure("session-bytes", selection)).toBe(1_000);
      // Three answers of 20 ms, one with a reload.
      expect(figure("reload-share", selection)).toBeCloseTo(RELOAD_MS / (60 + RELOAD_MS), 12);
    }
  });

  it("are each machine's own", () => {
    const of = (name: string) => ["lb/1", "lb/2"].map((path) => figure(name, ofNode(idOf(path))));
    expect(of("sessions-opened")).toEqual([2, 0]);
    expect(of("sessions-moved")).toEqual([0, 1]);
    expect(of("sessions-lost")).toEqual([0, 1]);
    expect(of("session-bytes")).toEqual([0, 1_000]);
    // 3 ms to save in 300 ms, 4 ms to open in the 150 ms that the other one was up.
    expect(of("session-demand")[0]).toBeCloseTo(3 / 300, 12);
    expect(of("session-demand")[1]).toBeCloseTo(4 / 150, 12);
    expect(figure("session-demand", EVERYTHING)).toBeCloseTo(7 / 450, 12);
    expect(figure("session-demand", ofRegion(0))).toBeNaN();
  });

  it("stand in summaries of runs that have sessions, and in no other", () => {
    const summaryOf = (given: RunRecord): RunSummary =>
      summarize(
        given,
        { ...settings, name: "", question: "", expectation: "", windowMs: 100, warmupMs: 0 },
        "test",
      );
    const { sessions, overall } = summaryOf(record);
    expect(sessions).toEqual({ opened: 2, held: 1, lost: 1, holds: true });
    expect(overall).toMatchObject({ "sessions-moved": 1, "sessions-lost": 1 });
    const without = summaryOf({ ...record, sessions: null });
    expect(Object.keys(without)).not.toContain("sessions");
    expect(Object.keys(without.overall).filter((name) => name.startsWith("session"))).toEqual([]);
  });
});

it("the codes of what is counted are those of the statistics", () => {
  const codes: Record<(typeof SESSION_COUNTS)[number], SessionCount> = {
    opened: SessionCount.Opened,
    "moved-in": SessionCount.MovedIn,
    "moved-out": SessionCount.MovedOut,
    lost: SessionCount.Lost,
    "bytes-in": SessionCount.BytesIn,
    "work-ms": SessionCount.WorkMs,
  };
  expect(SESSION_COUNTS.map((name) => codes[name])).toEqual(SESSION_COUNTS.map((_, i) => i));
  expect(SESSION_COUNTS_LENGTH).toBe(SESSION_COUNTS.length);
});
