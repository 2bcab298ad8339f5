/** How a heat map lies on its canvas, and painting it. */
import { CLOCK_STEPS, clockTicks, GUTTER, RIGHT } from "./chart-scale.ts";
import { drawMark } from "./chart-marks.ts";
import { NOTHING, scaleRgb } from "./colours.ts";
import { heatPixels, rowsOf } from "./heat-grid.ts";
import type { Gathering } from "./heat-grid.ts";
import type { HeatMapProps } from "./heat-map.tsx";
import { currentTheme, token } from "./theme.ts";

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Room for the times below, in CSS pixels. */
export const AXIS = 26;

interface View {
  readonly fromMs: number;
  readonly toMs: number;
  readonly width: number;
  readonly height: number;
  readonly rows: number;
}

export interface Layout extends View {
  readonly plotWidth: number;
  readonly fromColumn: number;
  readonly toColumn: number;
  cellAt(x: number, y: number): Cell | null;
  boxOf(cell: Cell): { left: string; top: string; width: string; height: string };
}

export function layoutOf(edgesMs: readonly number[], view: View): Layout {
  const { fromMs, toMs, width, height, rows } = view;
  const columns = edgesMs.length - 1;
  const stepMs = columns > 0 ? edgesMs[1] - edgesMs[0] : 1;
  const plotWidth = Math.max(1, width - GUTTER - RIGHT);
  const fromColumn = (fromMs - edgesMs[0]) / stepMs;
  const toColumn = (toMs - edgesMs[0]) / stepMs;
  const perPixel = (toColumn - fromColumn) / plotWidth;
  return {
    ...view,
    plotWidth,
    fromColumn,
    toColumn,
    cellAt(x, y) {
      if (x < GUTTER || x >= GUTTER + plotWidth || y < 0 || y >= height) return null;
      const column = Math.floor(fromColumn + (x - GUTTER) * perPixel);
      const [row] = rowsOf(rows, height, Math.floor(y));
      return column < 0 || column >= columns ? null : { row, column };
    },
    boxOf({ row, column }) {
      const left = GUTTER + Math.max(0, (column - fromColumn) / perPixel);
      const right = GUTTER + Math.min(plotWidth, (column + 1 - fromColumn) / perPixel);
      const top = (row * height) / rows;
      return {
        left: `${left}px`,
        top: `${top}px`,
        width: `${Math.max(3, right - left)}px`,
        height: `${Math.max(3, height / rows)}px`,
      };
    },
  };
}

export function paint(
  canvas: HTMLCanvasElement,
  props: HeatMapProps,
  layout: Layout,
  gathering: Gathering,
): void {
  const { grid, most, marks = [] } = props;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(layout.width * ratio);
  canvas.height = Math.round((layout.height + AXIS) * ratio);
  const ctx = canvas.getContext("2d")!;
  const width = Math.max(1, Math.round(layout.plotWidth * ratio));
  const height = Math.max(1, Math.round(layout.height * ratio));
  const { fromColumn, toColumn } = layout;
  const pixels = heatPixels(grid, { fromColumn, toColumn, width, height, gathering });
  ctx.putImageData(imageOf(pixels, width, height, most), Math.round(GUTTER * ratio), 0);
  paintGroups(ctx, props, layout, ratio);
  paintTimes(ctx, layout, ratio);
  for (const { at } of marks) {
    const x = GUTTER + ((at - layout.fromMs) / (layout.toMs - layout.fromMs)) * layout.plotWidth;
    if (x < GUTTER || x > GUTTER + layout.plotWidth) continue;
    drawMark(ctx, { x: Math.round(x * ratio), top: 0, height, ratio, colour: "#ffffff" });
  }
}

function imageOf(pixels: Float32Array, width: number, height: number, most: number): ImageData {
  const image = new ImageData(width, height);
  const words = new DataView(image.data.buffer);
  const nothing = NOTHING[currentTheme()];
  for (let i = 0; i < pixels.length; i++) {
    const rgb = Number.isNaN(pixels[i]) ? nothing : scaleRgb(pixels[i] / most);
    words.setUint32(i * 4, rgb * 256 + 255);
  }
  return image;
}

/** Names of the groups left of their rows, and a line between them. */
function paintGroups(
  ctx: CanvasRenderingContext2D,
  { groups }: HeatMapProps,
  { rows, height, plotWidth }: Layout,
  ratio: number,
): void {
  ctx.font = `${12 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  let above = 0;
  let lastLabel = -Infinity;
  for (const { label, rows: own } of groups) {
    const top = (above / rows) * height;
    const middle = top + ((own / rows) * height) / 2;
    if (above > 0) {
      ctx.fillStyle = token("--paper");
      ctx.fillRect(GUTTER * ratio, Math.round(top * ratio) - 1, plotWidth * ratio, 2);
    }
    above += own;
    if (middle - lastLabel < 13) continue;
    lastLabel = middle;
    ctx.fillStyle = token("--ink-soft");
    ctx.fillText(label, (GUTTER - 6) * ratio, middle * ratio, (GUTTER - 8) * ratio);
  }
}

function paintTimes(
  ctx: CanvasRenderingContext2D,
  { fromMs, toMs, plotWidth, height }: Layout,
  ratio: number,
): void {
  const count = Math.max(2, Math.floor(plotWidth / 110));
  ctx.font = `${12 * ratio}px system-ui, sans-serif`;
  ctx.fillStyle = token("--ink-soft");
  ctx.textBaseline = "top";
  const step = stepOf((toMs - fromMs) / count);
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) {
    const x = GUTTER + ((at - fromMs) / (toMs - fromMs)) * plotWidth;
    ctx.textAlign = x > GUTTER + plotWidth - 30 ? "right" : "center";
    ctx.fillText(clockTicks([at])[0], x * ratio, (height + 7) * ratio);
  }
}

const stepOf = (least: number): number => CLOCK_STEPS.find((step) => step >= least) ?? least;
