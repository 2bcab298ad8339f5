/**
 * The stage on the page: a canvas that is drawn, above it the lanes' heads as markup, and one
 * surface that takes pointer and keys. What is selected is told to screen readers in a sentence.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { currentTheme, onTheme } from "../../shared/theme.ts";
import { Swatch } from "../../shared/chart.tsx";
import type { Conductor } from "../conductor.ts";
import type { Page, Selection } from "../page.ts";
import { useStore } from "../state.ts";
import { figure, sentenceOf, share } from "../words.ts";
import { beside, type Direction, selectable, selectionAt } from "./hit.ts";
import type { Rect } from "./layout.ts";
import { palettes } from "./palette.ts";
import type { FollowedWay } from "./overlays.ts";
import { HEAD, Scene } from "./scene.ts";

const DOT_REACH = 12;
/** How often the page notes, for benches and tests, how many dots it draws. */
const NOTE_MS = 500;

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

const motionQuery = "(prefers-reduced-motion: reduce)";

/** Makes the scene for a canvas, keeps it at the element's size and theme, and draws it. */
function useScene(conductor: Conductor, onRects: (rects: readonly Rect[]) => void) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<Scene | null>(null);
  useEffect(() => {
    const made = new Scene(canvas.current!, palettes[currentTheme()]);
    scene.current = made;
    const motion = window.matchMedia(motionQuery);
    const resized = new ResizeObserver(([{ contentRect }]) => {
      made.resize(contentRect.width, contentRect.height, Math.min(2, window.devicePixelRatio));
      onRects(made.laneRects());
    });
    resized.observe(canvas.current!.parentElement!);
    const endTheme = onTheme(() => made.paint(palettes[currentTheme()]));
    let generation = -1;
    let opened = conductor.page.get().opened;
    let selected: Selection | null = null;
    let request = 0;
    let notedMs = 0;
    let following: Page["following"] = null;
    let followed: FollowedWay | null = null;
    const each = (realMs: number): void => {
      request = requestAnimationFrame(each);
      conductor.tick(realMs);
      const page = conductor.page.get();
      if (generation !== conductor.generation && page.opened !== null) {
        const tree = { trees: page.trees, regions: page.opened.regions };
        if (page.opened === opened) made.change(tree);
        else made.open(tree);
        ({ generation } = conductor);
        ({ opened } = page);
        onRects(made.laneRects());
      }
      if (selected !== page.selected) made.wake();
      ({ selected } = page);
      made.still = motion.matches;
      if (page.following !== following) {
        ({ following } = page);
        followed = followedWay(following);
        made.wake();
      }
      made.draw(realMs, conductor.latest, { selected, followed });
      if (realMs - notedMs > NOTE_MS) {
        notedMs = realMs;
        canvas.current!.parentElement!.dataset["dots"] = String(made.dots);
      }
    };
    request = requestAnimationFrame(each);
    return () => {
      cancelAnimationFrame(request);
      resized.disconnect();
      endTheme();
    };
  }, [conductor]);
  return { canvas, scene };
}

function followedWay(following: Page["following"]): FollowedWay | null {
  const request = following?.news?.request;
  if (following == null || request == null) return null;
  const { dot, region, decisions } = request;
  const node = Math.max(-1, ...decisions.map(({ chosen }) => chosen));
  return { lane: following.lane, dot, region, node };
}

export function Stage({ conductor }: { conductor: Conductor }) {
  const [rects, setRects] = useState<readonly Rect[]>([]);
  const { canvas, scene } = useScene(conductor, setRects);
  const opened = useStore(conductor.page, (page) => page.opened);
  const onPointer = (event: MouseEvent): void => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    pointed(conductor, scene.current!, event.clientX - left, event.clientY - top);
  };
  return (
    <section
      class="stage"
      aria-label="Stage"
      style={`--stage-height: ${Math.max(1, opened?.lanes.length ?? 1) * 320 + 40}px`}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <div
        class="surface"
        role="application"
        tabIndex={0}
        aria-label="Regions, balancers and machines"
        aria-describedby="stage-help"
        onClick={onPointer}
        onKeyDown={(event) => keyed(conductor, scene.current!, event)}
        onFocus={() => {
          if (conductor.page.get().selected === null) select(conductor, 0);
        }}
      />
      <p id="stage-help" class="visually-hidden">
        Arrow keys go to what stands beside, N and P to the next and the previous, square brackets
        to the same in another lane, Enter to its touches and Escape back, F follows its next
        request, space runs and pauses.
      </p>
      {opened?.lanes.map(({ label }, lane) => (
        <LaneHead key={lane} conductor={conductor} lane={lane} label={label} rect={rects[lane]} />
      ))}
      <Spoken conductor={conductor} />
    </section>
  );
}

