/**
 * Resolved scenarios for tests, written as short as what they are about:
 *
 *     scenario({
 *       durationMs: 1000,
 *       clients: [client("people", { arrivals: poisson(0.5) })],
 *       root: balancer("lb", { strategy: strategy("random") }, [machines(4, { cores: 2 })]),
 *       events: [{ kind: "fail", atMs: 500, nodes: ["lb/2"], manner: "silence", forMs: 100 }],
 *     })
 *
 * What is left out has a plain default: one place without distance, one client region, one class of
 * requests with a demand of exactly 1 ms and no objects, machines of one core with an endless queue
 * and no cache, no probes, no reports. Settings of registries are filled up with their entries' own
 * defaults.
 */
import { strategies } from "../../src/balancing/registry.ts";
import {
  type Chosen,
  type Definition,
  entryOf,
  type Setting,
  type Settings,
} from "../../src/definition.ts";
import type {
  BackendsSpec,
  BalancerSpec,
  ClientRegion,
  ConnectionsSpec,
  EventSpec,
  HealthSpec,
  Inputs,
  MachinesSpec,
  RequestClass,
  Scenario,
  Trace,
  WorkSpec,
} from "../../src/scenario/scenario.ts";
import { type Millis, millis } from "../../src/units.ts";
import { arrivals as arrivalProcesses } from "../../src/world/arrivals/registry.ts";
import { caches } from "../../src/world/caches/registry.ts";

/** Durations as plain numbers of ms. */
type Loose<T> = {
  readonly [K in keyof T]: T[K] extends Millis
    ? number
    : T[K] extends Millis | null
      ? number | null
      : T[K];
};
type Given<T> = Partial<Loose<T>>;

// Choices from the registries.

/** An entry with every setting that is left out at its default. */
export function choose(
  registry: readonly Definition[],
  kind: string,
  given: Settings = {},
): Chosen {
  const settings: Record<string, Setting> = {};
  for (const [name, field] of Object.entries(entryOf(registry, kind).fields)) {
    settings[name] = "default" in field && field.default !== undefined ? field.default : null;
  }
  return { kind, settings: { ...settings, ...given } };
}
export const strategy = (kind: string, settings: Settings = {}): Chosen =>
  choose(strategies, kind, settings);
export const arrivals = (kind: string, settings: Settings = {}): Chosen =>
  choose(arrivalProcesses, kind, settings);
/** Of `entries` objects. */
export const cache = (kind: string, entries: number, settings: Settings = {}): Chosen =>
  choose(caches, kind, { entries, ...settings });
export const lru = (entries: number): Chosen => cache("lru", entries);
/** Arrivals a ms. */
export const poisson = (rate: number): Chosen => arrivals("poisson", { rate });
export const everyMs = (gapMs: number): Chosen => arrivals("constant", { rate: 1 / gapMs });
/** Distributions, in ms (or bytes). */
export const constant = (value: number): Chosen => ({ kind: "constant", settings: { value } });
export const exponential = (mean: number): Chosen => ({ kind: "exponential", settings: { mean } });
export const zipf = (exponent: number): Chosen => ({ kind: "zipf", settings: { exponent } });
export const uniformPopularity: Chosen = { kind: "uniform", settings: {} };

// Exact traffic.

/** One request at its time; who and what, where that matters. */
export type Recorded = number | readonly [timeMs: number, object: number, user?: number];

/** Arrivals that replay what `recorded` holds. */
export const replay: Chosen = arrivals("trace", { file: "trace" });

const most = (column: readonly number[]): number => column.reduce((a, b) => Math.max(a, b), 0);

