/**
 * The stage's picture: one canvas, one pass a frame, nothing allocated in it. The conductor's
 * newest frame says what is; this says how it looks.
 */
import { DOTS_MAX } from "../engine/protocol.ts";
import type { Frame, LaneFrame, NodeFacts, RegionFacts } from "../engine/protocol.ts";
import type { Selection } from "../page.ts";
import { drawBackground, drawBoxes } from "./background.ts";
import { DotCrowd } from "./dots.ts";
import { type Sprites, spritesOf } from "./sprites.ts";
import { type Layout, laneRects, layoutOf, type Rect } from "./layout.ts";
import type { Way } from "./locate.ts";
import { CellFigures } from "./cell-figures.ts";
import { drawMachines } from "./machines.ts";
import {
  drawDisbelief,
  drawDown,
  drawFollowed,
  drawLinks,
  drawSelection,
  type FollowedWay,
} from "./overlays.ts";
import type { Palette } from "./palette.ts";

export interface LaneView {
  readonly layout: Layout;
  readonly way: Way;
  readonly nodes: readonly NodeFacts[];
  readonly figures: CellFigures;
  readonly crowd: DotCrowd;
}

/** Height of a lane's head, which is markup above the canvas, px. */
export const HEAD = 50;
/** After this without news the picture stands still, ms. */
const STILL_MS = 1_000;

export interface SceneTree {
  readonly trees: readonly (readonly NodeFacts[])[];
  readonly regions: readonly RegionFacts[];
}

export class Scene {
  lanes: LaneView[] = [];
  private readonly canvas: CanvasRenderingContext2D;
  private readonly backdrop: HTMLCanvasElement;
  private readonly boxes: HTMLCanvasElement;
  private sprites: readonly Sprites[] = [];
  private tree: SceneTree = { trees: [], regions: [] };
  private width = 1;
  private height = 1;
  private ratio = 1;
  private shown: Frame | null = null;
  private lastMs = 0;
  private newsMs = 0;
  /** Drawn in the last picture, in all lanes. */
  dots = 0;
  /** Index into `sprites`; beyond them: a crowd. */
  private dotSize = 0;
  /** No gliding: the reader asked for less motion. */
  still = false;

  constructor(
    readonly element: HTMLCanvasElement,
    private palette: Palette,
  ) {
    this.canvas = element.getContext("2d", { alpha: false })!;
    this.backdrop = document.createElement("canvas");
    this.boxes = document.createElement("canvas");
  }

  /** Another scenario: dots of the old one do not glide into the new. */
  open(tree: SceneTree): void {
    this.lanes = [];
    this.shown = null;
    this.change(tree);
  }

  /** The tree has grown, or a balancer has changed. */
  change(tree: SceneTree): void {
    this.tree = tree;
    this.rebuild();
  }

  resize(width: number, height: number, ratio: number): void {
    this.width = Math.max(200, width);
    this.height = Math.max(200, height);
    this.ratio = ratio;
    this.element.width = Math.round(this.width * ratio);
    this.element.height = Math.round(this.height * ratio);
    this.rebuild();
  }

  paint(palette: Palette): void {
    this.palette = palette;
    this.rebuild();
  }

  /** Draws anew although the engine has no news: the selection is another one. */
  wake(): void {
    this.newsMs = this.lastMs;
  }

  laneRects(): Rect[] {
    return laneRects(this.width, this.height, this.tree.trees.length, HEAD);
  }

  private rebuild(): void {
    const { tree, backdrop, boxes, ratio, palette } = this;
    this.sprites = [4.2, 3.3].map((radius) => spritesOf(palette, radius, ratio));
    backdrop.width = this.element.width;
    backdrop.height = this.element.height;
    const behind = backdrop.getContext("2d", { alpha: false })!;
    behind.setTransform(ratio, 0, 0, ratio, 0, 0);
    behind.fillStyle = palette.paper;
    behind.fillRect(0, 0, this.width, this.height);
    boxes.width = backdrop.width;
    boxes.height = backdrop.height;
    const above = boxes.getContext("2d")!;
    above.setTransform(ratio, 0, 0, ratio, 0, 0);
    const rects = this.laneRects();
    this.lanes = tree.trees.map((nodes, lane) => {
      const layout = layoutOf(nodes, tree.regions.length, rects[lane]);
      const rootSpans = nodes.length > 0 && nodes[0].place < 0;
      const parents = Int32Array.from(nodes, ({ parent }) => parent);
      drawBackground(behind, layout, { nodes, regions: tree.regions }, palette);
      drawBoxes(above, layout, { nodes, regions: tree.regions }, palette);
      const crowd = this.lanes[lane]?.crowd ?? new DotCrowd();
      const way = { layout, parents, rootSpans };
      return { layout, way, nodes, figures: new CellFigures(layout, nodes), crowd };
    });
    drawDividers(behind, rects, palette);
    if (this.shown !== null) this.take(this.shown);
    this.newsMs = this.lastMs;
  }

