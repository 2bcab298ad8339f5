/**
 * What one run leaves behind: raw counts and histograms by *slice*. Slices cut the run at every
 * window edge, at the warm-up's end and at every other time that somebody asks about; they follow
 * each other without gap from 0 to the end. Any figure for any span and node is a sum over slices
 * and cells, made after the loop.
 */
import type { Histogram } from "./histogram.ts";

/** Why a request ended. `completed` is the one success. */
export const OUTCOMES = ["completed", "rejected", "timed-out", "failed", "unroutable"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The parts of a latency, in the order in which they are met; they sum to the whole. */
export const PARTS = [
  "resolve",
  "connect",
  "network",
  "balancer",
  "wait",
  "service",
  "miss",
  "reload",
  "retry",
] as const;
export type Part = (typeof PARTS)[number];

export const MISSES = ["compulsory", "capacity", "remap", "scatter", "expiry", "restart"] as const;
export type MissClass = (typeof MISSES)[number];

/** What is counted of sessions by machine; bytes and core ms where the name says so. */
export const SESSION_COUNTS = [
  "opened",
  "moved-in",
  "moved-out",
  "lost",
  "bytes-in",
  "work-ms",
] as const;
/** What is counted of sessions by region, class and last balancer. */
export const SESSION_EVENTS = ["opened", "moved", "lost", "bytes"] as const;
export type SessionEvent = (typeof SESSION_EVENTS)[number];

export interface NodeRecord {
  /** Index in `RunRecord.nodes`. Parents come before their children. */
  readonly id: number;
  readonly path: string;
  readonly name: string;
  readonly kind: "balancer" | "machine";
  readonly parent: number;
  /** 0 at the root. */
  readonly tier: number;
  readonly place: string | null;
  /** At the end of the run; what counted before it is in `weightedMs`. */
  readonly weight: number;
  readonly cores: number;
  readonly speed: number;
  readonly strategy: string | null;
  /** Machines: index into the machine columns. Balancers: −1. */
  readonly machine: number;
  /** When it joined; 0 for those there from the start. */
  readonly joinedMs: number;
}

/**
 * Requests of one region and class whose last balancer was `balancer` (a node id; −1: none was
 * reached).
 */
export interface CellRecord {
  readonly region: number;
  readonly class: number;
  readonly balancer: number;
  /** By `OUTCOMES`. */
  readonly outcomes: Float64Array;
  /** Latency in ms of completed requests. */
  readonly latency: Histogram;
  /** Sums in ms over completed requests, by `PARTS`. */
  readonly parts: Float64Array;
  /** Completed requests that waited in queue longer than W. */
  readonly waitedLong: number;
  /** Served outside the nearest target of the root balancer. */
  readonly spilled: number;
  /** User landed on another machine than the time before. */
  readonly moved: number;
  /**
   * By `SESSION_EVENTS`, whatever became of the request: zeros where there are no sessions. What is
   * lost counts for the class of the user's last request and the balancer of the machine.
   */
  readonly sessions: Float64Array;
}

/**
 * What is counted by machine, and how many entries each machine has in it. One entry a machine, by
 * its index, unless said otherwise; machines that had not joined yet have zeros or no entries.
 */
export const MACHINE_COLUMNS = {
  /** Sent to it and arrived there. */
  received: 1,
  completed: 1,
  rejected: 1,
  /** Ended there by a crash, removal or cancellation. */
  lost: 1,
  started: 1,
  /** Sum over requests that began service. */
  waitMs: 1,
  /** Core ms. */
  busyMs: 1,
  /** Cores × ms in service (up and a member). */
  inServiceMs: 1,
  /** The same times its weight, whatever that was at the time: its claim to a fair share. */
  weightedMs: 1,
  hits: 1,
  /** By machine × MISSES.length + class. */
  misses: MISSES.length,
  /** By machine × SESSION_COUNTS.length + count; no entries at all where there are no sessions. */
  sessions: SESSION_COUNTS.length,
} as const;
export type MachineColumn = keyof typeof MACHINE_COLUMNS;
export type MachineColumns = Readonly<Record<MachineColumn, Float64Array>>;

/** Every column made by one rule. `width`: entries a machine. */
export function machineColumns(
  of: (column: MachineColumn, width: number) => Float64Array,
): MachineColumns;
export function machineColumns(
  of: (column: MachineColumn, width: number) => Float64Array,
): Partial<MachineColumns> {
  const columns: Partial<Record<MachineColumn, Float64Array>> = {};
  let column: MachineColumn;
  for (column in MACHINE_COLUMNS) columns[column] = of(column, MACHINE_COLUMNS[column]);
  return columns;
}

/** What the origin did; durations in ms. */
export const ORIGIN_COUNTS = [
  "fetches",
  "refused",
  "started",
  "waitMs",
  "busyMs",
  "coreMs",
] as const;
export type OriginRecord = Readonly<Record<(typeof ORIGIN_COUNTS)[number], number>>;

/** Every count made by one rule. */
export function originRecord(of: (count: keyof OriginRecord) => number): OriginRecord {
  const counts = { fetches: 0, refused: 0, started: 0, waitMs: 0, busyMs: 0, coreMs: 0 };
  for (const count of ORIGIN_COUNTS) counts[count] = of(count);
  return counts;
}

/** What is counted of a front door by region. */
export const DOOR_COUNTS = ["lookups", "uses", "stale"] as const;

/** null where neither has any. */
export function sumOfOrigins(a: OriginRecord | null, b: OriginRecord | null): OriginRecord | null {
  if (a === null || b === null) return a ?? b;
  return originRecord((count) => a[count] + b[count]);
}

/**
 * What is counted of each replica of a balancer that has more to do than pick. Times in ms; `open`
 * and `held` are connections × ms.
 */
export const PROXY_COUNTS = [
  "arrived",
  "worked",
  "wait-ms",
  "busy-ms",
  "core-ms",
  "full",
  "resumed",
  "first",
  "hits",
  "coalesced",
  "misses",
  "passed",
  "opened",
  "reused",
  "idled",
  "spent",
  "left",
  "broken",
  "open-ms",
  "held-ms",
  "dialed",
  "pended",
  "pended-ms",
  "overflowed",
  "packets",
  "backend-full",
  "backend-resumed",
] as const;
export type ProxyCountName = (typeof PROXY_COUNTS)[number];
/**
 * What is counted of clients' connections by region. Closed in good order, or broken, by reason.
 */
export const CONNECTION_COUNTS = [
  "opened",
  "reconnects",
  "full",
  "resumed",
  "early",
  "round-trips",
  "carried",
  "refused",
  "table-full",
  "closed-by-requests",
  "closed-by-idling",
  "closed-by-age",
  "closed-by-giving-up",
  "broken-by-crash",
  "broken-by-silence",
  "broken-by-removal",
  "broken-by-replica",
  "broken-by-move",
  "broken-by-table-idling",
  "broken-by-eviction",
  "broken-by-door",
] as const;
export type ConnectionEvent = (typeof CONNECTION_COUNTS)[number];

export interface ConnectionsSlice {
  /** By region × CONNECTION_COUNTS.length + count. */
  readonly counts: Float64Array;
  /** By node id: open connections through it or to it at the slice's end. */
  readonly open: Float64Array;
}

export interface SliceRecord {
  readonly startMs: number;
  readonly endMs: number;
  /** Requests born, by region × classes + class. */
  readonly born: Float64Array;
  readonly cells: readonly CellRecord[];
  readonly machines: MachineColumns;
  /** null where the scenario has none. */
  readonly origin: OriginRecord | null;
  /** By region × DOOR_COUNTS.length + count; null where clients look for nothing. */
  readonly door: Float64Array | null;
  /**
   * By index in `ProxiesRecord.replicas` × PROXY_COUNTS.length + count; empty where there are none.
   */
  readonly proxies: Float64Array;
  /** null where no clients have any. */
  readonly connections: ConnectionsSlice | null;
}

/**
 * A change of a pool's usable members or strategy, as replica 1 of that balancer saw it; or of what
 * its caches hold.
 */
export interface ChangeRecord {
  readonly atMs: number;
  /** Node id of the balancer. */
  readonly balancer: number;
  readonly what: string;
  readonly targetsBefore: number;
  readonly targetsAfter: number;
  /** null where the strategy places no keys. */
  readonly disruption: DisruptionRecord | null;
  /** Its response caches were emptied, in whole or in part: the pool is as it was. */
  readonly purged?: true;
}

/** Shares of all keys, from `keys` sampled ones. */
export interface DisruptionRecord {
  readonly keys: number;
  readonly moved: number;
  /** ½ Σ|w′ − w| over normalised weights; equal ones where the strategy ignores them. */
  readonly leastByWeight: number;
  /** ½ Σ|s′ − s| over the shares of keys really held. */
  readonly leastByShare: number;
  /**
   * Keys that moved between two targets that were members before and after with the same weight.
   */
  readonly strayed: number;
  /**
   * Greatest part of the lost targets' keys that one neighbour inherits; null where none was lost.
   */
  readonly greatestHeir: number | null;
}

/** When the truth changed, and when a balancer's belief followed. */
export interface NoticeRecord {
  readonly atMs: number;
  readonly what:
    | "failed"
    | "recovered"
    | "believed-down"
    | "believed-up"
    | "joined"
    | "left"
    | "slowed"
    | "restored"
    | "cut"
    | "mended"
    | "panic"
    | "calm"
    | "strategy"
    | "rate"
    | "weight"
    | "draining";
  /** Node id it happened to; −1 where it is no node. */
  readonly node: number;
  /** Node id of the balancer that came to believe it; −1 for a change of the truth. */
  readonly by: number;
  readonly detail: string;
}

export interface RunRecord {
  readonly seed: number;
  /** 16 hexadecimal digits folded from every outcome in order. */
  readonly fingerprint: string;
  readonly endMs: number;
  readonly warmupMs: number;
  readonly events: number;
  readonly regions: readonly string[];
  readonly classes: readonly string[];
  readonly nodes: readonly NodeRecord[];
  readonly slices: readonly SliceRecord[];
  readonly changes: readonly ChangeRecord[];
  readonly notices: readonly NoticeRecord[];
  readonly bornTotal: number;
  /** By `OUTCOMES`. */
  readonly outcomesTotal: readonly number[];
  readonly inFlightAtEnd: number;
  /** Users are told apart: `CellRecord.moved` is counted. */
  readonly tellsUsers: boolean;
  /** The kind of the root's front door; null: clients look for nothing. */
  readonly frontDoor: string | null;
  /** null: no balancer has more to do than pick. */
  readonly proxies: ProxiesRecord | null;
  /** null: there are no sessions. */
  readonly sessions: SessionsRecord | null;
  /** null: no clients have any. */
  readonly connections: ConnectionsRecord | null;
  /** Of each balancer where clients have connections, else empty. */
  readonly layers: readonly LayerRecord[];
}

export interface LayerRecord {
  readonly node: number;
  readonly layer: "door" | 4 | 7;
  /**
   * What it decides once, and counts as in flight: at layer 7 a connection only where all are
   * upgraded.
   */
  readonly decides: "connection" | "request";
  readonly replicas: number;
}

/** Of clients' connections, since time 0: opened = closed + broken + open. */
export interface ConnectionsRecord {
  readonly opened: number;
  readonly closed: number;
  readonly broken: number;
  readonly open: number;
}

export interface ProxiesRecord {
  /** Some balancer resumes TLS sessions with its targets. */
  readonly resumes: boolean;
  /** Node id of their balancer, and which of its replicas. */
  readonly replicas: readonly { readonly balancer: number; readonly label: string }[];
  /** To their targets, since time 0: opened = closed + broken + open. */
  readonly connections: {
    readonly opened: number;
    readonly closed: number;
    readonly broken: number;
    readonly open: number;
  };
  /** Packets are work at some of them. */
  readonly forwards: boolean;
  /** Some of them has a response cache. */
  readonly caches: boolean;
}

/** At the end of the run, since time 0. */
export interface SessionsRecord {
  readonly opened: number;
  readonly lost: number;
  /** By machine: sessions that it holds, or saved before it left. */
  readonly held: Float64Array;
}
