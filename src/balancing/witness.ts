/** A strategy whose picks are told: it does what the other does, and holds nothing itself. */
import type { Strategy } from "./strategy.ts";

export function witnessed(inner: Strategy, tell: (slot: number) => void): Strategy {
  const { strays, ignoresWeights } = inner;
  return {
    pick(request) {
      const slot = inner.pick(request);
      tell(slot);
      return slot;
    },
    membershipChanged: () => inner.membershipChanged(),
    // Whether these are there tells the pool what the strategy wants to hear.
    ...(inner.inFlightChanged && { inFlightChanged: (slot) => inner.inFlightChanged!(slot) }),
    ...(inner.reported && { reported: (slot) => inner.reported!(slot) }),
    ...(inner.responded && {
      responded: (slot, latencyMs, ok) => inner.responded!(slot, latencyMs, ok),
    }),
    ...(inner.owner && { owner: (key, rawKey) => inner.owner!(key, rawKey) }),
    ...(strays === undefined ? {} : { strays }),
    ...(ignoresWeights === undefined ? {} : { ignoresWeights }),
  };
}
