/** What stands at a point of a lane, and what stands beside it in a direction. */
import type { Selection } from "../page.ts";
import type { LaneView } from "./scene.ts";

type Shown = Pick<LaneView, "layout" | "nodes">;

export type Direction = "left" | "right" | "up" | "down";

const inside = (dx: number, dy: number, w: number, h: number): boolean =>
  Math.abs(dx) <= w / 2 + 1 && Math.abs(dy) <= h / 2 + 1;

/** O(nodes). */
export function selectionAt(
  { layout, nodes }: Shown,
  lane: number,
  x: number,
  y: number,
): Selection | null {
  for (let r = 0; r < layout.regionX.length; r++) {
    if (inside(x - layout.regionX[r], y - layout.regionY[r], layout.regionW, layout.regionH)) {
      return { kind: "region", lane, id: r };
    }
  }
  for (let id = 0; id < nodes.length; id++) {
    if (inside(x - layout.x[id], y - layout.y[id], layout.w[id], layout.h[id])) {
      return { kind: "node", lane, id };
    }
  }
  return null;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function boxOf({ layout }: Shown, { kind, id }: Selection): Box {
  const { x, y, w, h, regionX, regionY, regionW, regionH } = layout;
  return kind === "region"
    ? { x: regionX[id], y: regionY[id], w: regionW, h: regionH }
    : { x: x[id], y: y[id], w: w[id], h: h[id] };
}

/** Everything that can be selected in a lane, in the order in which it is stepped through. */
export function selectable({ layout, nodes }: Shown, lane: number): Selection[] {
  return [
    ...Array.from(layout.regionX, (_, id): Selection => ({ kind: "region", lane, id })),
    ...nodes.map(({ id }): Selection => ({ kind: "node", lane, id })),
  ];
}

/** The nearest in that direction; the same one where there is none. O(nodes). */
export function beside(view: Shown, from: Selection, direction: Direction): Selection {
  const here = boxOf(view, from);
  let best = Infinity;
  let found = from;
  for (const each of selectable(view, from.lane)) {
    const there = boxOf(view, each);
    const dx = there.x - here.x;
    const dy = there.y - here.y;
    const ahead =
      direction === "left" ? -dx : direction === "right" ? dx : direction === "up" ? -dy : dy;
    // A root that spans everything is straight ahead of all.
    const sideways = direction === "left" || direction === "right";
    const aside = sideways
      ? Math.max(0, Math.abs(dy) - there.h / 2)
      : Math.max(0, Math.abs(dx) - there.w / 2);
    if (ahead < 2) continue;
    // What is straight ahead comes before what is nearer and off to the side.
    const distance = ahead + 3 * aside;
    if (distance < best) {
      best = distance;
      found = each;
    }
  }
  return found;
}
