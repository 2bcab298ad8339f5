import { gammaP } from "../../maths/elementary.ts";
import { standardExponential } from "../ziggurat.ts";
import { defineDistribution } from "./distribution.ts";
import { fillGamma } from "./gamma.ts";

/** Up to here the sum of exponentials is cheaper than the gamma's tries. */
const SUMMED_STAGES = 4;

export const erlang = defineDistribution({
  name: "erlang",
  summary: "a sum of equal exponential stages: more regular than exponential",
  follows: "sum of exponential stages; above 4 of them as gamma",
  fields: {
    mean: { kind: "quantity", doc: "mean of the whole", above: 0 },
    stages: { kind: "count", doc: "number of stages", min: 1, max: 1_000_000 },
  },
  filler: ({ mean, stages }, stream) => {
    const scale = mean / stages;
    if (stages > SUMMED_STAGES) return (into) => fillGamma(stream, into, stages, scale);
    return (into) => {
      for (let i = 0; i < into.length; i++) {
        let sum = 0;
        for (let stage = 0; stage < stages; stage++) sum += standardExponential(stream);
        into[i] = scale * sum;
      }
    };
  },
  mean: ({ mean }) => mean,
  secondMoment: ({ mean, stages }) => mean * mean * (1 + 1 / stages),
  cdf: ({ mean, stages }, x) => gammaP(stages, (x * stages) / mean),
});
