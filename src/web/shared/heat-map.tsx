/** Rows × time as colours on a canvas: thousands of rows share pixels, and hovering tells which. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clock, humanise } from "../../report/numbers.ts";
import type { Unit } from "../../report/report-model.ts";
import type { ChartMark } from "./chart-marks.ts";
import type { Range } from "./chart-scale.ts";
import { scaleGradient } from "./colours.ts";
import { GATHERINGS } from "./heat-grid.ts";
import type { Gathering, HeatGrid } from "./heat-grid.ts";
import { AXIS, layoutOf, paint } from "./heat-paint.ts";
import type { Cell } from "./heat-paint.ts";
import { onTheme } from "./theme.ts";
import "./heat-map.css";

export interface HeatMapProps {
  readonly title: string;
  /** Row by row as `rowNames`, a column a window; NaN: no figure. */
  readonly grid: HeatGrid;
  readonly rowNames: readonly string[];
  /** Rows that belong together, in order; they fill all rows. */
  readonly groups: readonly { readonly label: string; readonly rows: number }[];
  /** Edges of the columns in simulated ms: one more than columns, evenly apart but for the last. */
  readonly edgesMs: readonly number[];
  readonly unit: Unit;
  /** The value of the scale's upper end; its lower end is 0. */
  readonly most: number;
  readonly marks?: readonly ChartMark[];
  readonly range?: Range;
}

const MOST_HEIGHT = 460;

export function HeatMap(props: HeatMapProps) {
  const { title, grid, rowNames, edgesMs, most, marks, range = null } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [gathering, setGathering] = useState<Gathering>("mean");
  const [cell, setCell] = useState<Cell | null>(null);
  const height = Math.min(MOST_HEIGHT, Math.max(60, grid.rows * 16));
  const [fromMs, toMs] = range ?? [edgesMs[0], edgesMs[grid.columns]];
  const layout = useMemo(
    () => layoutOf(edgesMs, { fromMs, toMs, width, height, rows: grid.rows }),
    [edgesMs, fromMs, toMs, width, height, grid],
  );

  useEffect(() => {
    const resized = new ResizeObserver(([entry]) => setWidth(entry.contentRect.width));
    resized.observe(canvas.current!);
    return () => resized.disconnect();
  }, []);
  useEffect(() => {
    if (width <= 0) return undefined;
    const draw = (): void => paint(canvas.current!, props, layout, gathering);
    draw();
    return onTheme(draw);
  }, [grid, layout, gathering, marks, most]);

  const at = ({ offsetX, offsetY }: PointerEvent): void => setCell(layout.cellAt(offsetX, offsetY));
  const onKey = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const { row, column } = cell ?? { row: 0, column: 0 };
    setCell({
      row: Math.min(grid.rows - 1, Math.max(0, row + step[0])),
      column: Math.min(grid.columns - 1, Math.max(0, column + step[1])),
    });
  };
  return (
    <div>
      <Tools
        {...props}
        cell={cell}
        shares={grid.rows > height}
        gathering={gathering}
        onGathering={setGathering}
      />
      <div
        class="heat"
        role="group"
        tabIndex={0}
        aria-label={`Heat map: ${title}. Arrow keys move from cell to cell. ${rowNames.length} rows.`}
        onKeyDown={onKey}
      >
        <canvas
          ref={canvas}
          height={height + AXIS}
          style={{ height: `${height + AXIS}px` }}
          onPointerMove={at}
          onPointerDown={at}
          onPointerLeave={() => setCell(null)}
        />
        {cell !== null && width > 0 && <div class="cross" style={layout.boxOf(cell)} />}
      </div>
    </div>
  );
}

interface ToolsProps extends HeatMapProps {
  readonly cell: Cell | null;
  /** Several rows a pixel. */
  readonly shares: boolean;
  readonly gathering: Gathering;
  readonly onGathering: (gathering: Gathering) => void;
}

function Tools({ cell, shares, gathering, onGathering, ...props }: ToolsProps) {
  return (
    <div class="heat-tools">
      <span class="scale">
        0 <span class="ramp" style={{ background: scaleGradient() }} />{" "}
        {humanise(props.most, props.unit)}
      </span>
      {shares && (
        <label>
          rows share pixels; shown is their{" "}
          <select
            value={gathering}
            onChange={({ currentTarget }) => onGathering(GATHERINGS[currentTarget.selectedIndex])}
          >
            {GATHERINGS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <output aria-live="polite">
        {cell === null ? "point at a cell, or use the arrow keys" : cellText(props, cell)}
      </output>
    </div>
  );
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-20, 0],
  PageDown: [20, 0],
};

function cellText({ grid, rowNames, edgesMs, unit }: HeatMapProps, { row, column }: Cell): string {
  const value = grid.values[row * grid.columns + column];
  const when = `${clock(edgesMs[column])} – ${clock(edgesMs[column + 1])}`;
  return `${rowNames[row]}, ${when}: ${Number.isNaN(value) ? "not in service" : humanise(value, unit)}`;
}
