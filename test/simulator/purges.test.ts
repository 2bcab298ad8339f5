/**
 * Purges of classes and of shares. 1,000 objects are asked for once (and stored), then again after
 * the purge: what then misses is what was forgotten.
 */
import { describe, expect, it } from "vitest";
import type { BalancerSpec, ResponseCacheSpec } from "../../src/scenario/scenario.ts";
import { objectsOf } from "../../src/simulator/purges.ts";
import { placementHistories } from "../../src/simulator/placement-history.ts";
import { simulate } from "../../src/simulator/run.ts";
import { changeEffects } from "../../src/statistics/change-effects.ts";
import type { ProxyCountName, RunRecord } from "../../src/statistics/run-record.ts";
import { millis } from "../../src/units.ts";
import { proxyCountsOf } from "./observing.ts";
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
  strategy,
} from "./scenario-builder.ts";

const OBJECTS = 1_000;
const each = (fromMs: number): Recorded[] =>
  Array.from({ length: OBJECTS }, (_, object) => [fromMs + object / 10, object]);

const caching: ResponseCacheSpec = { cache: lru(10_000), cacheable: 1, coalesce: false };
const web = machines(1, { cores: 1_000 });

/** Two classes, each with one region that asks for all of its objects at 0 and at 500 ms. */
function run(root: BalancerSpec, events: readonly EventGiven[], seed = 1): RunRecord {
  return simulate(
    scenario({
      seed,
      durationMs: 1_000,
      windowMs: 50,
      classes: ["pages", "images"].map((name) =>
        requestClass({ name, demand: constant(1), objects: objects(OBJECTS) }),
      ),
      clients: [
        client("readers", { arrivals: replay, shares: [1, 0] }),
        client("viewers", { arrivals: replay, shares: [0, 1] }),
      ],
      root,
      events,
    }),
    recorded([...each(0), ...each(500)]),
  );
}

/** From 500 ms on, at that balancer. */
function countOf(record: RunRecord, path: string, name: ProxyCountName): number {
  const { proxies, nodes } = record;
  const at = proxies!.replicas.findIndex(({ balancer: id }) => nodes[id].path === path);
  return proxyCountsOf(record, name, [500, Infinity])[at];
}

const lone = balancer("lb", { responseCache: caching }, [web]);
const purged = (more: Omit<Extract<EventGiven, { kind: "purge" }>, "kind" | "atMs" | "nodes">) =>
  countOf(run(lone, [{ kind: "purge", atMs: 400, nodes: ["lb"], ...more }]), "lb", "misses");

/**
 * Each object is forgotten with probability p: of n, σ = √(n p (1 − p)). For a tenth of 1,000 that
 * is 9.5, of 2,000 it is 13.4; we allow 4 σ.
 */
const near = (n: number, p: number) => ({
  from: n * p - 4 * Math.sqrt(n * p * (1 - p)),
  to: n * p + 4 * Math.sqrt(n * p * (1 - p)),
});
function expectNear(count: number, n: number, p: number): void {
  const { from, to } = near(n, p);
  expect(count).toBeGreaterThan(from);
  expect(count).toBeLessThan(to);
}

