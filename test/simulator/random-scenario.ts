/**
 * Random small scenarios as the text of a file, so that a failure prints what repeats it, and the
 * reader is tried with them.
 */
import { placements, strategies } from "../../src/balancing/registry.ts";
import type { eventDefinitions } from "../../src/world/events.ts";
import type { Inputs, Scenario } from "../../src/scenario/scenario.ts";
import { loadInputs } from "../../src/scenario/inputs.ts";
import { formatProblem, readScenario } from "../../src/scenario/read-scenario.ts";
import { defaultsOf } from "../balancing/fake-view.ts";
import { loaderOf } from "../scenario/helpers.ts";
import { choiceOf, NUMBERS_FILE, TRACE_FILE, wantsWholeWeights } from "./random-choice.ts";
import type { Draws, Yaml } from "./random-choice.ts";

type Fields = Record<string, Yaml>;
/** A network of the scenario's own: a near pair, and one far away. */
const PLACES = ["near", "next", "far"] as const;
const ROUND_TRIPS = { near: { next: "2ms", far: "30ms" }, next: { far: "31ms" } };
const CLIENTS = ["ann", "bob", "cid"];

/** What events may name, as it stands at their time. */
interface Standing {
  readonly draws: Draws;
  readonly clients: readonly string[];
  readonly hasPlaces: boolean;
  /** Whether weights may be no whole numbers; then no strategy may want them whole. */
  readonly hasFractions: boolean;
  readonly root: string;
  balancers: string[];
  machines: string[];
  /** Balancers with a response cache. */
  caching: string[];
  /** The classes whose responses each of them stores. */
  readonly stored: Map<string, readonly string[]>;
  /** Names of the classes of requests. */
  readonly classes: readonly string[];
  /** By balancer. */
  readonly replicas: Map<string, number>;
  readonly connections: Fields | null;
  readonly door: Yaml | null;
  /** Balancers with machines of their own, and the number of the next one. */
  readonly next: Map<string, number>;
}

/** The whole file as flow YAML; a text of JSON, that is. */
export function randomText(draws: Draws): string {
  const hasPlaces = draws.chance(60);
  const durationMs = draws.whole(200, 1_500);
  const clients = CLIENTS.slice(0, draws.whole(1, 3));
  const classes = draws.whole(1, 2);
  const standing: Standing = {
    draws,
    clients,
    hasPlaces,
    hasFractions: draws.chance(40),
    root: "top",
    balancers: [],
    machines: [],
    caching: [],
    stored: new Map(),
    classes: classes === 1 ? ["all"] : ["one", "two"],
    replicas: new Map(),
    connections: draws.chance(50) ? connectionsOf(draws) : null,
    door: draws.chance(30) ? choiceOf("front-doors", draws) : null,
    next: new Map(),
  };
  const { connections, door } = standing;
  const connected = connections !== null;
  const reach = connected ? "clients" : null;
  const rootPlace = hasPlaces && door === null && draws.chance(30) ? draws.of(PLACES) : null;
  const balancer = balancerOf(standing, "top", "", draws.whole(1, 4), rootPlace, true, reach);
  const hasBandwidths = draws.chance(30);
  const keepsUsers = JSON.stringify(balancer).includes('"persistence":');
  const limited = draws.chance(25);
  const requests: Yaml =
    classes === 1
      ? { ...requestsOf(draws, keepsUsers, hasBandwidths), ...sessionOf(draws) }
      : {
          demand: "1ms",
          ...sessionOf(draws),
          classes: {
            one: { share: "30%", ...requestsOf(draws, keepsUsers, hasBandwidths) },
            two: {
              share: "70%",
              ...requestsOf(draws, keepsUsers, hasBandwidths),
              ...(draws.chance(30) && { session: "none" }),
            },
          },
        };
  const scenario: Fields = {
    seed: draws.whole(0, 1_000_000),
    ...(!limited || draws.chance(50) ? { duration: `${durationMs}ms` } : {}),
    ...(limited && { "stop-after": draws.whole(1, 400) }),
    warmup: `${draws.whole(0, durationMs - 1)}ms`,
    window: `${draws.whole(Math.ceil(durationMs / 20), durationMs)}ms`,
    ...(hasPlaces && {
      network: {
        "round-trips": ROUND_TRIPS,
        "same-place": draws.of(["0ms", "1ms"]),
        ...(hasBandwidths && draws.chance(50) && { bandwidths: { near: { far: "50kB/s" } } }),
      },
    }),
    clients: Object.fromEntries(
      clients.map((name) => [
        name,
        {
          ...clientOf(draws, hasPlaces, limited),
          ...linkOf(draws, hasBandwidths, JSON.stringify(door).includes("names")),
        },
      ]),
    ),
    requests,
    ...(connected && { connections }),
    balancer,
    ...originOf(draws, hasPlaces, JSON.stringify([balancer, requests])),
    events: eventsOf(standing, durationMs),
  };
  // A quoted "none" is a name like any other; the word alone means that there is none.
  return JSON.stringify(scenario, null, 1).replaceAll('"none"', "none");
}

