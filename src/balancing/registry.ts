/**
 * All strategies, in the order in which they are listed. One line adds one; those that place keys
 * come from the registry of placement structures.
 */
import { placements } from "../hashing/registry.ts";
import { boundedLoad } from "./strategies/bounded-load.ts";
import { geo } from "./strategies/geo.ts";
import { leastConnections } from "./strategies/least-connections.ts";
import { nearest } from "./strategies/nearest.ts";
import { placedBy } from "./strategies/parts/placed.ts";
import { powerOfD } from "./strategies/power-of-d.ts";
import { powerOfDWithReplacement } from "./strategies/power-of-d-with-replacement.ts";
import { uniformRandom } from "./strategies/random.ts";
import { replicated } from "./strategies/replicated.ts";
import { roundRobin } from "./strategies/round-robin.ts";
import { waterfall } from "./strategies/waterfall.ts";
import { weightedRandom } from "./strategies/weighted-random.ts";
import { weightedRoundRobin } from "./strategies/weighted-round-robin.ts";
import type { StrategyDefinition } from "./strategy.ts";

export { placements };

export const strategies: readonly StrategyDefinition[] = [
  roundRobin,
  weightedRoundRobin,
  uniformRandom,
  weightedRandom,
  leastConnections,
  powerOfD,
  powerOfDWithReplacement,
  ...placements.map(placedBy),
  boundedLoad,
  replicated,
  nearest,
  geo,
  waterfall,
];
