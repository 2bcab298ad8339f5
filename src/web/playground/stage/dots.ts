/**
 * Requests as dots. The engine says where each is at a frame; between frames, and over hops that
 * cost no simulated time, a dot glides. One that is answered flies home. A hit is a circle, a miss a
 * diamond, a failure a cross, a retry a triangle, all else a small circle.
 */
import { DOTS_MAX, type Dots } from "../engine/protocol.ts";
import { FAILED, FETCHING, HIT, LOST, MISS, PLAIN, QUEUED, RETRY, RUNNING } from "./codes.ts";
import { locate, spot, type Way } from "./locate.ts";
import type { Palette } from "./palette.ts";

const SLOTS = DOTS_MAX;
/** A power of two far above the slots. */
const TABLE = 8_192;
/** Time constant of gliding, ms. */
const GLIDE_MS = 70;
/** One that leaves is gone after this, wherever it is. */
const LEAVE_MS = 420;

/** Cells below this side, px, are covered by a few dots. */
const COVERING = 26;

const enum Life {
  Free,
  Here,
  Leaving,
}

export class DotCrowd {
  private readonly id = new Float64Array(SLOTS);
  private readonly x = new Float32Array(SLOTS);
  private readonly y = new Float32Array(SLOTS);
  private readonly targetX = new Float32Array(SLOTS);
  private readonly targetY = new Float32Array(SLOTS);
  private readonly mark = new Uint8Array(SLOTS);
  private readonly state = new Uint8Array(SLOTS);
  private readonly region = new Uint16Array(SLOTS);
  private readonly life = new Uint8Array(SLOTS);
  private readonly leftMs = new Float32Array(SLOTS);
  private readonly seen = new Uint32Array(SLOTS);
  private readonly free = new Int32Array(SLOTS);
  private freeCount = 0;
  /** Slot + 1 by id, open addressing; made anew in each frame. */
  private readonly table = new Int32Array(TABLE);
  private turn = 0;
  /** Cells are so small that dots in them would hide what they show. */
  private covered = false;
  /** Drawn the last time. */
  drawn = 0;

  constructor() {
    this.clear();
  }

  clear(): void {
    this.life.fill(Life.Free);
    this.table.fill(0);
    for (let i = 0; i < SLOTS; i++) this.free[i] = SLOTS - 1 - i;
    this.freeCount = SLOTS;
  }

