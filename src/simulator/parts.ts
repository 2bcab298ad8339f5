/** The parts of one run, as the builder made them and the handlers use them. */
import type { Persistence } from "../balancing/persistence/persistence.ts";
import type { Pool } from "../balancing/pool.ts";
import type { RequestView } from "../balancing/strategy.ts";
import type { EventQueue } from "../engine/event-queue.ts";
import type { Fingerprint } from "../engine/fingerprint.ts";
import type { Sampler } from "../random/registry.ts";
import type { RandomStreams } from "../random/streams.ts";
import type { RandomStream } from "../random/stream.ts";
import type {
  BalancerSpec,
  ForwardingSpec,
  Inputs,
  Scenario,
  WorkSpec,
} from "../scenario/scenario.ts";
import type { Recorder } from "../statistics/recorder.ts";
import type { ChangeRecord, NoticeRecord } from "../statistics/run-record.ts";
import type { Addresses } from "../world/addresses.ts";
import type { Deadlines } from "../world/deadlines.ts";
import type { MachineCaches } from "../world/machine-caches.ts";
import type { MachineState } from "../world/machine.ts";
import type { Machines } from "../world/machines.ts";
import type { Network } from "../world/network.ts";
import type { Origin } from "../world/origin.ts";
import type { Passages } from "../world/passages.ts";
import type { Backends } from "../world/proxies/backends.ts";
import type { ResponseCache } from "../world/proxies/response-cache.ts";
import type { Stages } from "../world/proxies/stages.ts";
import type { Station } from "../world/proxies/station.ts";
import type { Request, Requests } from "../world/requests.ts";
import type { Sessions } from "../world/sessions.ts";
import type { Source } from "../world/source.ts";
import type { Topology, TreeNode } from "../world/topology.ts";
import type { Chosen } from "../definition.ts";
import type { ObjectRange } from "./catalogue.ts";
import type { Hop } from "./hop.ts";
import type { ReplicaSet } from "./replica-sets.ts";

/** One balancer at work: its replicas' pools and what they share. */
export class BalancerAtWork {
  readonly node: TreeNode;
  readonly spec: BalancerSpec;
  /** Index in the recorder's list of balancers, plus 1. */
  readonly last: number;
  /** Replicas; a root without a place has this many at every place with clients. */
  readonly replicas: number;
  /** Place ids where it stands; more than one only for a root without a place. */
  readonly places: readonly number[];
  /** By position in `places` × replicas + replica. */
  readonly pools: Replica[];
  /** By place id: index into `places`; empty for a balancer with a place. */
  readonly placeIndex: Int32Array;
  /**
   * By place id: the replica that whoever comes from there meets; null where one of several is
   * drawn, or they come and go.
   */
  readonly soles: (Replica | null)[];
  /** Chooses the replica that a request meets. */
  readonly replicaStream: RandomStream;
  /**
   * Root only, and only where there are distances: by place id and slot, 1 where that target is
   * farther from there than the nearest. null elsewhere.
   */
  readonly far: Uint8Array[] | null;
  /** Where its users are kept; null: nowhere. */
  readonly persistence: Persistence | null;
  /**
   * By position in `places`; null where replicas neither come nor go, and nobody has connections.
   */
  sets: ReplicaSet[] | null;
  /** Root only: clients look for its targets, and it sends them where they found it says. */
  readonly isFound: boolean;
  /** Responses go straight from its targets to who opened the connection. */
  readonly returnsDirectly: boolean;
  /**
   * Tier of the layer-7 balancer above whose own connections run through here, or end here after
   * layer 4; NONE: clients' connections do, or requests come without.
   */
  readonly dialer: number;
  /** Its present strategy. */
  strategy: Chosen;
  /** As of a machine. */
  state: MachineState;

  constructor(made: Readonly<BalancerAtWork>) {
    this.node = made.node;
    this.spec = made.spec;
    this.last = made.last;
    this.replicas = made.replicas;
    this.places = made.places;
    this.pools = made.pools;
    this.placeIndex = made.placeIndex;
    this.soles = made.soles;
    this.replicaStream = made.replicaStream;
    this.far = made.far;
    this.persistence = made.persistence;
    this.sets = made.sets;
    this.isFound = made.isFound;
    this.returnsDirectly = made.returnsDirectly;
    this.dialer = made.dialer;
    this.strategy = made.strategy;
    this.state = made.state;
  }
}

