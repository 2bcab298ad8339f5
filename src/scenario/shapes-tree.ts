/** The shape of what stands and runs: places, the network, balancers and machines. */
import { MOST_WEIGHT } from "../world/events.ts";
import type { Shape } from "./shape.ts";

/** Durations that come again and again are at least a microsecond: shorter ones stop the clock. */
export const LEAST_MS = 0.001;

export const placeShape = {
  latitude: { kind: "number", min: -90, max: 90, doc: "degrees north" },
  longitude: { kind: "number", min: -180, max: 180, doc: "degrees east" },
} as const satisfies Shape;

export const networkShape = {
  "round-trips": {
    kind: "round-trips",
    optional: true,
    doc: "a map of maps: from: { to: 30ms }; the way back is the same unless it is given",
  },
  "path-factor": {
    kind: "number",
    min: 1,
    default: 1.5,
    doc: "between coordinates: how much longer the cable is than the great circle",
  },
  bandwidths: {
    kind: "bandwidths",
    optional: true,
    doc: "of links between places, a map of maps: from: { to: 1Gbit/s }; the way back has the same",
  },
  "same-place": {
    kind: "duration",
    min: 0,
    optional: true,
    doc:
      "round trip of clients to what stands in their own place; between a balancer and its targets " +
      "in one place it is 0; by default as measured, 0.5ms with coordinates, else 0",
  },
} as const satisfies Shape;

export const balancerShape = {
  name: { kind: "text", optional: true, doc: "unique among its neighbours" },
  at: { kind: "place", optional: true, doc: "where it stands; by default where its parent does" },
  replicas: {
    kind: "count",
    min: 1,
    max: 1_000,
    default: 1,
    doc: "each counts only what it sent itself",
  },
  weight: {
    kind: "number",
    min: 0,
    max: MOST_WEIGHT,
    default: 1,
    doc: "as a target of its parent",
  },
  layer: {
    kind: "count",
    min: 1,
    max: 7,
    optional: true,
    doc:
      "4: decided once a connection, by address and port alone, a client's or one of the pool of a " +
      "balancer above; 7, the default: once a request, and connections end here",
  },
  spread: {
    kind: "pick",
    from: "placements",
    in: "number",
    optional: true,
    doc: "layer 4: how routers spread connections over its replicas; mod-n by default",
  },
  nat: {
    kind: "record",
    shape: "nat",
    none: true,
    optional: true,
    doc: "layer 4: a table of connections with a size; none, the default: it holds all that are open",
  },
  "direct-return": {
    kind: "flag",
    default: false,
    doc: "layer 4: responses go straight to who opened the connection",
  },
  forwarding: {
    kind: "record",
    shape: "forwarding",
    none: true,
    optional: true,
    doc: "layer 4: core time of its own for packets and new connections; none by default",
  },
  strategy: {
    kind: "pick",
    from: "strategies",
    default: "round-robin",
    in: "number",
    doc: "how it picks",
  },
  health: {
    kind: "record",
    shape: "health",
    none: true,
    optional: true,
    doc: "how failures are noticed; none: all targets are believed up",
  },
  reports: {
    kind: "record",
    shape: "reports",
    none: true,
    optional: true,
    doc: "targets tell their utilization; by default where the strategy needs it",
  },
  panic: {
    kind: "share",
    min: 0,
    max: 1,
    default: 0.5,
    doc: "below this share of usable targets all are used again; 50% as in Envoy, 0 is never",
  },
  persistence: {
    kind: "pick",
    from: "persistences",
    none: true,
    optional: true,
    in: "number",
    doc:
      "keeps users where they are, whatever the strategy: cookie; by source address or by hash is " +
      "affinity address or user with a strategy that places keys",
  },
  "front-door": {
    kind: "pick",
    from: "front-doors",
    none: true,
    optional: true,
    in: "number",
    doc:
      "of a root without a place: how clients find its targets; none: they have a list of them, and " +
      "the strategy picks at once",
  },
  "slow-start": {
    kind: "record",
    shape: "slow-start",
    none: true,
    optional: true,
    doc:
      "how long targets that come take to their whole weight, for strategies that heed weights; 0s, " +
      "the default: they have it at once",
  },
  work: {
    kind: "record",
    shape: "work",
    none: true,
    optional: true,
    doc: "core time of its own that it needs for handshakes, requests and bytes",
  },
  pool: {
    kind: "record",
    shape: "pool",
    none: true,
    optional: true,
    doc: "its connections to its targets; fresh: a new one for each request; left out: not modelled",
  },
  "response-cache": {
    kind: "record",
    shape: "response-cache",
    none: true,
    optional: true,
    doc: "answers from here what it has: a policy, and what may be stored",
  },
  routes: {
    kind: "list",
    shapes: ["route"],
    none: true,
    optional: true,
    doc: "rules that send classes of requests to targets by name; the first that fits counts",
  },
  targets: {
    kind: "list",
    shapes: ["balancer", "machines"],
    doc: "balancers and groups of machines",
  },
} as const satisfies Shape;

