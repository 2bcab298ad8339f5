/** What the page is told of a playback: once as it opens, then frame by frame. */
import { describeLayer } from "../../../scenario/describe-connections.ts";
import { describeHappening } from "../../../scenario/describe-events.ts";
import { describeFrontDoor } from "../../../scenario/describe-front.ts";
import { describeProxy } from "../../../scenario/describe-proxies.ts";
import { describeScenario } from "../../../scenario/describe.ts";
import { meanRate } from "../../../scenario/offered-load.ts";
import { formatChosen } from "../../../scenario/words.ts";
import { FIGURES } from "../../../simulator/watching/live-figures.ts";
import type { Scenario } from "../../../scenario/scenario.ts";
import type { NodeFacts as NodeAsItStands } from "../../../simulator/watching/watcher.ts";
import type { Lane } from "./lane.ts";
import type { Playback } from "./playback.ts";
import {
  DOTS_MAX,
  type EventFacts,
  type FigureWindows,
  type Followed,
  type Frame,
  type LaneFrame,
  type NodeFacts,
  type Opened,
  type Saved,
} from "./protocol.ts";

/** What the page has been told of a lane. */
interface Told {
  life: number;
  version: number;
  windows: number;
  news: number;
}

export class Frames {
  private readonly told: Told[];
  /** By lane: whose events the page has been told of. */
  private scenarios: readonly Scenario[] = [];

  constructor(private readonly playback: Playback) {
    this.told = playback.lanes.map(() => ({ life: 0, version: -1, windows: 0, news: -1 }));
  }

  opened(re: number): Opened {
    const { lanes, windowMs } = this.playback;
    const { scenario } = lanes[0];
    return {
      kind: "opened",
      re,
      name: scenario.name,
      question: scenario.question,
      expectation: scenario.expectation,
      durationMs: scenario.durationMs,
      requestLimit: scenario.requestLimit,
      warmupMs: scenario.warmupMs,
      seed: scenario.seed,
      windowMs,
      places: scenario.places,
      roundTripMs: scenario.roundTripMs,
      regions: scenario.clients.map((client) => {
        const perMs = meanRate(client, scenario);
        const { name, place, users } = client;
        return { name, place, users, ratePerS: Number.isNaN(perMs) ? null : perMs * 1_000 };
      }),
      classes: scenario.classes.map(({ name }) => name),
      lanes: lanes.map((lane) => ({
        label: lane.label,
        overrides: lane.overrides,
        nodes: factsOf(lane),
        sentences: describeScenario(lane.scenario),
      })),
      compare: scenario.compare,
    };
  }

  frame(re: number, stepped: string | null = null): Frame {
    const { playback } = this;
    const { lanes } = playback;
    // A touch makes another scenario of its lane.
    const isChanged = lanes.some(({ scenario }, i) => scenario !== this.scenarios[i]);
    this.scenarios = lanes.map(({ scenario }) => scenario);
    return {
      kind: "frame",
      re,
      nowMs: playback.nowMs,
      lanes: lanes.map((lane, i) => laneFrame(lane, this.told[i])),
      finished: playback.finished,
      events: isChanged ? this.eventFacts() : null,
      links: lanes[0].watcher.links(),
      stepped,
    };
  }

  /** null where there is nothing new of a request that is followed. `always`: then too. */
  followed(re: number, always = false): Followed | null {
    for (const [index, { follower }] of this.playback.lanes.entries()) {
      const told = this.told[index];
      if (follower === null) {
        told.news = -1;
        continue;
      }
      if (!always && told.news === follower.news) continue;
      told.news = follower.news;
      const request = follower.followed();
      const gone = request === null && follower.isOver;
      return { kind: "followed", re, lane: index, request, gone };
    }
    return null;
  }

  saved(re: number, index: number): Saved {
    const { name } = this.playback;
    const lane = this.playback.lanes[index];
    return {
      kind: "saved",
      re,
      lane: index,
      name,
      text: lane.textWith(lane.touches),
      command: ["lbsim", "run", name, ...lane.overrides.flatMap((each) => ["--set", each])],
      fingerprint: lane.finished ? lane.simulation.fingerprint : null,
    };
  }

  /** Of all lanes, each once, in order of time. */
  private eventFacts(): EventFacts[] {
    const facts = new Map<string, EventFacts>();
    for (const { scenario, touches } of this.playback.lanes) {
      const times = new Set(touches.map(({ atMs }) => atMs));
      for (const event of scenario.events) {
        const sentence = describeHappening(event, scenario);
        const key = `${event.atMs} ${sentence}`;
        if (facts.has(key)) continue;
        facts.set(key, { atMs: event.atMs, sentence, touched: times.has(event.atMs) });
      }
    }
    return [...facts.values()].toSorted((a, b) => a.atMs - b.atMs);
  }
}

function laneFrame(lane: Lane, told: Told): LaneFrame {
  const { watcher, figures, simulation } = lane;
  if (told.life !== lane.lives) Object.assign(told, { life: lane.lives, version: -1, windows: 0 });
  const { version } = watcher;
  const isChanged = version !== told.version;
  told.version = version;
  const first = told.windows;
  told.windows = figures.closed;
  return {
    nodes: isChanged ? factsOf(lane) : null,
    columns: watcher.columns(figures),
    dots: watcher.dots(DOTS_MAX),
    figures: windowsFrom(lane, first),
    outcomes: watcher.outcomes(),
    born: simulation.born,
    finished: lane.finished,
    fingerprint: simulation.fingerprint,
  };
}

function windowsFrom({ figures }: Lane, first: number): FigureWindows {
  const columns = FIGURES.map((_, i) => Float64Array.from(figures.columns[i].slice(first)));
  return { first, count: figures.closed - first, columns };
}

const factsOf = ({ watcher, scenario }: Lane): NodeFacts[] =>
  watcher.facts().map((node) => inWords(node, scenario));

function inWords({ spec, ...node }: NodeAsItStands, scenario: Scenario): NodeFacts {
  const { strategy } = node;
  const does =
    spec === null
      ? []
      : [...describeFrontDoor(spec), ...describeLayer(spec, scenario), ...describeProxy(spec)];
  const words = strategy === null ? null : formatChosen(strategy, "strategies", "number");
  return { ...node, strategy: strategy?.kind ?? null, strategyWords: words, does };
}

/** The buffers of a frame: they are given to the page, not copied. */
export function buffersOf({ lanes }: Frame): ArrayBuffer[] {
  return lanes.flatMap(({ columns, dots, figures }) =>
    [...Object.values(columns), ...Object.values(dots), ...figures.columns].flatMap((column) =>
      ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer ? [column.buffer] : [],
    ),
  );
}
