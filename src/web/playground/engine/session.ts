/**
 * Takes the page's orders one after the other and answers them. A long seek gives way between its
 * pieces, so that a later order can end it.
 */
import { unreachable } from "../../../assert.ts";
import { buffersOf, Frames } from "./frames.ts";
import { openPlayback, type Playback } from "./playback.ts";
import type { Answer, Frame, NumberedOrder } from "./protocol.ts";
import { readLane } from "./read-lane.ts";

/** What a session is given by the worker around it, or by a test. */
export interface Surroundings {
  post(answer: Answer, buffers: ArrayBuffer[]): void;
  /** Wall-clock ms. */
  now(): number;
  /** Lets messages come in. */
  pause(): Promise<void>;
}

/** Work between two signs of life while a seek lasts, ms. */
const SEEK_PIECE_MS = 50;

type Of<K extends NumberedOrder["kind"]> = Extract<NumberedOrder, { readonly kind: K }>;

export class Session {
  private readonly waiting: NumberedOrder[] = [];
  private busy = false;
  private playback: Playback | null = null;
  private frames: Frames | null = null;

  constructor(private readonly around: Surroundings) {}

  /** Settles when no order is waiting any more. */
  async receive(order: NumberedOrder): Promise<void> {
    this.waiting.push(order);
    if (this.busy) return;
    this.busy = true;
    for (;;) {
      const next = this.waiting.shift();
      if (next === undefined) break;
      try {
        await this.obey(next);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.answer({ kind: "failed", re: next.order, message });
      }
    }
    this.busy = false;
  }

  private async obey(order: NumberedOrder): Promise<void> {
    const re = order.order;
    switch (order.kind) {
      case "open":
        return this.open(order);
      case "check": {
        const { text, name, files = {} } = order;
        const read = readLane({ text, name, files }, []);
        const problems = "problems" in read ? read.problems : read.warnings;
        return this.answer({ kind: "problems", re, problems });
      }
      case "advance":
        this.opened().advance(order.toMs, order.maxWallMs);
        return this.tellFrame(re);
      case "step":
        return this.tellFrame(re, this.laneOf(order.lane).step(order.lane));
      case "seek":
        if (order.toMs < this.opened().nowMs) this.opened().rewind();
        await this.seek(re, order.toMs);
        return this.tellFrame(re);
      case "touch":
        return this.touch(order);
      case "follow":
        this.laneOf(order.lane).follow(order.lane, order.what === "stop" ? null : order.what);
        return this.tellFollowed(re, order);
      case "save":
        this.laneOf(order.lane);
        return this.answer(this.told().saved(re, order.lane));
      case "frame":
        return this.tellFrame(re);
      default:
        return unreachable(order);
    }
  }

  private open({ text, name, lanes, files = {}, order: re }: Of<"open">): void {
    const opened = openPlayback({ text, name, files }, lanes, () => this.around.now());
    if ("problems" in opened) {
      this.answer({ kind: "problems", re, problems: opened.problems });
      return;
    }
    this.playback = opened;
    this.frames = new Frames(opened);
    this.answer(this.frames.opened(re));
    this.tellFrame(re);
  }

  private async touch({ touch, lane, order: re }: Of<"touch">): Promise<void> {
    const playback = lane === undefined ? this.opened() : this.laneOf(lane);
    const done = playback.touch(touch, lane);
    if ("problems" in done) {
      this.answer({ kind: "problems", re, problems: done.problems });
      return;
    }
    await this.seek(re, done.toMs);
    this.tellFrame(re);
  }

  /** Ahead to that time, unless another order comes. */
  private async seek(re: number, toMs: number): Promise<void> {
    const playback = this.opened();
    while (!playback.advance(toMs, SEEK_PIECE_MS)) {
      this.answer({ kind: "progress", re, nowMs: playback.nowMs, toMs });
      await this.around.pause();
      if (this.waiting.length > 0) return;
    }
  }

  private tellFrame(re: number, stepped: string | null = null): void {
    const frame = this.told().frame(re, stepped);
    this.answer(frame);
    const followed = this.told().followed(re);
    if (followed !== null) this.answer(followed);
  }

  private tellFollowed(re: number, { lane }: Of<"follow">): void {
    const nothing = { kind: "followed", re, lane, request: null, gone: false } as const;
    this.answer(this.told().followed(re, true) ?? nothing);
  }

  private answer(answer: Answer): void {
    this.around.post(answer, answer.kind === "frame" ? buffersOf(answer satisfies Frame) : []);
  }

  private opened(): Playback {
    if (this.playback === null) throw new Error("no scenario is open");
    return this.playback;
  }

  private told(): Frames {
    this.opened();
    return this.frames!;
  }

  private laneOf(lane: number): Playback {
    const playback = this.opened();
    if (playback.lanes[lane] === undefined) throw new Error(`there is no lane ${lane}`);
    return playback;
  }
}