export const healthShape = {
  interval: {
    kind: "duration",
    above: 0,
    min: LEAST_MS,
    default: 2_000,
    doc: "between probes; 2s as in HAProxy",
  },
  timeout: {
    kind: "duration",
    above: 0,
    min: LEAST_MS,
    default: 1_000,
    doc: "a probe without an answer has failed",
  },
  rise: { kind: "count", min: 1, default: 2, doc: "good probes in a row until it is believed up" },
  fall: { kind: "count", min: 1, default: 3, doc: "bad probes in a row until it is believed down" },
  asks: {
    kind: "choice",
    of: ["node", "queue"],
    default: "node",
    doc: "queue: a probe takes its turn among a machine's requests, so overload looks like failure",
  },
} as const satisfies Shape;

export const reportsShape = {
  interval: { kind: "duration", above: 0, min: LEAST_MS, default: 1_000, doc: "between reports" },
} as const satisfies Shape;

export const slowStartShape = {
  window: {
    kind: "duration",
    min: 0,
    doc: "from joining, or being believed up, to the whole weight",
  },
  from: {
    kind: "share",
    min: 0.01,
    max: 1,
    default: 0.1,
    doc: "part of the weight to begin with, rising linearly in 20 steps; 10% as in Envoy",
  },
} as const satisfies Shape;

export const machinesShape = {
  machines: { kind: "count", min: 1, max: 1_000_000, doc: "how many equal machines" },
  at: {
    kind: "place",
    optional: true,
    doc: "where they stand; by default where their balancer does",
  },
  weight: { kind: "number", min: 0, max: MOST_WEIGHT, default: 1, doc: "weight of each" },
  cores: { kind: "count", min: 1, max: 65_536, default: 1, doc: "requests served at once" },
  speed: { kind: "number", above: 0, default: 1, doc: "a demand of 5ms takes 5ms / speed" },
  queue: {
    kind: "count",
    min: 0,
    none: true,
    optional: true,
    doc: "requests that may wait beside those in service; none: any number",
  },
  discipline: {
    kind: "choice",
    of: ["fifo", "lifo", "processor-sharing"],
    default: "fifo",
    doc: "who is served next",
  },
  cache: {
    kind: "pick",
    from: "caches",
    none: true,
    optional: true,
    in: "number",
    doc: "cache of each",
  },
  warm: { kind: "flag", default: true, doc: "caches are filled by popularity before time 0" },
  handshake: {
    kind: "duration",
    min: 0,
    optional: true,
    doc: "core time for a full TLS handshake, where clients' connections end here; none by default",
  },
  resumed: {
    kind: "duration",
    min: 0,
    optional: true,
    doc: "the same for a resumed TLS session",
  },
} as const satisfies Shape;

export const originShape = {
  at: { kind: "place", optional: true, doc: "by default no distance from any machine" },
  cores: { kind: "count", min: 1, max: 1_000_000, doc: "fetches served at once" },
  queue: {
    kind: "count",
    min: 0,
    none: true,
    optional: true,
    doc: "fetches that may wait; more are refused, and their requests fail; none: any number",
  },
} as const satisfies Shape;
