/** All placement structures, in the order in which they are listed. One line adds one. */
import type { PlacementDefinition } from "./placement-definition.ts";
import { anchor } from "./placements/anchor.ts";
import { binomial } from "./placements/binomial.ts";
import { dx } from "./placements/dx.ts";
import { envoyMaglev } from "./placements/envoy-maglev.ts";
import { envoyRingHash } from "./placements/envoy-ring-hash.ts";
import { flip } from "./placements/flip.ts";
import { haproxyConsistent } from "./placements/haproxy-consistent.ts";
import { haproxyMapBased } from "./placements/haproxy-map-based.ts";
import { jumpBack } from "./placements/jump-back.ts";
import { jump } from "./placements/jump.ts";
import { ketama } from "./placements/ketama.ts";
import { maglev } from "./placements/maglev.ts";
import { memento } from "./placements/memento.ts";
import { modN } from "./placements/mod-n.ts";
import { multiProbe } from "./placements/multi-probe.ts";
import { power } from "./placements/power.ts";
import { rendezvousSkeleton } from "./placements/rendezvous-skeleton.ts";
import { rendezvous } from "./placements/rendezvous.ts";
import { ringHash } from "./placements/ring-hash.ts";
import { straw2 } from "./placements/straw2.ts";

export const placements: readonly PlacementDefinition[] = [
  // Textbooks.
  modN,
  ringHash,
  rendezvous,
  maglev,
  // Their kin.
  multiProbe,
  rendezvousSkeleton,
  straw2,
  // Ranges that grow and shrink at their end.
  jump,
  jumpBack,
  binomial,
  flip,
  power,
  // Buckets any of which may go.
  anchor,
  dx,
  memento,
  // What programs do, key for key.
  ketama,
  envoyRingHash,
  envoyMaglev,
  haproxyConsistent,
  haproxyMapBased,
];
