/** Events on a chart: a dashed line with its number in a flag above; the words stand in a list. */
import type uPlot from "uplot";
import { token } from "./theme.ts";

export interface ChartMark {
  readonly at: number;
  /** As in the list of events: `1`, `2`. */
  readonly sign: string;
  readonly label: string;
}

/** Draws those inside the part that is shown. */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[]): void {
  const { ctx, bbox } = plot;
  const ratio = ctx.canvas.width / Math.max(1, plot.width);
  const { min, max } = plot.scales["x"];
  if (min == null || max == null) return;
  ctx.save();
  let lastFlag = -Infinity;
  for (const { at, sign } of marks) {
    if (at < min || at > max) continue;
    const x = Math.round(plot.valToPos(at, "x", true));
    drawMark(ctx, { x, top: bbox.top, height: bbox.height, ratio });
    // Flags that would cover each other: the first one speaks for its neighbours.
    if (x - lastFlag < 14 * ratio) continue;
    lastFlag = x;
    drawFlag(ctx, sign, { x, y: bbox.top - 6 * ratio, ratio });
  }
  ctx.restore();
}

export interface MarkLine {
  readonly x: number;
  readonly top: number;
  readonly height: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
  readonly colour?: string;
}

/** A dashed upright line in device pixels. */
export function drawMark(
  ctx: CanvasRenderingContext2D,
  { x, top, height, ratio, colour = token("--mark") }: MarkLine,
): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
}

/** The number of an event around (x, y), in device pixels. */
export function drawFlag(
  ctx: CanvasRenderingContext2D,
  sign: string,
  { x, y, ratio }: { x: number; y: number; ratio: number },
): void {
  ctx.setLineDash([]);
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const width = Math.max(13 * ratio, ctx.measureText(sign).width + 6 * ratio);
  ctx.fillStyle = token("--mark-soft");
  ctx.fillRect(x - width / 2, y - 7 * ratio, width, 14 * ratio);
  ctx.fillStyle = token("--mark");
  ctx.fillText(sign, x, y);
}
