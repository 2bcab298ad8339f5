/** All strategies, in the order in which they are listed. One line adds one. */
import { geo } from "./strategies/geo.ts";
import { leastConnections } from "./strategies/least-connections.ts";
import { maglev } from "./strategies/maglev.ts";
import { modN } from "./strategies/mod-n.ts";
import { nearest } from "./strategies/nearest.ts";
import { powerOfD } from "./strategies/power-of-d.ts";
import { powerOfDWithReplacement } from "./strategies/power-of-d-with-replacement.ts";
import { uniformRandom } from "./strategies/random.ts";
import { rendezvous } from "./strategies/rendezvous.ts";
import { ringHash } from "./strategies/ring-hash.ts";
import { roundRobin } from "./strategies/round-robin.ts";
import { waterfall } from "./strategies/waterfall.ts";
import { weightedRandom } from "./strategies/weighted-random.ts";
import { weightedRoundRobin } from "./strategies/weighted-round-robin.ts";
import type { StrategyDefinition } from "./strategy.ts";

export const strategies: readonly StrategyDefinition[] = [
  roundRobin,
  weightedRoundRobin,
  uniformRandom,
  weightedRandom,
  leastConnections,
  powerOfD,
  powerOfDWithReplacement,
  modN,
  ringHash,
  rendezvous,
  maglev,
  nearest,
  geo,
  waterfall,
];
