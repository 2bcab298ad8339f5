/**
 * `run --watch`: the run under way, drawn over itself on a terminal; a line for each tenth of it
 * where nothing can be drawn anew. On standard error. Wall-clock time is fine here: nothing of it
 * reaches a result.
 */
import { settingsOf } from "../experiment/settings.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Simulation } from "../simulator/run.ts";
import type { Io } from "./io.ts";
import { Course } from "./live-frame.ts";

/** At most ten pictures a second: as many as a slow line carries. */
const LEAST_GAP_MS = 100;
const NARROWEST = 40;
const HIDE = "\u001B[?25l\u001B[?7l";
/** The cursor, and the wrapping of lines. */
const RESTORE = "\u001B[?7h\u001B[?25h";
const CLEAR_LINE = "\u001B[2K";
const CLEAR_BELOW = "\u001B[0J";
const up = (lines: number): string => (lines > 0 ? `\u001B[${lines}A` : "");

export interface LiveView {
  /** `part` of 1 is done. */
  update(simulation: Simulation, part: number): void;
  /** Takes the picture away and leaves the terminal as it was. */
  stop(): void;
}

/** @param now wall-clock ms */
export function createLiveView(
  scenario: Scenario,
  io: Io,
  now: () => number = () => performance.now(),
): LiveView {
  const draws = io.err.isTerminal && io.env.TERM !== "dumb";
  return draws ? new Picture(scenario, io, now) : new Lines(scenario, io);
}

class Picture implements LiveView {
  private course: Course | null = null;
  private drawnMs = -Infinity;
  private height = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly io: Io,
    private readonly now: () => number,
  ) {}

  update(simulation: Simulation, part: number): void {
    const nowMs = this.now();
    if (nowMs - this.drawnMs < LEAST_GAP_MS) return;
    this.drawnMs = nowMs;
    const record = simulation.soFar();
    this.course ??= new Course(settingsOf(this.scenario, record.nodes));
    this.course.take(record, simulation.nowMs);
    const width = Math.max(NARROWEST, this.io.err.columns ?? 80);
    // One column less: a line that fills the last one is followed by an empty one on some
    // terminals.
    const lines = this.course.lines(part, width - 1);
    const drawn = lines.map((line) => `${CLEAR_LINE}${line}\n`).join("");
    this.io.err.write(`${this.height === 0 ? HIDE : up(this.height)}${drawn}${CLEAR_BELOW}`);
    this.height = lines.length;
  }

  stop(): void {
    if (this.height === 0) return;
    // After Ctrl-C a word stands below the picture: it stays, and so does what it stands under.
    const away = this.io.interrupt.requested ? "" : `${up(this.height)}${CLEAR_BELOW}`;
    this.io.err.write(`${away}${RESTORE}`);
    this.height = 0;
  }
}

class Lines implements LiveView {
  private course: Course | null = null;
  private tenths = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly io: Io,
  ) {}

  update(simulation: Simulation, part: number): void {
    const tenths = Math.floor(part * 10);
    if (tenths <= this.tenths) return;
    this.tenths = tenths;
    const record = simulation.soFar();
    this.course ??= new Course(settingsOf(this.scenario, record.nodes));
    this.course.take(record, simulation.nowMs);
    this.io.err.write(`${this.course.sentence(part)}\n`);
  }

  stop(): void {
    this.tenths = 0;
  }
}
