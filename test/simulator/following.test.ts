/**
 * One request is followed, whatever decides about it: strategies, connections, caches on its way.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import type { FollowedRequest } from "../../src/simulator/watching/follower.ts";
import { DOT_MARKS } from "../../src/simulator/watching/dots.ts";
import { Simulation } from "../../src/simulator/run.ts";

const names = readdirSync("scenarios").filter((name) => name.endsWith(".yaml"));

function started(name: string, fromMs: number): Simulation {
  const loader = (path: string): string => readFileSync(`scenarios/${path}`, "utf8");
  const read = readScenario(name, loader, { overrides: [] });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  const simulation = new Simulation(read.scenario);
  simulation.runUntil(fromMs);
  return simulation;
}

/** The next requests that come to the balancer with that id, one after the other. */
function followed(simulation: Simulation, count: number, nextAt = 0): FollowedRequest[] {
  const watcher = simulation.watch();
  return Array.from({ length: count }, () => {
    const follower = watcher.follow({ nextAt });
    while (!follower.isOver && simulation.step(60_000) !== null) follower.look();
    follower.stop();
    return follower.followed()!;
  });
}

const told = ({ story }: FollowedRequest): string => story.map(({ what }) => what).join("\n");

describe("the next request", () => {
  it.each(names)("of %s is followed from its client to its end", (name) => {
    // From the start, and when connections stand and caches are filled.
    for (const fromMs of [0, 2_000]) {
      for (const request of followed(started(name, fromMs), 3)) {
        expect(request.end).not.toBeNull();
        expect(told(request)).toMatch(/^is born/);
        const { decisions, story } = request;
        const answered = story.some(({ what }) => /: a hit$|with what the other/.test(what));
        // Whoever is served was sent there by somebody.
        if (request.end!.outcome === "completed" && !answered) {
          expect(decisions.length).toBeGreaterThan(0);
        }
        const deciders = decisions.map(({ balancer }) => balancer);
        expect(new Set(deciders).size).toBe(deciders.length);
      }
    }
  });
});

describe("a followed request", () => {
  it("opens its connection where there is none, and goes on one that is open", () => {
    const first = followed(started("layer-4.yaml", 0), 1)[0];
    expect(told(first)).toMatch(/^is born.*\nits client opens a connection\n.* picks /);
    const later = followed(started("layer-4.yaml", 8_000), 40);
    const known = later.filter((each) => /goes on a connection that is open/.test(told(each)));
    expect(known.length).toBeGreaterThan(0);
    expect(known[0].decisions[0].by).toBe("connection");
    expect(told(known[0]).replaceAll(/\d+/g, "n")).toBe(
      `is born in ${told(known[0]).includes("far") ? "far" : "near"}
goes on a connection that is open, request n on it
is worked on by lb, or waits for a core there
lb has its connection go to n
is served by lb/n
is forwarded by lb on its way back, or waits for a core there
is answered`,
    );
  });

  it("is told by whom the connection of each layer is opened, or had been", () => {
    const first = followed(started("pool-over-layer-4.yaml", 0), 1)[0];
    expect(told(first)).toMatch(
      /its client opens a connection\n(?:.*\n)*proxy picks entry\nproxy opens a connection\nproxy\/entry picks /,
    );
    const later = followed(started("pool-over-layer-4.yaml", 8_000), 5);
    for (const { decisions } of later) {
      expect(decisions.map(({ by }) => by)).toEqual(["strategy", "connection"]);
    }
  });

  it("looks into response caches: it hits, or misses and is sent on", () => {
    const requests = followed(started("cdn.yaml", 5_000), 40);
    const hits = requests.filter((each) => /: a hit$/m.test(told(each)));
    const misses = requests.filter((each) => /: a miss$/m.test(told(each)));
    expect(hits.length).toBeGreaterThan(0);
    expect(misses.length).toBeGreaterThan(0);
    expect(told(misses[0])).toMatch(/looks into the cache of .*: a miss\n.* picks /);
  });
});

describe("what is seen of a balancer at layer 7", () => {
  it("is what it does beside picking, and how busy it is", () => {
    const simulation = started("layer-7.yaml", 0);
    const watcher = simulation.watch();
    const own = watcher.facts().find(({ ownCores }) => ownCores !== null)!;
    expect(own.spec?.layer).toBe(7);
    const figures = watcher.figures(1_000);
    simulation.runUntil(1_000);
    figures.close();
    const { ownBusy } = watcher.columns(figures);
    expect(own.ownCores).toBeGreaterThan(0);
    expect(ownBusy[own.id]).toBeLessThanOrEqual(own.ownCores!);
  });

  it("counts answers of response caches as hits, in dots and in windows", () => {
    const simulation = started("cdn.yaml", 0);
    const watcher = simulation.watch();
    const figures = watcher.figures(2_000);
    let hits = 0;
    for (let atMs = 1_900; atMs <= 2_000; atMs++) {
      simulation.runUntil(atMs);
      const { count, mark } = watcher.dots(1_000);
      for (let i = 0; i < count; i++) if (mark[i] === DOT_MARKS.indexOf("hit")) hits++;
    }
    figures.close();
    const { responseHitRate } = watcher.columns(figures);
    const edges = watcher.facts().filter(({ cachesResponses }) => cachesResponses);
    expect(hits).toBeGreaterThan(0);
    expect(edges.length).toBeGreaterThan(0);
    expect(Math.max(...edges.map(({ id }) => responseHitRate[id]))).toBeGreaterThan(0);
  });
});
