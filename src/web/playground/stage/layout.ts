/**
 * Where everything stands on the stage: regions first, then a column (or row) a tier of balancers,
 * then the machines of each balancer as a block of cells. Made once for a tree and a size; what
 * is drawn in each frame only reads it.
 */

/** What the layout needs to know of a node; ids count from 0, parents come before children. */
export interface PlacedNode {
  readonly id: number;
  /** Below 0 at the root. */
  readonly parent: number;
  readonly kind: "balancer" | "machine";
  /** Below 0 for a root that stands wherever its clients are. */
  readonly place: number;
  readonly tier: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A balancer's machines: the block that frames their cells. */
export interface Group extends Rect {
  readonly balancer: number;
}

export interface Layout {
  /** Depth runs to the right; otherwise downwards. */
  readonly across: boolean;
  readonly rect: Rect;
  /** Within it stand the regions and the balancers. */
  readonly boxes: Rect;
  /** Centre and size of each node's box, px, by node id; machines share their cell's. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly w: Float32Array;
  readonly h: Float32Array;
  /** Centres of the regions' boxes, px; all have one size. */
  readonly regionX: Float32Array;
  readonly regionY: Float32Array;
  readonly regionW: number;
  readonly regionH: number;
  readonly groups: readonly Group[];
  /** Sides of a cell without its gap, px. */
  readonly cellW: number;
  readonly cellH: number;
  /** Machines a cell stands for: 1 until there are too many to see. */
  readonly perCell: number;
  readonly cells: number;
  readonly cellX: Float32Array;
  readonly cellY: Float32Array;
  /** Cell of a node; −1 for balancers. */
  readonly cellOf: Int32Array;
  /** Nodes by cell: those of cell c are `members[starts[c]] … members[starts[c + 1] − 1]`. */
  readonly members: Int32Array;
  readonly starts: Int32Array;
}

const CELL_MAX = 92;
/** Below this a cell says nothing: machines share one instead. */
const CELL_MIN = 4;
const PAD = 8;

/** Rectangles of the lanes on a stage: side by side, or below each other where it is narrow. */
export function laneRects(width: number, height: number, lanes: number, head: number): Rect[] {
  const stacked = lanes > 1 && width / lanes < 150;
  const w = stacked ? width : width / lanes;
  const h = stacked ? height / lanes : height;
  return Array.from({ length: lanes }, (_, i) => ({
    x: stacked ? 0 : i * w,
    y: (stacked ? i * h : 0) + head,
    w,
    h: h - head,
  }));
}

interface Leaf {
  readonly balancer: number;
  readonly machines: number[];
}

/** Balancers that have machines, in the tree's own order. */
function leavesOf(nodes: readonly PlacedNode[], childrenOf: readonly number[][]): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (id: number): void => {
    const machines = childrenOf[id].filter((child) => nodes[child].kind === "machine");
    const balancers = childrenOf[id].filter((child) => nodes[child].kind === "balancer");
    if (machines.length > 0 || balancers.length === 0) leaves.push({ balancer: id, machines });
    for (const child of balancers) visit(child);
  };
  visit(0);
  return leaves;
}

interface Fit {
  readonly pitch: number;
  readonly perCell: number;
  /** Cells in the direction of depth. */
  readonly columns: number;
}

/** The largest cell with which all blocks stand beside each other in `breadth`. */
function fitCells(leaves: readonly Leaf[], depth: number, breadth: number): Fit {
  const needed = (pitch: number, perCell: number): number => {
    const columns = Math.max(1, Math.floor(depth / pitch));
    let sum = 0;
    for (const leaf of leaves) {
      const lines = gridOf(leaf, { pitch, perCell, columns }).lines;
      sum += lines * pitch + gapOf(leaves.length);
    }
    return sum;
  };
  for (let perCell = 1; ; perCell *= 2) {
    for (let pitch = CELL_MAX; pitch >= CELL_MIN; pitch -= pitch > 24 ? 1 : 0.5) {
      if (needed(pitch, perCell) <= breadth || (perCell > 4096 && pitch <= CELL_MIN)) {
        return { pitch, perCell, columns: Math.max(1, Math.floor(depth / pitch)) };
      }
    }
  }
}

const cellsOf = ({ machines }: Leaf, perCell: number): number =>
  Math.max(1, Math.ceil(machines.length / perCell));

/** Cells of a leaf's block in the direction of depth, and lines of them. */
function gridOf(leaf: Leaf, { columns, perCell }: Fit): { wide: number; lines: number } {
  const cells = cellsOf(leaf, perCell);
  const lines = Math.ceil(cells / columns);
  return { lines, wide: Math.ceil(cells / lines) };
}

const depthOfBlocks = (leaves: readonly Leaf[], fit: Fit): number =>
  fit.pitch * Math.max(...leaves.map((leaf) => gridOf(leaf, fit).wide));

