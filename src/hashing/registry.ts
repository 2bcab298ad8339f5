/** All placement structures, in the order in which they are listed. One line adds one. */
import type { PlacementDefinition } from "./placement-definition.ts";
import { anchor } from "./placements/anchor.ts";
import { binomial } from "./placements/binomial.ts";
import { dx } from "./placements/dx.ts";
import { flip } from "./placements/flip.ts";
import { jumpBack } from "./placements/jump-back.ts";
import { jump } from "./placements/jump.ts";
import { maglev } from "./placements/maglev.ts";
import { memento } from "./placements/memento.ts";
import { modN } from "./placements/mod-n.ts";
import { multiProbe } from "./placements/multi-probe.ts";
import { power } from "./placements/power.ts";
import { rendezvousSkeleton } from "./placements/rendezvous-skeleton.ts";
import { rendezvous } from "./placements/rendezvous.ts";
import { ringHash } from "./placements/ring.ts";
import { straw2 } from "./placements/straw2.ts";

export const placements: readonly PlacementDefinition[] = [
  modN,
  ringHash,
  rendezvous,
  maglev,
  rendezvousSkeleton,
  multiProbe,
  jump,
  jumpBack,
  binomial,
  flip,
  power,
  anchor,
  dx,
  memento,
  straw2,
];
