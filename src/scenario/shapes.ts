/** The shape of a scenario file: every field with its kind, its default and one line for people. */
import { eventDefinitions } from "../world/events.ts";
import { popularities } from "./registries.ts";
import type { Shape } from "./shape.ts";
import { frontFields, frontShapes, sizeFields } from "./shapes-front.ts";
import { connectionsShape, forwardingShape, natShape } from "./shapes-connections.ts";
import { hotShape, sessionShape } from "./shapes-requests.ts";
import {
  poolShape,
  responseCacheShape,
  routeShape,
  toldByShape,
  workShape,
} from "./shapes-proxies.ts";
import {
  balancerShape,
  healthShape,
  LEAST_MS,
  machinesShape,
  networkShape,
  originShape,
  placeShape,
  reportsShape,
  slowStartShape,
} from "./shapes-tree.ts";

export const scenarioShape = {
  question: { kind: "text", default: "", doc: "what this scenario answers" },
  expectation: { kind: "text", default: "", doc: "what you believe will come out" },
  reason: { kind: "text", default: "", doc: "why you believe it" },
  include: {
    kind: "include",
    optional: true,
    doc: "a file or a list of files below this one: maps merge, own keys win, lists are replaced",
  },
  seed: { kind: "count", min: 0, default: 1, doc: "all random numbers follow from it" },
  seeds: {
    kind: "seeds",
    optional: true,
    doc: "seeds of a comparison: how many from seed on, or 1..20; 10 by default",
  },
  duration: {
    kind: "duration",
    above: 0,
    min: LEAST_MS,
    optional: true,
    doc: "the run ends at this time",
  },
  "stop-after": {
    kind: "request-count",
    optional: true,
    doc: "the run ends after this many requests: 1_000_000 requests",
  },
  warmup: {
    kind: "duration",
    min: 0,
    optional: true,
    doc: "simulated and left out of the statistics; by default a tenth of the run",
  },
  window: {
    kind: "duration",
    above: 0,
    optional: true,
    doc: "width of the time series' windows; by default some sixtieth of the run",
  },
  starvation: {
    kind: "record",
    shape: "starvation",
    optional: true,
    doc: "when a machine starves",
  },
  places: { kind: "map", shape: "place", optional: true, doc: "places of your own" },
  network: { kind: "record", shape: "network", optional: true, doc: "how far places are apart" },
  clients: { kind: "map", shape: "client", doc: "client regions by name" },
  requests: { kind: "record", shape: "requests", doc: "what clients ask for" },
  connections: {
    kind: "record",
    shape: "connections",
    none: true,
    optional: true,
    doc: "of all clients; left out or none: every request arrives by itself",
  },
  balancer: {
    kind: "record",
    shape: "balancer",
    doc: "the first balancer, and beneath it all others",
  },
  origin: {
    kind: "record",
    shape: "origin",
    optional: true,
    doc: "behind all caches: misses queue for its cores; on-miss is then their core time there",
  },
  events: { kind: "events", optional: true, doc: "what happens during the run" },
  compare: {
    kind: "variations",
    optional: true,
    doc: "settings by path with the list of their values: fra.strategy: [mod-n, maglev]",
  },
  expect: { kind: "list", shapes: ["expectation"], optional: true, doc: "what must hold" },
} as const satisfies Shape;

export const starvationShape = {
  share: {
    kind: "share",
    above: 0,
    max: 1,
    default: 0.5,
    doc: "a machine starves in a window that brings it less than this part of its fair share",
  },
  window: {
    kind: "duration",
    above: 0,
    optional: true,
    doc: "by default the windows of the series",
  },
  "fair-requests": {
    kind: "number",
    above: 0,
    default: 20,
    doc: "windows are widened until the fair share is this many requests",
  },
  wait: {
    kind: "duration",
    above: 0,
    default: 1_000,
    doc: "a request starves that waits in queue longer than this",
  },
} as const satisfies Shape;

export const clientShape = {
  at: { kind: "place", optional: true, doc: "a measured place or one of places" },
  users: {
    kind: "count",
    above: 0,
    max: 2 ** 31 - 1,
    optional: true,
    doc: "how many; 100_000 by default",
  },
  arrivals: { kind: "pick", from: "arrivals", in: "number", doc: "when they ask" },
  classes: { kind: "shares", optional: true, doc: "shares of the request classes here" },
  ...frontFields,
  connections: {
    kind: "record",
    shape: "connections",
    none: true,
    optional: true,
    doc: "of this region's users; what it leaves out is as for all clients",
  },
} as const satisfies Shape;

