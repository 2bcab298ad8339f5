/**
 * Moves the playhead and talks to the engine: in each picture of the screen at most one order to
 * advance is under way, so a slow engine slows the play and never the page.
 */
import { EngineClient, type Line } from "./engine/client.ts";
import type { Answer, Frame, Opened, Order, ProblemFacts, Touch } from "./engine/protocol.ts";
import { FigureHistory } from "./figures.ts";
import type { Shared, SharedTouch } from "./links.ts";
import { SPEED_MAX, SPEED_MIN } from "./controls/speed.ts";
import { type LiveStore, liveStore, type PageStore, pageStore, type Source } from "./page.ts";

/** Work of one order to advance, ms: a frame's time less what posting takes. */
const WORK_MS = 14;
/** Panels are drawn anew this often at most, ms. */
const PANELS_MS = 125;
/** A page that slept goes on from where it was. */
const STEP_MOST_MS = 100;
/** Weight of the newest order in `lateness`. */
const LATE_SMOOTH = 0.03;

/** A run takes about this long at first, ms, but not slower than this speed. */
const RUN_MS = 60_000;
const SPEED_LEAST = 0.25;

export class Conductor {
  readonly page: PageStore = pageStore();
  readonly live: LiveStore = liveStore();
  /** The newest frame, for the stage. */
  latest: Frame | null = null;
  /** By lane. */
  histories: FigureHistory[] = [];
  /** Changes whenever another scenario, lane or tree is on the stage. */
  generation = 0;
  /** In the order of their making, as links hold them. */
  touches: SharedTouch[] = [];
  private readonly client: EngineClient;
  private playheadMs = 0;
  private lastTickMs = 0;
  private panelsMs = -Infinity;
  /** Part of the last orders to advance that gave way before their time. */
  private lateness = 0;
  /** Orders that move the engine and have not been answered. */
  private waiting = 0;
  /** What is being opened, in order. */
  private readonly openings: Source[] = [];

  constructor(line: Line) {
    this.client = new EngineClient(line, (answer) => this.heard(answer));
  }

  /**
   * Opens a scenario, and makes the touches that come with it. False: its problems are on the page.
   */
  async open(source: Source, touches: readonly SharedTouch[] = []): Promise<boolean> {
    const { text, name, lanes, files } = source;
    this.openings.push(source);
    const answer = await this.order({ kind: "open", text, name, lanes, files: files ?? {} });
    if (answer.kind === "problems") {
      this.openings.splice(this.openings.indexOf(source), 1);
      this.page.set({ problems: answer.problems, refused: "text" });
      return false;
    }
    for (const { atMs, lane, touch } of touches) {
      await this.seek(atMs, false);
      await this.touch(touch, lane ?? undefined);
    }
    return true;
  }

  openShared({ text, name, lanes, files, touches }: Shared): Promise<boolean> {
    return this.open({ text, name, lanes, files }, touches);
  }

  /** Reads a text without opening it; its problems. */
  async check({ text, name, files }: Omit<Source, "lanes">): Promise<readonly ProblemFacts[]> {
    const answer = await this.client.send({ kind: "check", text, name, files: files ?? {} });
    return answer.kind === "problems" ? answer.problems : [];
  }

  async play(playing = !this.page.get().playing): Promise<void> {
    if (playing && this.latest?.finished === true) await this.seek(0, false);
    this.page.set({ playing });
  }

  async step(lane = this.page.get().selected?.lane ?? 0): Promise<void> {
    this.page.set({ playing: false });
    await this.order({ kind: "step", lane });
  }

  async seek(toMs: number, thenPlay = this.page.get().playing): Promise<void> {
    this.page.set({ playing: thenPlay, seeking: 0, behind: false });
    await this.order({ kind: "seek", toMs });
    this.page.set({ seeking: null });
  }

  setSpeed(speed: number): void {
    this.page.set({ speed: Math.min(SPEED_MAX, Math.max(SPEED_MIN, speed)), behind: false });
  }