function connectionsOf(draws: Draws): Fields {
  const tls = draws.of(["none", "1.2", "1.3"]);
  // Early data is for those that resume.
  let resume = 0;
  return {
    protocol: draws.of(["http/1.1", "http/2"]),
    requests: draws.chance(50) ? "none" : draws.whole(1, 5),
    idle: draws.chance(20) ? "none" : draws.tenths(1, 3_000),
    ...(draws.chance(50) && { lifetime: choiceOf("distributions", draws, "duration") }),
    tls,
    ...(tls !== "none" && { resume: `${(resume = draws.whole(0, 100))}%` }),
    ...(tls === "1.3" && { "early-data": draws.chance(50) && resume > 0 }),
    websocket: draws.chance(25),
  };
}

function layer4Of(draws: Draws): Fields {
  const nat = {
    size: draws.whole(1, 30),
    ...(draws.chance(50) && { idle: draws.tenths(1, 3_000) }),
    "when-full": draws.of(["refuse", "evict"]),
    shared: draws.chance(50),
  };
  return {
    layer: 4,
    spread: choiceOf("placements", draws),
    ...(draws.chance(60) && { nat }),
    "direct-return": draws.chance(40),
    ...(draws.chance(40) && {
      forwarding: {
        cores: draws.whole(1, 2),
        packet: draws.tenths(0, 2),
        connection: draws.tenths(0, 5),
        segment: `${draws.whole(1, 3_000)}B`,
      },
    }),
  };
}

/** Only where there is something to fetch for. */
function originOf(draws: Draws, hasPlaces: boolean, rest: string): Fields {
  const fetches = rest.includes('"cache":{') && rest.includes('"on-miss":{');
  if (!fetches || draws.chance(50)) return {};
  const at = hasPlaces && draws.chance(50) ? { at: draws.of(PLACES) } : {};
  const queue = draws.chance(50) ? { queue: draws.whole(0, 20) } : {};
  return { origin: { cores: draws.whole(1, 4), ...at, ...queue } };
}

function clientOf(draws: Draws, hasPlaces: boolean, limited: boolean): Fields {
  let arrivals = choiceOf("arrivals", draws);
  // A closed loop's users wait for answers that may never come, and a trace ends: nobody would
  // reach the limit.
  if (limited) arrivals = { poisson: "200/s" };
  return { ...(hasPlaces && { at: draws.of(PLACES) }), users: draws.whole(1, 60), arrivals };
}

/**
 * @param keepsUsers some balancer does: somebody must be a user then
 * @param hasBandwidths bytes take time: there must be some then
 */
function requestsOf(draws: Draws, keepsUsers: boolean, hasBandwidths: boolean): Fields {
  const demand = choiceOf("distributions", draws, "duration");
  const objects: Fields = draws.chance(25)
    ? { "per-user": draws.whole(1, 5) }
    : {
        count: draws.whole(5, 300),
        popularity: choiceOf("popularities", draws),
        ...(draws.chance(25) && { hot: { objects: draws.whole(1, 5), share: "40%" } }),
      };
  return {
    demand,
    objects,
    affinity: draws.of(["object", "user", "session", "address", keepsUsers ? "user" : "none"]),
    "on-miss": draws.chance(20) ? "none" : choiceOf("distributions", draws, "duration"),
    "miss-holds": draws.of(["core", "nothing"]),
    size: draws.chance(50) ? "none" : choiceOf("distributions", draws, "size"),
    ...(draws.chance(50) && { host: "img.example", path: draws.of(["/a/b", "/c"]) }),
    timeout: draws.chance(25) ? "none" : draws.tenths(20, 2_000),
    "after-timeout": draws.of(["cancel", "run-on"]),
    ...(draws.chance(30) && { "request-size": choiceOf("distributions", draws, "size") }),
    ...((hasBandwidths || draws.chance(20)) && {
      "response-size": choiceOf("distributions", draws, "size"),
    }),
  };
}

