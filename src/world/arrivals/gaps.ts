/**
 * The randomness of open arrivals: unit exponentials, one an arrival, whatever the rate does
 * meanwhile.
 */
import { createSampler, type Sampler } from "../../random/registry.ts";
import type { ArrivalContext } from "./arrivals.ts";

/**
 * The cumulative hazard that each arrival waits for: exponentials of mean 1 (Çinlar's inversion).
 */
export const hazards = (context: ArrivalContext): Sampler =>
  createSampler({ kind: "exponential", settings: { mean: 1 } }, context.random("gaps"));