  /** Does something by hand, in one lane or in all. */
  async touch(touch: Touch, lane?: number): Promise<void> {
    const made: SharedTouch = { atMs: this.latest?.nowMs ?? 0, lane: lane ?? null, touch };
    this.page.set({ saved: null });
    const answer = await this.order({
      kind: "touch",
      touch,
      ...(lane === undefined ? {} : { lane }),
    });
    if (answer.kind === "problems") this.page.set({ problems: answer.problems, refused: "touch" });
    else if (answer.kind === "frame") {
      this.touches.push(made);
      const done = answer.events?.findLast(({ touched }) => touched);
      this.page.set({ problems: [], said: done === undefined ? "Done." : `${done.sentence}.` });
    }
  }

  async follow(lane: number, what: { dot: number } | { nextAt: number } | "stop"): Promise<void> {
    this.page.set({ following: what === "stop" ? null : { lane, news: null } });
    await this.order({ kind: "follow", lane, what });
  }

  async save(lane: number): Promise<void> {
    await this.order({ kind: "save", lane });
  }

  /** Once for each picture of the screen. */
  tick(realMs: number): void {
    const sinceMs = Math.max(0, Math.min(STEP_MOST_MS, realMs - this.lastTickMs));
    this.lastTickMs = realMs;
    const { playing, opened } = this.page.get();
    if (!playing || opened === null) return;
    this.playheadMs += sinceMs * this.page.get().speed;
    if (opened.durationMs !== null) this.playheadMs = Math.min(this.playheadMs, opened.durationMs);
    if (this.waiting === 0) void this.advance(this.playheadMs);
  }

  /** The playhead never runs ahead of an engine that does not keep its speed. */
  private async advance(toMs: number): Promise<void> {
    const answer = await this.order({ kind: "advance", toMs, maxWallMs: WORK_MS });
    if (answer.kind !== "frame") return;
    const late = !answer.finished && answer.nowMs < toMs - 1e-6;
    if (late) this.playheadMs = answer.nowMs;
    this.lateness += ((late ? 1 : 0) - this.lateness) * LATE_SMOOTH;
    const { behind } = this.page.get();
    const isBehind = this.lateness > (behind ? 0.2 : 0.6);
    if (isBehind !== behind) this.page.set({ behind: isBehind });
  }

  private async order(order: Order): Promise<Answer> {
    this.waiting++;
    const answer = await this.client.send(order);
    this.waiting--;
    return answer;
  }

  private heard(answer: Answer): void {
    switch (answer.kind) {
      case "opened":
        return this.opened(answer);
      case "frame":
        return this.framed(answer);
      case "progress":
        return this.page.set({ seeking: Math.min(1, answer.nowMs / Math.max(1, answer.toMs)) });
      case "saved":
        return this.page.set({ saved: answer });
      case "followed":
        if (this.page.get().following?.lane !== answer.lane) return;
        return this.page.set({ following: { lane: answer.lane, news: answer } });
      case "failed":
        return this.page.set({ failed: answer.message, playing: false });
      case "problems": // Whose they are, only the sender knows.
    }
  }

  private opened(opened: Opened): void {
    this.latest = null;
    this.playheadMs = 0;
    this.touches = [];
    this.histories = opened.lanes.map(() => new FigureHistory());
    this.generation++;
    this.page.set({
      speed: opened.durationMs === null ? 1 : Math.max(SPEED_LEAST, opened.durationMs / RUN_MS),
      source: this.openings.shift() ?? this.page.get().source,
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

  private framed(frame: Frame): void {
    const { page } = this;
    const before = this.latest?.nowMs ?? 0;
    this.latest = frame;
    for (const [lane, { figures }] of frame.lanes.entries()) this.histories[lane]?.append(figures);
    if (frame.lanes.some(({ nodes }) => nodes !== null)) {
      this.generation++;
      const { trees } = page.get();
      page.set({ trees: trees.map((tree, lane) => frame.lanes[lane]?.nodes ?? tree) });
    }
    if (frame.events !== null) page.set({ events: frame.events });
    if (frame.stepped !== null) page.set({ said: frame.stepped });
    // Steps, touches and seeks move the clock by themselves.
    if (!page.get().playing || frame.nowMs < before || frame.nowMs > this.playheadMs) {
      this.playheadMs = frame.nowMs;
    }
    if (frame.finished && page.get().playing) {
      page.set({ playing: false, said: "The run is over." });
    }
    if (!page.get().playing || this.lastTickMs - this.panelsMs >= PANELS_MS) {
      this.panelsMs = this.lastTickMs;
      this.live.set({ frame });
    }
  }
}
