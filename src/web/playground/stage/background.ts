/**
 * All on the stage that changes only with its size, the theme or the tree: links, boxes and their
 * names. Drawn once on canvases of their own and copied in each frame.
 */
import type { NodeFacts, RegionFacts } from "../engine/protocol.ts";
import type { Layout } from "./layout.ts";
import type { Palette } from "./palette.ts";

type Canvas = CanvasRenderingContext2D;

/** Beyond this many cells a balancer's lines to each of them would be a grey block. */
const LINES_MOST = 40;

export interface Tree {
  readonly nodes: readonly NodeFacts[];
  readonly regions: readonly RegionFacts[];
}

export function drawBackground(
  canvas: Canvas,
  layout: Layout,
  { nodes }: Tree,
  palette: Palette,
): void {
  drawLinks(canvas, layout, nodes, palette);
  drawGroups(canvas, layout, palette);
}

/** Boxes lie above the dots, which pass beneath them. */
export function drawBoxes(
  canvas: Canvas,
  layout: Layout,
  { nodes, regions }: Tree,
  palette: Palette,
): void {
  drawRegions(canvas, layout, regions, palette);
  for (const node of nodes) {
    if (node.kind !== "balancer") continue;
    const box = {
      x: layout.x[node.id],
      y: layout.y[node.id],
      w: layout.w[node.id],
      h: layout.h[node.id],
    };
    drawBox(canvas, box, palette);
    label(canvas, box, node.name, palette);
  }
}

/** A curve whose depth grows evenly and whose breadth swings over: the way that dots take, too. */
function curve(
  canvas: Canvas,
  across: boolean,
  way: { x0: number; y0: number; x1: number; y1: number },
): void {
  const { x0, y0, x1, y1 } = way;
  canvas.moveTo(x0, y0);
  const dx = (x1 - x0) / 3;
  const dy = (y1 - y0) / 3;
  if (across) canvas.bezierCurveTo(x0 + dx, y0, x1 - dx, y1, x1, y1);
  else canvas.bezierCurveTo(x0, y0 + dy, x1, y1 - dy, x1, y1);
}

/** It spans all regions, as a root of no place does. */
const isWide = ({ across, rect, w, h }: Layout, id: number): boolean =>
  across ? h[id] > rect.h * 0.8 : w[id] > rect.w * 0.8;

/**
 * Where a line leaves a balancer: a root that spans everything lets each line out at its height.
 */
function anchor(layout: Layout, id: number, toward: { x: number; y: number }, out: 1 | -1) {
  const { x, y, w, h, across } = layout;
  const spans = isWide(layout, id);
  return across
    ? { x: x[id] + (out * w[id]) / 2, y: spans ? toward.y : y[id] }
    : { x: spans ? toward.x : x[id], y: y[id] + (out * h[id]) / 2 };
}

function drawLinks(
  canvas: Canvas,
  layout: Layout,
  nodes: readonly NodeFacts[],
  palette: Palette,
): void {
  const { across, x, y, w, h } = layout;
  const regions = layout.regionX.length;
  canvas.strokeStyle = palette.link;
  // Many lines stay apart as thin ones.
  const balancers = nodes.filter(({ parent, kind }) => parent === 0 && kind === "balancer").length;
  canvas.lineWidth = Math.min(1.25, Math.max(0.35, 12 / (regions * balancers)));
  canvas.beginPath();
  for (let r = 0; r < layout.regionX.length; r++) {
    const from = { x: layout.regionX[r], y: layout.regionY[r] };
    const to = anchor(layout, 0, from, -1);
    curve(canvas, across, { x0: from.x, y0: from.y, x1: to.x, y1: to.y });
  }
  for (const node of nodes) {
    const { id, parent } = node;
    if (parent < 0 || node.kind !== "balancer") continue;
    const to = across ? { x: x[id] - w[id] / 2, y: y[id] } : { x: x[id], y: y[id] - h[id] / 2 };
    if (parent === 0 && isWide(layout, 0)) {
      // Requests pass such a root at their region's height: a line for each region.
      for (let r = 0; r < regions; r++) {
        const toward = { x: layout.regionX[r], y: layout.regionY[r] };
        const out = anchor(layout, 0, toward, 1);
        curve(canvas, across, { x0: out.x, y0: out.y, x1: to.x, y1: to.y });
      }
      continue;
    }
    const from = anchor(layout, parent, to, 1);
    curve(canvas, across, { x0: from.x, y0: from.y, x1: to.x, y1: to.y });
  }
  for (const group of layout.groups) {
    const to = across
      ? { x: group.x, y: group.y + group.h / 2 }
      : { x: group.x + group.w / 2, y: group.y };
    const from = anchor(layout, group.balancer, to, 1);
    curve(canvas, across, { x0: from.x, y0: from.y, x1: to.x, y1: to.y });
  }
  canvas.stroke();
  if (layout.cells > LINES_MOST) return;
  canvas.lineWidth = 0.75;
  canvas.beginPath();
  for (const node of nodes) {
    if (node.kind !== "machine") continue;
    const to = { x: x[node.id], y: y[node.id] };
    const from = anchor(layout, node.parent, to, 1);
    curve(canvas, across, { x0: from.x, y0: from.y, x1: to.x, y1: to.y });
  }
  canvas.stroke();
}

