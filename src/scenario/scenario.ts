/**
 * A scenario as the simulator reads it: every default written out, every quantity in its one unit,
 * every name checked, every pattern resolved. It is plain JSON, so a result's manifest holds it
 * whole and a run can be repeated from it alone.
 */
import type { Chosen } from "../definition.ts";
import type { Millis } from "../units.ts";

export interface Scenario {
  readonly format: 1;
  /** The file's stem. */
  readonly name: string;
  readonly question: string;
  readonly expectation: string;
  readonly reason: string;
  readonly seed: number;
  /**
   * The run ends at this time, or after this many requests are born and answered, whichever comes
   * first.
   */
  readonly durationMs: Millis | null;
  readonly requestLimit: number | null;
  /** Outcomes before this time are simulated and left out of the statistics. */
  readonly warmupMs: Millis;
  /** Width of the windows of the time series. */
  readonly windowMs: Millis;
  readonly starvation: StarvationSpec;
  /** Index in this list = place id everywhere. */
  readonly places: readonly Place[];
  /**
   * Round trips in ms, row = from, column = to; the diagonal is the round trip inside a place. One
   * way is half of it.
   */
  readonly roundTripMs: readonly (readonly number[])[];
  /**
   * Between places, row = from, column = to, bytes per ms; null: bytes take no time on it. Left out
   * where no link has one.
   */
  readonly bandwidths?: readonly (readonly (number | null)[])[];
  /** At least one; the shares sum to 1. */
  readonly classes: readonly RequestClass[];
  readonly clients: readonly ClientRegion[];
  readonly root: BalancerSpec;
  /** Where misses are fetched; null: a miss waits for its penalty alone. */
  readonly origin: OriginSpec | null;
  /** In order of time, then of the file. */
  readonly events: readonly EventSpec[];
  readonly expect: readonly Expectation[];
  readonly compare: readonly Variation[];
}

export interface StarvationSpec {
  /**
   * α: a machine starves in a window in which it got less than this part of its weighted fair
   * share.
   */
  readonly share: number;
  readonly windowMs: Millis;
  /** Windows are widened until the fair share is at least this many requests. */
  readonly fairRequests: number;
  /** W: a request starves that waited in queue longer than this. */
  readonly waitMs: Millis;
}

