/** The marks of dots: a hit is a circle, a miss a diamond, a failure a cross, a retry a triangle. */
import { FAILED, HIT, MISS, PLAIN, RETRY } from "./codes.ts";
import type { Palette } from "./palette.ts";

/** All marks in a row on one small canvas, from which dots are copied. */
export interface Sprites {
  readonly atlas: HTMLCanvasElement;
  /** Of a mark's square, device px. */
  readonly side: number;
  readonly ratio: number;
}

/** @param radius of a dot, px */
export function spritesOf(palette: Palette, radius: number, ratio: number): Sprites {
  const side = Math.ceil((2 * radius + 3) * ratio);
  const atlas = document.createElement("canvas");
  atlas.width = side * 5;
  atlas.height = side;
  const canvas = atlas.getContext("2d")!;
  for (const mark of [PLAIN, HIT, MISS, FAILED, RETRY]) {
    canvas.save();
    canvas.translate(mark * side + side / 2, side / 2);
    canvas.scale(ratio, ratio);
    paintMark(canvas, mark, radius, palette);
    canvas.restore();
  }
  return { atlas, side, ratio };
}

function paintMark(
  canvas: CanvasRenderingContext2D,
  mark: number,
  radius: number,
  palette: Palette,
): void {
  canvas.beginPath();
  canvas.lineWidth = 1;
  canvas.strokeStyle = palette.paper;
  if (mark === FAILED) {
    const arm = radius * 0.85;
    canvas.moveTo(-arm, -arm);
    canvas.lineTo(arm, arm);
    canvas.moveTo(arm, -arm);
    canvas.lineTo(-arm, arm);
    canvas.lineWidth = Math.max(1.6, radius * 0.62);
    canvas.strokeStyle = palette.failed;
    canvas.stroke();
    return;
  }
  if (mark === MISS) {
    canvas.moveTo(0, -radius * 1.2);
    canvas.lineTo(radius * 1.2, 0);
    canvas.lineTo(0, radius * 1.2);
    canvas.lineTo(-radius * 1.2, 0);
    canvas.closePath();
    canvas.fillStyle = palette.miss;
  } else if (mark === RETRY) {
    canvas.moveTo(0, -radius * 1.1);
    canvas.lineTo(radius, radius * 0.8);
    canvas.lineTo(-radius, radius * 0.8);
    canvas.closePath();
    canvas.fillStyle = palette.retry;
  } else {
    canvas.arc(0, 0, mark === HIT ? radius : radius * 0.8, 0, 2 * Math.PI);
    canvas.fillStyle = mark === HIT ? palette.hit : palette.plain;
  }
  canvas.fill();
  canvas.stroke();
}
