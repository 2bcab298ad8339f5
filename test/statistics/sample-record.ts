/**
 * Run records made by hand: every number in them is chosen, so every figure can be checked with
 * pencil and paper.
 */
import { Histogram } from "../../src/statistics/histogram.ts";
import {
  machineColumns,
  MISSES,
  OUTCOMES,
  PARTS,
  PROXY_COUNTS,
  SESSION_EVENTS,
} from "../../src/statistics/run-record.ts";
import type {
  CellRecord,
  ChangeRecord,
  DisruptionRecord,
  MachineColumn,
  MachineColumns,
  MissClass,
  NodeRecord,
  NoticeRecord,
  Outcome,
  Part,
  ProxiesRecord,
  ProxyCountName,
  RunRecord,
  SessionEvent,
  SliceRecord,
} from "../../src/statistics/run-record.ts";

/**
 * global (0) over fra (1) with machines 1, 2, 3 (ids 3, 4, 5) and gru (2) with machines 1, 2 (ids
 * 6, 7).
 */
export const NODES: readonly NodeRecord[] = [
  balancer(0, "global", -1, 0),
  balancer(1, "global/fra", 0, 1),
  balancer(2, "global/gru", 0, 1),
  machine(3, "global/fra/1", 1, 0),
  machine(4, "global/fra/2", 1, 1),
  machine(5, "global/fra/3", 1, 2),
  machine(6, "global/gru/1", 2, 3),
  machine(7, "global/gru/2", 2, 4),
];
export const MACHINES = 5;

function balancer(id: number, path: string, parent: number, tier: number): NodeRecord {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    id,
    path,
    name,
    kind: "balancer",
    parent,
    tier,
    place: null,
    weight: 1,
    cores: 0,
    speed: 0,
    strategy: "random",
    machine: -1,
    joinedMs: 0,
  };
}

function machine(id: number, path: string, parent: number, index: number): NodeRecord {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    id,
    path,
    name,
    kind: "machine",
    parent,
    tier: 2,
    place: null,
    weight: 1,
    cores: 2,
    speed: 1,
    strategy: null,
    machine: index,
    joinedMs: 0,
  };
}

export interface CellSpec {
  readonly region?: number;
  readonly class?: number;
  readonly balancer?: number;
  /** Latencies in ms of completed requests. */
  readonly latencies?: readonly number[];
  readonly outcomes?: Partial<Record<Outcome, number>>;
  readonly parts?: Partial<Record<Part, number>>;
  readonly waitedLong?: number;
  readonly spilled?: number;
  readonly moved?: number;
  readonly sessions?: Partial<Record<SessionEvent, number>>;
}

export function cell(spec: CellSpec): CellRecord {
  const latency = new Histogram();
  for (const value of spec.latencies ?? []) latency.record(value);
  const outcomes = Float64Array.from(OUTCOMES, (outcome) => spec.outcomes?.[outcome] ?? 0);
  outcomes[0] += latency.count;
  return {
    region: spec.region ?? 0,
    class: spec.class ?? 0,
    balancer: spec.balancer ?? 1,
    outcomes,
    latency,
    parts: Float64Array.from(PARTS, (part) => spec.parts?.[part] ?? 0),
    waitedLong: spec.waitedLong ?? 0,
    spilled: spec.spilled ?? 0,
    moved: spec.moved ?? 0,
    sessions: Float64Array.from(SESSION_EVENTS, (event) => spec.sessions?.[event] ?? 0),
  };
}

type ColumnSpec = {
  readonly [K in Exclude<MachineColumn, "misses">]?: readonly number[];
} & {
  readonly misses?: Partial<Record<MissClass, readonly number[]>>;
};

export const columns = (spec: ColumnSpec, count = MACHINES): MachineColumns =>
  machineColumns((column, width) => {
    const values = new Float64Array(count * width);
    if (column !== "misses") values.set((spec[column] ?? []).slice(0, count));
    else {
      MISSES.forEach((kind, index) => {
        spec.misses?.[kind]?.forEach((value, at) => (values[at * width + index] = value));
      });
    }
    return values;
  });

