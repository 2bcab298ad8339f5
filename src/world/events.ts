/**
 * The events that a scenario may write: one entry an event, with its verb, its fields and an
 * example. The reader, the JSON schema, `list events` and the documentation follow from this list;
 * what an event does is told in the simulator's handlers.
 */
import type { Field, NumberField } from "../definition.ts";

interface SpecialField {
  readonly doc: string;
  readonly optional?: boolean;
}
/** A node pattern or a list of them: `fra/3`, `fra/1..4`, `fra/*`. */
export interface NodesField extends SpecialField {
  readonly kind: "nodes";
}
/** Replicas of balancers: `lb#2`, or a list of them. */
export interface ReplicasField extends SpecialField {
  readonly kind: "replicas";
}
/** Names of client regions: one, a list, or `*` for all. */
export interface RegionsField extends SpecialField {
  readonly kind: "regions";
}
/** Names of classes of requests: one or a list. */
export interface NamesField extends SpecialField {
  readonly kind: "names";
}
/** A list of two places. */
export interface LinkField extends SpecialField {
  readonly kind: "link";
}
/** `1 machine`, `4 machines`. */
export interface MachineCountField extends SpecialField {
  readonly kind: "machine-count";
}
/** A setting of nodes: a pattern, a dot, and `strategy` or `weight`. */
export interface SettingField extends SpecialField {
  readonly kind: "setting";
}
/** A value whose type follows from what is set. */
export interface AnyField extends SpecialField {
  readonly kind: "any";
}
/** An entry of the registry of caches, or `none`. */
export interface CacheField extends SpecialField {
  readonly kind: "pick";
  readonly from: "caches";
  readonly none: true;
}
export type EventField =
  | Field
  | (NumberField & { readonly none: true })
  | NodesField
  | ReplicasField
  | RegionsField
  | NamesField
  | LinkField
  | MachineCountField
  | SettingField
  | AnyField
  | CacheField;

export interface EventDefinition {
  /** The event's kind; for `set` the reader makes `strategy` or `weight` of it. */
  readonly name: string;
  /** The field that makes a record this event. */
  readonly verb: string;
  /** Fields that tell it from another event of the same verb. */
  readonly marks?: readonly string[];
  readonly summary: string;
  readonly follows: string;
  readonly example: string;
  readonly fields: Readonly<Record<string, EventField>>;
}

/** Shorter times than a microsecond make more events than any run gets through. */
const LEAST_MS = 0.001;
/** Also of a balancer: ratios of a million are beyond all that fleets use. */
export const MOST_WEIGHT = 1_000_000;

const at = { kind: "duration", min: 0, doc: "when, from the start of the run" } as const;
const lasting = {
  kind: "duration",
  above: 0,
  optional: true,
  doc: "undone after this time; left out: it lasts",
} as const;
const manner = {
  kind: "choice",
  of: ["crash", "silence"],
  default: "crash",
  doc: "crash: connections are reset at once; silence: nothing answers until somebody's timeout",
} as const;

const add = {
  name: "add",
  verb: "add",
  summary: "machines join a balancer, by default equal to its first group and with empty caches",
  follows: "this model",
  example: "{ at: 5min, add: 1 machine, to: fra }",
  fields: {
    at,
    add: { kind: "machine-count", doc: "how many machines" },
    to: { kind: "nodes", doc: "the balancer that they join" },
    cores: { kind: "count", min: 1, optional: true, doc: "cores of each" },
    speed: { kind: "number", above: 0, optional: true, doc: "speed of a core; 1 is the reference" },
    queue: { kind: "count", min: 0, none: true, optional: true, doc: "requests that may wait" },
    cache: { kind: "pick", from: "caches", none: true, optional: true, doc: "cache of each" },
    warm: { kind: "flag", default: false, doc: "whether their caches are filled as they join" },
    weight: { kind: "number", min: 0, max: MOST_WEIGHT, optional: true, doc: "weight of each" },
  },
} as const satisfies EventDefinition;

