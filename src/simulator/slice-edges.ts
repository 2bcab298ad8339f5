/**
 * Where a run is cut into slices: every window's edge, the warm-up's end, events, and every span
 * that somebody asks about.
 */
import type { Scenario } from "../scenario/scenario.ts";
import { NEVER } from "../units.ts";

export class SliceEdges {
  private readonly windowMs: number;
  private readonly extra: number[];
  private passedMs = NaN;
  private window = 1;
  private at = 0;

  constructor(scenario: Scenario) {
    this.windowMs = scenario.windowMs;
    this.passedMs = 0;
    const asked = scenario.expect.flatMap(({ duringMs }) => duringMs ?? []);
    const events = scenario.events.map(({ atMs }) => atMs as number);
    this.extra = [...new Set([scenario.warmupMs as number, ...asked, ...events])]
      .filter((timeMs) => timeMs > 0)
      .toSorted((a, b) => a - b);
  }

  /** The next edge, ms. */
  get next(): number {
    // A multiple, not a sum: the edges stay where the scenario says, however many there are.
    return Math.min(this.window * this.windowMs, this.extra[this.at] ?? NEVER);
  }

  /** One more, for an event that is added while the run goes on; what is past stays uncut. */
  add(timeMs: number): void {
    if (timeMs <= this.passedMs || this.extra.includes(timeMs)) return;
    this.extra.push(timeMs);
    this.extra.sort((a, b) => a - b);
  }

  pass(): void {
    const edge = this.next;
    this.passedMs = edge;
    if (this.window * this.windowMs === edge) this.window++;
    if (this.extra[this.at] === edge) this.at++;
  }
}
