/** The shape of parts of what clients ask for. */
import type { Shape } from "./shape.ts";

export const hotShape = {
  objects: { kind: "count", above: 0, doc: "how many are hot" },
  share: { kind: "share", min: 0, max: 1, doc: "part of all requests that they get" },
} as const satisfies Shape;

export const sessionShape = {
  state: {
    kind: "pick",
    from: "distributions",
    in: "size",
    doc: "how much there is of it; drawn once for each user",
  },
  save: {
    kind: "duration",
    min: 0,
    default: 5,
    doc: "core time for saving it on the machine that holds it",
  },
  open: {
    kind: "duration",
    min: 0,
    default: 20,
    doc: "core time for opening it on another machine, before the request is served there",
  },
  bandwidth: {
    kind: "bandwidth",
    above: 0,
    default: 2 ** 30 / 1_000,
    doc: "at which it is carried from machine to machine",
  },
} as const satisfies Shape;
