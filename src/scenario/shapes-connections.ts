/** The shape of clients' connections, and of the tables that layer 4 keeps of them. */
import type { Shape } from "./shape.ts";
import { LEAST_MS } from "./shapes-tree.ts";

export const connectionsShape = {
  protocol: {
    kind: "choice",
    of: ["http/1.1", "http/2"],
    default: "http/1.1",
    doc: "one request at a time on each of a user's connections, or any number on the only one",
  },
  requests: {
    kind: "count",
    min: 1,
    none: true,
    optional: true,
    doc: "requests that a connection carries at most; none, the default: any number",
  },
  idle: {
    kind: "duration",
    above: 0,
    min: LEAST_MS,
    none: true,
    default: 60_000,
    doc: "a connection without a request for that long is closed by its client",
  },
  lifetime: {
    kind: "pick",
    from: "distributions",
    in: "duration",
    none: true,
    optional: true,
    doc: "a connection of that age is closed as soon as nothing is under way on it",
  },
  tls: {
    kind: "choice",
    of: ["none", "1.2", "1.3"],
    default: "1.3",
    doc: "round trips beside TCP's one: none, 2 (1 resumed), 1 (0 with early data)",
  },
  resume: {
    kind: "share",
    min: 0,
    max: 1,
    default: 0,
    doc: "part of the new connections that resume a TLS session",
  },
  "early-data": {
    kind: "flag",
    default: false,
    doc: "resumed connections of TLS 1.3 carry their first request at once (0-RTT)",
  },
  websocket: {
    kind: "flag",
    default: false,
    doc: "connections are upgraded, and stay with the machine that they were opened to",
  },
} as const satisfies Shape;

/** The most that IP's 16 bits of length leave after both headers of 20 bytes (RFC 791 §3.1). */
const MOST_SEGMENT = 65_495;

export const forwardingShape = {
  cores: { kind: "count", min: 1, max: 65_536, default: 1, doc: "of each replica" },
  packet: {
    kind: "duration",
    min: 0,
    default: 0,
    doc: "core time of each packet, of a request as of its answer",
  },
  connection: {
    kind: "duration",
    min: 0,
    default: 0,
    doc: "core time of each new connection, beside its packets",
  },
  segment: {
    kind: "size",
    min: 1,
    max: MOST_SEGMENT,
    default: 1_460,
    doc: "bytes that a packet carries at most; 1,460 of Ethernet's 1,500 without both headers",
  },
} as const satisfies Shape;

export const natShape = {
  size: {
    kind: "count",
    min: 1,
    max: 1_000_000_000,
    doc: "connections that one replica's table holds",
  },
  idle: {
    kind: "duration",
    above: 0,
    min: LEAST_MS,
    none: true,
    optional: true,
    doc: "an entry that nothing has used for that long is forgotten; none, the default: never",
  },
  "when-full": {
    kind: "choice",
    of: ["refuse", "evict"],
    default: "refuse",
    doc: "a new connection is refused, or pushes out the one that was used longest ago",
  },
  shared: { kind: "flag", default: false, doc: "one table for all replicas" },
} as const satisfies Shape;
