/**
 * Moves the playhead and talks to the engine: in each picture of the screen at most one order to
 * advance is under way, so a slow engine slows the play and never the page.
 */
import type { Answer, Frame, Opened, Order, ProblemFacts, Touch } from "./engine/protocol.ts";
import { FigureHistory } from "./figures.ts";
import { type LiveStore, liveStore, type PageStore, pageStore, type Source } from "./page.ts";
import type { SharedTouch } from "./links.ts";
import type { EnginePort } from "./port.ts";

/** Work of one order to advance, ms: a frame's time less what posting takes. */
const WORK_MS = 14;
/** Panels are drawn anew this often at most, ms. */
const PANELS_MS = 125;
/** A page that slept goes on from where it was. */
const STEP_MOST_MS = 100;

export const SPEED_MIN = 0.001;
export const SPEED_MAX = 100;

export class Conductor {
  readonly page: PageStore = pageStore();
  readonly live: LiveStore = liveStore();
  /** The newest frame, for the stage. */
  latest: Frame | null = null;
  /** By lane. */
  histories: FigureHistory[] = [];
  /** Changes whenever another scenario, lane or tree is on the stage. */
  generation = 0;
  private playheadMs = 0;
  private lastTickMs = 0;
  private panelsMs = -Infinity;
  /** Number of the order that is to be answered before the next advance. */
  private awaited = 0;
  private advancing = false;
  private readonly opening = new Map<number, Source>();
  private readonly touching = new Set<number>();
  private readonly checking = new Map<number, (problems: readonly ProblemFacts[]) => void>();
  /** Touches, in the order of their making, for links: the engine's events tell them in words only. */
  touches: SharedTouch[] = [];

  constructor(private readonly port: EnginePort) {
    port.onAnswer = (answer) => this.answered(answer);
  }

  open(source: Source): void {
    this.page.set({ saved: null });
    const re = this.post({
      kind: "open",
      text: source.text,
      name: source.name,
      lanes: source.lanes,
      ...(source.files === undefined ? {} : { files: source.files }),
    });
    this.opening.set(re, source);
  }

  /** Reads a text without opening it; its problems. */
  check(text: Pick<Source, "text" | "name" | "files">): Promise<readonly ProblemFacts[]> {
    const re = this.port.post({ kind: "check", ...text });
    return new Promise((resolve) => this.checking.set(re, resolve));
  }

  play(playing = !this.page.get().playing): void {
    if (playing && this.latest?.finished === true) return this.seek(0, true);
    this.page.set({ playing });
  }

  step(lane = 0): void {
    this.page.set({ playing: false });
    this.post({ kind: "step", lane });
  }

  seek(toMs: number, thenPlay = this.page.get().playing): void {
    this.playheadMs = toMs;
    this.page.set({ playing: thenPlay, seeking: 0, behind: false });
    this.post({ kind: "seek", toMs });
  }

  setSpeed(speed: number): void {
    this.page.set({ speed: Math.min(SPEED_MAX, Math.max(SPEED_MIN, speed)), behind: false });
  }

  touch(touch: Touch, lane?: number): void {
    const re = this.post({ kind: "touch", touch, ...(lane === undefined ? {} : { lane }) });
    this.touching.add(re);
    this.touches.push({ atMs: this.latest?.nowMs ?? 0, lane: lane ?? null, touch });
    this.page.set({ saved: null });
  }

  follow(lane: number, what: { dot: number } | { nextAt: number } | "stop"): void {
    this.page.set({ following: what === "stop" ? null : { lane, news: null } });
    this.post({ kind: "follow", lane, what });
  }

  save(lane: number): void {
    this.post({ kind: "save", lane });
  }

  /** Once for each picture of the screen. */
  tick(realMs: number): void {
    const sinceMs = Math.min(STEP_MOST_MS, realMs - this.lastTickMs);
    this.lastTickMs = realMs;
    const { playing, speed, opened, seeking } = this.page.get();
    if (!playing || opened === null || this.awaited !== 0 || seeking !== null) return;
    this.playheadMs += Math.max(0, sinceMs) * speed;
    if (opened.durationMs !== null) {
      this.playheadMs = Math.min(this.playheadMs, opened.durationMs);
    }
    this.advancing = true;
    this.post({ kind: "advance", toMs: this.playheadMs, maxWallMs: WORK_MS });
  }

  private post(order: Order): number {
    const re = this.port.post(order);
    this.awaited = re;
    return re;
  }

  private answered(answer: Answer): void {
    if (answer.kind === "progress") {
      this.page.set({ seeking: Math.min(1, answer.nowMs / Math.max(1, answer.toMs)) });
      return;
    }
    if (answer.kind === "frame") this.framed(answer);
    else if (answer.kind === "opened") this.opened(answer);
    else if (answer.kind === "problems") this.refused(answer.re, answer.problems);
    else if (answer.kind === "saved") this.page.set({ saved: answer });
    else if (answer.kind === "followed") {
      const { following } = this.page.get();
      if (following?.lane === answer.lane) {
        this.page.set({ following: { lane: answer.lane, news: answer } });
      }
    } else this.page.set({ failed: answer.message, playing: false });
    if (answer.kind !== "opened" && answer.re >= this.awaited) this.awaited = 0;
  }

  private opened(opened: Opened): void {
    const source = this.opening.get(opened.re) ?? this.page.get().source;
    this.opening.delete(opened.re);
    this.latest = null;
    this.playheadMs = 0;
    this.touches = [];
    this.histories = opened.lanes.map(() => new FigureHistory());
    this.generation++;
    this.page.set({
      source,
      opened,
      trees: opened.lanes.map(({ nodes }) => nodes),
      events: [],
      selected: null,
      problems: [],
      seeking: null,
      following: null,
      saved: null,
      failed: null,
      behind: false,
      said: `Opened ${opened.name}.`,
    });
  }

  private refused(re: number, problems: readonly ProblemFacts[]): void {
    const checked = this.checking.get(re);
    if (checked !== undefined) {
      this.checking.delete(re);
      checked(problems);
    } else if (this.touching.delete(re)) {
      this.touches.pop();
      this.page.set({ problems, refused: "touch" });
    } else if (this.opening.delete(re)) this.page.set({ problems, refused: "text" });
  }

  private framed(frame: Frame): void {
    this.latest = frame;
    const { page } = this;
    const { trees } = page.get();
    for (const [lane, { figures }] of frame.lanes.entries()) this.histories[lane]?.append(figures);
    if (frame.lanes.some(({ nodes }) => nodes !== null)) {
      this.generation++;
      page.set({ trees: trees.map((tree, lane) => frame.lanes[lane]?.nodes ?? tree) });
    }
    if (frame.events !== null) page.set({ events: frame.events });
    if (this.touching.delete(frame.re)) page.set({ problems: [] });
    if (frame.stepped !== null) page.set({ said: frame.stepped });
    // An engine that gave way is behind; one that answers another order than ours to advance is not.
    const behind = this.advancing && !frame.finished && frame.nowMs < this.playheadMs - 1e-6;
    if (behind !== page.get().behind) page.set({ behind });
    this.advancing = false;
    this.playheadMs = frame.nowMs;
    const { seeking, playing } = page.get();
    if (seeking !== null) page.set({ seeking: null });
    if (frame.finished && playing) page.set({ playing: false, said: "The run is over." });
    if (!page.get().playing || this.lastTickMs - this.panelsMs >= PANELS_MS) {
      this.panelsMs = this.lastTickMs;
      this.live.set({ frame });
    }
  }
}
