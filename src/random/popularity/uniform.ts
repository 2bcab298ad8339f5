import { definePopularity } from "./popularity.ts";

/**
 * Every object alike. Two words a draw, so that even 2^31 objects differ by less than 2^−21 of
 * their share.
 */
export const uniform = definePopularity({
  name: "uniform",
  summary: "every object is asked for equally often",
  follows: "the discrete uniform distribution",
  fields: {},
  filler: (_settings, count, stream) => (into) => {
    for (let i = 0; i < into.length; i++) into[i] = (stream.double() * count) | 0;
  },
  probability: (_settings, count) => 1 / count,
});
