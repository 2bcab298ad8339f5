/** A heat map's cells gathered into pixels, whatever there is more of. */

export interface HeatGrid {
  /** Row by row; NaN: no figure. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** What a pixel of many rows shows: their mean, or the one that sticks out. */
export const GATHERINGS = ["mean", "greatest", "least"] as const;
export type Gathering = (typeof GATHERINGS)[number];

export interface HeatView {
  /** Columns shown: `fromColumn` … `toColumn`, both may lie inside a cell. */
  readonly fromColumn: number;
  readonly toColumn: number;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly gathering: Gathering;
}

/** One figure a pixel, row by row; NaN where none of its cells has one. O(cells shown + pixels). */
export function heatPixels(grid: HeatGrid, view: HeatView): Float32Array {
  const { width, height } = view;
  const pixels = new Float32Array(width * height);
  const spans = Array.from({ length: width }, (_, x) => columnsOf(grid, view, x));
  for (let y = 0; y < height; y++) {
    const [first, end] = rowsOf(grid.rows, height, y);
    // Rows that many pixels share are gathered once.
    const [before, beforeEnd] = y === 0 ? [-1, -1] : rowsOf(grid.rows, height, y - 1);
    if (first === before && end === beforeEnd) {
      pixels.copyWithin(y * width, (y - 1) * width, y * width);
      continue;
    }
    for (let x = 0; x < width; x++) {
      pixels[y * width + x] = gathered(grid, view.gathering, first, end, ...spans[x]);
    }
  }
  return pixels;
}

/** Rows of pixel row `y`: from … end (exclusive), never none. */
export function rowsOf(rows: number, height: number, y: number): [number, number] {
  const first = Math.min(rows - 1, Math.floor((y * rows) / height));
  return [first, Math.max(first + 1, Math.floor(((y + 1) * rows) / height))];
}

/** Columns of pixel column `x`: from … end (exclusive), never none. */
export function columnsOf(
  { columns }: HeatGrid,
  { fromColumn, toColumn, width }: HeatView,
  x: number,
): [number, number] {
  const step = (toColumn - fromColumn) / width;
  const first = Math.min(columns - 1, Math.max(0, Math.floor(fromColumn + x * step)));
  return [first, Math.min(columns, Math.max(first + 1, Math.floor(fromColumn + (x + 1) * step)))];
}

function gathered(
  { values, columns }: HeatGrid,
  gathering: Gathering,
  firstRow: number,
  endRow: number,
  firstColumn: number,
  endColumn: number,
): number {
  let sum = 0;
  let count = 0;
  let greatest = -Infinity;
  let least = Infinity;
  for (let row = firstRow; row < endRow; row++) {
    for (let column = firstColumn; column < endColumn; column++) {
      const value = values[row * columns + column];
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
      if (value > greatest) greatest = value;
      if (value < least) least = value;
    }
  }
  if (count === 0) return NaN;
  return gathering === "mean" ? sum / count : gathering === "greatest" ? greatest : least;
}