/** Inputs with one trace for `replay`, its requests in order of time. */
export function recorded(requests: readonly Recorded[]): Inputs {
  const rows = requests.map((row) => (typeof row === "number" ? ([row, 0, 0] as const) : row));
  const user = rows.map((row) => row[2] ?? 0);
  const object = rows.map((row) => row[1]);
  const trace: Trace = {
    timeMs: Float64Array.from(rows, (row) => row[0]),
    user: Int32Array.from(user),
    object: Int32Array.from(object),
    bytes: new Float64Array(rows.length).fill(1),
    region: new Uint16Array(rows.length),
    regions: ["all"],
    users: most(user) + 1,
    objects: most(object) + 1,
  };
  return { traces: new Map([["trace", trace]]), numbers: new Map() };
}

// The parts of a scenario.

export function requestClass(given: Given<RequestClass> = {}): RequestClass {
  const { timeoutMs = null, ...rest } = given;
  return {
    name: "requests",
    share: 1,
    objects: { count: 0, popularity: uniformPopularity, perUser: null, hot: null },
    affinity: "none",
    demand: constant(1),
    onMiss: null,
    missHolds: "nothing",
    size: null,
    afterTimeout: "cancel",
    ...rest,
    timeoutMs: timeoutMs === null ? null : millis(timeoutMs),
  };
}

/** A number of shared objects, asked for by the given popularity. */
export const objects = (
  count: number,
  popularity: Chosen = uniformPopularity,
): RequestClass["objects"] => ({ count, popularity, perUser: null, hot: null });

export const client = (name: string, given: Partial<ClientRegion> = {}): ClientRegion => ({
  name,
  place: 0,
  users: 100,
  arrivals: poisson(1),
  shares: [],
  ...given,
});

export const machines = (count: number, given: Partial<MachinesSpec> = {}): MachinesSpec => ({
  kind: "machines",
  count,
  first: 1,
  place: null,
  weight: 1,
  cores: 1,
  speed: 1,
  queueLimit: null,
  discipline: "fifo",
  cache: null,
  warm: false,
  ...given,
});

// What stands between clients and machines beside picking.

/** Of clients: HTTP/1.1 without TLS, kept for good, unless said. */
export const connectionsOf = (given: Partial<ConnectionsSpec> = {}): ConnectionsSpec => ({
  protocol: "http/1.1",
  requests: null,
  idleMs: null,
  lifetime: null,
  tls: "none",
  resume: 0,
  earlyData: false,
  websocket: false,
  ...given,
});
/** Of a balancer with its targets: any number, likewise. */
export const poolOf = (given: Partial<BackendsSpec> = {}): BackendsSpec => ({
  connections: null,
  idleMs: null,
  requests: null,
  protocol: "http/1.1",
  streams: 100,
  pending: null,
  tls: "none",
  ...given,
});
/** On one core of a balancer's own: nothing, unless said. */
export const workOf = (given: Partial<WorkSpec> = {}): WorkSpec => ({
  cores: 1,
  handshakeMs: millis(0),
  resumedMs: millis(0),
  request: null,
  perKbMs: millis(0),
  ...given,
});

type BalancerGiven = Partial<Omit<BalancerSpec, "health" | "reportIntervalMs" | "targets">> & {
  readonly health?: (Omit<Loose<HealthSpec>, "asks"> & Partial<Pick<HealthSpec, "asks">>) | null;
  readonly reportIntervalMs?: number | null;
};

/** Paths and the machines' first numbers are set by `scenario`. */
export function balancer(
  name: string,
  given: BalancerGiven,
  targets: readonly (BalancerSpec | MachinesSpec)[],
): BalancerSpec {
  const { health = null, reportIntervalMs = null, ...rest } = given;
  return {
    kind: "balancer",
    name,
    path: name,
    place: null,
    weight: 1,
    replicas: 1,
    strategy: strategy("round-robin"),
    panic: 0,
    ...rest,
    health:
      health === null
        ? null
        : {
            asks: "node",
            ...health,
            intervalMs: millis(health.intervalMs),
            timeoutMs: millis(health.timeoutMs),
          },
    reportIntervalMs: reportIntervalMs === null ? null : millis(reportIntervalMs),
    targets,
  };
}

