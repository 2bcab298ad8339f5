/**
 * One to three lanes of a scenario in step, to be played with: run, step, go back, touch, save.
 * Nothing is simulated twice but what a seek back asks for, and what is played is a scenario: its
 * text with the touches as events gives the same run anywhere.
 */
import type { FollowWhat } from "../../../simulator/watching/follower.ts";
import { Lane } from "./lane.ts";
import type { LaneOrder, Touch } from "./protocol.ts";
import { type LaneRead, readLane, refusal, type Refused, type SourceText } from "./read-lane.ts";
import { eventsOf, type Touched } from "./touch-events.ts";

export const LANES_MAX = 3;
/** Windows of live figures in a whole run, about. */
const WINDOWS = 180;
/** Past a touch, so that its effect shows while the run is paused. */
const JUST_AFTER_MS = 0.001;
/** Work between two looks at the clock, ms: short enough for a smooth page. */
const PIECE_MS = 4;
const FIRST_PIECE_MS = 1;
/** Of simulated time: idle scenarios need not run faster than this. */
const LONGEST_PIECE_MS = 60_000;

/** A scenario that can be played, or what is wrong with it: never throws on a text. */
export function openPlayback(
  source: SourceText,
  orders: readonly LaneOrder[],
  clock: () => number,
): Playback | Refused {
  const wanted = orders.length === 0 ? [{ label: "", overrides: [] }] : orders;
  if (wanted.length > LANES_MAX) return refusal(`${wanted.length} lanes`, `at most ${LANES_MAX}`);
  const reads: LaneRead[] = [];
  for (const [i, { overrides }] of wanted.entries()) {
    const read = readLane(source, overrides, `lane ${i + 1}`);
    if ("problems" in read) return read;
    reads.push(read);
  }
  const { durationMs, windowMs } = reads[0].scenario;
  const liveMs = durationMs === null ? windowMs : niceAbove(durationMs / WINDOWS);
  const lanes = wanted.map(
    ({ label, overrides }, i) =>
      new Lane(source, labelOf(label, overrides), overrides, reads[i], liveMs),
  );
  return new Playback(source.name, lanes, liveMs, clock);
}

export class Playback {
  /** Simulated ms that about `PIECE_MS` of work get through. */
  private pieceMs = FIRST_PIECE_MS;
  private timeMs = 0;

  constructor(
    readonly name: string,
    readonly lanes: readonly Lane[],
    readonly windowMs: number,
    /** Wall-clock ms. */
    private readonly clock: () => number,
  ) {}

  /** Where all lanes have come to, ms. */
  get nowMs(): number {
    return this.timeMs;
  }

  get finished(): boolean {
    return this.lanes.every((lane) => lane.finished);
  }

  /**
   * All lanes to that time, but gives way after about so much work. False where there is more to
   * do.
   */
  advance(toMs: number, maxWallMs = Infinity): boolean {
    const startedMs = this.clock();
    let passedMs = startedMs;
    while (this.timeMs < toMs && !this.finished) {
      const stopMs = Math.min(toMs, this.timeMs + this.pieceMs);
      for (const lane of this.lanes) lane.advanceTo(stopMs);
      this.timeMs = this.finished ? this.endMs() : stopMs;
      const nowMs = this.clock();
      this.learn(nowMs - passedMs);
      passedMs = nowMs;
      if (nowMs - startedMs >= maxWallMs) break;
    }
    return this.timeMs >= toMs || this.finished;
  }

  /** One event of a lane, in words; the others follow to its time. */
  step(index: number): string | null {
    const lane = this.lanes[index];
    const words = lane.step();
    for (const other of this.lanes) if (other !== lane) other.advanceTo(lane.nowMs);
    this.timeMs = Math.max(this.timeMs, lane.nowMs);
    return words;
  }

  /** Back to 0, with the touches still to come. */
  rewind(): void {
    for (const lane of this.lanes) lane.rebuild();
    this.timeMs = 0;
  }

  /**
   * Done by hand, now, to one lane or to all; null where it is done. Lanes may have to run anew:
   * then `nowMs` has gone back, and the caller advances to the time that is returned.
   */
  touch(touch: Touch, only?: number): { readonly toMs: number } | Refused {
    const atMs = Math.floor(this.timeMs) + 1;
    const { durationMs } = this.lanes[0].scenario;
    if (this.finished || (durationMs !== null && atMs >= durationMs)) {
      return refusal("the run is over", "go back to an earlier time first");
    }
    const touched: { lane: Lane; touches: readonly Touched[]; read: LaneRead }[] = [];
    for (const [index, lane] of this.lanes.entries()) {
      if (only !== undefined && only !== index) continue;
      const before = lane.touches.filter((earlier) => earlier.atMs < atMs);
      const regions = lane.scenario.clients.map(({ name }) => name);
      const events = eventsOf(touch, atMs, before, regions);
      if ("problems" in events) return events;
      if (events.length === 0) continue;
      const touches = [...before, { atMs, events }];
      const read = lane.readWith(touches);
      if ("problems" in read) return { problems: read.problems.map(nowhere) };
      touched.push({ lane, touches, read });
    }
    for (const { lane, touches, read } of touched) {
      lane.accept(touches, read);
      if (lane.nowMs < this.timeMs) this.timeMs = 0;
    }
    return { toMs: atMs + JUST_AFTER_MS };
  }

  follow(index: number, what: FollowWhat | null): void {
    for (const [i, lane] of this.lanes.entries()) lane.follow(i === index ? what : null);
  }

  /** The latest time that any lane has come to, when all are over. */
  private endMs(): number {
    return Math.max(...this.lanes.map(({ nowMs }) => nowMs));
  }

  private learn(tookMs: number): void {
    if (tookMs < PIECE_MS / 2) this.pieceMs = Math.min(2 * this.pieceMs, LONGEST_PIECE_MS);
    else if (tookMs > 2 * PIECE_MS) this.pieceMs /= 2;
  }
}

const labelOf = (label: string, overrides: readonly string[]): string =>
  label !== "" ? label : overrides.map((each) => each.slice(each.indexOf("=") + 1)).join(", ");

/** A touch stands in no line of what people see. */
const nowhere = (problem: Refused["problems"][number]): Refused["problems"][number] => ({
  ...problem,
  line: 0,
  column: 0,
});

/** 1, 2 or 5 times a power of ten. */
function niceAbove(value: number): number {
  let step = 1;
  while (step < value) step *= 10;
  while (step >= 10 * value) step /= 10;
  for (const part of [0.1, 0.2, 0.5]) if (step * part >= value) return step * part;
  return step;
}