export interface SliceSpec {
  readonly startMs: number;
  readonly endMs: number;
  /** By region × 2 + class. */
  readonly born?: readonly number[];
  readonly cells?: readonly CellSpec[];
  readonly machines?: ColumnSpec;
  readonly origin?: SliceRecord["origin"];
  readonly door?: SliceRecord["door"];
  /** Of one replica. */
  readonly proxies?: Partial<Record<ProxyCountName, number>>;
  /** By machine; 1 where nothing is said. */
  readonly weights?: readonly number[];
}

export function slice(spec: SliceSpec): SliceRecord {
  // In service all the time with weight 1 unless said otherwise: 2 cores each.
  const always = Array.from({ length: MACHINES }, () => 2 * (spec.endMs - spec.startMs));
  const inServiceMs = spec.machines?.inServiceMs ?? always;
  const weightedMs = inServiceMs.map((coreMs, i) => coreMs * (spec.weights?.[i] ?? 1));
  return {
    startMs: spec.startMs,
    endMs: spec.endMs,
    born: Float64Array.from({ length: 4 }, (_, index) => spec.born?.[index] ?? 0),
    cells: (spec.cells ?? []).map(cell),
    machines: columns({ inServiceMs, weightedMs, ...spec.machines }),
    origin: spec.origin ?? null,
    door: spec.door ?? null,
    proxies: Float64Array.from(spec.proxies === undefined ? [] : PROXY_COUNTS, (name) => {
      return spec.proxies?.[name] ?? 0;
    }),
    connections: null,
  };
}

/** Consecutive slices of one second each. */
export const seconds = (
  count: number,
  of: (index: number) => Omit<SliceSpec, "startMs" | "endMs">,
) =>
  Array.from({ length: count }, (_, index) =>
    slice({ startMs: index * 1000, endMs: (index + 1) * 1000, ...of(index) }),
  );

export function record(slices: readonly SliceRecord[], more: Partial<RunRecord> = {}): RunRecord {
  const outcomesTotal = OUTCOMES.map((_, outcome) =>
    slices.reduce(
      (sum, { cells }) => sum + cells.reduce((part, one) => part + one.outcomes[outcome], 0),
      0,
    ),
  );
  return {
    seed: 7,
    fingerprint: "0123456789abcdef",
    endMs: slices.length === 0 ? 0 : slices[slices.length - 1].endMs,
    warmupMs: 0,
    events: 1,
    regions: ["europe", "brazil"],
    classes: ["browse", "buy"],
    nodes: NODES,
    slices,
    sessions: null,
    proxies: null,
    connections: null,
    layers: [],
    changes: [],
    notices: [],
    bornTotal: outcomesTotal.reduce((a, b) => a + b, 0),
    outcomesTotal,
    inFlightAtEnd: 0,
    tellsUsers: true,
    frontDoor: null,
    ...more,
  };
}

/** fra has a response cache. */
export const CACHING: ProxiesRecord = {
  resumes: false,
  replicas: [{ balancer: 1, label: "1" }],
  connections: { opened: 0, closed: 0, broken: 0, open: 0 },
  forwards: false,
  caches: true,
};

export const disruption = (more: Partial<DisruptionRecord> = {}): DisruptionRecord => ({
  keys: 10_000,
  moved: 0.25,
  leastByWeight: 0.25,
  leastByShare: 0.24,
  strayed: 0,
  greatestHeir: null,
  ...more,
});

export const change = (more: Partial<ChangeRecord> = {}): ChangeRecord => ({
  atMs: 5000,
  balancer: 1,
  what: "fra/3 joined",
  targetsBefore: 2,
  targetsAfter: 3,
  disruption: null,
  ...more,
});

export const notice = (more: Partial<NoticeRecord>): NoticeRecord => ({
  atMs: 5000,
  what: "failed",
  node: 3,
  by: -1,
  detail: "",
  ...more,
});

export const STARVATION = { share: 0.5, windowMs: 1000, fairRequests: 20, waitMs: 100 };
export const SETTINGS = {
  name: "sample",
  question: "What happens?",
  expectation: "This.",
  windowMs: 1000,
  warmupMs: 0,
  starvation: STARVATION,
};