function drawGroups(canvas: Canvas, layout: Layout, palette: Palette): void {
  canvas.fillStyle = palette.paper;
  canvas.strokeStyle = palette.line;
  canvas.lineWidth = 1;
  canvas.beginPath();
  for (const { x, y, w, h } of layout.groups) canvas.roundRect(x, y, w, h, 5);
  if (layout.cells > LINES_MOST) canvas.fill();
  canvas.stroke();
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function drawBox(canvas: Canvas, { x, y, w, h }: Box, palette: Palette): void {
  canvas.fillStyle = palette.box;
  canvas.strokeStyle = palette.line;
  canvas.lineWidth = 1;
  canvas.beginPath();
  canvas.roundRect(x - w / 2, y - h / 2, w, h, Math.max(0, Math.min(6, w / 3, h / 3)));
  canvas.fill();
  canvas.stroke();
}

function drawRegions(
  canvas: Canvas,
  layout: Layout,
  regions: readonly RegionFacts[],
  palette: Palette,
): void {
  for (const [r, region] of regions.entries()) {
    const box = {
      x: layout.regionX[r],
      y: layout.regionY[r],
      w: layout.regionW,
      h: layout.regionH,
    };
    canvas.fillStyle = palette.box;
    canvas.strokeStyle = palette.line;
    canvas.lineWidth = 1;
    canvas.beginPath();
    canvas.roundRect(
      box.x - box.w / 2,
      box.y - box.h / 2,
      box.w,
      box.h,
      Math.min(box.h, box.w) / 2,
    );
    canvas.fill();
    canvas.stroke();
    label(canvas, box, region.name, palette);
  }
}

/** The text with as much of its end left out as does not fit; nothing where hardly any would. */
function fitted(canvas: Canvas, text: string, room: number): string {
  if (canvas.measureText(text).width <= room) return text;
  for (let length = text.length - 1; length >= 2; length--) {
    const shorter = `${text.slice(0, length)}…`;
    if (canvas.measureText(shorter).width <= room) return shorter;
  }
  return "";
}

/** Upright in boxes that are higher than wide, where it would not fit otherwise. */
function label(canvas: Canvas, { x, y, w, h }: Box, text: string, palette: Palette): void {
  canvas.save();
  canvas.translate(x, y);
  canvas.font = "600 12px system-ui, sans-serif";
  const upright = h > w && canvas.measureText(text).width > w - 5;
  const room = (upright ? h : w) - 5;
  if ((upright ? w : h) >= 12) {
    if (upright) canvas.rotate(-Math.PI / 2);
    if (canvas.measureText(text).width > room) canvas.font = "600 10px system-ui, sans-serif";
    canvas.textAlign = "center";
    canvas.textBaseline = "middle";
    canvas.fillStyle = palette.ink;
    canvas.fillText(fitted(canvas, text, room), 0, 0.5);
  }
  canvas.restore();
}
