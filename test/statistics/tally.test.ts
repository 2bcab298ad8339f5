import { describe, expect, it } from "vitest";
import { AssertionError } from "../../src/assert.ts";
import { metrics } from "../../src/statistics/metrics/registry.ts";
import {
  EVERYTHING,
  nameOf,
  ofClass,
  ofNode,
  ofRegion,
  selectionOf,
  treeOf,
} from "../../src/statistics/selection.ts";
import { changesIn, spanOf, tallyIn, tallyOf, windowsOf } from "../../src/statistics/tally.ts";
import { NODES, SETTINGS, change, record, seconds, slice } from "./sample-record.ts";

const run = record(
  seconds(3, (index) => ({
    born: [10, 1, 20, 2],
    cells: [
      { balancer: -1, outcomes: { unroutable: 1 } },
      { balancer: 1, latencies: [10 * (index + 1), 20], parts: { wait: 6, service: 24 } },
      { balancer: 1, class: 1, latencies: [30], moved: 1 },
      { balancer: 2, region: 1, latencies: [40], outcomes: { rejected: 2 }, spilled: 1 },
    ],
    machines: {
      received: [1, 2, 0, 3, 0],
      busyMs: [100, 200, 0, 300, 0],
      hits: [1, 1, 0, 3, 0],
      misses: { remap: [0, 1, 0, 0, 0] },
    },
  })),
);

const edges = (from: number, to: number) => {
  const { fromMs, toMs, slices } = spanOf(run, from, to);
  return [fromMs, toMs, slices.length];
};

describe("selections", () => {
  it("are named as people write them", () => {
    expect(selectionOf(run, null)).toEqual(EVERYTHING);
    expect(selectionOf(run, "region:brazil")).toEqual(ofRegion(1));
    expect(selectionOf(run, "class:buy")).toEqual(ofClass(1));
    expect(selectionOf(run, "global/fra/2")).toEqual(ofNode(4));
    expect(selectionOf(run, "gru")).toEqual(ofNode(2));
    expect(selectionOf(run, "2")).toBeNull();
    expect(selectionOf(run, "region:mars")).toBeNull();
    for (const name of ["region:europe", "class:browse", "global", "global/gru/1"]) {
      expect(nameOf(run, selectionOf(run, name)!)).toBe(name);
    }
    expect(nameOf(run, EVERYTHING)).toBe("all");
  });

  it("know who stands beneath whom", () => {
    const tree = treeOf(NODES);
    expect(tree.balancers[0]).toEqual([0, 1, 2]);
    expect(tree.balancers[3]).toEqual([]);
    expect(tree.machines[1].map(({ path }) => path)).toEqual([
      "global/fra/1",
      "global/fra/2",
      "global/fra/3",
    ]);
    expect(tree.machines[7].map(({ id }) => id)).toEqual([7]);
    expect(tree.pool[0]).toEqual([]);
  });
});

describe("tallies", () => {
  it("all of a balancer is the sum of its subtree; all of the run adds the unroutable", () => {
    const span = spanOf(run, 0, 3000);
    const counts = (id: number) => tallyIn(span, ofNode(id)).latency.count;
    expect([counts(0), counts(1), counts(2)]).toEqual([12, 9, 3]);
    const all = tallyIn(span, EVERYTHING);
    expect([...all.outcomes]).toEqual([12, 6, 0, 0, 3]);
    expect([...tallyIn(span, ofNode(0)).outcomes]).toEqual([12, 6, 0, 0, 0]);
    expect(all.born).toBe(99);
    expect(tallyIn(span, ofNode(1)).born).toBeNaN();
    expect([all.hits, ...all.misses]).toEqual([15, 0, 0, 3, 0, 0, 0]);
    expect([all.moved, all.spilled]).toEqual([3, 3]);
  });

  it("regions and classes have their own births and cells, and no machines", () => {
    const brazil = tallyOf(run, ofRegion(1), 0, 3000);
    expect([brazil.born, brazil.latency.count, brazil.machines.length]).toEqual([66, 3, 0]);
    const buy = tallyOf(run, ofClass(1), 0, 3000);
    expect([buy.born, buy.latency.count, buy.moved]).toEqual([9, 3, 3]);
  });

  it("one slice or many: the sums are the same as the sum of the tallies", () => {
    const parts = windowsOf(run, 1000).map((window) => tallyIn(window, EVERYTHING));
    const whole = tallyOf(run, EVERYTHING, 0, 3000);
    expect(parts.reduce((sum, { latency }) => sum + latency.sum, 0)).toBe(whole.latency.sum);
    expect(whole.latency.max).toBe(40);
    // Gathering must not have changed the record itself.
    expect(run.slices[0].cells[1].latency.count).toBe(2);
    expect([...run.slices[0].machines.received]).toEqual([1, 2, 0, 3, 0]);
  });

  it("an edge inside a slice takes the slice if more than half of it lies inside", () => {
    expect(edges(0, 1000)).toEqual([0, 1000, 1]);
    expect(edges(400, 2400)).toEqual([0, 2000, 2]);
    expect(edges(600, 2600)).toEqual([1000, 3000, 2]);
    expect(edges(1600, 1700)).toEqual([1600, 1600, 0]);
    expect(() => spanOf(run, 2, 1)).toThrow(AssertionError);
  });

  it("windows follow their width, not the slices, and the last one may be short", () => {
    const cut = record([
      slice({ startMs: 0, endMs: 700 }),
      slice({ startMs: 700, endMs: 1000 }),
      slice({ startMs: 1000, endMs: 1500 }),
    ]);
    expect(windowsOf(cut, 1000).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 1000],
      [1000, 1500],
    ]);
  });

  it("machines that joined later count in slices that were closed before", () => {
    const early = slice({ startMs: 0, endMs: 1000, machines: { received: [5] } });
    const short = {
      ...early,
      machines: { ...early.machines, received: early.machines.received.slice(0, 1) },
    };
    const late = slice({ startMs: 1000, endMs: 2000, machines: { received: [1, 2] } });
    expect([...spanOf(record([short, late]), 0, 2000).machines.received]).toEqual([6, 2, 0, 0, 0]);
    expect([...spanOf(record([short, late]), 0, 1000).machines.received]).toEqual([5, 0, 0, 0, 0]);
  });

  it("changes belong to the balancers of the selection", () => {
    const changed = record(run.slices, {
      changes: [change({ atMs: 500 }), change({ atMs: 1500, balancer: 2 })],
    });
    const count = (name: string | null, from: number, to: number) =>
      changesIn(tallyOf(changed, selectionOf(changed, name)!, from, to)).length;
    expect([count(null, 0, 3000), count("global", 0, 3000), count("gru", 0, 3000)]).toEqual([
      2, 2, 1,
    ]);
    expect([count(null, 0, 1000), count("region:europe", 0, 3000)]).toEqual([1, 0]);
  });

  it("an empty span has no figure but zero counts", () => {
    const empty = tallyOf(run, EVERYTHING, 3000, 3000);
    for (const metric of metrics) {
      const value = metric.of(empty, SETTINGS);
      if (metric.unit === "count" && metric.needs === undefined) expect(value).toBe(0);
      else expect(value, metric.name).toBeNaN();
    }
  });
});
