/**
 * The sizes that arithmetic gives, against the committed comparisons of the gallery (which
 * gallery-repeats-*.test.ts make again): every variant, not the one alone that the file's own
 * `expect` looks at. The workings stand in each file's `reason`; where a tolerance is not a
 * rounding, its own stands here.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ComparisonResult } from "../src/experiment/compare.ts";
import * as theory from "../src/statistics/theory.ts";

/** Means over the seeds of one column, in the order of the variants; NaN where there is none. */
function columnOf(name: string, column: string): number[] {
  const folder = readdirSync(join("results", name)).find((one) => one.startsWith("compare"))!;
  const file = join("results", name, folder, "summary.json");
  const { comparison } = JSON.parse(readFileSync(file, "utf8")) as { comparison: ComparisonResult };
  const index = comparison.columns.findIndex((one) => one.name === column);
  expect(index, `${name} has the column ${column}`).toBeGreaterThanOrEqual(0);
  return comparison.rows.map(({ cells }) => cells[index].mean ?? NaN);
}

/** @param tolerance relative */
function near(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    const told = `variant ${i + 1}: ${actual[i]} instead of ${value}`;
    expect(Math.abs(actual[i] - value), told).toBeLessThanOrEqual(tolerance * value + 1e-9);
  }
}

/** Part of the requests 30,000 … 90,000 at one edge whose object was asked for before, there. */
function repeated(shares: ArrayLike<number>): number {
  const steps = Array.from({ length: 60 }, (_, i) => 30_500 + 1_000 * i);
  let sum = 0;
  for (const n of steps) {
    for (let i = 0; i < shares.length; i++) sum += shares[i] * (1 - Math.exp(-n * shares[i]));
  }
  return sum / steps.length;
}

it("handshakes: round trips by TLS, a quarter a request, and work by how many are full", () => {
  // Who resumes is drawn: of 9,000 connections σ is 0.4 round trips / √9,000 = 0.4 % of one; the
  // span's edges cut a connection of four here and there.
  const trips = [3, 0.2 * 3 + 0.8 * 2, 2, 2, 0.2 * 2 + 0.8];
  const connect = (ms: number): number[] => trips.map((count) => (count * ms) / 4);
  near(columnOf("handshakes", "connect"), [...connect(100), ...connect(10)], 0.015);
  const busy = [0.2, 0.064, 0.2, 0.064, 0.064];
  near(columnOf("handshakes", "balancer-utilization"), [...busy, ...busy], 0.03);
});

it("direct return: the way, and the bytes on it", () => {
  const own = (bytes: number): number => bytes / 6_250; // 50 Mbit/s, in ms
  const between = (bytes: number): number => bytes / 125_000; // 1 Gbit/s
  const through = (bytes: number): number => 60 + between(bytes) + own(bytes);
  const straight = (bytes: number): number => 45 + own(bytes);
  const sizes = [2_000, 500_000];
  near(
    columnOf("direct-return", "network"),
    [...sizes.map(through), ...sizes.map(straight)],
    0.0005,
  );
  // Two round trips for 20 requests at most; a connection that the end of the run cuts short has
  // carried fewer.
  for (const [i, connect] of columnOf("direct-return", "connect").entries()) {
    expect(connect).toBeGreaterThanOrEqual((2 * (i < 2 ? 60 : 45)) / 20);
    expect(connect).toBeLessThan((2 * (i < 2 ? 60 : 45)) / 18);
  }
});

it("busy balancer: Erlang C, and nobody answered beyond capacity", () => {
  const inside = (perSecond: number): number => 2 + theory.mmcWaitMs(2, 2, perSecond / 1_000);
  const [one, two, drowned, kept] = columnOf("busy-balancer", "balancer");
  // At ρ = 0.9 means of two minutes are still some 5 % apart from run to run: three of them, 3 σ.
  near([one], [inside(0.9e3)], 0.09);
  near([two, kept], [inside(0.45e3), inside(0.55e3)], 0.02);
  expect(drowned).toBeNaN();
  expect(columnOf("busy-balancer", "availability")).toEqual([1, 1, 0, 1]);
});

it("full table: an LRU of half the users, a table that forgets after 5 s", () => {
  // 24,000 requests a run, three of them: σ of a half is 0.2 %.
  const [all, refused, evicted, forgotten] = columnOf("full-table", "availability");
  near([all, evicted, forgotten], [1, 1, 1], 1e-6);
  near([refused], [0.5], 0.02);
  const broken = columnOf("full-table", "connections-broken");
  near(broken, [0, 0, 12_000, 24_000 * Math.exp(-0.5)], 0.02);
  const held = columnOf("full-table", "connections-open");
  near(held, [2_000, 1_000, 1_000, 2_000 * (1 - Math.exp(-0.5))], 0.05);
  near(columnOf("full-table", "connect").slice(2), [13, 26 * Math.exp(-0.5)], 0.02);
});