function select(conductor: Conductor, lane: number): void {
  if (conductor.page.get().opened !== null) {
    conductor.page.set({ selected: { kind: "node", lane, id: 0 } });
  }
}

function pointed(conductor: Conductor, scene: Scene, x: number, y: number): void {
  for (const [lane, view] of scene.lanes.entries()) {
    const { rect } = view.layout;
    if (x < rect.x || x >= rect.x + rect.w || y < rect.y - HEAD || y >= rect.y + rect.h) continue;
    const found = selectionAt(view, lane, x, y);
    if (found !== null) return conductor.page.set({ selected: found });
    const dot = view.crowd.nearest(x, y, DOT_REACH);
    if (dot >= 0) {
      void conductor.follow(lane, { dot });
      return;
    }
  }
}

function keyed(conductor: Conductor, scene: Scene, event: KeyboardEvent): void {
  const { selected } = conductor.page.get();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (selected === null) return select(conductor, 0);
  const view = scene.lanes[selected.lane];
  if (view === undefined) return;
  const next = afterKey(event.key, selected, scene);
  if (next !== null) conductor.page.set({ selected: next });
  else if (event.key === " ") void conductor.play();
  else if (event.key === "." || event.key === ">") void conductor.step(selected.lane);
  else if (event.key === "Enter") document.getElementById("inspector")?.focus();
  else if ((event.key === "f" || event.key === "F") && selected.kind === "node") {
    void conductor.follow(selected.lane, { nextAt: selected.id });
  } else return;
  event.preventDefault();
}

/** What a key selects; null: it is no key of ours. */
function afterKey(key: string, selected: Selection, scene: Scene): Selection | null {
  const view = scene.lanes[selected.lane];
  const direction = ARROWS[key];
  if (direction !== undefined) return beside(view, selected, direction);
  const { lane, kind, id } = selected;
  if (key === "Home") return { kind: "node", lane, id: 0 };
  if (key === "[" || key === "]") {
    const count = scene.lanes.length;
    const other = (lane + (key === "]" ? 1 : count - 1)) % count;
    const there = scene.lanes[other].nodes.length;
    return { kind, lane: other, id: kind === "node" ? Math.min(id, there - 1) : id };
  }
  if (!"nNpP".includes(key)) return null;
  const all = selectable(view, lane);
  const at = all.findIndex((each) => each.kind === kind && each.id === id);
  const step = key === "n" || key === "N" ? 1 : all.length - 1;
  return all[(at + step) % all.length];
}

/** A lane's name and its figures of the last window, over its part of the canvas. */
function LaneHead(props: { conductor: Conductor; lane: number; label: string; rect?: Rect }) {
  const { conductor, lane, label, rect } = props;
  useStore(conductor.live, (live) => live.frame);
  const history = conductor.histories[lane];
  if (rect === undefined || history === undefined) return null;
  const misses = history.last("miss-rate");
  const failures = 1 - history.last("availability");
  return (
    <div
      class="lane-head"
      style={{ left: `${rect.x}px`, top: `${rect.y - HEAD}px`, width: `${rect.w}px` }}
    >
      <h2>
        <Swatch index={lane} /> {label === "" ? "as in the file" : label}
      </h2>
      <dl>
        <div>
          <dt>p99</dt>
          <dd>{figure(history.last("p99"), "ms")}</dd>
        </div>
        {Number.isNaN(misses) ? null : (
          <div>
            <dt>misses</dt>
            <dd>{share(misses)}</dd>
          </div>
        )}
        {failures > 0 ? (
          <div class="errors">
            <dt>errors</dt>
            <dd>{share(failures)}</dd>
          </div>
        ) : null}
      </dl>
    </div>
  );
}

/** Says what is selected, and what the page has to say; politely, and once for each selection. */
function Spoken({ conductor }: { conductor: Conductor }) {
  const selected = useStore(conductor.page, (page) => page.selected);
  const said = useStore(conductor.page, (page) => page.said);
  const sentence = useMemo(() => {
    const { opened, trees } = conductor.page.get();
    if (selected === null || opened === null) return "";
    return sentenceOf(selected, { opened, trees, frame: conductor.latest });
  }, [selected]);
  return (
    <div class="visually-hidden" aria-live="polite">
      <p id="selected-sentence">{sentence}</p>
      <p id="said">{said}</p>
    </div>
  );
}