const remove = {
  name: "remove",
  verb: "remove",
  summary: "nodes leave at once and for good; what runs on them is lost",
  follows: "this model",
  example: "{ at: 5min, remove: fra/3 }",
  fields: { at, remove: { kind: "nodes", doc: "what leaves" } },
} as const satisfies EventDefinition;

const drain = {
  name: "drain",
  verb: "drain",
  summary: "nodes get no new requests, finish what they have, and leave for good",
  follows: "connection draining of HAProxy and Envoy",
  example: "{ at: 5min, drain: fra/3, deadline: 30s }",
  fields: {
    at,
    drain: {
      kind: "nodes",
      doc: "what is drained; to have it back, set its weight to 0 instead, and later to what it was",
    },
    deadline: {
      kind: "duration",
      above: 0,
      optional: true,
      doc: "what still runs then is cut; left out: it is waited for",
    },
  },
} as const satisfies EventDefinition;

const fail = {
  name: "fail",
  verb: "fail",
  summary: "machines fail, or a balancer with all beneath it: a datacenter goes dark",
  follows: "this model: crash and silence are different failures",
  example: "{ at: 7min, fail: fra/3, for: 60s }",
  fields: { at, fail: { kind: "nodes", doc: "what fails" }, manner, for: lasting },
} as const satisfies EventDefinition;

const recover = {
  name: "recover",
  verb: "recover",
  summary: "failed nodes come back, with empty caches after a crash; who drains goes on draining",
  follows: "this model",
  example: "{ at: 9min, recover: fra/3 }",
  fields: { at, recover: { kind: "nodes", doc: "what comes back" } },
} as const satisfies EventDefinition;

const failRandomly = {
  name: "fail-randomly",
  verb: "fail",
  marks: ["mtbf", "mttr", "until"],
  summary:
    "each node by itself fails and recovers after exponential times, from a stream of its own",
  follows: "alternating renewal process with exponential times",
  example: "{ fail: fra/*, mtbf: 10min, mttr: 30s }",
  fields: {
    at: { ...at, default: 0, doc: "from when on" },
    fail: { kind: "nodes", doc: "what fails" },
    mtbf: {
      kind: "duration",
      above: 0,
      min: LEAST_MS,
      doc: "mean time from a recovery to the next failure",
    },
    mttr: {
      kind: "duration",
      above: 0,
      min: LEAST_MS,
      doc: "mean time from a failure to its recovery",
    },
    manner,
    until: {
      kind: "duration",
      above: 0,
      optional: true,
      doc: "until when; left out: to the end of the run",
    },
  },
} as const satisfies EventDefinition;

const slow = {
  name: "slow",
  verb: "slow",
  summary: "gray failure: machines work more slowly and look alive",
  follows: "Huang et al., Gray Failure, HotOS 2017",
  example: "{ at: 3min, slow: fra/2, by: 10, for: 2min }",
  fields: {
    at,
    slow: { kind: "nodes", doc: "which machines; a balancer stands for all machines beneath it" },
    by: { kind: "number", above: 0, doc: "their speed is divided by this" },
    for: lasting,
  },
} as const satisfies EventDefinition;

const cut = {
  name: "cut",
  verb: "cut",
  summary: "nothing travels between two places, in either direction",
  follows: "this model",
  example: "{ at: 3min, cut: [frankfurt, london], for: 1min }",
  fields: { at, cut: { kind: "link", doc: "the two places" }, for: lasting },
} as const satisfies EventDefinition;

const delay = {
  name: "delay",
  verb: "delay",
  summary: "the round trip between two places grows",
  follows: "this model",
  example: "{ at: 3min, delay: [frankfurt, london], by: 50ms, for: 1min }",
  fields: {
    at,
    delay: { kind: "link", doc: "the two places" },
    by: { kind: "duration", above: 0, doc: "added to the round trip" },
    for: lasting,
  },
} as const satisfies EventDefinition;

