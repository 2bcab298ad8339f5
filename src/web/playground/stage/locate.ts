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

/** Sets `spot` to the place of a request between two nodes (−1: its client). O(tiers). */
export function locate(way: Way, region: number, from: number, to: number, part: number): void {
  const { layout, parents } = way;
  const { across } = layout;
  const depths = across ? layout.x : layout.y;
  const breadths = across ? layout.y : layout.x;
  const clientDepth = (across ? layout.regionX : layout.regionY)[region];
  const clientBreadth = (across ? layout.regionY : layout.regionX)[region];
  // Parents have smaller ids than their children, and the client has −1.
  const upper = from < to ? from : to;
  let lower = from < to ? to : from;
  const share = from < to ? part : 1 - part;
  if (lower < 0) return place(across, clientDepth, clientBreadth);
  const start = upper < 0 ? clientDepth : depths[upper];
  const depth = start + (depths[lower] - start) * share;
  let above = parents[lower];
  while (above > upper && depths[above] > depth) {
    lower = above;
    above = parents[lower];
  }
  if (lower === upper) return place(across, depth, breadths[lower]);
  const fromDepth = above < 0 ? clientDepth : depths[above];
  const passes = above < 0 || (above === 0 && way.rootSpans);
  const fromBreadth = passes ? clientBreadth : breadths[above];
  const toBreadth = lower === 0 && way.rootSpans ? clientBreadth : breadths[lower];
  const whole = depths[lower] - fromDepth;
  const t = whole > 0 ? Math.min(1, Math.max(0, (depth - fromDepth) / whole)) : 1;
  place(across, depth, fromBreadth + (toBreadth - fromBreadth) * t * t * (3 - 2 * t));
}

function place(across: boolean, depth: number, breadth: number): void {
  spot.x = across ? depth : breadth;
  spot.y = across ? breadth : depth;
}
