/**
 * What the page and the engine's worker say to each other. Every order is answered at least once,
 * in order; answers repeat the order's number as `re`. All of it is data that can be cloned: names
 * and texts are to be shown as text. Times are simulated ms from the start of the run unless said
 * otherwise; node ids index `NodeFacts[]` of their lane, and stay the same for a run.
 */
import type { Dots } from "../../../simulator/watching/dots.ts";
import type { FollowedRequest } from "../../../simulator/watching/follower.ts";
import type { NodeColumns } from "../../../simulator/watching/node-columns.ts";
import type {
  LinkFacts,
  NodeFacts as NodeAsItStands,
} from "../../../simulator/watching/watcher.ts";

export { DOT_MARKS, DOT_STATES } from "../../../simulator/watching/dots.ts";
export type { DotMarkName, Dots, DotStateName } from "../../../simulator/watching/dots.ts";
export { TARGETS_SEEN_MAX } from "../../../simulator/watching/decisions.ts";
export type { Decision, TargetSeen } from "../../../simulator/watching/decisions.ts";
export type { FollowedEnd, FollowedRequest } from "../../../simulator/watching/follower.ts";
export { FIGURES } from "../../../simulator/watching/live-figures.ts";
export type { FigureName } from "../../../simulator/watching/live-figures.ts";
export { NODE_STATES } from "../../../simulator/watching/node-columns.ts";
export type { NodeColumns, NodeStateName } from "../../../simulator/watching/node-columns.ts";
export type { LinkFacts } from "../../../simulator/watching/watcher.ts";

// ---------------------------------------------------------------- page → worker

/** A variant of the scenario: runs in step with the others on the same traffic. */
export interface LaneOrder {
  /** For people; empty: the worker makes one of the overrides. */
  readonly label: string;
  /** As after `--set`: `fra.strategy=ring-hash`. */
  readonly overrides: readonly string[];
}

/** Something done by hand, in a scenario's words. `node` and `to` are paths: `global/fra/3`. */
export type Touch =
  /** Crash: connections are reset at once; silence: nothing answers. A balancer: all beneath it. */
  | { readonly kind: "fail"; readonly node: string; readonly manner: "crash" | "silence" }
  | { readonly kind: "recover"; readonly node: string }
  /** Speed = configured / factor from now on, whatever earlier touches made of it; 1 restores. */
  | { readonly kind: "slow"; readonly node: string; readonly factor: number }
  | { readonly kind: "drain"; readonly node: string }
  | { readonly kind: "remove"; readonly node: string }
  /** Machines like the first group of that balancer join it, with empty caches. */
  | { readonly kind: "add"; readonly to: string; readonly count: number }
  /** Names of two places. */
  | { readonly kind: "cut"; readonly between: readonly [string, string] }
  | {
      readonly kind: "delay";
      readonly between: readonly [string, string];
      /** Added to the round trip, on top of earlier ones. */
      readonly byMs: number;
    }
  /** Ends all cuts and delays of that link. */
  | { readonly kind: "mend"; readonly between: readonly [string, string] }
  /**
   * Arrival rate = configured × times from now on, whatever earlier touches made of it. At least
   * 0.001. `region`: a client region's name, or `*` for all.
   */
  | { readonly kind: "rate"; readonly region: string; readonly times: number }
  /** `strategy` as in a file: `maglev`, `{ ring-hash: { nodes: 200 } }`. */
  | { readonly kind: "strategy"; readonly node: string; readonly strategy: string }
  | { readonly kind: "weight"; readonly node: string; readonly weight: number };

export type Order =
  /**
   * Reads the scenario, builds its lanes at time 0. Answer: `opened` and a `frame`, or `problems`
   * (then what was open stays open, as it stands).
   */
  | {
      readonly kind: "open";
      readonly text: string;
      /** File name without folder: `flagship.yaml`. */
      readonly name: string;
      /** One to three; none: one without overrides. */
      readonly lanes: readonly LaneOrder[];
      /** Text of other files that the scenario names (includes, traces, numbers), by that name. */
      readonly files?: Readonly<Record<string, string>>;
    }
  /**
   * Only reads, for the editor: answer `problems` (with none where it is right). Takes the same
   * fields as `open`.
   */
  | {
      readonly kind: "check";
      readonly text: string;
      readonly name: string;
      readonly files?: Readonly<Record<string, string>>;
    }
  /**
   * Runs all lanes up to that time, but gives way after about that much work: then `nowMs` of the
   * answered `frame` is less than `toMs`, and the next `advance` goes on from there.
   */
  | { readonly kind: "advance"; readonly toMs: number; readonly maxWallMs: number }
  /** One event of this lane; the others follow to its time. Answer: `frame` with `stepped`. */
  | { readonly kind: "step"; readonly lane: number }
  /**
   * To any time: an earlier one runs anew from 0, with the same touches. Answers `progress` while
   * it lasts, then `frame`. Another order that comes meanwhile ends it where it stands.
   */
  | { readonly kind: "seek"; readonly toMs: number }
  /**
   * Becomes an event at the next whole ms; the clock goes on to just after it. `lane`: for that one
   * alone; left out: for all. What was touched later (before a seek back) is forgotten. Answer:
   * `frame`, or `problems` where it makes no sense; `progress` before it where the lane has to run
   * anew from 0, as with a first strategy that needs reports.
   */
  | { readonly kind: "touch"; readonly touch: Touch; readonly lane?: number }
  /**
   * Follows one request of a lane: a dot by its id, or the next one that a balancer (by node id;
   * the root: 0) picks a target for. Replaces the one followed before. Answer: `followed`, and
   * again with each later frame in which there is news. `stop` ends it.
   */
  | {
      readonly kind: "follow";
      readonly lane: number;
      readonly what: { readonly dot: number } | { readonly nextAt: number } | "stop";
    }
  /** The lane's scenario with all touches as events. Answer: `saved`. */
  | { readonly kind: "save"; readonly lane: number }
  /** Only a new frame. */
  | { readonly kind: "frame" };

