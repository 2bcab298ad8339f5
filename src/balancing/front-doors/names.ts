/** Answers about names, as many users share them: each kept by a resolver until it is too old. */
import { NONE } from "../../units.ts";
import { defineFrontDoor } from "./front-door.ts";

/** The resolvers of all regions, numbered region after region. */
export class Answers {
  /** By resolver: the slot that its answer names; NONE: it has none. */
  private readonly slots: Int32Array;
  /** By resolver: from when on the answer is too old, ms. */
  private readonly untilMs: Float64Array;

  constructor(resolvers: number) {
    this.slots = new Int32Array(resolvers).fill(NONE);
    this.untilMs = new Float64Array(resolvers);
  }

  /** The slot that it would answer without asking; NONE where it must ask. O(1). */
  known(resolver: number, nowMs: number): number {
    return nowMs < this.untilMs[resolver] ? this.slots[resolver] : NONE;
  }

  keep(resolver: number, slot: number, untilMs: number): void {
    this.slots[resolver] = slot;
    this.untilMs[resolver] = untilMs;
  }

  /** When the last answer that names this slot is too old, ms; NONE: none does. O(resolvers). */
  heldUntilMs(slot: number, nowMs: number): number {
    let lastMs: number = NONE;
    for (let i = 0; i < this.slots.length; i++) {
      if (this.slots[i] !== slot || this.untilMs[i] <= nowMs) continue;
      lastMs = Math.max(lastMs, this.untilMs[i]);
    }
    return lastMs;
  }
}

/**
 * Clients ask a resolver, which keeps an answer for its TTL; a resolver without one asks the root,
 * which answers with its strategy's pick at that place, of what it believes usable. The client goes
 * where the answer says, whatever has become of that target.
 *
 * Follows RFC 1034 §5.3.3 and RFC 1035 §3.2.1 (TTL), with one address an answer. Who asks while a
 * resolver's question is under way waits for the same answer. An answer without an address (nothing
 * is usable) is not kept. Resolvers that keep answers longer than they should are a setting of the
 * region (`resolvers`); there are such (Moura, "DNS TTL Violations in the Wild", RIPE Labs 2017).
 *
 * At time 0 every resolver has an answer whose age is uniform over its life, as in the midst of
 * steady use. Ours: a strategy that places keys is asked with the resolver as the key, since the
 * root sees nobody else.
 */
export const names = defineFrontDoor({
  name: "names",
  summary: "names that resolvers keep for a while; whoever is withdrawn keeps coming up until then",
  follows: "RFC 1034 §5.3.3, RFC 1035 §3.2.1",
  fields: {
    ttl: {
      kind: "duration",
      above: 0,
      min: 0.001,
      default: 60_000,
      doc: "how long an answer may be kept",
    },
  },
  primary: "ttl",
  rules: ({ ttl }) => ({ kind: "names", ttlMs: ttl }),
});
