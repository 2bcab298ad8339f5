/**
 * Where on the stage a request is: depth grows evenly from node to node, breadth swings over as the
 * lines in the background do.
 */
import type { Layout } from "./layout.ts";

/** The last answer of `locate`, px; shared, so that none is allocated. */
export const spot = { x: 0, y: 0 };

export interface Way {
  readonly layout: Layout;
  /** Parent by node id; −1 at the root. */
  readonly parents: Int32Array;
  /** The root has no place: requests pass it at their region's height. */
  readonly rootSpans: boolean;
}

/** Depth at which a node stands, px; −1: the client of a region. */
export function depthOf({ layout }: Way, region: number, node: number): number {
  if (node < 0) return (layout.across ? layout.regionX : layout.regionY)[region];
  return (layout.across ? layout.x : layout.y)[node];
}

/** The deeper of two nodes on one way: parents have smaller ids than their children. */
export const deeper = (from: number, to: number): number => (from > to ? from : to);

/** Depth of a request between two nodes (−1: its client), px. O(1). */
export function depthBetween(
  way: Way,
  region: number,
  { from, to, part }: { from: number; to: number; part: number },
): number {
  const start = depthOf(way, region, from);
  return start + (depthOf(way, region, to) - start) * part;
}

/** Sets `spot` to the point at that depth of the way from a region's client to a node. O(tiers). */
export function locate(way: Way, region: number, node: number, depth: number): void {
  const { layout, parents, rootSpans } = way;
  const { across } = layout;
  const breadths = across ? layout.y : layout.x;
  const clientBreadth = (across ? layout.regionY : layout.regionX)[region];
  if (node < 0) return place(across, depth, clientBreadth);
  let lower = node;
  let above = parents[lower];
  while (above >= 0 && depthOf(way, region, above) > depth) {
    lower = above;
    above = parents[lower];
  }
  const fromDepth = depthOf(way, region, above);
  const passes = above < 0 || (above === 0 && rootSpans);
  const fromBreadth = passes ? clientBreadth : breadths[above];
  const toBreadth = lower === 0 && rootSpans ? clientBreadth : breadths[lower];
  const whole = depthOf(way, region, lower) - fromDepth;
  const t = whole > 0 ? Math.min(1, Math.max(0, (depth - fromDepth) / whole)) : 1;
  place(across, depth, fromBreadth + (toBreadth - fromBreadth) * t * t * (3 - 2 * t));
}

function place(across: boolean, depth: number, breadth: number): void {
  spot.x = across ? depth : breadth;
  spot.y = across ? breadth : depth;
}