/** As posted: numbered by the page, beginning with 1. */
export type NumberedOrder = Order & { readonly order: number };

// ---------------------------------------------------------------- worker → page

/** A node; its columns' names and units stand with `Watcher.facts`. */
export interface NodeFacts extends Omit<NodeAsItStands, "strategy" | "spec"> {
  /**
   * Of a balancer, at this moment: the name in the registry, and the same with its settings in
   * words.
   */
  readonly strategy: string | null;
  readonly strategyWords: string | null;
  /**
   * Of a balancer: how clients come to it, its layer, what it does beside picking, in sentences.
   */
  readonly does: readonly string[];
}

export interface PlaceFacts {
  readonly name: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export interface RegionFacts {
  readonly name: string;
  /** Index into `places`. */
  readonly place: number;
  readonly users: number;
  /** Mean requests per s by the file; null: only a trace knows. */
  readonly ratePerS: number | null;
}

export interface LaneFacts {
  readonly label: string;
  readonly overrides: readonly string[];
  /** At time 0. */
  readonly nodes: readonly NodeFacts[];
  /** The scenario in sentences, as `explain` tells it. */
  readonly sentences: readonly string[];
}

export interface EventFacts {
  readonly atMs: number;
  readonly sentence: string;
  /** Made by hand in this session. */
  readonly touched: boolean;
}

export interface Opened {
  readonly kind: "opened";
  readonly re: number;
  /** The file's stem. */
  readonly name: string;
  readonly question: string;
  readonly expectation: string;
  /** null: the run ends after `requestLimit` requests. */
  readonly durationMs: number | null;
  readonly requestLimit: number | null;
  readonly warmupMs: number;
  readonly seed: number;
  /** Width of the windows of `FigureWindows`, ms. */
  readonly windowMs: number;
  readonly places: readonly PlaceFacts[];
  /** Round trips in ms, row = from, column = to. */
  readonly roundTripMs: readonly (readonly number[])[];
  readonly regions: readonly RegionFacts[];
  /** Names of the classes of requests. */
  readonly classes: readonly string[];
  readonly lanes: readonly LaneFacts[];
  /** Variations that the file itself wants compared: `fra.strategy`, its values. */
  readonly compare: readonly { readonly path: string; readonly values: readonly string[] }[];
}

export interface ProblemFacts {
  /** From 1; 0: it is not in the text (an override, a touch). */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What would be right; empty where nothing can be said. */
  readonly fix: string;
  readonly severity: "error" | "warning";
}

/** Dots in a frame at most. */
export const DOTS_MAX = 2_000;

/**
 * Windows closed since the last frame of this lane. The page keeps its columns: cut to `first`
 * entries (after a seek back that is less than it has), then append.
 */
export interface FigureWindows {
  readonly first: number;
  readonly count: number;
  /** By FIGURES, NaN where there is no such figure; each of `count` entries. */
  readonly columns: readonly Float64Array[];
}

export interface LaneFrame {
  /** All nodes, where any joined or changed since the last frame of this lane; else null. */
  readonly nodes: readonly NodeFacts[] | null;
  readonly columns: NodeColumns;
  readonly dots: Dots;
  readonly figures: FigureWindows;
  /** By OUTCOMES, since the start. */
  readonly outcomes: readonly number[];
  readonly born: number;
  /** The run is over. */
  readonly finished: boolean;
  /** Of the run so far: 16 hexadecimal digits. */
  readonly fingerprint: string;
}

export interface Frame {
  readonly kind: "frame";
  readonly re: number;
  readonly nowMs: number;
  readonly lanes: readonly LaneFrame[];
  /** All lanes are over. */
  readonly finished: boolean;
  /**
   * Of the scenario and by hand, in order of time: with the first frame and whenever they change.
   */
  readonly events: readonly EventFacts[] | null;
  readonly links: readonly LinkFacts[];
  /** Answers `step`: what happened, in words. */
  readonly stepped: string | null;
}

export interface Followed {
  readonly kind: "followed";
  readonly re: number;
  readonly lane: number;
  /** null: still waiting for one to come by, or `gone`. */
  readonly request: FollowedRequest | null;
  /** The dot that was asked for is no longer under way. */
  readonly gone: boolean;
}

export interface Saved {
  readonly kind: "saved";
  readonly re: number;
  readonly lane: number;
  /** To be written under this name: streams of chance failures hang on it. */
  readonly name: string;
  /** The file as it was, with its comments, and the touches at the end of its events. */
  readonly text: string;
  /**
   * What repeats this lane on the command line, word by word: `lbsim run flagship.yaml --set …`.
   */
  readonly command: readonly string[];
  /** That the command will print; null while the run is not over. */
  readonly fingerprint: string | null;
}

export type Answer =
  | Opened
  | { readonly kind: "problems"; readonly re: number; readonly problems: readonly ProblemFacts[] }
  | Frame
  | {
      readonly kind: "progress";
      readonly re: number;
      readonly nowMs: number;
      readonly toMs: number;
    }
  | Followed
  | Saved
  /** Our own mistake, or an order that makes no sense now. */
  | { readonly kind: "failed"; readonly re: number; readonly message: string };
