/**
 * What the page and the engine's worker say to each other. Every order is answered at least once, in
 * order; answers repeat the order's number as `re`. All of it is data that can be cloned: names and
 * texts are to be shown as text. Times are simulated ms from the start of the run unless said
 * otherwise; node ids index `NodeFacts[]` of their lane, and stay the same for a run.
 */
import type { MissClass, Outcome, Part } from "../../../statistics/run-record.ts";

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
  /** `strategy` as in a file: `maglev`, `{ ring-hash: { points: 200 } }`. */
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
   * To any time: an earlier one runs anew from 0, with the same touches. Answers `progress` while it
   * lasts, then `frame`. Another order that comes meanwhile ends it where it stands.
   */
  | { readonly kind: "seek"; readonly toMs: number }
  /**
   * Becomes an event at the next whole ms; the clock goes on to just after it. `lane`: for that one
   * alone; left out: for all. Answer: `frame`, or `problems` where it makes no sense.
   */
  | { readonly kind: "touch"; readonly touch: Touch; readonly lane?: number }
  /**
   * Follows one request of a lane: a dot by its id, or the next one that a balancer (by node id; the
   * root: 0) picks a target for. Replaces the one followed before. Answer: `followed`, and again with
   * each later frame in which there is news. `stop` ends it.
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

export interface NodeFacts {
  readonly id: number;
  /** Node id; −1 at the root. Parents come before their children. */
  readonly parent: number;
  readonly name: string;
  readonly path: string;
  readonly kind: "balancer" | "machine";
  /** 0 at the root. */
  readonly tier: number;
  /** Index into `places`; −1 for a root that stands wherever its clients are. */
  readonly place: number;
  /** 0 for a balancer. */
  readonly cores: number;
  readonly speed: number;
  readonly weight: number;
  /** Requests that may wait; null: any number, or a balancer. */
  readonly queueLimit: number | null;
  /** Whether it has a cache. */
  readonly cached: boolean;
  /** Of a balancer, as text in a scenario's words, at this moment; null for a machine. */
  readonly strategy: string | null;
  readonly replicas: number;
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

/** What a node is at this moment: values of `NodeColumns.state`. */
export const NODE_STATES = ["up", "crashed", "silent", "removed", "draining"] as const;
export type NodeStateName = (typeof NODE_STATES)[number];

/** One entry a node, by node id. Of a balancer: sums or means over the machines beneath it. */
export interface NodeColumns {
  /** Index into NODE_STATES. */
  readonly state: Uint8Array;
  /** Part of its parent's replicas that believe it up, 0..1; 1 at the root. */
  readonly believedUp: Float32Array;
  /** Slow-downs in force: configured speed / present speed of a machine; 1 for a balancer. */
  readonly slowed: Float32Array;
  readonly queued: Uint32Array;
  readonly running: Uint32Array;
  readonly fetching: Uint32Array;
  /** Sent by its parent's replicas and not yet heard back. */
  readonly inFlight: Uint32Array;
  /** Busy core time / core time in service over the last whole window, 0..1; NaN: none yet. */
  readonly utilization: Float32Array;
  /** Hits / look-ups over the last whole window; NaN: no look-ups. */
  readonly hitRate: Float32Array;
  /** Part of the cache that is filled, 0..1; NaN: no cache. */
  readonly cacheFill: Float32Array;
  /** Sessions held. */
  readonly sessions: Uint32Array;
  /** Since the start of the run. */
  readonly received: Float64Array;
  readonly completed: Float64Array;
  /** Requests per s that reached it over the last whole window; NaN: none yet. */
  readonly ratePerS: Float32Array;
}

export const DOT_STATES = [
  "outbound",
  "fetching",
  "queued",
  "running",
  "returning",
  "lost",
] as const;
export type DotStateName = (typeof DOT_STATES)[number];
/** What became of it so far: `plain` where nothing can be said yet. */
export const DOT_MARKS = ["plain", "hit", "miss", "failed", "retry"] as const;
export type DotMarkName = (typeof DOT_MARKS)[number];

/**
 * Requests in flight, at most `DOTS_MAX` of them: which ones are shown hangs on their ids alone, so
 * one that is shown stays so while the crowd does not grow much.
 */
export interface Dots {
  /** Rows in use of the columns. */
  readonly count: number;
  /** Requests in flight in all. */
  readonly inFlight: number;
  /** The same over a request's life. */
  readonly id: Float64Array;
  /** Client region, index into `regions`. */
  readonly region: Uint16Array;
  /** Class, index into `classes`. */
  readonly class: Uint8Array;
  /**
   * Node ids; −1: the client. On its way: from and to where (a node between whose hops cost no time
   * is passed over; returning: towards the client). At a machine: both are it. Lost: where it was.
   */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Part of the way from `from` to `to`, 0..1; 0 at a machine. */
  readonly part: Float32Array;
  /** Index into DOT_STATES. */
  readonly state: Uint8Array;
  /** Index into DOT_MARKS. */
  readonly mark: Uint8Array;
}
export const DOTS_MAX = 2_000;

