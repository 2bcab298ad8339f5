/** The stage's geometry and small parts, without a browser. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { speedText } from "../../src/web/playground/controls/speed.ts";
import { FIGURES, type NodeFacts } from "../../src/web/playground/engine/protocol.ts";
import { FigureHistory } from "../../src/web/playground/figures.ts";
import { commandText } from "../../src/web/playground/panels/command-text.ts";
import { DotCrowd } from "../../src/web/playground/stage/dots.ts";
import { beside } from "../../src/web/playground/stage/hit.ts";
import { laneRects, type Layout, layoutOf } from "../../src/web/playground/stage/layout.ts";
import { depthOf, locate, spot, type Way } from "../../src/web/playground/stage/locate.ts";
import { storeOf } from "../../src/web/playground/state.ts";

type Placed = Pick<NodeFacts, "id" | "parent" | "kind" | "place" | "tier">;

/** A root of no place over datacenters of so many machines each. */
function tree(datacenters: readonly number[]): Placed[] {
  const nodes: Placed[] = [{ id: 0, parent: -1, kind: "balancer", place: -1, tier: 0 }];
  for (const [place, machines] of datacenters.entries()) {
    const parent = nodes.length;
    nodes.push({ id: parent, parent: 0, kind: "balancer", place, tier: 1 });
    for (let i = 0; i < machines; i++) {
      nodes.push({ id: nodes.length, parent, kind: "machine", place, tier: 2 });
    }
  }
  return nodes;
}

const RECT = { x: 10, y: 20, w: 300, h: 480 };
const wayOf = (layout: Layout, nodes: readonly Placed[]): Way => ({
  layout,
  parents: Int32Array.from(nodes, ({ parent }) => parent),
  rootSpans: true,
});

describe("the layout", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 });
  const rects = fc.record({
    x: fc.constant(5),
    y: fc.constant(40),
    w: fc.integer({ min: 200, max: 1400 }),
    h: fc.integer({ min: 200, max: 800 }),
  });

  it("keeps every machine on the stage, and each in a cell of its own while there is room", () => {
    fc.assert(
      fc.property(sizes, rects, fc.integer({ min: 1, max: 10 }), (datacenters, rect, regions) => {
        const nodes = tree(datacenters);
        const layout = layoutOf(nodes, regions, rect);
        const machines = nodes.filter(({ kind }) => kind === "machine");
        const within = (at: number, from: number, size: number): boolean =>
          at > from && at < from + size;
        const outside = machines.filter(
          ({ id }) =>
            !within(layout.x[id], rect.x, rect.w) || !within(layout.y[id], rect.y, rect.h),
        );
        expect(outside).toEqual([]);
        const taken = new Set(machines.map(({ id }) => `${layout.x[id]} ${layout.y[id]}`));
        expect(taken.size).toBe(layout.cells);
        const needed = datacenters.map((count) => Math.ceil(count / layout.perCell));
        expect(layout.cells).toBe(needed.reduce((sum, cells) => sum + cells, 0));
      }),
      { numRuns: 60 },
    );
  });

  it("shares cells among ten thousand machines, and loses none", () => {
    const layout = layoutOf(tree([6_000, 4_000]), 2, { x: 0, y: 0, w: 250, h: 250 });
    expect(layout.perCell).toBeGreaterThan(1);
    expect(new Set(layout.members).size).toBe(10_000);
  });

  it("puts lanes beside each other, and below each other on a phone", () => {
    expect(laneRects(900, 500, 3, 50).map(({ x, y }) => [x, y])).toEqual([
      [0, 50],
      [300, 50],
      [600, 50],
    ]);
    expect(laneRects(390, 900, 3, 50).map(({ x, y }) => [x, y])).toEqual([
      [0, 50],
      [0, 350],
      [0, 650],
    ]);
  });

  it("is walked by arrow keys from a region to a machine and back", () => {
    const nodes = tree([4, 2]) as NodeFacts[];
    const layout = layoutOf(nodes, 2, RECT);
    const view = { layout, nodes };
    const met = [{ kind: "region", lane: 0, id: 0 } as Parameters<typeof beside>[1]];
    for (let i = 0; i < 3; i++) met.push(beside(view, met.at(-1)!, "down"));
    expect(met.map(({ kind, id }) => `${kind} ${id}`).slice(0, 3)).toEqual([
      "region 0",
      "node 0",
      "node 1",
    ]);
    expect(nodes[met[3].id].kind).toBe("machine");
    expect(beside(view, met[3], "up").id).toBe(1);
  });
});

