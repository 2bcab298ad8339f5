/**
 * Machines on the stage. A cell shows its busy cores filled, its queue as a stack, its cache as a
 * gauge and its sessions as a count, as far as its size allows; drawn colour by colour, so that
 * thousands take a handful of fills, and nothing is allocated.
 */
import type { CellFigures } from "./cell-figures.ts";
import type { Layout } from "./layout.ts";
import { drawStates } from "./machine-states.ts";
import { LEVELS, type Palette } from "./palette.ts";

type Canvas = CanvasRenderingContext2D;

/** Cells from this side on show cores one by one; above the second, counts too. */
const RICH = 26;
const COUNTS = 40;
/** Bars of a full queue's stack; each stands for twice as many as all below it. */
const STACK = 10;

export function drawMachines(
  canvas: Canvas,
  layout: Layout,
  figures: CellFigures,
  palette: Palette,
): void {
  if (layout.cellW >= RICH) drawRich(canvas, layout, figures, palette);
  else drawSmall(canvas, layout, figures, palette);
  drawStates(canvas, layout, figures, palette);
}

function drawSmall(canvas: Canvas, layout: Layout, figures: CellFigures, palette: Palette): void {
  const { cells, cellX, cellY, cellW: side } = layout;
  const half = side / 2;
  for (let level = 0; level <= LEVELS; level++) {
    canvas.fillStyle = palette.levels[level];
    canvas.beginPath();
    for (let cell = 0; cell < cells; cell++) {
      if (Math.round(Math.min(1, figures.utilization[cell]) * LEVELS) !== level) continue;
      canvas.rect(cellX[cell] - half, cellY[cell] - half, side, side);
    }
    canvas.fill();
  }
  const width = side > 9 ? Math.max(2, side * 0.22) : side / 2;
  canvas.fillStyle = palette.queue;
  canvas.beginPath();
  for (let cell = 0; cell < cells; cell++) {
    const bars = barsOf(figures.queued[cell]);
    if (bars === 0) continue;
    const height = (bars / STACK) * side;
    canvas.rect(cellX[cell] + half - width, cellY[cell] + half - height, width, height);
  }
  canvas.fill();
  if (side < 12) return;
  canvas.fillStyle = palette.cacheHit;
  canvas.beginPath();
  for (let cell = 0; cell < cells; cell++) {
    const wide = (side - width - 1) * figures.hitRate[cell];
    if (wide > 0.5) canvas.rect(cellX[cell] - half, cellY[cell] + half - 2, wide, 2);
  }
  canvas.fill();
}

/** Bars of a queue's stack: 0, then 1 for 1 waiting request, 2 for 2 or 3, 3 for 4 to 7 … */
function barsOf(queued: number): number {
  if (queued < 0.5) return 0;
  return Math.min(STACK, Math.floor(Math.log2(Math.max(1, queued))) + 1);
}

/** Where the parts of a rich cell stand, px from its upper left corner; shared by all cells. */
const parts = { inset: 0, stackX: 0, stackW: 0, coresW: 0, coresH: 0, gaugeY: 0, gaugeH: 0 };

function partsOf(side: number): typeof parts {
  parts.inset = side > 44 ? 5 : 3;
  parts.stackW = Math.max(4, side * 0.17);
  parts.stackX = side - parts.inset - parts.stackW;
  parts.coresW = parts.stackX - parts.inset - 2;
  parts.gaugeH = side > 44 ? 4 : 3;
  parts.gaugeY = side - parts.inset - parts.gaugeH;
  parts.coresH = parts.gaugeY - parts.inset - (side >= COUNTS ? 12 : 2);
  return parts;
}

function drawRich(canvas: Canvas, layout: Layout, figures: CellFigures, palette: Palette): void {
  const { cells, cellX, cellY, cellW: side } = layout;
  const half = side / 2;
  canvas.fillStyle = palette.cell;
  canvas.beginPath();
  for (let cell = 0; cell < cells; cell++) {
    canvas.roundRect(cellX[cell] - half, cellY[cell] - half, side, side, 4);
  }
  canvas.fill();
  drawCores(canvas, layout, figures, { colour: palette.core, busy: false });
  drawCores(canvas, layout, figures, { colour: palette.busy, busy: true });
  drawGauges(canvas, layout, figures, palette);
  drawStacks(canvas, layout, figures, palette);
  if (side >= COUNTS) drawCounts(canvas, layout, figures, palette);
}

/** Cores in a row, by count; of the last shape that was asked for. */
const columnsBy = new Uint8Array(17);
let columnsShape = 0;

/** Of all grids of at least so many squares the one that wastes and stretches least. */
function columnsOf(cores: number, shape: number): number {
  if (shape !== columnsShape) columnsBy.fill(0);
  columnsShape = shape;
  if (columnsBy[cores] > 0) return columnsBy[cores];
  let least = Infinity;
  for (let columns = 1; columns <= Math.max(1, cores); columns++) {
    const rows = Math.ceil(cores / columns);
    const stretch = Math.abs(Math.log((shape * rows) / columns));
    const cost = stretch + (0.4 * (columns * rows - cores)) / rows;
    if (cost >= least) continue;
    least = cost;
    columnsBy[cores] = columns;
  }
  return columnsBy[cores];
}