type Defaulted = "where" | "number" | "forMs" | "manner" | "deadlineMs" | "untilMs";
type EventGivenOf<E> = E extends EventSpec
  ? Loose<Omit<E, Defaulted>> & Partial<Loose<Pick<E, Extract<keyof E, Defaulted>>>>
  : never;
/** An event in plain numbers: lasting for good, a crash, without deadline, unless said. */
export type EventGiven = EventGivenOf<EventSpec>;

const EVENT_DEFAULTS: { readonly [K in EventSpec["kind"]]: object } = {
  add: {},
  remove: {},
  drain: { deadlineMs: null },
  fail: { manner: "crash", forMs: null },
  recover: {},
  "fail-randomly": { manner: "crash", untilMs: null },
  slow: { forMs: null },
  cut: { forMs: null },
  delay: { forMs: null },
  mend: {},
  rate: { forMs: null },
  purge: {},
  strategy: {},
  weight: {},
  "fail-replica": { forMs: null },
  "drain-replica": { deadlineMs: null },
  "add-replica": {},
};

export const event = (given: EventGiven, index = 0): EventSpec =>
  // The types above admit no other event; the compiler cannot follow them through a spread.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  ({
    where: `test:${index + 1}`,
    ...(given.kind === "fail-randomly" && { number: index + 1 }),
    ...EVENT_DEFAULTS[given.kind],
    ...given,
  }) as unknown as EventSpec;

type ScenarioGiven = Partial<
  Loose<Omit<Scenario, "events" | "starvation" | "places" | "root" | "clients" | "classes">>
> & {
  readonly root: BalancerSpec;
  readonly clients?: readonly ClientRegion[];
  readonly classes?: readonly RequestClass[];
  readonly events?: readonly EventGiven[];
  /** Names; as many as the matrix of round trips has rows where left out. */
  readonly places?: readonly string[];
  readonly starvation?: Given<Scenario["starvation"]>;
};

export function scenario(given: ScenarioGiven): Scenario {
  const { durationMs = null, requestLimit = null } = given;
  const roundTripMs = given.roundTripMs ?? [[0]];
  const places = given.places ?? roundTripMs.map((_, i) => `place-${i}`);
  const classes = given.classes ?? [requestClass()];
  const starvation = {
    share: 0.1,
    windowMs: 1000,
    fairRequests: 20,
    waitMs: 1000,
    ...given.starvation,
  };
  const clients = given.clients ?? [client("clients")];
  return {
    format: 1,
    name: given.name ?? "test",
    question: given.question ?? "",
    expectation: given.expectation ?? "",
    reason: given.reason ?? "",
    seed: given.seed ?? 1,
    durationMs: durationMs === null ? null : millis(durationMs),
    requestLimit,
    warmupMs: millis(given.warmupMs ?? 0),
    windowMs: millis(given.windowMs ?? durationMs ?? 1000),
    starvation: {
      ...starvation,
      windowMs: millis(starvation.windowMs),
      waitMs: millis(starvation.waitMs),
    },
    places: places.map((name) => ({ name, latitude: null, longitude: null })),
    roundTripMs,
    classes,
    ...(given.bandwidths !== undefined && { bandwidths: given.bandwidths }),
    origin: given.origin ?? null,
    clients: clients.map((region) => ({
      ...region,
      shares: region.shares.length > 0 ? region.shares : classes.map(({ share }) => share),
    })),
    root: settled(given.root, ""),
    events: (given.events ?? []).map(event).toSorted((a, b) => a.atMs - b.atMs),
    expect: given.expect ?? [],
    compare: given.compare ?? [],
  };
}

/** With paths from the root, and machines numbered from 1 through all groups. */
function settled(spec: BalancerSpec, above: string): BalancerSpec {
  const path = above === "" ? spec.name : `${above}/${spec.name}`;
  let next = 1;
  const targets = spec.targets.map((target) => {
    if (target.kind === "balancer") return settled(target, path);
    const group = { ...target, first: next };
    next += target.count;
    return group;
  });
  return { ...spec, path, targets };
}