export interface Place {
  readonly name: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export type Affinity = "object" | "user" | "address" | "session" | "none";

export interface RequestClass {
  readonly name: string;
  /** Part of all requests, 0..1. */
  readonly share: number;
  readonly objects: ObjectsSpec;
  /** What hash strategies hash. */
  readonly affinity: Affinity;
  /** Core time on a machine of speed 1, ms. */
  readonly demand: Chosen;
  /** Penalty of a cache miss, ms; null: a miss costs nothing. */
  readonly onMiss: Chosen | null;
  /** Whether the penalty is spent holding a core, or waiting without one. */
  readonly missHolds: "core" | "nothing";
  /** Size of an object, bytes (for caches that count bytes); null: every object has 1 byte. */
  readonly size: Chosen | null;
  readonly timeoutMs: Millis | null;
  /**
   * After a timeout the work is cancelled (the cancel travels as the request did) or runs on to its
   * end.
   */
  readonly afterTimeout: "cancel" | "run-on";
  /** What routes can tell it by; each left out where it is not given. */
  readonly host?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  /** Left out: its requests need no session. All classes that have one have the same. */
  readonly session?: SessionSpec;
  /**
   * Bytes of a request and of its answer, drawn for each; left out: an answer has those of its
   * object, if any.
   */
  readonly requestSize?: Chosen;
  readonly responseSize?: Chosen;
}

/** A user's session, with state on the machine that holds it. */
export interface SessionSpec {
  /** Bytes; drawn once for each user. */
  readonly state: Chosen;
  /** Core time on a machine of speed 1. */
  readonly saveMs: Millis;
  readonly openMs: Millis;
  /** At which it is carried from machine to machine, bytes per ms. */
  readonly bandwidth: number;
}

export interface ObjectsSpec {
  /** Number of objects of this class; 0 where `perUser` is given (then users × perUser). */
  readonly count: number;
  /**
   * An entry of the registry of popularities (uniform, zipf); of ranks 0 .. count−1, 0 the most
   * popular.
   */
  readonly popularity: Chosen;
  /** Each user's own working set of that many objects, uniform; null: objects are shared by all. */
  readonly perUser: number | null;
  /**
   * The first `objects` ranks get this share of the requests beforehand; the rest follow
   * `popularity`.
   */
  readonly hot: { readonly objects: number; readonly share: number } | null;
}

export interface ClientRegion {
  readonly name: string;
  readonly place: number;
  readonly users: number;
  /** An entry of the registry of arrival processes. */
  readonly arrivals: Chosen;
  /** Shares of the classes, in the order of `classes`; sums to 1. */
  readonly shares: readonly number[];
  /** Of each client's own link, bytes per ms; left out: bytes take no time on it. */
  readonly bandwidth?: number;
  /** Left out: every user has an address of its own. */
  readonly proxies?: ProxiesSpec;
  /** There where the root's front door is names. */
  readonly resolvers?: ResolversSpec;
  /** Left out: its users have no connections, every request arrives by itself. */
  readonly connections?: ConnectionsSpec;
}

/** Forward proxies: users who share few addresses. */
export interface ProxiesSpec {
  /** Part of the region's users. */
  readonly share: number;
  readonly addresses: number;
}

/** Who asks for names on behalf of a region's users, and keeps the answers. */
export interface ResolversSpec {
  /** Users of each resolver. */
  readonly usersEach: number;
  /** From a question that it cannot answer until it can. */
  readonly lookupMs: Millis;
  /** Part of the users whose resolvers keep answers `by` times as long as they may. */
  readonly stretched: number;
  readonly by: number;
}

export type TlsVersion = "none" | "1.2" | "1.3";

/** The connections of a region's users. */
export interface ConnectionsSpec {
  /** http/1.1: one request at a time on each; http/2: one a user, any number at a time. */
  readonly protocol: "http/1.1" | "http/2";
  /** Requests that one carries at most; null: any number. */
  readonly requests: number | null;
  /** Closed by the client after that long without a request; null: never. */
  readonly idleMs: Millis | null;
  /** Closed at that age, once nothing is under way on it, ms; null: at no age. */
  readonly lifetime: Chosen | null;
  readonly tls: TlsVersion;
  /** Share of new connections that resume a TLS session, 0..1. */
  readonly resume: number;
  /** Resumed ones carry their first request at once (0-RTT). */
  readonly earlyData: boolean;
  /** Upgraded: its requests are messages to the one machine that it was opened to. */
  readonly websocket: boolean;
}

/** A balancer that forwards segments: it decides once a connection, by address and port alone. */
export interface Layer4Spec {
  /** How routers spread connections over its replicas: an entry of the registry of placements. */
  readonly spread: Chosen;
  /** null: each replica knows all its connections for as long as they are open. */
  readonly nat: NatSpec | null;
  /** Responses go straight from what it forwards to, to the client. */
  readonly directReturn: boolean;
  /** What its replicas' cores have to do; left out: nothing. */
  readonly forwarding?: ForwardingSpec;
}

/** What forwarding costs on the cores of each replica of a layer-4 balancer. */
export interface ForwardingSpec {
  readonly cores: number;
  /** For each packet that passes. */
  readonly packetMs: Millis;
  /** For each new connection, on top of its packets. */
  readonly connectionMs: Millis;
  /** Bytes that a packet carries at most. */
  readonly segmentBytes: number;
}

/** A table of the connections that a replica forwards. */
export interface NatSpec {
  readonly size: number;
  /** An entry is forgotten after that long without a request or response; null: never. */
  readonly idleMs: Millis | null;
  /** A new connection is refused, or pushes out the one that was used longest ago. */
  readonly whenFull: "refuse" | "evict";
  /** One table for all replicas, or one each. */
  readonly shared: boolean;
}

export interface BalancerSpec {
  readonly kind: "balancer";
  /** `fra`; unique among its siblings. */
  readonly name: string;
  /** `global/fra`; the root's path is its name. */
  readonly path: string;
  /**
   * null at the root: it decides where each client is (as names or anycast do). Others inherit
   * their parent's.
   */
  readonly place: number | null;
  /** Weight as a target of its parent. */
  readonly weight: number;
  readonly replicas: number;
  readonly strategy: Chosen;
  /** null: nothing is probed, every target is believed up. */
  readonly health: HealthSpec | null;
  /** null: no reports travel (a strategy that needs them always has them: the default interval). */
  readonly reportIntervalMs: Millis | null;
  /**
   * Below this share of usable targets all targets are used again (Envoy's panic threshold); 0:
   * never.
   */
  readonly panic: number;
  /**
   * An entry of the registry of persistences. Left out where there is none, as is a slow start, so
   * that a scenario that knows neither reads as it always did.
   */
  readonly persistence?: Chosen;
  readonly slowStart?: SlowStartSpec;
  /** What it does at layer 7 beside picking; each left out where it does not. */
  readonly work?: WorkSpec;
  readonly pool?: BackendsSpec;
  readonly responseCache?: ResponseCacheSpec;
  readonly routes?: readonly RouteSpec[];
  /**
   * An entry of the registry of front doors: how clients find the targets of a root without a
   * place. Left out: they have a list, and the strategy picks at once.
   */
  readonly frontDoor?: Chosen;
  /**
   * Only where clients have connections. `door`: decided once a connection, by the client itself
   * where it is; 4: once a connection, by `layer4`; 7: once a request, and connections end here
   * unless they ended above. Beneath layer 7 layer 4 decides on the connections of the nearest such
   * balancer, which has a `pool`.
   */
  readonly layer?: "door" | 4 | 7;
  /** With layer 4 only. */
  readonly layer4?: Layer4Spec;
  /** At least one; either balancers, or machine groups, or both. */
  readonly targets: readonly (BalancerSpec | MachinesSpec)[];
}

/** Stands behind all caches: what a class pays on a miss is core time here. */
export interface OriginSpec {
  /** null: at every machine's own place. */
  readonly place: number | null;
  readonly cores: number;
  /** Fetches that may wait; null: any number. */
  readonly queueLimit: number | null;
}

/** What a request costs on the cores of each replica of a layer-7 balancer. */
export interface WorkSpec {
  readonly cores: number;
  /** For a TLS handshake, full or resumed; on top of the request's own. */
  readonly handshakeMs: Millis;
  readonly resumedMs: Millis;
  /** Drawn for each request as it comes, ms; null: nothing. */
  readonly request: Chosen | null;
  /** For 1,000 bytes of a request and its answer. */
  readonly perKbMs: Millis;
}

/** The connections of each replica of a balancer to each of its targets. */
export interface BackendsSpec {
  /** Most at once; null: any number. */
  readonly connections: number | null;
  /** Closed after so long without a request; null: never. */
  readonly idleMs: Millis | null;
  /** A connection carries at most so many; null: any number. */
  readonly requests: number | null;
  readonly protocol: "http/1.1" | "http/2";
  /** Requests at once on a connection of HTTP/2. */
  readonly streams: number;
  /** Requests that may wait for a connection; null: any number. */
  readonly pending: number | null;
  readonly tls: TlsVersion;
  /**
   * Share of new ones that resume a TLS session with their target, once there is one; left out: 0.
   */
  readonly resume?: number;
}

export interface ResponseCacheSpec {
  /** An entry of the registry of caches. */
  readonly cache: Chosen;
  /** Part of all objects, 0..1. */
  readonly cacheable: number;
  /** Names of the classes whose responses may be stored; left out: all. */
  readonly classes?: readonly string[];
  /** Who asks for what is being fetched waits for that. */
  readonly coalesce: boolean;
}

/** Requests of the classes that meet all conditions go to that target; the first rule counts. */
export interface RouteSpec {
  readonly when: {
    readonly class?: string;
    /** Exact, or `*.` and what the name ends in. */
    readonly host?: string;
    /** What the path begins with. */
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly cookies?: Readonly<Record<string, string>>;
  };
  /** Name of a target. */
  readonly to: string;
}

export interface SlowStartSpec {
  readonly windowMs: Millis;
  /** Part of its weight with which a target begins, above 0. */
  readonly from: number;
}

export interface HealthSpec {
  readonly intervalMs: Millis;
  readonly timeoutMs: Millis;
  readonly rise: number;
  readonly fall: number;
  /** A probe is answered by the node, or takes its turn in the machine's queue. */
  readonly asks: "node" | "queue";
}

export type Discipline = "fifo" | "lifo" | "processor-sharing";

/**
 * `count` equal machines, children of the balancer above them, named `first` … `first + count − 1`.
 */
export interface MachinesSpec {
  readonly kind: "machines";
  readonly count: number;
  /** Number of the first of them: machines count from 1 through all groups of their balancer. */
  readonly first: number;
  readonly place: number | null;
  readonly weight: number;
  readonly cores: number;
  readonly speed: number;
  /** Requests that may wait beside those in service; null: any number. */
  readonly queueLimit: number | null;
  readonly discipline: Discipline;
  /** An entry of the registry of caches; null: no cache, every request is served without a miss. */
  readonly cache: Chosen | null;
  /** Filled before time 0 by the popularity, or empty. */
  readonly warm: boolean;
  /**
   * Core time at speed 1 for a full TLS handshake, and a resumed one, where clients' connections
   * end here; left out: none.
   */
  readonly handshakeMs?: Millis;
  readonly resumedMs?: Millis;
}

export type FailureManner = "crash" | "silence";

interface EventBase {
  readonly atMs: Millis;
  /** `file:line` for messages; the sentence in tables is made from the fields. */
  readonly where: string;
}
/**
 * Node paths in `nodes` are resolved from patterns: `global/fra/3`. A `forMs` undoes the event
 * after that time.
 */
export type EventSpec = EventBase &
  (
    | { readonly kind: "add"; readonly to: string; readonly machines: MachinesSpec }
    | { readonly kind: "remove"; readonly nodes: readonly string[] }
    | {
        readonly kind: "drain";
        readonly nodes: readonly string[];
        /** After it, what still runs is cut; null: it is waited for. */
        readonly deadlineMs: Millis | null;
      }
    | {
        readonly kind: "fail";
        readonly nodes: readonly string[];
        readonly manner: FailureManner;
        readonly forMs: Millis | null;
      }
    | { readonly kind: "recover"; readonly nodes: readonly string[] }
    | {
        /**
         * Stochastic: each node by itself fails after exponential times of mean mtbf, recovers
         * after mean mttr.
         */
        readonly kind: "fail-randomly";
        /**
         * Among the stochastic events, in the order of the file, from 1: it names their streams.
         */
        readonly number: number;
        readonly nodes: readonly string[];
        readonly manner: FailureManner;
        readonly mtbfMs: Millis;
        readonly mttrMs: Millis;
        /** From atMs until this time; null: to the end. */
        readonly untilMs: Millis | null;
      }
    | {
        /** Gray failure: speed is divided by `factor`. */
        readonly kind: "slow";
        readonly nodes: readonly string[];
        readonly factor: number;
        readonly forMs: Millis | null;
      }
    | {
        /** Both directions between two places (indices). */
        readonly kind: "cut";
        readonly between: readonly [number, number];
        readonly forMs: Millis | null;
      }
    | {
        readonly kind: "delay";
        readonly between: readonly [number, number];
        /** Added to the round trip. */
        readonly byMs: Millis;
        readonly forMs: Millis | null;
      }
    | { readonly kind: "mend"; readonly between: readonly [number, number] }
    | {
        /** Flash crowd: the arrival rate of these client regions is multiplied. */
        readonly kind: "rate";
        readonly clients: readonly string[];
        readonly times: number;
        readonly forMs: Millis | null;
      }
    | { readonly kind: "strategy"; readonly nodes: readonly string[]; readonly strategy: Chosen }
    | {
        /** What the response caches of these balancers hold is forgotten. */
        readonly kind: "purge";
        readonly nodes: readonly string[];
        /** Names of the classes whose objects are meant; left out: all. */
        readonly classes?: readonly string[];
        /** Part of their objects, above 0, by hash; left out: all. */
        readonly share?: number;
      }
    | { readonly kind: "weight"; readonly nodes: readonly string[]; readonly weight: number }
    | {
        /** It crashes; back after `forMs`, with empty tables. */
        readonly kind: "fail-replica";
        readonly replicas: readonly ReplicaName[];
        readonly forMs: Millis | null;
      }
    | {
        /** It gets no new connections; after the deadline those that it has are cut. */
        readonly kind: "drain-replica";
        readonly replicas: readonly ReplicaName[];
        readonly deadlineMs: Millis | null;
      }
    | { readonly kind: "add-replica"; readonly nodes: readonly string[] }
  );

/** One replica of a balancer, `lb#2`; they count from 1. */
export interface ReplicaName {
  readonly node: string;
  readonly number: number;
}
export type EventKindName = EventSpec["kind"];

/** `{ metric: miss-rate, of: fra, during: 5min..6min, below: 20% }` */
export interface Expectation {
  readonly metric: string;
  /** Path of a node, `region:europe`, `class:browse`; null: all. */
  readonly of: string | null;
  readonly duringMs: readonly [number, number] | null;
  readonly above: number | null;
  readonly below: number | null;
  readonly where: string;
}

/**
 * `fra.strategy: [mod-n, ring-hash]`: one setting's path and the texts (YAML flow or JSON) of its
 * values.
 */
export interface Variation {
  readonly path: string;
  readonly values: readonly string[];
}

/** A recorded trace, one row a request, in order of time. Columns have equal length. */
export interface Trace {
  readonly timeMs: Float64Array;
  readonly user: Int32Array;
  readonly object: Int32Array;
  readonly bytes: Float64Array;
  /** Index into `regions`. */
  readonly region: Uint16Array;
  readonly regions: readonly string[];
  readonly users: number;
  readonly objects: number;
}

/** What a scenario names beside itself, by the name written in it. */
export interface Inputs {
  readonly traces: ReadonlyMap<string, Trace>;
  readonly numbers: ReadonlyMap<string, Float64Array>;
}