/** What stands between a region's users and the first balancer. */
function linkOf(draws: Draws, hasBandwidth: boolean, hasNames: boolean): Fields {
  return {
    ...(hasBandwidth && { bandwidth: `${draws.whole(1, 200)}kB/s` }),
    ...(draws.chance(30) && {
      proxies: draws.chance(50)
        ? `${draws.whole(0, 100)}%`
        : { share: `${draws.whole(0, 100)}%`, addresses: draws.whole(1, 3) },
    }),
    ...(hasNames &&
      draws.chance(70) && {
        resolvers: {
          "users-each": draws.whole(1, 30),
          lookup: draws.tenths(0, 500),
          stretched: `${draws.of([0, 30, 100])}%`,
          by: draws.whole(1, 10),
        },
      }),
  };
}

function sessionOf(draws: Draws): Fields {
  if (draws.chance(60)) return {};
  if (draws.chance(20)) return { session: `${draws.whole(0, 9)}KiB` };
  const session = {
    state: choiceOf("distributions", draws, "size"),
    save: draws.tenths(0, 50),
    open: draws.tenths(0, 100),
    bandwidth: `${draws.whole(1, 200)}kB/s`,
  };
  return { session };
}

/**
 * Whose connections come to a balancer: clients', or those of one of layer 7 above; null: nobody's.
 */
type Reached = "clients" | "own" | null;

function balancerOf(
  standing: Standing,
  name: string,
  above: string,
  tiers: number,
  place: string | null,
  isRoot: boolean,
  reached: Reached,
): Fields {
  const { draws, hasPlaces } = standing;
  // A root that is looked for only answers.
  const door = isRoot ? standing.door : null;
  const pins = reached !== null && door === null && draws.chance(60);
  // It ends them, and has its own to what is beneath.
  const dials = !pins && door === null && standing.connections !== null && draws.chance(40);
  const isDoor = reached !== null && isRoot && place === null && (hasPlaces || door !== null);
  const path = `${above}${name}`;
  standing.balancers.push(path);
  // Below a root without a place everybody says where it stands.
  const own =
    hasPlaces && !isRoot && (place === null || draws.chance(20)) ? draws.of(PLACES) : place;
  const beneath = pins ? reached : dials ? "own" : isDoor ? "clients" : null;
  const replicas = draws.whole(1, 3);
  if (door === null) standing.replicas.set(path, replicas);
  const targets: Yaml[] = [];
  if (tiers > 1) {
    for (let i = draws.whole(1, tiers > 2 ? 2 : 3); i >= 1; i--) {
      targets.push(balancerOf(standing, `b${i}`, `${path}/`, tiers - 1, own, false, beneath));
    }
  }
  if (tiers === 1 || draws.chance(15)) {
    let next = 1;
    for (let group = draws.whole(1, 2); group >= 1; group--) {
      const count = draws.whole(1, 3);
      // One target at least weighs something.
      const other = standing.hasFractions ? 2.5 : 3;
      const weight = draws.of(targets.length > 0 ? [1, other, 0] : [1, other]);
      targets.push({ ...machinesOf(draws, count, hasPlaces && own === null), weight });
      for (let i = 0; i < count; i++) standing.machines.push(`${path}/${next++}`);
    }
    standing.next.set(path, next);
  }
  // Layer 4 reads nothing; a door that read something would be none to those beneath.
  const leads = isDoor && !dials && JSON.stringify(targets).includes('"layer":4');
  const isBlind = pins || door !== null || leads;
  const proxy = isBlind ? {} : proxyOf(standing, targets, dials);
  if ("response-cache" in proxy) {
    standing.caching.push(path);
    // Those of the balancer's own, or all.
    const { classes } = proxy["response-cache"] as { classes?: readonly string[] };
    standing.stored.set(path, classes ?? standing.classes);
  }
  const mayKeep = door === null && !("routes" in proxy) && !(pins && reached === "own");
  return startingSlowly({
    name,
    ...(own !== null && { at: own }),
    ...(!isRoot && draws.chance(20) && { weight: draws.whole(1, 3) }),
    replicas,
    ...(pins && layer4Of(draws)),
    ...(door !== null && { "front-door": door }),
    // By anycast the network picks.
    ...(!JSON.stringify(door).includes("anycast") && { strategy: strategyOf(standing) }),
    health: draws.chance(30)
      ? "none"
      : {
          interval: draws.tenths(100, 2_000),
          timeout: draws.tenths(10, 1_000),
          rise: draws.whole(1, 3),
          fall: draws.whole(1, 3),
          asks: draws.of(["node", "queue"]),
        },
    ...(draws.chance(40) && { reports: { interval: draws.tenths(50, 2_000) } }),
    panic: `${draws.of([0, 50, 100])}%`,
    ...(mayKeep && draws.chance(25) && { persistence: persistenceOf(standing, pins) }),
    ...(draws.chance(25) && { "slow-start": slowStartOf(draws) }),
    ...proxy,
    targets,
  });
}