it("sticky connections: who is placed anew, and lands elsewhere with 9/10", () => {
  const moved = [0.9, 0.09, 0.018, 0, 0.675];
  // A few connections carry fewer than ten requests at the edges: some 4 % more of them.
  near(columnOf("sticky-connections", "users-moved"), moved, 0.06);
  near(
    columnOf("sticky-connections", "reload"),
    moved.map((share) => 25 * share),
    0.06,
  );
  near(
    columnOf("sticky-connections", "session-demand"),
    moved.map((share) => (300 * 0.025 * share) / 10),
    0.06,
  );
  // 64 KiB each; of 36,000 requests.
  near(
    columnOf("sticky-connections", "session-bytes"),
    moved.map((share) => 36_000 * share * 65_536),
    0.06,
  );
});

it("drain deadlines: e^(−t/L) of a tenth of the connections is cut", () => {
  const open = (2_000 * 300) / 310;
  const cut = [0.5, 5, 15].map((minutes) => (open / 10) * Math.exp(-minutes / 5));
  for (const [i, broken] of columnOf("drain-deadlines", "connections-broken").entries()) {
    // Binomial of 193, mean of five runs: √(193 p (1 − p) / 5); and 3 σ of them.
    const p = Math.exp(-[0.5, 5, 15][i] / 5);
    const sigma = Math.sqrt((193 * p * (1 - p)) / 5);
    expect(Math.abs(broken - cut[i])).toBeLessThan(3 * sigma);
  }
});

it("names answered: the mean way of each rule, and the smaller site's work", () => {
  const network = columnOf("names-answered", "network").slice(0, 3);
  near(network, [52.5, 42.5, 12.5], 0.01);
  const busy = columnOf("names-answered", "peak-utilization");
  near(busy, [0.5, 0.25, 0.25, 0.5, 0.25, 0.25], 0.02);
});

it("canary: who meets the slow machine", () => {
  near(columnOf("canary", "peak-utilization"), [(500 / 9) * 2.95e-3 * 4, 0.4, 0.4], 0.03);
  // Of 2,500 testers' requests a run the slowest fifth of an exponential: some 4 %, of three runs
  // 2.5.
  near(columnOf("canary", "p99").slice(1), [26.7 * Math.log(5), 26.7 * Math.log(5)], 0.08);
});

it("response age: λT of 1 + λT requests", () => {
  const rates = Array.from({ length: 10_000 }, (_, i) => 1 / (i + 1));
  const sum = rates.reduce((total, rate) => total + rate, 0);
  const perSecond = rates.map((rate) => (1_000 * rate) / sum);
  const hits = (ttl: number): number =>
    perSecond.reduce(
      (total, rate) => total + (rate / 1_000) * ((rate * ttl) / (1 + rate * ttl)),
      0,
    );
  const first = perSecond.reduce(
    (total, rate) => total + Math.exp(-60 * rate) - Math.exp(-180 * rate),
    0,
  );
  const expected = [1 - first / 120_000, hits(60), hits(10), hits(1)];
  // Which of the few most popular objects may not be stored is drawn: up to 4 % of the requests
  // there.
  near(columnOf("response-age", "first-cache-hits"), expected, 0.05);
});

