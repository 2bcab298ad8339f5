/** The shape of what stands between clients and the first balancer. */
import type { Shape } from "./shape.ts";

/** Of a client region. */
export const frontFields = {
  bandwidth: {
    kind: "bandwidth",
    above: 0,
    none: true,
    optional: true,
    doc: "of each client's own link; left out or none: bytes take no time on it",
  },
  proxies: {
    kind: "record",
    shape: "proxies",
    none: true,
    optional: true,
    doc: "forward proxies, behind which users share few addresses; short: the share of users",
  },
  resolvers: {
    kind: "record",
    shape: "resolvers",
    none: true,
    optional: true,
    doc: "who asks for names on behalf of the users and keeps the answers",
  },
} as const satisfies Shape;

export const proxiesShape = {
  share: { kind: "share", min: 0, max: 1, doc: "part of the region's users behind them" },
  addresses: {
    kind: "count",
    min: 1,
    max: 1_000_000,
    default: 1,
    doc: "how many addresses those users share",
  },
} as const satisfies Shape;

export const resolversShape = {
  "users-each": {
    kind: "count",
    min: 1,
    max: 2 ** 31 - 1,
    default: 1_000,
    doc: "users who share a resolver",
  },
  lookup: {
    kind: "duration",
    min: 0,
    default: 20,
    doc: "what a question takes that the resolver has no answer to",
  },
  stretched: {
    kind: "share",
    min: 0,
    max: 1,
    default: 0,
    doc: "part of the users whose resolvers keep answers longer than they may",
  },
  by: { kind: "number", min: 1, default: 10, doc: "so many times as long" },
} as const satisfies Shape;

/** Of a class of requests. */
export const sizeFields = {
  "request-size": {
    kind: "pick",
    from: "distributions",
    in: "size",
    none: true,
    optional: true,
    doc: "bytes of a request on its way, where a link has a bandwidth",
  },
  "response-size": {
    kind: "pick",
    from: "distributions",
    in: "size",
    none: true,
    optional: true,
    doc: "bytes of its answer; by default a trace's, else its object's",
  },
} as const satisfies Shape;

export const frontShapes = { proxies: proxiesShape, resolvers: resolversShape } as const;