/** Slow start is refused beside a strategy that never heeds weights. */
function startingSlowly({ "slow-start": slowStart, ...others }: Fields): Fields {
  const { strategy = "nearest" } = others;
  const name = typeof strategy === "string" ? strategy : Object.keys(strategy ?? {})[0];
  const placed = placements.find((one) => one.name === name);
  const heeds =
    placed?.create(defaultsOf(placed.fields)).traits.weighted ??
    strategies.find((one) => one.name === name)?.needs.includes("weights");
  return {
    ...others,
    ...(slowStart !== undefined && heeds === true && { "slow-start": slowStart }),
  };
}

/** Whoever is kept by its connection, or by the TLS session that it resumes, must have one. */
function persistenceOf({ draws, connections }: Standing, isBlind: boolean): Yaml {
  const resumes = connections !== null && "resume" in connections && connections.resume !== "0%";
  const fits: Readonly<Record<string, boolean>> = {
    cookie: !isBlind,
    "tls-session": resumes,
    connection: connections !== null,
  };
  return choiceOf("persistences", draws, "number", (name) => fits[name] ?? true);
}

/** What a balancer does beside picking. */
function proxyOf({ draws, classes }: Standing, targets: readonly Yaml[], dials: boolean): Fields {
  const names = targets.flatMap((target) =>
    typeof target === "object" && "name" in target ? [target.name as string] : [],
  );
  const to = (): Fields => ({ to: draws.of(names) });
  return {
    ...(draws.chance(25) && {
      work: {
        cores: draws.whole(1, 2),
        ...(draws.chance(70) && { request: choiceOf("distributions", draws, "duration") }),
        "per-kB": draws.tenths(0, 5),
        handshake: "1ms",
      },
    }),
    ...((dials || draws.chance(35)) && { pool: draws.chance(20) ? "fresh" : poolOf(draws) }),
    ...(draws.chance(20) && {
      "response-cache": {
        ...(choiceOf("caches", draws) as Fields),
        cacheable: `${draws.of([100, 50])}%`,
        ...(draws.chance(30) && { classes: [draws.of(classes)] }),
        coalesce: draws.chance(60),
      },
    }),
    ...(names.length > 0 &&
      draws.chance(30) && {
        routes: [
          ...(draws.chance(50) ? [{ class: draws.of(classes), ...to() }] : []),
          ...(draws.chance(50) ? [{ host: "*.example", path: "/a", ...to() }] : []),
          to(),
        ],
      }),
  };
}

function poolOf(draws: Draws): Yaml {
  const protocol = draws.of(["http/1.1", "http/2"]);
  const limited = draws.chance(60);
  const tls = draws.of(["none", "1.2", "1.3"]);
  return {
    protocol,
    ...(protocol === "http/2" && { streams: draws.whole(1, 4) }),
    ...(limited && { connections: draws.whole(1, 3) }),
    ...(limited && draws.chance(50) && { pending: draws.whole(0, 5) }),
    idle: draws.chance(20) ? "none" : draws.tenths(0, 2_000),
    ...(draws.chance(30) && { requests: draws.whole(1, 5) }),
    tls,
    ...(tls !== "none" && draws.chance(50) && { resume: draws.of(["100%", "50%"]) }),
  };
}

