/**
 * What lies over machines and boxes: what is down, what is wrongly believed, cut links, the cursor.
 */
import type { Frame, NodeColumns, RegionFacts } from "../engine/protocol.ts";
import type { Selection } from "../page.ts";
import { CRASHED, DRAINING, REMOVED, SILENT, UP } from "./codes.ts";
import { depthBetween, depthOf, locate, spot } from "./locate.ts";
import type { Palette } from "./palette.ts";
import type { LaneView } from "./scene.ts";

type Canvas = CanvasRenderingContext2D;

/** A frame around who is up and believed down, or down and believed up. */
export function drawDisbelief(
  canvas: Canvas,
  { layout, nodes }: LaneView,
  columns: NodeColumns,
  palette: Palette,
): void {
  canvas.strokeStyle = palette.miss;
  canvas.lineWidth = layout.cellW > 12 ? 2 : 1;
  canvas.beginPath();
  for (let id = 1; id < nodes.length; id++) {
    const state = columns.state[id];
    if (state === REMOVED || state === DRAINING) continue;
    // What a balancer that is down believes matters to nobody.
    if (columns.state[nodes[id].parent] !== UP) continue;
    if ((state === UP) === columns.believedUp[id] > 0.5) continue;
    const w = layout.w[id] + 2;
    const h = layout.h[id] + 2;
    canvas.rect(layout.x[id] - w / 2, layout.y[id] - h / 2, w, h);
  }
  canvas.stroke();
}

/** Balancers that are down: a cross (crash) or a bar (silence) over a dark box. */
export function drawDown(
  canvas: Canvas,
  { layout, nodes }: LaneView,
  columns: NodeColumns,
  palette: Palette,
): void {
  for (let id = 0; id < nodes.length; id++) {
    if (nodes[id].kind !== "balancer") continue;
    const state = columns.state[id];
    if (state === UP) continue;
    const { x, y, w, h } = layout;
    canvas.globalAlpha = 0.6;
    canvas.fillStyle = palette.down;
    canvas.beginPath();
    canvas.roundRect(x[id] - w[id] / 2, y[id] - h[id] / 2, w[id], h[id], 6);
    canvas.fill();
    canvas.globalAlpha = 1;
    canvas.strokeStyle = palette.downInk;
    canvas.lineWidth = 2.5;
    const arm = Math.min(w[id], h[id]) * 0.2;
    // At the box's edge, so that its name can be read.
    const signX = x[id] - w[id] / 2 + 1.8 * arm;
    canvas.beginPath();
    if (state === CRASHED || state === REMOVED) {
      canvas.moveTo(signX - arm, y[id] - arm);
      canvas.lineTo(signX + arm, y[id] + arm);
      canvas.moveTo(signX + arm, y[id] - arm);
      canvas.lineTo(signX - arm, y[id] + arm);
    } else if (state === SILENT) {
      canvas.moveTo(signX - arm, y[id]);
      canvas.lineTo(signX + arm, y[id]);
    } else {
      canvas.rect(signX - arm, y[id] - arm, 2 * arm, 2 * arm);
    }
    canvas.stroke();
  }
}

/** Links that are cut (a cross on the way) or slower (a ring). */
export function drawLinks(
  canvas: Canvas,
  view: LaneView,
  { regions, links }: { regions: readonly RegionFacts[]; links: Frame["links"] },
  palette: Palette,
): void {
  const { nodes, way } = view;
  for (const { between, cut, addedMs } of links) {
    for (let r = 0; r < regions.length; r++) {
      const other =
        regions[r].place === between[0]
          ? between[1]
          : regions[r].place === between[1]
            ? between[0]
            : -1;
      if (other < 0) continue;
      for (let id = 1; id < nodes.length; id++) {
        // Where requests enter that place.
        if (nodes[id].place !== other || nodes[nodes[id].parent].place === other) continue;
        locate(way, r, id, depthBetween(way, r, { from: -1, to: id, part: 0.7 }));
        if (cut) cross(canvas, palette);
        else if (addedMs > 0) ring(canvas, palette);
      }
    }
  }
}

function cross(canvas: Canvas, palette: Palette): void {
  const { x, y } = spot;
  canvas.fillStyle = palette.paper;
  canvas.beginPath();
  canvas.arc(x, y, 8, 0, 2 * Math.PI);
  canvas.fill();
  canvas.strokeStyle = palette.failed;
  canvas.lineWidth = 2.5;
  canvas.beginPath();
  canvas.moveTo(x - 5, y - 5);
  canvas.lineTo(x + 5, y + 5);
  canvas.moveTo(x + 5, y - 5);
  canvas.lineTo(x - 5, y + 5);
  canvas.stroke();
}

function ring(canvas: Canvas, palette: Palette): void {
  const { x, y } = spot;
  canvas.fillStyle = palette.paper;
  canvas.strokeStyle = palette.miss;
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.arc(x, y, 7, 0, 2 * Math.PI);
  canvas.fill();
  canvas.stroke();
  canvas.beginPath();
  canvas.moveTo(x, y - 4);
  canvas.lineTo(x, y);
  canvas.lineTo(x + 3, y);
  canvas.stroke();
}

export function drawSelection(
  canvas: Canvas,
  layout: LaneView["layout"],
  { kind, id }: Selection,
  palette: Palette,
): void {
  const region = kind === "region";
  const x = region ? layout.regionX[id] : layout.x[id];
  const y = region ? layout.regionY[id] : layout.y[id];
  const w = (region ? layout.regionW : layout.w[id]) + 8;
  const h = (region ? layout.regionH : layout.h[id]) + 8;
  canvas.lineWidth = 5;
  canvas.strokeStyle = palette.paper;
  canvas.beginPath();
  canvas.roundRect(x - w / 2, y - h / 2, w, h, region ? h / 2 : 7);
  canvas.stroke();
  canvas.lineWidth = 2.5;
  canvas.strokeStyle = palette.accent;
  canvas.stroke();
}

/** The request that is followed: its dot, and its way as far as balancers have decided it. */
export interface FollowedWay {
  readonly lane: number;
  readonly dot: number;
  readonly region: number;
  /** Deepest node that was chosen for it; −1: none yet. */
  readonly node: number;
}

const WAY_STEPS = 40;

export function drawFollowed(
  canvas: Canvas,
  { crowd, way }: LaneView,
  { dot, region, node }: FollowedWay,
  palette: Palette,
): void {
  canvas.lineWidth = 2;
  canvas.strokeStyle = palette.ink;
  const from = depthOf(way, region, -1);
  const whole = depthOf(way, region, node) - from;
  canvas.beginPath();
  for (let step = 0; step <= WAY_STEPS; step++) {
    locate(way, region, node, from + (whole * step) / WAY_STEPS);
    if (step === 0) canvas.moveTo(spot.x, spot.y);
    else canvas.lineTo(spot.x, spot.y);
  }
  canvas.stroke();
  if (!crowd.place(dot)) return;
  canvas.beginPath();
  canvas.arc(spot.x, spot.y, 9, 0, 2 * Math.PI);
  canvas.stroke();
}