describe("what a purge forgets", () => {
  it("is everything, or the objects of the classes that it names", () => {
    expect(purged({})).toBe(2 * OBJECTS);
    expect(purged({ classes: ["images"] })).toBe(OBJECTS);
    expect(purged({ classes: ["images", "pages"] })).toBe(2 * OBJECTS);
  });

  it("is a share of all objects, or of those of a class", () => {
    expectNear(purged({ share: 0.1 }), 2 * OBJECTS, 0.1);
    expectNear(purged({ share: 0.1, classes: ["pages"] }), OBJECTS, 0.1);
    expect(purged({ share: 0.25 })).toBeGreaterThan(purged({ share: 0.1 }));
  });

  const chain = balancer("edge", { responseCache: caching }, [
    balancer("shield", { responseCache: caching }, [web]),
  ]);
  const at = (atMs: number, node: string): EventGiven => ({
    kind: "purge",
    atMs,
    nodes: [node],
    share: 0.1,
  });

  it("is the same at edge and shield if both are purged at once", () => {
    const record = run(chain, [at(400, "edge"), at(400, "edge/shield")]);
    const missed = countOf(record, "edge", "misses");
    expectNear(missed, 2 * OBJECTS, 0.1);
    // Whatever the edge has to fetch, the shield has forgotten too.
    expect(countOf(record, "edge/shield", "misses")).toBe(missed);
    expect(countOf(record, "edge/shield", "hits")).toBe(0);
  });

  it("is something else at another time: a tenth of what the edge lost", () => {
    const record = run(chain, [at(400, "edge"), at(401, "edge/shield")]);
    const missed = countOf(record, "edge", "misses");
    expectNear(countOf(record, "edge/shield", "misses"), missed, 0.1);
  });

  it("is an even draw of ids, and its own with every seed", () => {
    const parts = (key: number) => ({
      scenario: scenario({ root: lone }),
      ranges: [{ first: 0, count: 100_000, rawKeyOf: null }],
      salts: { key, name: 0 },
    });
    const event = { kind: "purge", nodes: [], where: "", atMs: millis(5), share: 0.3 } as const;
    const ids = Array.from({ length: 100_000 }, (_, id) => id);
    const [one, other] = [1, 2].map((key) => objectsOf(event, parts(key))!);
    expectNear(ids.filter(one).length, 100_000, 0.3);
    // Independent draws meet in 0.3 × 0.3 of the objects.
    expectNear(ids.filter((id) => one(id) && other(id)).length, 100_000, 0.09);
    for (let first = 0; first < 100_000; first += 10_000) {
      expectNear(ids.slice(first, first + 10_000).filter(one).length, 10_000, 0.3);
    }
    expect(objectsOf({ ...event, share: 1 }, parts(1))).toBeNull();
  });
});

describe("what a run tells of a purge", () => {
  const settings = {
    starvation: { share: 0.5, windowMs: 1_000, fairRequests: 20, waitMs: 100 },
  } as const;
  const hitsAround = (record: RunRecord) =>
    changeEffects(record, 50, 0, settings).map(({ effects }) => {
      const { values } = effects.find(({ metric }) => metric === "response-hit-rate")!;
      return [values.before, values.justAfter, values.longAfter];
    });

  it("is a change among the others, in words, for each balancer that was purged", () => {
    const edges = balancer("www", {}, [
      balancer("one", { responseCache: caching }, [web]),
      balancer("two", { responseCache: caching }, [web]),
    ]);
    const nodes = ["www/one", "www/two"];
    const { changes } = run(edges, [
      { kind: "purge", atMs: 300, nodes },
      { kind: "purge", atMs: 400, nodes: ["www/two"], share: 0.1, classes: ["pages", "images"] },
    ]);
    expect(changes.map(({ balancer: id, what, atMs }) => [id, what, atMs])).toEqual([
      [1, "all responses purged", 300],
      [3, "all responses purged", 300],
      [3, "10% of the responses of pages, images purged", 400],
    ]);
    for (const { purged: was, targetsBefore, targetsAfter, disruption } of changes) {
      expect([was, targetsBefore, targetsAfter, disruption]).toEqual([true, 1, 1, null]);
    }
  });

  it("has the hits before and just after, of the cache itself", () => {
    const [[before, justAfter]] = hitsAround(
      run(lone, [{ kind: "purge", atMs: 550, nodes: ["lb"] }]),
    );
    // In the ten windows before, half of the 2,000 objects were asked for a first time, and half of
    // them a second time: those hit. Of the other half, asked for again after it, none does.
    expect(before).toBeCloseTo(1 / 2, 2);
    expect(justAfter).toBe(0);
  });

  it("has those of all caches where the balancer above them all has none", () => {
    const edges = balancer("www", {}, [
      balancer("eu", {}, [
        balancer("one", { responseCache: caching }, [web]),
        balancer("two", { responseCache: caching }, [web]),
      ]),
    ]);
    const nodes = ["www/eu/one", "www/eu/two"];
    const [[before, justAfter]] = hitsAround(run(edges, [{ kind: "purge", atMs: 550, nodes }]));
    expect(before).toBeGreaterThan(0);
    expect(justAfter).toBe(0);
  });

  it("is no change of who owns the keys", () => {
    const spec = balancer("lb", { responseCache: caching, strategy: strategy("maglev") }, [web]);
    const record = run(spec, [{ kind: "purge", atMs: 400, nodes: ["lb"] }]);
    const histories = placementHistories(scenario({ root: spec }), record, {
      balancers: 1,
      states: 9,
      owners: 8,
    });
    expect(histories[0].states).toHaveLength(1);
  });
});