const strategyOf = ({ draws, hasFractions }: Standing): Yaml =>
  choiceOf("strategies", draws, "number", (name) => !hasFractions || !wantsWholeWeights(name));

const slowStartOf = (draws: Draws): Yaml =>
  draws.chance(50)
    ? draws.tenths(0, 5_000)
    : { window: draws.tenths(10, 5_000), from: `${draws.whole(1, 100)}%` };

function machinesOf(draws: Draws, count: number, mustStand: boolean): Fields {
  return {
    machines: count,
    ...(mustStand && { at: draws.of(PLACES) }),
    cores: draws.whole(1, 3),
    speed: draws.of([1, 0.5, 2]),
    queue: draws.chance(40) ? "none" : draws.whole(0, 6),
    discipline: draws.of(["fifo", "lifo", "processor-sharing"]),
    ...(draws.chance(20) && { handshake: draws.tenths(0, 20), resumed: draws.tenths(0, 5) }),
    cache: draws.chance(30) ? "none" : choiceOf("caches", draws),
    warm: draws.chance(50),
  };
}

type EventName = keyof typeof eventDefinitions;

/** What is written beside `at`; null where nothing stands any more that it could happen to. */
const WRITE: Record<EventName, (standing: Standing) => Fields | null> = {
  add: ({ draws, next, machines, balancers }) => {
    const open = [...next.keys()].filter((path) => balancers.includes(path));
    if (open.length === 0) return null;
    const to = draws.of(open);
    const count = draws.whole(1, 2);
    const first = next.get(to) ?? 1;
    next.set(to, first + count);
    for (let i = first; i < first + count; i++) machines.push(`${to}/${i}`);
    const cache = draws.chance(30) ? { cache: choiceOf("caches", draws) } : {};
    return { add: `${count} machines`, to, warm: draws.chance(50), ...cache };
  },
  remove: (standing) => {
    const node = below(standing);
    if (node === null) return null;
    const stays = (path: string): boolean => path !== node && !path.startsWith(`${node}/`);
    standing.balancers = standing.balancers.filter(stays);
    standing.machines = standing.machines.filter(stays);
    standing.caching = standing.caching.filter(stays);
    return { remove: node };
  },
  drain: (standing) => {
    const node = below(standing);
    const { draws } = standing;
    if (node === null) return null;
    return { drain: node, ...(draws.chance(50) && { deadline: draws.tenths(1, 3_000) }) };
  },
  fail: (standing) => ({ fail: any(standing), manner: manner(standing), ...lasting(standing) }),
  recover: (standing) => ({ recover: any(standing) }),
  "fail-randomly": (standing) => ({
    fail: any(standing),
    mtbf: standing.draws.tenths(200, 5_000),
    mttr: standing.draws.tenths(10, 2_000),
    manner: manner(standing),
    ...(standing.draws.chance(30) && { until: "10s" }),
  }),
  slow: (standing) => {
    const { draws, machines } = standing;
    if (machines.length === 0) return null;
    return { slow: draws.of(machines), by: draws.of([10, 2, 0.5]), ...lasting(standing) };
  },
  cut: (standing) => (standing.hasPlaces ? { cut: link(standing), ...lasting(standing) } : null),
  delay: (standing) =>
    standing.hasPlaces
      ? { delay: link(standing), by: standing.draws.tenths(1, 500), ...lasting(standing) }
      : null,
  purge: ({ draws, caching, stored }) => {
    if (caching.length === 0) return null;
    const path = draws.of(caching);
    const classes = stored.get(path)!;
    return {
      purge: path,
      ...(draws.chance(30) && { share: draws.of(["10%", "50%"]) }),
      ...(draws.chance(30) && { classes: draws.of([draws.of(classes), classes]) }),
    };
  },
  mend: (standing) => (standing.hasPlaces ? { mend: link(standing) } : null),
  rate: (standing) => {
    const { draws, clients } = standing;
    const times = draws.of([0.5, 4, 0]);
    // Nobody may ask for a while, not for ever: a run without an end in time would have none.
    const lasts = times === 0 ? { for: draws.tenths(1, 5_000) } : lasting(standing);
    return { rate: draws.of([...clients, "*"]), times, ...lasts };
  },
  "fail-replica": (standing) => {
    const name = replica(standing);
    return name === null ? null : { "fail-replica": name, ...lasting(standing) };
  },
  "drain-replica": (standing) => {
    const name = replica(standing);
    if (name === null) return null;
    const deadline = standing.draws.chance(60) && { deadline: standing.draws.tenths(1, 3_000) };
    return { "drain-replica": name, ...deadline };
  },
  "add-replica": (standing) => {
    const { draws, replicas } = standing;
    const forwarding = forwardingOf(standing);
    if (forwarding.length === 0) return null;
    const path = draws.of(forwarding);
    replicas.set(path, replicas.get(path)! + 1);
    return { "add-replica": path };
  },
  set: (standing) => {
    const { draws } = standing;
    const node = below(standing);
    if (node !== null && draws.chance(50)) return { set: `${node}.weight`, to: draws.whole(0, 3) };
    return { set: `${draws.of(standing.balancers)}.strategy`, to: strategyOf(standing) };
  },
};