/** Cores as a grid of squares, filled while busy; beyond 16 they become a bar. */
function drawCores(
  canvas: Canvas,
  layout: Layout,
  figures: CellFigures,
  { colour, busy }: { colour: string; busy: boolean },
): void {
  const { cells, cellX, cellY, cellW: side } = layout;
  const { inset, coresW, coresH } = partsOf(side);
  canvas.fillStyle = colour;
  canvas.beginPath();
  for (let cell = 0; cell < cells; cell++) {
    const left = cellX[cell] - side / 2 + inset;
    const top = cellY[cell] - side / 2 + inset;
    const cores = Math.round(figures.cores[cell]);
    if (cores > 16) {
      const part = Math.min(1, figures.busy[cell] / cores);
      if (busy) canvas.rect(left, top + coresH * (1 - part), coresW, coresH * part);
      else canvas.rect(left, top, coresW, coresH * (1 - part));
      continue;
    }
    const columns = columnsOf(cores, coresW / coresH);
    const rows = Math.ceil(cores / columns);
    const w = coresW / columns;
    const h = coresH / rows;
    const filled = Math.round(figures.busy[cell]);
    const from = busy ? 0 : filled;
    const to = busy ? Math.min(filled, cores) : cores;
    for (let core = from; core < to; core++) {
      canvas.rect(
        left + (core % columns) * w,
        top + Math.floor(core / columns) * h,
        w - 1.5,
        h - 1.5,
      );
    }
  }
  canvas.fill();
}

/** How full the cache is, pale; within it the part of requests that it answered. */
function drawGauges(canvas: Canvas, layout: Layout, figures: CellFigures, palette: Palette): void {
  const { cells, cellX, cellY, cellW: side } = layout;
  const { inset, coresW, gaugeY, gaugeH } = partsOf(side);
  for (let pass = 0; pass < 2; pass++) {
    const shares = pass === 0 ? figures.cacheFill : figures.hitRate;
    canvas.fillStyle = pass === 0 ? palette.cacheFill : palette.cacheHit;
    canvas.beginPath();
    for (let cell = 0; cell < cells; cell++) {
      const wide = coresW * Math.min(1, shares[cell]);
      if (!(wide > 0.3)) continue;
      const left = cellX[cell] - side / 2 + inset;
      const high = pass === 0 ? gaugeH : gaugeH - 1;
      canvas.rect(left, cellY[cell] - side / 2 + gaugeY + gaugeH - high, wide, high);
    }
    canvas.fill();
  }
}

function drawStacks(canvas: Canvas, layout: Layout, figures: CellFigures, palette: Palette): void {
  const { cells, cellX, cellY, cellW: side } = layout;
  const { inset, stackX, stackW } = partsOf(side);
  const step = (side - 2 * inset) / STACK;
  canvas.fillStyle = palette.queue;
  canvas.beginPath();
  for (let cell = 0; cell < cells; cell++) {
    const bars = barsOf(figures.queued[cell]);
    const left = cellX[cell] - side / 2 + stackX;
    const bottom = cellY[cell] + side / 2 - inset;
    for (let bar = 0; bar < bars; bar++) {
      canvas.rect(left, bottom - (bar + 1) * step, stackW, Math.max(1, step - 1));
    }
  }
  canvas.fill();
}

/** Texts of small whole numbers, so that a frame makes none. */
const numbers: string[] = Array.from({ length: 1000 }, (_, i) => String(i));
const textOf = (count: number): string =>
  count < numbers.length
    ? numbers[count]
    : count < 1e5
      ? `${numbers[Math.floor(count / 1000)]}k`
      : "∞";

function drawCounts(canvas: Canvas, layout: Layout, figures: CellFigures, palette: Palette): void {
  const { cells, cellX, cellY, cellW: side } = layout;
  const { inset, gaugeY } = partsOf(side);
  canvas.font = "600 9px system-ui, sans-serif";
  canvas.textBaseline = "alphabetic";
  canvas.textAlign = "left";
  for (let pass = 0; pass < 2; pass++) {
    const counts = pass === 0 ? figures.sessions : figures.queued;
    canvas.fillStyle = pass === 0 ? palette.soft : palette.queue;
    for (let cell = 0; cell < cells; cell++) {
      const count = Math.round(counts[cell]);
      if (count === 0) continue;
      const left = cellX[cell] - side / 2 + inset;
      const room = layout.cellW - 2 * inset - 12;
      const bottom = cellY[cell] - side / 2 + gaugeY - 3;
      if (pass === 0) canvas.fillText(textOf(count), left, bottom);
      else if (figures.sessions[cell] === 0) canvas.fillText(textOf(count), left, bottom, room);
    }
  }
}