/** One replica of a balancer: a pool, where it stands, and its number among all pools. */
export class Replica {
  /** By the pool's slot. */
  readonly targets: Hop[] = [];

  constructor(
    readonly id: number,
    readonly pool: Pool,
    readonly place: number,
    readonly balancer: BalancerAtWork,
    readonly label: string,
    /** null: it picks, and that is all. */
    readonly proxy: ProxyAtWork | null,
  ) {}
}

/** What a replica of a balancer has and does beside picking; each null where it does not. */
export interface ProxyAtWork {
  /** By ProxyCount. */
  readonly counts: Float64Array;
  readonly work: WorkSpec | null;
  /** At layer 4, which has nothing else of this but its station. */
  readonly forwarding: ForwardingSpec | null;
  /** What a request costs its cores, ms; null: nothing. */
  readonly requestWork: Sampler | null;
  readonly station: Station | null;
  readonly cache: ResponseCache | null;
  readonly backends: Backends | null;
  /** Tells which new connections resume a TLS session; null: none does. */
  readonly resumptions: RandomStream | null;
  /** By class: the slot to which its rules send it; null: the strategy picks. */
  routes: Int32Array | null;
}

/** The one request view that strategies look through: set before each pick. */
export class MutableRequestView implements RequestView {
  key = 0;
  rawKey = 0;
  origin = 0;
  attempt = 1;
}

export class Parts {
  readonly scenario: Scenario;
  readonly inputs: Inputs;
  readonly random: RandomStreams;
  readonly queue: EventQueue<Request>;
  readonly requests: Requests<Hop>;
  /** null: requests meet nothing but network and machines. */
  readonly passages: Passages | null;
  /** null: no balancer has more to do than pick. */
  readonly stages: Stages | null;
  readonly network: Network;
  readonly machines: Machines;
  readonly origin: Origin | null;
  readonly caches: MachineCaches;
  readonly deadlines: Deadlines;
  readonly topology: Topology;
  /** By node id; undefined for machines. */
  readonly balancers: (BalancerAtWork | undefined)[];
  /** By replica id. */
  readonly replicas: Replica[];
  readonly sources: readonly Source[];
  /** Of all users. */
  readonly addresses: Addresses;
  /** Users, by region. */
  readonly usersIn: readonly number[];
  /** By class. */
  readonly ranges: readonly ObjectRange[];
  readonly recorder: Recorder;
  readonly fingerprint: Fingerprint;
  readonly view: MutableRequestView;
  /** Seeds of all hashes of this run: what keys and nodes are called (see `keyOf`). */
  readonly salts: { readonly key: number; readonly name: number };
  readonly changes: ChangeRecord[];
  readonly notices: NoticeRecord[];
  /** Mean demand over classes, ms: what a capacity in requests per ms is reckoned with. */
  readonly meanDemandMs: number;
  /**
   * By node id: its slot in the pools of its parent (the same in every replica); NONE at the root.
   */
  readonly slotOf: number[];
  /** By user: the machine of its last completed request; empty where users are not told apart. */
  readonly lastMachineOf: Int32Array;
  /** null: no class of requests has sessions. */
  readonly sessions: Sessions | null;

  constructor(made: Readonly<Parts>) {
    this.scenario = made.scenario;
    this.inputs = made.inputs;
    this.random = made.random;
    this.queue = made.queue;
    this.requests = made.requests;
    this.passages = made.passages;
    this.stages = made.stages;
    this.network = made.network;
    this.machines = made.machines;
    this.origin = made.origin;
    this.caches = made.caches;
    this.deadlines = made.deadlines;
    this.topology = made.topology;
    this.balancers = made.balancers;
    this.replicas = made.replicas;
    this.sources = made.sources;
    this.addresses = made.addresses;
    this.usersIn = made.usersIn;
    this.ranges = made.ranges;
    this.recorder = made.recorder;
    this.fingerprint = made.fingerprint;
    this.view = made.view;
    this.salts = made.salts;
    this.changes = made.changes;
    this.notices = made.notices;
    this.meanDemandMs = made.meanDemandMs;
    this.slotOf = made.slotOf;
    this.lastMachineOf = made.lastMachineOf;
    this.sessions = made.sessions;
  }
}