/** Balancers whose replicas requests pass: a front door has none that matter. */
const forwardingOf = ({ balancers, replicas }: Standing): string[] =>
  balancers.filter((path) => replicas.has(path));
/** A replica that is there. */
const replica = (standing: Standing): string | null => {
  const { draws, replicas } = standing;
  const forwarding = forwardingOf(standing);
  if (forwarding.length === 0) return null;
  const path = draws.of(forwarding);
  return `${path}#${draws.whole(1, replicas.get(path)!)}`;
};
const any = ({ draws, balancers, machines }: Standing): string =>
  draws.of([...machines, ...balancers]);
/** Not the root. */
function below({ draws, root, balancers, machines }: Standing): string | null {
  const nodes = [...machines, ...balancers.filter((path) => path !== root)];
  return nodes.length === 0 ? null : draws.of(nodes);
}
const manner = ({ draws }: Standing): string => draws.of(["crash", "silence"]);
const lasting = ({ draws }: Standing): Fields =>
  draws.chance(60) ? { for: draws.tenths(1, 5_000) } : {};
const link = ({ draws }: Standing): Yaml =>
  draws.of([
    ["near", "far"],
    ["near", "next"],
    ["next", "far"],
  ]);

function eventsOf(standing: Standing, durationMs: number): Yaml[] {
  const { draws } = standing;
  const times = draws.list(0, 6, () => draws.whole(0, durationMs - 1)).toSorted((a, b) => a - b);
  return times.flatMap((atMs): Yaml[] => {
    const write = draws.of(Object.values(WRITE));
    const event = write(standing);
    return event === null ? [] : [{ at: `${atMs}ms`, ...event }];
  });
}

/** A minute of requests of all three regions at ever other distances; made, not recorded. */
function traceText(): string {
  const rows = Array.from({ length: 600 }, (_, i) => {
    const timeMs = 3 * i + ((7 * i) % 5) / 4;
    return `${timeMs},${(i * i) % 23},${(i * 17) % 41},${100 + (i % 9)},${CLIENTS[i % 3]}`;
  });
  return `time-ms,user,object,bytes,region\n${rows.join("\n")}\n`;
}

/** What a random scenario names beside itself, by name. */
export const FILES = { [TRACE_FILE]: traceText(), [NUMBERS_FILE]: "0.2\n1\n1\n7.5\n" };

export interface Readable {
  readonly scenario: Scenario;
  readonly inputs: Inputs;
}

/**
 * Every random text is a valid scenario; what the reader says against one is a mistake here or
 * there.
 */
export function readRandom(text: string): Readable {
  const loader = loaderOf({ ...FILES, "random.yaml": text });
  const read = readScenario("random.yaml", loader);
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  const inputs = loadInputs(read.files, loader);
  if ("problems" in inputs) throw new Error(inputs.problems.map(formatProblem).join("\n"));
  return { scenario: read.scenario, inputs };
}