describe("what layers, names and pools do", () => {
  it("pooled or fresh: two round trips a request, Little's connections", () => {
    const [fresh, resumed, pooled] = columnOf("pooled-or-fresh", "connect");
    near([fresh, resumed], [40, 40], 0.001);
    expect(pooled).toBe(0);
    const requests = columnOf("pooled-or-fresh", "requests");
    const [opened, reopened, kept] = columnOf("pooled-or-fresh", "backend-opened");
    near([opened, reopened], requests.slice(0, 2), 0.001);
    expect(kept).toBe(0);
    // One connection a machine: 10 / 24 ms of 500/s, and ten in line for each.
    near(columnOf("pooled-or-fresh", "availability").slice(-2), [1, 10 / 24 / 0.5], 0.01);
    const [waiting] = columnOf("pooled-or-fresh", "p50").slice(-1);
    near([waiting], [240 + 24], 0.05);
    // 500/s × (40 + 20 + 5.5 ms).
    near(columnOf("pooled-or-fresh", "backend-connections").slice(0, 1), [32.75], 0.02);
  });

  it("scale-out: 1/2 (1 − e^(−t/L)) of the requests meet the new half in turn", () => {
    const [head, ...rows] = readFileSync("results/scale-out/seed-1/series.csv", "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    const at = (name: string): number => head.indexOf(name);
    const shareAt = (minute: number): number => {
      let [all, fresh] = [0, 0];
      for (const row of rows) {
        const machine = /^lb\/(\d+)$/.exec(row[at("of")]);
        if (machine === null || Number(row[at("start-ms")]) !== minute * 60_000) continue;
        const requests = Number(row[at("requests")]);
        all += requests;
        if (Number(machine[1]) > 10) fresh += requests;
      }
      return fresh / all;
    };
    for (const minutes of [1, 5, 10, 15, 20]) {
      // A window of a minute stands for its middle. Of 978 connections σ ≤ √(1/4 / 978) = 1.6
      // points; 3 of them.
      const expected = (1 - Math.exp(-(minutes + 0.5) / 10)) / 2;
      expect(Math.abs(shareAt(5 + minutes) - expected)).toBeLessThan(0.048);
    }
  });

  it("replica dies: 1 − 1/3 or 1/3 of 2,000, and 12/13 or 1/13 of these", () => {
    const broken = columnOf("replica-dies", "connections-broken");
    const unshared = broken.filter((_, i) => i % 2 === 0);
    const shares = [2 / 3, 1 / 3].flatMap((routed) => [1, 12 / 13, 1 / 13].map((k) => k * routed));
    for (const [i, share] of shares.entries()) {
      // Maglev moves some keys between those that stay, in routers and replicas: 20 more in each.
      const sigma = Math.sqrt((2_000 * share * (1 - share)) / 3);
      expect(Math.abs(unshared[i] - 2_000 * share)).toBeLessThan(3 * sigma + 20);
    }
    expect(broken.filter((_, i) => i % 2 === 1)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("replicas scaled: what mod n and Maglev move, and what the drained one has", () => {
    // Some 2,000 connections a step: σ of a step is 20 at most, of three in three seeds 20 too.
    near(columnOf("replicas-scaled", "connections-broken"), [3_125, 0, 1_125, 0], 0.03);
  });

  it("names withdrawn: who fails by TTL", () => {
    const failed = columnOf("names-withdrawn", "availability").map((share) => 1 - share);
    // 10 to 400 resolvers are stretched: their ages are few draws, a fifth off now and then.
    const [short, minute, long, anycast, list] = failed;
    near([short, minute], [4.8 / 450, 10.8 / 450], 0.2);
    near([long], [107.8 / 450], 0.05);
    expect(anycast + list).toBeLessThan(1e-5);
  });

  it("websocket restart: 0.9 ((10/9)^10 − 1) breaks a user in turn, 1.1 by least connections", () => {
    const [turns, least] = columnOf("websocket-restart", "connections-broken");
    near([turns], [2_000 * 0.9 * ((10 / 9) ** 10 - 1)], 0.02);
    near([least], [2_200], 0.02);
  });

  it("address hashing: 0.2 + 0.8 / 10 of the requests at one of ten machines", () => {
    const [hashed] = columnOf("address-hashing", "imbalance");
    near([hashed], [2.8], 0.02);
    near(columnOf("address-hashing", "peak-utilization").slice(0, 1), [0.896], 0.02);
  });

  it("edges of a CDN: Che", () => {
    const hits = columnOf("cdn", "first-cache-hits");
    const [few, flat] = [0.8, 1].map(
      (zipf) => theory.cheLru(theory.zipfProbabilities(100_000, zipf), 10_000).hitRate,
    );
    near(hits.slice(2, 4), [few, flat], 0.01);
    // 50,000 do not fill up: whatever an edge was asked for before is there, or on its way from as
    // far as 170 ms, which a few points are.
    for (const [i, zipf] of [0.8, 1].entries()) {
      const met = repeated(theory.zipfProbabilities(100_000, zipf));
      expect(hits[4 + i]).toBeLessThan(met);
      expect(hits[4 + i]).toBeGreaterThan(met - 0.06);
    }
  });

  it("purge: coalesced, each object that is asked for is fetched once", () => {
    // In the second after it 10,000 requests ask for so many of the 2,000 objects.
    const shares = theory.zipfProbabilities(2_000, 1.1);
    const fetched = shares.reduce((sum, share) => sum + 1 - (1 - share) ** 10_000, 0);
    const [coalesced, each] = columnOf("purge-stampede", "offload");
    near([coalesced], [1 - fetched / 10_000], 0.01);
    // Else at least what the first fetches' 155 ms bring, and that again while they queue.
    expect(1 - each).toBeGreaterThan(2 * (1 - coalesced));
  });

  it("sticky sessions: who is placed anew, and lands elsewhere with 11/12", () => {
    const elsewhere = 11 / 12;
    const gapMs = 2_000 / 300;
    const timed = elsewhere / (1 + 20 / gapMs);
    const silent = elsewhere * Math.exp(-10 / gapMs);
    const [none, cookie, lasting, shared, idling, apart] = columnOf(
      "sticky-sessions",
      "users-moved",
    );
    near([none, lasting, idling, apart], [elsewhere, timed, silent, elsewhere / 2], 0.03);
    // A twelfth drained, a twelfth lost: 333 of 36,000 requests.
    near([cookie, shared], [333 / 36_000, 333 / 36_000], 0.15);
  });
});
