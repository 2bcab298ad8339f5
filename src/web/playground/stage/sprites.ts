/**
 * The marks of dots: a hit is a circle, a miss a diamond, a failure a cross, a retry a triangle.
 */
import { FAILED, HIT, MISS, PLAIN, RETRY } from "./codes.ts";
import type { Palette } from "./palette.ts";

interface SmallMark {
  readonly colour: "plain" | "hit" | "miss" | "failed" | "retry";
  /** Rectangles x, y, width, height around the dot's middle, px, one after the other. */
  readonly rects: readonly number[];
}

const small: SmallMark[] = [];
small[PLAIN] = { colour: "plain", rects: [-1, -1, 3, 3] };
small[HIT] = { colour: "hit", rects: [-2, -1, 5, 3, -1, -2, 3, 5] };
small[MISS] = { colour: "miss", rects: [-3, 0, 7, 1, -2, -1, 5, 3, -1, -2, 3, 5, 0, -3, 1, 7] };
small[FAILED] = {
  colour: "failed",
  rects: [-3, -3, 2, 2, 2, -3, 2, 2, -1, -1, 3, 3, -3, 2, 2, 2, 2, 2, 2, 2],
};
small[RETRY] = { colour: "retry", rects: [0, -3, 1, 2, -1, -1, 3, 2, -3, 1, 7, 2] };

/** By mark: the same shapes of rectangles alone, for crowds. */
export const SMALL_MARKS: readonly SmallMark[] = small;

/** All marks in a row in one small picture, from which dots are copied. */
export interface Sprites {
  readonly atlas: ImageBitmap;
  /** Of a mark's square, device px. */
  readonly side: number;
  readonly ratio: number;
}

/** @param radius of a dot, px */
export function spritesOf(palette: Palette, radius: number, ratio: number): Sprites {
  const side = Math.ceil((2 * radius + 3) * ratio);
  const sheet = new OffscreenCanvas(side * 5, side);
  const canvas = sheet.getContext("2d")!;
  for (const mark of [PLAIN, HIT, MISS, FAILED, RETRY]) {
    canvas.save();
    canvas.translate(mark * side + side / 2, side / 2);
    canvas.scale(ratio, ratio);
    paintMark(canvas, mark, radius, palette);
    canvas.restore();
  }
  // A bitmap is copied from at a fraction of what a canvas costs, which could change meanwhile.
  return { atlas: sheet.transferToImageBitmap(), side, ratio };
}

function paintMark(
  canvas: OffscreenCanvasRenderingContext2D,
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