  /**
   * Takes over where all are now; of more than `most` those whose ids fall into one of so many equal
   * parts. O(dots × tiers).
   */
  update(dots: Dots, way: Way, most: number): void {
    this.turn++;
    const parts = Math.ceil(dots.count / most);
    this.covered = way.layout.cellW < COVERING;
    for (let row = 0; row < dots.count; row++) {
      const id = dots.id[row];
      if (parts > 1 && hashOf(id) % parts !== 0) continue;
      let slot = this.find(id);
      if (slot < 0) {
        if (this.freeCount === 0) continue;
        slot = this.free[--this.freeCount];
        this.life[slot] = Life.Here;
        this.id[slot] = id;
        this.region[slot] = dots.region[row];
        locate(way, dots.region[row], -1, -1, 0);
        this.x[slot] = spot.x;
        this.y[slot] = spot.y;
      }
      this.seen[slot] = this.turn;
      this.mark[slot] = dots.mark[row];
      this.state[slot] = dots.state[row];
      locate(way, dots.region[row], dots.from[row], dots.to[row], dots.part[row]);
      this.aim(slot, way);
    }
    this.table.fill(0);
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.life[slot] !== Life.Here) continue;
      if (this.seen[slot] === this.turn) this.enter(slot);
      else this.leave(slot, way);
    }
  }

  /** Inside a machine each stands where its id puts it, so that they do not all cover one another. */
  private aim(slot: number, { layout }: Way): void {
    const state = this.state[slot];
    const side = layout.cellW;
    if (state === RUNNING || state === FETCHING) {
      const spread = side * 0.5;
      const id = this.id[slot];
      spot.x += (((id * 0.618034) % 1) - 0.6) * spread;
      spot.y += (((id * 0.754878) % 1) - 0.6) * spread;
    } else if (state === QUEUED) {
      spot.x += side * 0.34;
      spot.y += side * 0.2;
    }
    this.targetX[slot] = spot.x;
    this.targetY[slot] = spot.y;
  }

  private leave(slot: number, way: Way): void {
    this.life[slot] = Life.Leaving;
    this.leftMs[slot] = LEAVE_MS;
    if (this.state[slot] === LOST) return;
    locate(way, this.region[slot], -1, -1, 0);
    this.targetX[slot] = spot.x;
    this.targetY[slot] = spot.y;
  }

  private find(id: number): number {
    for (let at = hashOf(id); ; at = (at + 1) & (TABLE - 1)) {
      const entry = this.table[at];
      if (entry === 0) return -1;
      if (this.id[entry - 1] === id) return entry - 1;
    }
  }

  private enter(slot: number): void {
    let at = hashOf(this.id[slot]);
    while (this.table[at] !== 0) at = (at + 1) & (TABLE - 1);
    this.table[at] = slot + 1;
  }

  /** Glides on; with `still` all stand at once where they are to be. */
  move(sinceMs: number, still: boolean): void {
    const share = still ? 1 : 1 - Math.exp(-sinceMs / GLIDE_MS);
    for (let slot = 0; slot < SLOTS; slot++) {
      const life = this.life[slot];
      if (life === Life.Free) continue;
      const dx = this.targetX[slot] - this.x[slot];
      const dy = this.targetY[slot] - this.y[slot];
      this.x[slot] += dx * share;
      this.y[slot] += dy * share;
      if (life !== Life.Leaving) continue;
      this.leftMs[slot] -= sinceMs;
      if (still || this.leftMs[slot] <= 0 || Math.abs(dx) + Math.abs(dy) < 3) {
        this.life[slot] = Life.Free;
        this.free[this.freeCount++] = slot;
      }
    }
  }

  /** Everything has another place on the stage: nothing glides there. */
  draw(canvas: CanvasRenderingContext2D, sprites: Sprites): void {
    const { atlas, side, ratio } = sprites;
    const half = side / ratio / 2;
    const size = side / ratio;
    let drawn = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const life = this.life[slot];
      if (life === Life.Free) continue;
      if (life === Life.Here && this.isCounted(slot)) continue;
      const column = this.mark[slot] * side;
      canvas.drawImage(
        atlas,
        column,
        0,
        side,
        side,
        this.x[slot] - half,
        this.y[slot] - half,
        size,
        size,
      );
      drawn++;
    }
    this.drawn = drawn;
  }

  /** It has come to where its machine's cell counts it already: in its queue, or in a small cell. */
  private isCounted(slot: number): boolean {
    const state = this.state[slot];
    if (state !== QUEUED && !(this.covered && (state === RUNNING || state === FETCHING))) {
      return false;
    }
    const dx = this.targetX[slot] - this.x[slot];
    const dy = this.targetY[slot] - this.y[slot];
    return dx * dx + dy * dy < 9;
  }

  /** The dot's id nearest to a point within `reach` px; −1 where there is none. O(dots). */
  nearest(x: number, y: number, reach: number): number {
    let best = reach * reach;
    let id = -1;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.life[slot] !== Life.Here) continue;
      const dx = this.x[slot] - x;
      const dy = this.y[slot] - y;
      const distance = dx * dx + dy * dy;
      if (distance < best) {
        best = distance;
        id = this.id[slot];
      }
    }
    return id;
  }

  /** Sets `spot` to where a dot is drawn; false where it is not. O(1). */
  place(id: number): boolean {
    const slot = this.find(id);
    if (slot < 0) return false;
    spot.x = this.x[slot];
    spot.y = this.y[slot];
    return true;
  }
}

/** Ids are whole numbers, possibly beyond 32 bits. */
function hashOf(id: number): number {
  const mixed = Math.imul((id | 0) ^ (id / 0x1_0000_0000), 0x9e3779b1);
  return (mixed >>> 15) & (TABLE - 1);
}

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