const gapOf = (leaves: number): number => (leaves > 24 ? 2 : leaves > 8 ? 6 : 14);

/** Depth at which things stand, px from the rectangle's edge. */
interface Depths {
  readonly region: number;
  tier(tier: number): number;
  readonly machines: number;
  readonly size: { readonly region: number; readonly balancer: number };
}

/** Depth from which on there may be machines: one tier leaves more room for them than four do. */
const machinesFrom = (across: boolean, depth: number, tiers: number): number =>
  6 + depth * (across ? 0.44 + 0.05 * Math.min(tiers, 4) : 0.4 + 0.06 * tiers);

/** Height of boxes beside each other: where they are narrow, their names stand upright. */
const highOf = (boxes: number, breadth: number): number => (breadth / boxes < 46 ? 66 : 34);

/** @param machines depth at which the machines begin */
function depthsOf(
  across: boolean,
  { depth, machines, breadth }: { depth: number; machines: number; breadth: number },
  { tiers, regions, leaves }: { tiers: number; regions: number; leaves: number },
): Depths {
  const balancer = across ? Math.min(92, Math.max(52, depth * 0.13)) : highOf(leaves, breadth);
  const region =
    regions === 0
      ? 0
      : across
        ? Math.min(96, Math.max(66, depth * 0.14))
        : highOf(regions, breadth);
  const first = PAD + region / 2;
  const step = (machines - 6 - PAD - balancer / 2 - first) / tiers;
  return {
    region: first,
    tier: (tier) => first + step * (tier + 1) - (regions === 0 ? step / 2 : 0) - 4,
    machines,
    size: { region, balancer },
  };
}

/**
 * @param nodes by id; O(nodes)
 * @param regions how many regions of clients
 */
export function layoutOf(nodes: readonly PlacedNode[], regions: number, rect: Rect): Layout {
  const across = rect.w > rect.h * 1.15;
  const depth = across ? rect.w : rect.h;
  const breadth = across ? rect.h : rect.w;
  const childrenOf: number[][] = nodes.map(() => []);
  let tiers = 1;
  for (const { id, parent, kind, tier } of nodes) {
    if (parent >= 0) childrenOf[parent].push(id);
    if (kind === "balancer") tiers = Math.max(tiers, tier + 1);
  }
  const leaves = leavesOf(nodes, childrenOf);
  const from = machinesFrom(across, depth, tiers);
  const fit = fitCells(leaves, depth - from - PAD, breadth - 2 * PAD);
  // What the machines leave free in depth goes to the ways before them.
  const machines = Math.max(from, depth - 2 * PAD - depthOfBlocks(leaves, fit));
  const depths = depthsOf(
    across,
    { depth, machines, breadth },
    { tiers, regions, leaves: leaves.length },
  );
  const shape = new Shape(nodes.length, across, rect);
  const spans = placeBlocks(shape, leaves, fit, { depths, breadth });
  placeBalancers(shape, nodes, childrenOf, { depths, breadth, spans });
  const regionBreadth = regions === 0 ? 0 : (breadth - 2 * PAD) / regions;
  const regionX = new Float32Array(regions);
  const regionY = new Float32Array(regions);
  for (let r = 0; r < regions; r++) {
    const v = PAD + regionBreadth * (r + 0.5);
    regionX[r] = rect.x + (across ? depths.region : v);
    regionY[r] = rect.y + (across ? v : depths.region);
  }
  const side = Math.max(4, Math.min(across ? 44 : 96, regionBreadth - 6));
  return {
    across,
    rect,
    boxes: across ? { ...rect, w: machines - 2 } : { ...rect, h: machines - 2 },
    ...shape.finished(),
    regionX,
    regionY,
    regionW: across ? depths.size.region : side,
    regionH: across ? side : depths.size.region,
    cellW: fit.pitch - cellGap(fit.pitch),
    cellH: fit.pitch - cellGap(fit.pitch),
    perCell: fit.perCell,
  };
}

const cellGap = (pitch: number): number => (pitch > 30 ? 5 : pitch > 12 ? 3 : 1);

/** Collects boxes in (depth, breadth) and gives them out in (x, y). */
class Shape {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly w: Float32Array;
  readonly h: Float32Array;
  readonly groups: Group[] = [];
  readonly cellOf: Int32Array;
  private readonly cellXs: number[] = [];
  private readonly cellYs: number[] = [];
  private readonly members: number[] = [];
  private readonly starts: number[] = [0];

  constructor(
    nodes: number,
    readonly across: boolean,
    private readonly rect: Rect,
  ) {
    this.x = new Float32Array(nodes);
    this.y = new Float32Array(nodes);
    this.w = new Float32Array(nodes);
    this.h = new Float32Array(nodes);
    this.cellOf = new Int32Array(nodes).fill(-1);
  }

