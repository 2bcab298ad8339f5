/**
 * Requests as dots. The engine says where each is at a frame; between frames, and over hops that
 * cost no simulated time, a dot goes on along its way. One that was answered between two frames
 * goes to its machine and home all the same, so that at every speed one sees who serves whom.
 */
import { DOTS_MAX, type Dots } from "../engine/protocol.ts";
import { FETCHING, LOST, QUEUED, RETURNING, RUNNING } from "./codes.ts";
import { deeper, depthBetween, depthOf, locate, spot, type Way } from "./locate.ts";
import type { Palette } from "./palette.ts";
import { SMALL_MARKS, type Sprites } from "./sprites.ts";

const SLOTS = DOTS_MAX;
/** A power of two far above the slots. */
const TABLE = 8_192;
/** The whole depth of the stage takes a dot at most this long, ms. */
const CROSS_MS = 380;
/** Time constants: of catching up along the way, and of swinging over to another one, ms. */
const CATCH_MS = 90;
const SWING_MS = 14;
/** Cells below this side, px, are covered by a few dots. */
const COVERING = 26;

const enum Life {
  Free,
  Here,
  /** Answered; it has yet to be seen at its machine. */
  Outward,
  Homeward,
}

export class DotCrowd {
  private readonly id = new Float64Array(SLOTS);
  private readonly x = new Float32Array(SLOTS);
  private readonly y = new Float32Array(SLOTS);
  /** Where it is on its way and where it is to be, px of depth; the way leads to `node`. */
  private readonly depth = new Float32Array(SLOTS);
  private readonly goal = new Float32Array(SLOTS);
  private readonly node = new Int32Array(SLOTS);
  private readonly mark = new Uint8Array(SLOTS);
  private readonly state = new Uint8Array(SLOTS);
  private readonly region = new Uint16Array(SLOTS);
  private readonly life = new Uint8Array(SLOTS);
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
   * Takes over where all are now; of more than `most` those whose ids fall into that part of all
   * numbers. O(dots).
   */
  update(dots: Dots, way: Way, most: number): void {
    this.turn++;
    this.covered = way.layout.cellW < COVERING;
    const within = (TABLE * most) / Math.max(most, dots.count);
    const reserved = SLOTS - Math.floor(most);
    for (let row = 0; row < dots.count; row++) {
      const id = dots.id[row];
      if (hashOf(id) >= within) continue;
      let slot = this.find(id);
      if (slot < 0) {
        if (this.freeCount <= reserved) continue;
        slot = this.appear(dots, row, way);
      }
      this.seen[slot] = this.turn;
      this.mark[slot] = dots.mark[row];
      this.state[slot] = dots.state[row];
      this.aim(slot, dots, row, way);
    }
    this.table.fill(0);
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.life[slot] !== Life.Here) continue;
      if (this.seen[slot] === this.turn) this.enter(slot);
      else this.leave(slot, way);
    }
  }

  /** At its client, unless it is on its way home already. */
  private appear(dots: Dots, row: number, way: Way): number {
    const slot = this.free[--this.freeCount];
    const region = dots.region[row];
    this.life[slot] = Life.Here;
    this.id[slot] = dots.id[row];
    this.region[slot] = region;
    this.node[slot] = deeper(dots.from[row], dots.to[row]);
    this.depth[slot] = depthOf(way, region, -1);
    if (dots.state[row] === RETURNING) {
      this.aim(slot, dots, row, way);
      this.depth[slot] = this.goal[slot];
    }
    locate(way, region, this.node[slot], this.depth[slot]);
    this.x[slot] = spot.x;
    this.y[slot] = spot.y;
    return slot;
  }

  private aim(slot: number, dots: Dots, row: number, way: Way): void {
    const from = dots.from[row];
    const to = dots.to[row];
    // On its way home the way out is still the one to be seen.
    const node = deeper(from, to);
    if (this.state[slot] !== RETURNING || node > this.node[slot]) this.node[slot] = node;
    hop.from = from;
    hop.to = to;
    hop.part = dots.part[row];
    this.goal[slot] = depthBetween(way, this.region[slot], hop);
  }

  private leave(slot: number, way: Way): void {
    const region = this.region[slot];
    if (this.state[slot] === LOST) return this.release(slot);
    const machine = depthOf(way, region, this.node[slot]);
    const outward = this.state[slot] !== RETURNING && this.depth[slot] < machine - 2;
    this.life[slot] = outward ? Life.Outward : Life.Homeward;
    this.goal[slot] = outward ? machine : depthOf(way, region, -1);
  }

  private release(slot: number): void {
    this.life[slot] = Life.Free;
    this.free[this.freeCount++] = slot;
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

  /** Goes on; with `still` all stand at once where they are to be. O(slots × tiers). */
  move(sinceMs: number, way: Way, still: boolean): void {
    const { across, rect } = way.layout;
    const stride = ((across ? rect.w : rect.h) * sinceMs) / CROSS_MS;
    const caught = still ? 1 : 1 - Math.exp(-sinceMs / CATCH_MS);
    const swung = still ? 1 : 1 - Math.exp(-sinceMs / SWING_MS);
    for (let slot = 0; slot < SLOTS; slot++) {
      const life = this.life[slot];
      if (life === Life.Free) continue;
      const ahead = this.goal[slot] - this.depth[slot];
      const far = Math.abs(ahead);
      const step = still ? far : Math.min(far, Math.max(stride, far * caught));
      this.depth[slot] += ahead < 0 ? -step : step;
      if (far - step < 0.5 && life !== Life.Here) {
        if (life === Life.Homeward || still) {
          this.release(slot);
          continue;
        }
        this.life[slot] = Life.Homeward;
        this.goal[slot] = depthOf(way, this.region[slot], -1);
      }
      locate(way, this.region[slot], this.node[slot], this.depth[slot]);
      if (far - step < 0.5 && life === Life.Here) this.settle(slot, way);
      this.x[slot] += (spot.x - this.x[slot]) * swung;
      this.y[slot] += (spot.y - this.y[slot]) * swung;
    }
  }

  /**
   * Inside a machine each stands where its id puts it, so that they do not all cover one another.
   */
  private settle(slot: number, { layout }: Way): void {
    const state = this.state[slot];
    const side = layout.cellW;
    if (state === RUNNING || state === FETCHING) {
      const id = this.id[slot];
      spot.x += (((id * 0.618034) % 1) - 0.6) * side * 0.5;
      spot.y += (((id * 0.754878) % 1) - 0.6) * side * 0.5;
    } else if (state === QUEUED) {
      spot.x += side * 0.34;
      spot.y += side * 0.2;
    }
  }

  /** Few dots, as copies of sprites. */
  draw(canvas: CanvasRenderingContext2D, { atlas, side, ratio }: Sprites): void {
    const size = side / ratio;
    let drawn = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (!this.isShown(slot)) continue;
      const from = this.mark[slot] * side;
      const x = this.x[slot] - size / 2;
      const y = this.y[slot] - size / 2;
      canvas.drawImage(atlas, from, 0, side, side, x, y, size, size);
      drawn++;
    }
    this.drawn = drawn;
  }

  /**
   * A crowd, colour by colour and of rectangles alone: without a graphics processor a copied sprite
   * costs some four times as much.
   */
  drawCrowd(canvas: CanvasRenderingContext2D, palette: Palette, ratio: number): void {
    let drawn = 0;
    for (let mark = 0; mark < SMALL_MARKS.length; mark++) {
      const { colour, rects } = SMALL_MARKS[mark];
      canvas.fillStyle = palette[colour];
      for (let slot = 0; slot < SLOTS; slot++) {
        if (this.mark[slot] !== mark || !this.isShown(slot)) continue;
        // On the pixels' own grid nothing has to be smoothed.
        const x = Math.round(this.x[slot] * ratio) / ratio;
        const y = Math.round(this.y[slot] * ratio) / ratio;
        for (let i = 0; i < rects.length; i += 4) {
          canvas.fillRect(x + rects[i], y + rects[i + 1], rects[i + 2], rects[i + 3]);
        }
        drawn++;
      }
    }
    this.drawn = drawn;
  }

  private isShown(slot: number): boolean {
    const life = this.life[slot];
    return life !== Life.Free && !(life === Life.Here && this.isCounted(slot));
  }

  /**
   * It has come to where its machine's cell counts it already: in its queue, or in a small cell.
   */
  private isCounted(slot: number): boolean {
    const state = this.state[slot];
    if (state !== QUEUED && !(this.covered && (state === RUNNING || state === FETCHING))) {
      return false;
    }
    return Math.abs(this.goal[slot] - this.depth[slot]) < 3;
  }

  /** The dot's id nearest to a point within `reach` px; −1 where there is none. O(slots). */
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

/** Handed to `depthBetween`; shared, so that none is allocated. */
const hop = { from: 0, to: 0, part: 0 };

/** Ids are whole numbers, possibly beyond 32 bits. */
function hashOf(id: number): number {
  const mixed = Math.imul((id | 0) ^ (id / 0x1_0000_0000), 0x9e3779b1);
  return (mixed >>> 15) & (TABLE - 1);
}