const mend = {
  name: "mend",
  verb: "mend",
  summary: "all cuts and delays between two places are over",
  follows: "this model",
  example: "{ at: 4min, mend: [frankfurt, london] }",
  fields: { at, mend: { kind: "link", doc: "the two places" } },
} as const satisfies EventDefinition;

const rate = {
  name: "rate",
  verb: "rate",
  summary: "flash crowd: the arrival rate of client regions is multiplied",
  follows: "this model",
  example: "{ at: 3min, rate: europe, times: 5, for: 1min }",
  fields: {
    at,
    rate: { kind: "regions", doc: "which client regions" },
    times: { kind: "number", min: 0, max: 1_000_000, doc: "factor on the configured rate" },
    for: lasting,
  },
} as const satisfies EventDefinition;

const set = {
  name: "set",
  verb: "set",
  summary: "a balancer's strategy or a target's weight changes",
  follows: "this model",
  example: "{ at: 5min, set: fra.strategy, to: maglev }",
  fields: {
    at,
    set: { kind: "setting", doc: "pattern.strategy or pattern.weight" },
    to: { kind: "any", doc: "the new strategy or weight" },
  },
} as const satisfies EventDefinition;

const purge = {
  name: "purge",
  verb: "purge",
  summary: "what the response caches of balancers hold is forgotten: all, some classes, a share",
  follows:
    "Varnish's and nginx's cache purge, of everything or by a key that responses share (Fastly's " +
    "Surrogate-Key, Cloudflare's Cache-Tag): here the class, since no two classes share an object",
  example: "{ at: 5min, purge: fra, share: 10% }",
  fields: {
    at,
    purge: { kind: "nodes", doc: "balancers with a response cache" },
    classes: {
      kind: "names",
      optional: true,
      doc: "classes of requests whose objects are forgotten; left out: all",
    },
    share: {
      kind: "share",
      above: 0,
      max: 1,
      default: 1,
      doc: "part of those objects, by hash: the same wherever it is purged at that time",
    },
  },
} as const satisfies EventDefinition;

const failReplica = {
  name: "fail-replica",
  verb: "fail-replica",
  summary:
    "a replica of a balancer crashes: connections that end there break, and routers send the others " +
    "elsewhere; it comes back with empty tables",
  follows: "this model; Eisenbud et al., Maglev, NSDI 2016, §3.3 for what then becomes of them",
  example: "{ at: 5min, fail-replica: fra#2, for: 30s }",
  fields: { at, "fail-replica": { kind: "replicas", doc: "which: balancer#number" }, for: lasting },
} as const satisfies EventDefinition;

const drainReplica = {
  name: "drain-replica",
  verb: "drain-replica",
  summary: "a replica of a balancer gets no new connections and stops for good at the deadline",
  follows: "connection draining of HAProxy and Envoy",
  example: "{ at: 5min, drain-replica: fra#2, deadline: 60s }",
  fields: {
    at,
    "drain-replica": { kind: "replicas", doc: "which: balancer#number" },
    deadline: {
      kind: "duration",
      above: 0,
      optional: true,
      doc: "connections that are still there break then; left out: they end by themselves",
    },
  },
} as const satisfies EventDefinition;

const addReplica = {
  name: "add-replica",
  verb: "add-replica",
  summary: "a balancer gets one more replica, with empty tables",
  follows: "this model",
  example: "{ at: 5min, add-replica: fra }",
  fields: { at, "add-replica": { kind: "nodes", doc: "which balancer" } },
} as const satisfies EventDefinition;

/** By name, for the reader, which knows the fields of each. */
export const eventDefinitions = {
  add,
  remove,
  drain,
  fail,
  recover,
  "fail-randomly": failRandomly,
  slow,
  cut,
  delay,
  mend,
  rate,
  purge,
  set,
  "fail-replica": failReplica,
  "drain-replica": drainReplica,
  "add-replica": addReplica,
} as const;

export const events: readonly EventDefinition[] = Object.values(eventDefinitions);
