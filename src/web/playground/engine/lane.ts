/** One lane: a variant of the scenario as it runs, and what was done to it by hand. */
import { appendEvents, standalone } from "../../../scenario/append-events.ts";
import type { EventSpec, Scenario } from "../../../scenario/scenario.ts";
import { Simulation } from "../../../simulator/run.ts";
import type { Follower, FollowWhat } from "../../../simulator/watching/follower.ts";
import type { LiveFigures } from "../../../simulator/watching/live-figures.ts";
import type { Watcher } from "../../../simulator/watching/watcher.ts";
import { loaderOf, type LaneRead, readLane, type Refused, type SourceText } from "./read-lane.ts";
import type { Touched } from "./touch-events.ts";

export class Lane {
  simulation!: Simulation;
  watcher!: Watcher;
  figures!: LiveFigures;
  follower: Follower | null = null;
  touches: readonly Touched[] = [];
  /** Times that it was built: what was told of an earlier life is void. */
  lives = 0;
  private readonly base: string;

  constructor(
    private readonly source: SourceText,
    readonly label: string,
    readonly overrides: readonly string[],
    private present: LaneRead,
    private readonly windowMs: number,
  ) {
    this.base = standalone(source.name, source.text, loaderOf(source));
    this.rebuild();
  }

  get scenario(): Scenario {
    return this.present.scenario;
  }

  /** Where it stands, ms. */
  get nowMs(): number {
    return this.simulation.nowMs;
  }

  get finished(): boolean {
    return this.simulation.finished;
  }

  /** At time 0 again, with the same touches to come. */
  rebuild(): void {
    const { scenario, inputs } = this.present;
    this.simulation = new Simulation(scenario, inputs, scenario.seed, { drawsAll: true });
    this.watcher = this.simulation.watch();
    this.figures = this.watcher.figures(this.windowMs);
    this.follower = null;
    this.lives++;
  }

  /** Lets everything happen that is due before `timeMs`; closes windows on its way. */
  advanceTo(timeMs: number): void {
    while (this.figures.nextMs <= timeMs) {
      const edgeMs = this.figures.nextMs;
      this.run(edgeMs);
      // It ended before that: there is no more to show.
      if (this.nowMs < edgeMs) return;
      this.figures.close();
    }
    this.run(timeMs);
  }

  /** The next event, in words; null at the end. */
  step(): string | null {
    for (;;) {
      const edgeMs = this.figures.nextMs;
      const event = this.simulation.step(edgeMs);
      if (event !== null) {
        this.look();
        return this.watcher.happened(event.kind, event.ref);
      }
      if (this.nowMs < edgeMs) return null;
      this.figures.close();
      if (this.finished) return null;
    }
  }

  follow(what: FollowWhat | null): void {
    this.follower?.stop();
    this.follower = what === null ? null : this.watcher.follow(what);
  }

  /** The scenario's text with these touches. */
  textWith(touches: readonly Touched[]): string {
    return appendEvents(
      this.base,
      touches.flatMap(({ events }) => events),
    );
  }

  readWith(touches: readonly Touched[]): LaneRead | Refused {
    const text = this.textWith(touches);
    return readLane({ ...this.source, text }, this.overrides, `lane ${this.label}`);
  }

  /**
   * From now on it is the lane with these touches. Where that would have been another run from the
   * start, it is built anew, and stands at 0.
   */
  accept(touches: readonly Touched[], read: LaneRead): void {
    const before = this.scenario;
    this.touches = touches;
    this.present = read;
    const { eventsBegun } = this.simulation;
    const begun = (events: readonly EventSpec[]): string => described(events.slice(0, eventsBegun));
    const isContinued =
      built(before) === built(read.scenario) &&
      begun(before.events) === begun(read.scenario.events);
    if (!isContinued) this.rebuild();
    else this.simulation.revise(read.scenario.events);
  }

  private run(timeMs: number): void {
    if (this.nowMs >= timeMs) return;
    while (this.follower !== null && !this.follower.isOver) {
      if (this.simulation.step(timeMs) === null) break;
      this.look();
    }
    this.simulation.runUntil(timeMs);
  }

  private look(): void {
    const { follower } = this;
    if (follower === null) return;
    follower.look();
    if (follower.isOver) follower.stop();
  }
}

/** What a simulation is built from; what the scenario expects or compares is not. */
function built(scenario: Scenario): string {
  return JSON.stringify({ ...scenario, events: [], expect: [], compare: [] });
}

/** Wherever they are written. */
function described(events: readonly EventSpec[]): string {
  return JSON.stringify(events.map((event) => ({ ...event, where: "" })));
}
