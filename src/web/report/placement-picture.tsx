/** The placement drawn: a circle for rings, rows of cells for tables and keys. */
import { useEffect, useRef } from "preact/hooks";
import type { PlacementModel, PlacementState } from "../../report/page/page-model.ts";
import { onTheme, token } from "../shared/theme.ts";

interface PictureProps {
  readonly placement: PlacementModel;
  readonly before: PlacementState | null;
  readonly now: PlacementState;
  /** The target whose keys stand out: index in `names`. */
  readonly marked: number;
}

const SIZE = 380;

export function PlacementPicture({ placement, before, now, marked }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { shape, names } = placement;
  useEffect(() => {
    const draw = (): void => {
      const ratio = window.devicePixelRatio || 1;
      const at = canvas.current!;
      at.width = at.height = SIZE * ratio;
      const ctx = at.getContext("2d")!;
      ctx.scale(ratio, ratio);
      const picture = {
        before: before === null ? null : ownersOf(before),
        now: ownersOf(now),
        colourOf: colours(marked),
      };
      if (shape === "ring") drawRing(ctx, picture);
      else drawCells(ctx, picture);
    };
    draw();
    return onTheme(draw);
  }, [placement, before, now, marked]);
  const rows = before === null ? "" : " Inside or above: before; between: what moved.";
  return (
    <div class="placement-picture">
      <canvas
        ref={canvas}
        style={{ width: `${SIZE}px`, height: `${SIZE}px` }}
        role="img"
        aria-label={`Owners of keys among ${names.length} targets; those of ${names[marked]} are marked.${rows}`}
      />
      <p class="caption">
        <span class="block-swatch is-marked" /> {names[marked]}{" "}
        <span class="block-swatch is-other" /> the others{" "}
        {before !== null && (
          <>
            <span class="block-swatch is-moved" /> moved
            {shape === "ring" ? " (inner ring: before)" : " (top: before, middle: moved)"}
          </>
        )}
      </p>
    </div>
  );
}

function ownersOf({ runs }: PlacementState): number[] {
  const owners: number[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    for (let length = runs[i + 1]; length > 0; length--) owners.push(runs[i]);
  }
  return owners;
}

interface Picture {
  readonly before: readonly number[] | null;
  readonly now: readonly number[];
  readonly colourOf: (owner: number) => string;
}

/**
 * The marked one stands out; neighbours among the others differ in shade, so that arcs are seen.
 */
function colours(marked: number): (owner: number) => string {
  const shades = ["--shade-1", "--shade-2", "--shade-3"] as const;
  const others = shades.map((name) => token(name));
  const own = token("--accent");
  return (owner) => (owner === marked ? own : (others[owner % others.length] ?? "transparent"));
}

function drawRing(ctx: CanvasRenderingContext2D, { before, now, colourOf }: Picture): void {
  const centre = SIZE / 2;
  const ring = (owners: readonly number[], inner: number, outer: number): void => {
    arcs(owners, (from, to, owner) => {
      ctx.fillStyle = colourOf(owner);
      sector(ctx, centre, { inner, outer, from, to });
    });
  };
  ring(now, before === null ? 110 : 140, 185);
  if (before === null) return;
  ring(before, 75, 120);
  ctx.fillStyle = token("--bad");
  const moved = now.map((owner, index) => (owner === before[index] ? 0 : 1));
  arcs(moved, (from, to, isMoved) => {
    if (isMoved === 1) sector(ctx, centre, { inner: 125, outer: 135, from, to });
  });
}

/** Runs of equal owners as parts of the circle, 0 … 1. */
function arcs(
  owners: readonly number[],
  draw: (from: number, to: number, owner: number) => void,
): void {
  let first = 0;
  for (let i = 1; i <= owners.length; i++) {
    if (i < owners.length && owners[i] === owners[first]) continue;
    draw(first / owners.length, i / owners.length, owners[first]);
    first = i;
  }
}

interface SectorShape {
  readonly inner: number;
  readonly outer: number;
  readonly from: number;
  readonly to: number;
}

/** From the top, clockwise. */
function sector(
  ctx: CanvasRenderingContext2D,
  centre: number,
  { inner, outer, from, to }: SectorShape,
): void {
  const angle = (part: number): number => part * 2 * Math.PI - Math.PI / 2;
  ctx.beginPath();
  ctx.arc(centre, centre, outer, angle(from), angle(to));
  ctx.arc(centre, centre, inner, angle(to), angle(from), true);
  ctx.fill();
}

/** Rows of cells from left to right: before, what moved, after. */
function drawCells(ctx: CanvasRenderingContext2D, { before, now, colourOf }: Picture): void {
  const panels = before === null ? 1 : 3;
  // One alone is a square; three lie one above the other.
  const across = now.length > 600 ? 64 : 32;
  const columns = panels === 1 ? Math.ceil(Math.sqrt(now.length)) : across;
  const rows = Math.ceil(now.length / columns);
  const cell = SIZE / columns;
  const height = Math.min(cell, (SIZE - (panels - 1) * 10) / (rows * panels));
  const panel = (top: number, colourAt: (index: number) => string): void => {
    for (let i = 0; i < now.length; i++) {
      ctx.fillStyle = colourAt(i);
      const [x, y] = [(i % columns) * cell, top + Math.floor(i / columns) * height];
      ctx.fillRect(x, y, cell - 0.5, height - 0.5);
    }
  };
  if (before === null) return panel(0, (index) => colourOf(now[index]));
  const step = rows * height + 10;
  panel(0, (index) => colourOf(before[index]));
  const [moved, stayed] = [token("--bad"), token("--line-soft")];
  panel(step, (index) => (before[index] === now[index] ? stayed : moved));
  panel(2 * step, (index) => colourOf(now[index]));
}