  /** Reads a frame into what is drawn. */
  private take(frame: Frame): void {
    const before = this.shown;
    const back = before !== null && frame.nowMs < before.nowMs;
    this.shown = frame;
    for (let lane = 0; lane < this.lanes.length; lane++) {
      const { crowd, figures, way, nodes } = this.lanes[lane];
      const laneFrame = frame.lanes[lane];
      // A tree that just grew is on its way to us.
      if (laneFrame === undefined || laneFrame.columns.state.length < nodes.length) continue;
      if (back) crowd.clear();
      figures.fill(laneFrame.columns);
      crowd.update(laneFrame.dots, way, DOTS_MAX / Math.sqrt(this.lanes.length));
    }
  }

  /** One picture. */
  draw(
    realMs: number,
    frame: Frame | null,
    marks: { selected: Selection | null; followed: FollowedWay | null },
  ): void {
    const sinceMs = Math.min(100, realMs - this.lastMs);
    this.lastMs = realMs;
    if (frame !== null && frame !== this.shown) {
      this.take(frame);
      this.newsMs = realMs;
    }
    if (realMs - this.newsMs > STILL_MS) return;
    const { canvas, ratio, palette } = this;
    canvas.setTransform(1, 0, 0, 1, 0, 0);
    canvas.drawImage(this.backdrop, 0, 0);
    canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (let lane = 0; lane < this.lanes.length; lane++) {
      const view = this.lanes[lane];
      if (this.shown !== null) this.drawLane(view, sinceMs);
    }
    this.sizeDots();
    this.copyBoxes();
    for (let lane = 0; lane < this.lanes.length; lane++) {
      const view = this.lanes[lane];
      const laneFrame = this.shown?.lanes[lane];
      if (laneFrame !== undefined) this.drawMarks(view, laneFrame);
      if (marks.selected?.lane === lane)
        drawSelection(canvas, view.layout, marks.selected, palette);
      const { followed } = marks;
      if (followed?.lane === lane) drawFollowed(canvas, view, followed, palette);
    }
  }

  private drawLane(view: LaneView, sinceMs: number): void {
    const { canvas, palette } = this;
    const { layout, figures, crowd } = view;
    drawMachines(canvas, layout, figures, palette);
    crowd.move(sinceMs, view.way, this.still);
    if (this.dotSize < this.sprites.length) crowd.draw(canvas, this.sprites[this.dotSize]);
    else crowd.drawCrowd(canvas, palette, this.ratio);
  }

  /** Only where there are any: a canvas that is mostly clear costs as much as a full one. */
  private copyBoxes(): void {
    const { canvas, ratio } = this;
    canvas.setTransform(1, 0, 0, 1, 0, 0);
    for (const { layout } of this.lanes) {
      const { x, y, w, h } = layout.boxes;
      const left = Math.floor(x * ratio);
      const top = Math.floor(y * ratio);
      const wide = Math.ceil(w * ratio);
      const high = Math.ceil(h * ratio);
      canvas.drawImage(this.boxes, left, top, wide, high, left, top, wide, high);
    }
    canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** Smaller where many are shown; once small they stay so until far fewer are. */
  private sizeDots(): void {
    let most = 0;
    this.dots = 0;
    for (const { crowd } of this.lanes) {
      most = Math.max(most, crowd.drawn);
      this.dots += crowd.drawn;
    }
    if (most > 450) this.dotSize = 2;
    else if (most < 300) this.dotSize = this.lanes.length > 1 ? 1 : 0;
  }

  private drawMarks(view: LaneView, frame: LaneFrame): void {
    const { canvas, palette } = this;
    drawDisbelief(canvas, view, frame.columns, palette);
    drawDown(canvas, view, frame.columns, palette);
    const { links } = this.shown!;
    if (links.length > 0) {
      drawLinks(canvas, view, { regions: this.tree.regions, links }, palette);
    }
  }
}

function drawDividers(
  canvas: CanvasRenderingContext2D,
  rects: readonly Rect[],
  palette: Palette,
): void {
  canvas.fillStyle = palette.line;
  for (const { x, y, w, h } of rects.slice(1)) {
    if (x > 0) canvas.fillRect(x - 0.5, y - HEAD, 1, h + HEAD);
    else canvas.fillRect(x, y - HEAD, w, 1);
  }
}