describe("a request's way", () => {
  const nodes = tree([4, 2]);
  const layout = layoutOf(nodes, 2, RECT);
  const way = wayOf(layout, nodes);

  it("begins at its region, passes its datacenter and ends at its machine", () => {
    for (const [region, machine] of [
      [0, 2],
      [1, 3],
      [0, 8],
    ]) {
      locate(way, region, machine, depthOf(way, region, -1));
      expect([spot.x, spot.y]).toEqual([layout.regionX[region], layout.regionY[region]]);
      const { parent } = nodes[machine];
      locate(way, region, machine, depthOf(way, region, parent));
      expect([spot.x, spot.y]).toEqual([layout.x[parent], layout.y[parent]]);
      locate(way, region, machine, depthOf(way, region, machine));
      expect([spot.x, spot.y]).toEqual([layout.x[machine], layout.y[machine]]);
    }
  });

  it("has no jumps: a pixel of depth moves it by few pixels", () => {
    let before: { x: number; y: number } | null = null;
    for (let depth = depthOf(way, 1, -1); depth < depthOf(way, 1, 2); depth++) {
      locate(way, 1, 2, depth);
      // Breadth swings over at most 300 px on some 60 px of depth: 1.5 × 300 / 60 at its steepest.
      if (before !== null) expect(Math.abs(spot.x - before.x)).toBeLessThan(8);
      before = { ...spot };
    }
  });

  const dots = (rows: readonly { id: number; from: number; to: number; state: number }[]) => ({
    count: rows.length,
    inFlight: rows.length,
    id: Float64Array.from(rows, ({ id }) => id),
    region: new Uint16Array(rows.length),
    class: new Uint8Array(rows.length),
    from: Int32Array.from(rows, ({ from }) => from),
    to: Int32Array.from(rows, ({ to }) => to),
    part: new Float32Array(rows.length).fill(0.5),
    state: Uint8Array.from(rows, ({ state }) => state),
    mark: new Uint8Array(rows.length),
  });
  const OUTBOUND = 0;
  const RUNNING = 3;

  it("is gone by a dot that glides, arrives, and flies home when it is answered", () => {
    const crowd = new DotCrowd();
    crowd.update(dots([{ id: 7, from: -1, to: 1, state: OUTBOUND }]), way, 100);
    expect(crowd.nearest(layout.regionX[0], layout.regionY[0], 2)).toBe(7);
    crowd.update(dots([{ id: 7, from: 2, to: 2, state: RUNNING }]), way, 100);
    for (let ms = 0; ms < 1_000; ms += 16) crowd.move(16, way, false);
    expect(crowd.nearest(layout.x[2], layout.y[2], layout.cellW)).toBe(7);
    crowd.update(dots([]), way, 100);
    crowd.move(16, way, false);
    expect(crowd.place(7)).toBe(false);
    expect(crowd.nearest(layout.x[2], layout.y[2], 500)).toBe(-1);
  });

  it("is not glided where less motion is asked for", () => {
    const crowd = new DotCrowd();
    crowd.update(dots([{ id: 7, from: 2, to: 2, state: RUNNING }]), way, 100);
    crowd.move(0, way, true);
    expect(crowd.nearest(layout.x[2], layout.y[2], layout.cellW)).toBe(7);
  });

  it("is shown of a part of a crowd, the same ones each time", () => {
    const shown = (): number[] => {
      const crowd = new DotCrowd();
      const rows = Array.from({ length: 1_000 }, (_, id) => ({
        id,
        from: -1,
        to: 1,
        state: OUTBOUND,
      }));
      crowd.update(dots(rows), way, 100);
      return rows.flatMap(({ id }) => (crowd.place(id) ? [id] : []));
    };
    // A tenth of all by a hash of their ids: 100, σ = √(1000 · 0.1 · 0.9) = 9.5; capped at 100.
    expect(shown().length).toBeGreaterThan(60);
    expect(shown().length).toBeLessThanOrEqual(100);
    expect(shown()).toEqual(shown());
  });
});

describe("small parts", () => {
  it("figures are appended, and cut where a seek went back", () => {
    const windows = (first: number, values: readonly number[]) => ({
      first,
      count: values.length,
      columns: FIGURES.map(() => Float64Array.from(values)),
    });
    const history = new FigureHistory();
    expect(history.last("p99")).toBeNaN();
    history.append(windows(0, [1, 2, 3]));
    history.append(windows(3, [4]));
    expect(history.column("p99")).toEqual([1, 2, 3, 4]);
    history.append(windows(1, [9]));
    expect(history.column("p99")).toEqual([1, 9]);
    expect(history.last("p99")).toBe(9);
  });

  it("commands are quoted for a shell", () => {
    expect(commandText(["lbsim", "run", "my file.yaml", "--set", "a.b={ c: 'd' }"])).toBe(
      "lbsim run 'my file.yaml' --set 'a.b={ c: '\\''d'\\'' }'",
    );
  });

  it("speeds are told as people say them", () => {
    expect([0.001, 0.25, 1, 3, 60].map(speedText)).toEqual([
      "1/1000 of real time",
      "0.25 × real time",
      "real time",
      "3 × real time",
      "60 × real time",
    ]);
  });

  it("a store tells its listeners of every change, until they leave", () => {
    const store = storeOf({ a: 1, b: 2 });
    let told = 0;
    const leave = store.listen(() => told++);
    store.set({ a: 5 });
    leave();
    store.set({ a: 6 });
    expect([told, store.get()]).toEqual([1, { a: 6, b: 2 }]);
  });
});