  box(id: number, at: { u: number; v: number; du: number; dv: number }): void {
    const { across, rect } = this;
    this.x[id] = rect.x + (across ? at.u : at.v);
    this.y[id] = rect.y + (across ? at.v : at.u);
    this.w[id] = across ? at.du : at.dv;
    this.h[id] = across ? at.dv : at.du;
  }

  group(balancer: number, at: { u: number; v: number; du: number; dv: number }): void {
    const { across, rect } = this;
    this.groups.push({
      balancer,
      x: rect.x + (across ? at.u : at.v),
      y: rect.y + (across ? at.v : at.u),
      w: across ? at.du : at.dv,
      h: across ? at.dv : at.du,
    });
  }

  cell(machines: readonly number[], at: { u: number; v: number; side: number }): void {
    const cell = this.cellXs.length;
    for (const id of machines) {
      this.box(id, { u: at.u, v: at.v, du: at.side, dv: at.side });
      this.cellOf[id] = cell;
      this.members.push(id);
    }
    this.starts.push(this.members.length);
    this.cellXs.push(this.rect.x + (this.across ? at.u : at.v));
    this.cellYs.push(this.rect.y + (this.across ? at.v : at.u));
  }

  finished(): Pick<
    Layout,
    "x" | "y" | "w" | "h" | "groups" | "cells" | "cellX" | "cellY" | "cellOf" | "members" | "starts"
  > {
    return {
      x: this.x,
      y: this.y,
      w: this.w,
      h: this.h,
      groups: this.groups,
      cells: this.cellXs.length,
      cellX: Float32Array.from(this.cellXs),
      cellY: Float32Array.from(this.cellYs),
      cellOf: this.cellOf,
      members: Int32Array.from(this.members),
      starts: Int32Array.from(this.starts),
    };
  }
}

/** Blocks of cells, one a leaf; returns the breadth that each leaf takes: [from, to]. */
function placeBlocks(
  shape: Shape,
  leaves: readonly Leaf[],
  fit: Fit,
  { depths, breadth }: { depths: Depths; breadth: number },
): Map<number, readonly [number, number]> {
  const spans = new Map<number, readonly [number, number]>();
  const { pitch, perCell } = fit;
  const taken = leaves.reduce((sum, leaf) => sum + gridOf(leaf, fit).lines * pitch, 0);
  const gap = (breadth - 2 * PAD - taken) / leaves.length;
  let v = PAD;
  for (const leaf of leaves) {
    const cells = cellsOf(leaf, perCell);
    const { lines, wide } = gridOf(leaf, fit);
    const from = v + gap / 2;
    const edge = Math.min(4, gap / 2 - 1);
    spans.set(leaf.balancer, [v, v + gap + lines * pitch]);
    shape.group(leaf.balancer, {
      u: depths.machines - edge,
      v: from - edge,
      du: wide * pitch + 2 * edge,
      dv: lines * pitch + 2 * edge,
    });
    for (let c = 0; c < cells; c++) {
      shape.cell(leaf.machines.slice(c * perCell, (c + 1) * perCell), {
        u: depths.machines + ((shape.across ? c % wide : Math.floor(c / lines)) + 0.5) * pitch,
        v: from + ((shape.across ? Math.floor(c / wide) : c % lines) + 0.5) * pitch,
        side: pitch - cellGap(pitch),
      });
    }
    v += gap + lines * pitch;
  }
  return spans;
}

/**
 * A balancer stands in the middle of all that is beneath it; a root of no place spans everything.
 */
function placeBalancers(
  shape: Shape,
  nodes: readonly PlacedNode[],
  childrenOf: readonly number[][],
  room: { depths: Depths; breadth: number; spans: Map<number, readonly [number, number]> },
): void {
  const { depths, breadth, spans } = room;
  for (let id = nodes.length - 1; id >= 0; id--) {
    const { kind, tier, place } = nodes[id];
    if (kind !== "balancer") continue;
    let [from, to] = spans.get(id) ?? [Infinity, -Infinity];
    for (const child of childrenOf[id]) {
      const span = nodes[child].kind === "balancer" ? spans.get(child) : undefined;
      if (span === undefined) continue;
      from = Math.min(from, span[0]);
      to = Math.max(to, span[1]);
    }
    spans.set(id, [from, to]);
    const everywhere = id === 0 && place < 0;
    const side = Math.max(4, Math.min(shape.across ? 40 : 112, to - from - 4));
    shape.box(id, {
      u: depths.tier(tier),
      v: everywhere ? breadth / 2 : (from + to) / 2,
      du: everywhere
        ? Math.min(shape.across ? 64 : 34, depths.size.balancer)
        : depths.size.balancer,
      dv: everywhere ? breadth - 2 * PAD : side,
    });
  }
}