/** Figures of the whole tree, one column each; entry i is window `first + i`. NaN: no such figure. */
export const FIGURES = [
  /** Requests born per s. */
  "born",
  /** Completed per s. */
  "completed",
  /** Latency percentiles of the window's completed requests, ms. */
  "p50",
  "p99",
  /** Successes / outcomes, 0..1. */
  "availability",
  /** Outcomes that were no success, per s. */
  "errors",
  /** Busy core time / core time in service, all machines. */
  "utilization",
  /** Greatest machine's utilization. */
  "utilization-max",
  /** Misses / look-ups, and the part of it of each class. */
  "miss-rate",
  "compulsory",
  "capacity",
  "remap",
  "scatter",
  "expiry",
  "restart",
  /** Served outside the nearest datacenter / completed. */
  "spillover",
] as const satisfies readonly (MissClass | string)[];
export type FigureName = (typeof FIGURES)[number];

/**
 * Windows closed since the last frame of this lane. The page keeps its columns: cut to `first`
 * entries (after a seek back that is less than it has), then append.
 */
export interface FigureWindows {
  readonly first: number;
  readonly count: number;
  /** By FIGURES; each of `count` entries. */
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
  /** Of the scenario and by hand, in order of time: with the first frame and whenever they change. */
  readonly events: readonly EventFacts[] | null;
  /** Links (indices of places) that are cut, and what is added to round trips, ms. */
  readonly links: readonly {
    readonly between: readonly [number, number];
    readonly cut: boolean;
    readonly addedMs: number;
  }[];
  /** Answers `step`: what happened, in words. */
  readonly stepped: string | null;
}

/** One target as a balancer's replica believed it to be, beside what it was. */
export interface TargetSeen {
  readonly node: number;
  /** Believed usable: else it could not be picked. */
  readonly usable: boolean;
  readonly chosen: boolean;
  readonly weight: number;
  readonly roundTripMs: number;
  /** What this replica sent and has not heard back. */
  readonly believedInFlight: number;
  /** Last report; null before the first, or where none travel. */
  readonly reportedUtilization: number | null;
  readonly reportAgeMs: number | null;
  readonly believedUp: boolean;
  /** The truth at that moment. */
  readonly up: boolean;
  readonly inFlight: number;
  /** Busy cores / cores. */
  readonly busy: number;
}

export interface Decision {
  readonly atMs: number;
  /** Node id of the balancer, and which of its replicas. */
  readonly balancer: number;
  readonly replica: string;
  /** In a scenario's words. */
  readonly strategy: string;
  /** Node id; −1: no target was usable. */
  readonly chosen: number;
  /** Its user is kept there (persistence): the strategy was not asked. */
  readonly kept: boolean;
  /** The strategy's owner of the request's key, as node id; null where it places no keys. */
  readonly owner: number | null;
  /** The chosen one first, then in order of joining; at most `TARGETS_SEEN_MAX`. */
  readonly targets: readonly TargetSeen[];
  /** All that there were. */
  readonly targetCount: number;
}
export const TARGETS_SEEN_MAX = 64;

export interface Followed {
  readonly kind: "followed";
  readonly re: number;
  readonly lane: number;
  /** null: still waiting for one to come by. */
  readonly request: {
    readonly dot: number;
    readonly region: number;
    readonly class: number;
    readonly user: number | null;
    readonly object: number | null;
    readonly bornMs: number;
    readonly demandMs: number;
    readonly decisions: readonly Decision[];
    /** What happened to it, in order, in words. */
    readonly story: readonly { readonly atMs: number; readonly what: string }[];
    /** null while it is under way. */
    readonly end: {
      readonly atMs: number;
      readonly outcome: Outcome;
      readonly latencyMs: number;
      /** Sums to the latency; only of a success. */
      readonly parts: readonly { readonly part: Part; readonly ms: number }[];
    } | null;
  } | null;
}

export interface Saved {
  readonly kind: "saved";
  readonly re: number;
  readonly lane: number;
  /** To be written under this name: streams of chance failures hang on it. */
  readonly name: string;
  /** The file as it was, with its comments, and the touches at the end of its events. */
  readonly text: string;
  /** What repeats this lane on the command line, word by word: `lbsim run flagship.yaml --set …`. */
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
