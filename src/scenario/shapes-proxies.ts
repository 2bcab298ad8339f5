/** The shape of what a balancer of layer 7 does beside picking. */
import { caches } from "./registries.ts";
import type { Shape } from "./shape.ts";

export const workShape = {
  cores: { kind: "count", min: 1, max: 65_536, default: 1, doc: "of each replica" },
  handshake: {
    kind: "duration",
    min: 0,
    default: 0,
    doc: "core time of a full TLS handshake with who opens a connection",
  },
  resumed: { kind: "duration", min: 0, default: 0, doc: "core time of a resumed one" },
  request: {
    kind: "pick",
    from: "distributions",
    in: "duration",
    optional: true,
    doc: "core time of each request; left out: none",
  },
  "per-kB": {
    kind: "duration",
    min: 0,
    default: 0,
    doc: "core time of each 1,000 bytes of a request and its answer",
  },
} as const satisfies Shape;

export const poolShape = {
  connections: {
    kind: "count",
    min: 1,
    none: true,
    optional: true,
    doc: "most at once to each target, of each replica; left out or none: any number",
  },
  idle: {
    kind: "duration",
    min: 0,
    none: true,
    default: 60_000,
    doc: "closed after so long without a request; 60s as in nginx; none: never",
  },
  requests: {
    kind: "count",
    min: 1,
    none: true,
    optional: true,
    doc: "a connection carries at most so many; left out or none: any number",
  },
  protocol: {
    kind: "choice",
    of: ["http/1.1", "http/2"],
    default: "http/1.1",
    doc: "one request at a time on a connection, or streams",
  },
  streams: {
    kind: "count",
    min: 1,
    default: 100,
    doc: "requests at once on a connection of HTTP/2",
  },
  pending: {
    kind: "count",
    min: 0,
    none: true,
    optional: true,
    doc: "requests that may wait for a connection to each target, at each replica; more are rejected; left out or none: any number",
  },
  tls: {
    kind: "choice",
    of: ["none", "1.2", "1.3"],
    default: "none",
    doc: "what a new connection costs beside TCP's round trip: 1.3 one more, 1.2 two (1 resumed)",
  },
  resume: {
    kind: "share",
    min: 0,
    max: 1,
    default: 0,
    doc: "part of the new connections that resume a TLS session, once the replica has one there",
  },
} as const satisfies Shape;

const responseCacheFields = {
  ttl: {
    kind: "duration",
    above: 0,
    none: true,
    optional: true,
    doc: "age at which a response is fetched afresh; left out or none: never",
  },
  cacheable: {
    kind: "share",
    min: 0,
    max: 1,
    default: 1,
    doc: "part of all objects whose responses may be stored, by hash",
  },
  classes: {
    kind: "names",
    optional: true,
    doc: "classes of requests whose responses may be stored; left out: all",
  },
  coalesce: {
    kind: "flag",
    default: false,
    doc: "who asks for what is being fetched waits for that one response",
  },
} as const satisfies Shape;
/** The policy stands beside the other fields: `{ lru: 10_000, ttl: 60s }`. */
export const responseCacheShape = {
  ...responseCacheFields,
  ...Object.fromEntries(
    caches.map(({ name, summary }) => [
      name,
      { kind: "any", optional: true, doc: summary } as const,
    ]),
  ),
} as typeof responseCacheFields;

export const routeShape = {
  to: { kind: "text", doc: "name of the target that takes what meets all conditions" },
  class: { kind: "text", optional: true, doc: "name of a class of requests" },
  host: { kind: "text", optional: true, doc: "exact, or *.example for all names beneath it" },
  path: { kind: "text", optional: true, doc: "what the path begins with" },
  headers: { kind: "pairs", optional: true, doc: "names and values" },
  cookies: { kind: "pairs", optional: true, doc: "names and values" },
} as const satisfies Shape;

/** Of a class of requests: what routes can tell it by. */
export const toldByShape = {
  host: { kind: "text", optional: true, doc: "for routes: whom it asks" },
  path: { kind: "text", optional: true, doc: "for routes: what its path begins with" },
  headers: { kind: "pairs", optional: true, doc: "for routes: names and values" },
  cookies: { kind: "pairs", optional: true, doc: "for routes: names and values" },
} as const satisfies Shape;