const objectsFields = {
  count: {
    kind: "count",
    above: 0,
    max: 2 ** 31 - 1,
    optional: true,
    doc: "how many; 100_000 by default",
  },
  popularity: {
    kind: "pick",
    from: "popularities",
    in: "number",
    optional: true,
    doc: "how often each is asked for; zipf: 1.0 by default, uniform beside a hot set",
  },
  "per-user": {
    kind: "count",
    above: 0,
    max: 1_000_000,
    optional: true,
    doc: "each user has a working set of that many own objects instead",
  },
  hot: {
    kind: "record",
    shape: "hot",
    optional: true,
    doc: "the first objects get a share beforehand",
  },
} as const satisfies Shape;
/** Popularities may be written without `popularity`: `objects: { count: 1_000, zipf: 1.0 }`. */
export const objectsShape = {
  ...objectsFields,
  ...Object.fromEntries(
    popularities.map(({ name, summary }) => [
      name,
      { kind: "any", optional: true, doc: `popularity: ${summary}` } as const,
    ]),
  ),
} as typeof objectsFields;

export const classShape = {
  share: { kind: "share", min: 0, max: 1, optional: true, doc: "part of all requests" },
  objects: { kind: "record", shape: "objects", optional: true, doc: "what is asked for" },
  affinity: {
    kind: "choice",
    of: ["object", "user", "session", "address", "none"],
    default: "object",
    doc: "what hash strategies hash",
  },
  demand: {
    kind: "pick",
    from: "distributions",
    in: "duration",
    doc: "core time that a request needs on a machine of speed 1",
  },
  "on-miss": {
    kind: "pick",
    from: "distributions",
    in: "duration",
    none: true,
    optional: true,
    doc: "what a cache miss adds",
  },
  "miss-holds": {
    kind: "choice",
    of: ["core", "nothing"],
    default: "nothing",
    doc: "whether a core is held meanwhile",
  },
  size: {
    kind: "pick",
    from: "distributions",
    in: "size",
    none: true,
    optional: true,
    doc: "size of an object, for caches that count bytes",
  },
  ...sizeFields,
  timeout: {
    kind: "duration",
    above: 0,
    min: LEAST_MS,
    none: true,
    default: 60_000,
    doc: "clients give up after it",
  },
  "after-timeout": {
    kind: "choice",
    of: ["cancel", "run-on"],
    default: "run-on",
    doc: "what becomes of the work; most servers do not notice and run on",
  },
  ...toldByShape,
  session: {
    kind: "record",
    shape: "session",
    none: true,
    optional: true,
    doc: "a user's session lives on the machine that served it last; short: the size of its state",
  },
} as const satisfies Shape;

const { share: _share, ...common } = classShape;
export const requestsShape = {
  ...common,
  demand: { ...common.demand, optional: true },
  classes: {
    kind: "map",
    shape: "class",
    optional: true,
    doc: "several classes; what stands beside holds for each that does not say otherwise",
  },
} as const satisfies Shape;

export const expectationShape = {
  metric: { kind: "metric", doc: "a name of list metrics" },
  of: {
    kind: "subject",
    optional: true,
    doc: "a node, region:europe or class:browse; left out: all",
  },
  during: {
    kind: "span",
    optional: true,
    doc: "5min..6min or 8min..end; left out: after the warm-up",
  },
  above: { kind: "bound", optional: true, doc: "must be above, in the metric's unit" },
  below: { kind: "bound", optional: true, doc: "must be below, in the metric's unit" },
} as const satisfies Shape;

/** By the names that record, map and list fields use; the schema's definitions. */
export const shapes: Readonly<Record<string, Shape>> = {
  starvation: starvationShape,
  place: placeShape,
  network: networkShape,
  client: clientShape,
  requests: requestsShape,
  class: classShape,
  objects: objectsShape,
  hot: hotShape,
  session: sessionShape,
  ...frontShapes,
  balancer: balancerShape,
  health: healthShape,
  reports: reportsShape,
  "slow-start": slowStartShape,
  work: workShape,
  pool: poolShape,
  "response-cache": responseCacheShape,
  route: routeShape,
  machines: machinesShape,
  origin: originShape,
  connections: connectionsShape,
  nat: natShape,
  forwarding: forwardingShape,
  expectation: expectationShape,
  ...Object.fromEntries(
    Object.values(eventDefinitions).map(({ name, fields }) => [`event-${name}`, fields]),
  ),
};
