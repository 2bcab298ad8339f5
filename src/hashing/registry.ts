/** All placement structures, in the order in which they are listed. One line adds one. */
import type { PlacementDefinition } from "./placement-definition.ts";
import { envoyMaglev } from "./placements/envoy-maglev.ts";
import { envoyRingHash } from "./placements/envoy-ring-hash.ts";
import { haproxyConsistent } from "./placements/haproxy-consistent.ts";
import { haproxyMapBased } from "./placements/haproxy-map-based.ts";
import { ketama } from "./placements/ketama.ts";
import { maglev } from "./placements/maglev.ts";
import { modN } from "./placements/mod-n.ts";
import { rendezvous } from "./placements/rendezvous.ts";
import { ringHash } from "./placements/ring-hash.ts";

export const placements: readonly PlacementDefinition[] = [
  modN,
  ringHash,
  rendezvous,
  maglev,
  ketama,
  envoyRingHash,
  envoyMaglev,
  haproxyConsistent,
  haproxyMapBased,
];
