/** Machines that are not simply up: a sign of its own for each state, over the cell. */
import type { CellFigures } from "./cell-figures.ts";
import { CRASHED, DRAINING, REMOVED, SILENT, UP } from "./codes.ts";
import type { Layout } from "./layout.ts";
import type { Palette } from "./palette.ts";

type Canvas = CanvasRenderingContext2D;

/** Down: dark with a cross. Silent: dark with a bar. Draining: an open frame. Removed: faint. */
export function drawStates(
  canvas: Canvas,
  layout: Layout,
  figures: CellFigures,
  palette: Palette,
): void {
  const { cells, cellX, cellY, cellW: side } = layout;
  const half = side / 2;
  let any = false;
  for (let cell = 0; cell < cells && !any; cell++) any = figures.lost[cell] > 0;
  if (!any) return;
  canvas.fillStyle = palette.paper;
  canvas.beginPath();
  for (let cell = 0; cell < cells; cell++) {
    if (figures.state[cell] !== REMOVED) continue;
    canvas.rect(cellX[cell] - half - 1, cellY[cell] - half - 1, side + 2, side + 2);
  }
  canvas.fill();
  canvas.fillStyle = palette.down;
  canvas.beginPath();
  for (let cell = 0; cell < cells; cell++) {
    const state = figures.state[cell];
    if (state === CRASHED || state === SILENT) {
      canvas.roundRect(cellX[cell] - half, cellY[cell] - half, side, side, Math.min(4, side / 4));
    } else if (state === UP && figures.lost[cell] > 0) {
      const high = side * figures.lost[cell];
      canvas.rect(cellX[cell] - half, cellY[cell] - half, side, high);
    }
  }
  canvas.fill();
  canvas.strokeStyle = palette.downInk;
  canvas.lineWidth = side > 20 ? 2 : 1;
  canvas.beginPath();
  const arm = half * 0.45;
  for (let cell = 0; cell < cells; cell++) {
    const x = cellX[cell];
    const y = cellY[cell];
    if (figures.state[cell] === CRASHED) {
      canvas.moveTo(x - arm, y - arm);
      canvas.lineTo(x + arm, y + arm);
      canvas.moveTo(x + arm, y - arm);
      canvas.lineTo(x - arm, y + arm);
    } else if (figures.state[cell] === SILENT) {
      canvas.moveTo(x - arm, y);
      canvas.lineTo(x + arm, y);
    }
  }
  canvas.stroke();
  drawFrames(canvas, layout, figures, palette);
}

/** Frames of machines that drain (broken line) or have gone (thin). */
function drawFrames(canvas: Canvas, layout: Layout, figures: CellFigures, palette: Palette): void {
  const { cells, cellX, cellY, cellW: side } = layout;
  const half = side / 2;
  for (let pass = 0; pass < 2; pass++) {
    const wanted = pass === 0 ? DRAINING : REMOVED;
    canvas.strokeStyle = pass === 0 ? palette.ink : palette.line;
    canvas.lineWidth = pass === 0 && side > 10 ? 2 : 1;
    canvas.beginPath();
    for (let cell = 0; cell < cells; cell++) {
      if (figures.state[cell] !== wanted) continue;
      const corner = side * 0.3;
      const left = cellX[cell] - half;
      const top = cellY[cell] - half;
      // Corners alone: a frame that stands open.
      canvas.moveTo(left, top + corner);
      canvas.lineTo(left, top);
      canvas.lineTo(left + corner, top);
      canvas.moveTo(left + side - corner, top + side);
      canvas.lineTo(left + side, top + side);
      canvas.lineTo(left + side, top + side - corner);
    }
    canvas.stroke();
  }
}
