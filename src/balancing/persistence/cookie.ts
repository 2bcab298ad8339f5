/** Persistence by a cookie that names the target. */
import { NONE } from "../../units.ts";
import { definePersistence } from "./persistence.ts";
import type { Client, Persistence } from "./persistence.ts";

export class Cookies implements Persistence {
  /** By user: the slot that the cookie names. */
  private readonly named: Int32Array;
  /** By user: when it was set, ms; empty where cookies live as long as the run. */
  private readonly setMs: Float64Array;

  /** @param lifetimeMs Infinity: for good */
  constructor(
    users: number,
    private readonly clock: { readonly nowMs: number },
    private readonly lifetimeMs: number,
  ) {
    this.named = new Int32Array(users).fill(NONE);
    this.setMs = new Float64Array(lifetimeMs === Infinity ? 0 : users);
  }

  kept({ user }: Client): number {
    return this.namedBy(user);
  }

  answered({ user }: Client, slot: number): void {
    this.named[user] = slot;
    if (this.setMs.length > 0) this.setMs[user] = this.clock.nowMs;
  }

  heldUntilMs(slot: number): number {
    let lastMs: number = NONE;
    for (let user = 0; user < this.named.length; user++) {
      if (this.namedBy(user) !== slot) continue;
      if (this.setMs.length === 0) return Infinity;
      lastMs = Math.max(lastMs, this.setMs[user] + this.lifetimeMs);
    }
    return lastMs;
  }

  private namedBy(user: number): number {
    const { setMs } = this;
    if (setMs.length > 0 && this.clock.nowMs - setMs[user] >= this.lifetimeMs) return NONE;
    return this.named[user];
  }
}

/**
 * The first answer tells its user's client which target gave it; the client's later requests bring
 * that along and go there as long as the replica that they meet may use that target.
 *
 * Follows HAProxy's `cookie … insert indirect` with `maxlife`: the answer to a request whose cookie
 * was followed sets none, so the lifetime runs from when the cookie was set; a target that drains,
 * or weighs 0, still gets the users that it has, and one that is believed down loses them: the
 * strategy picks another, whose answer rewrites the cookie, and nobody goes back when it recovers.
 * nginx (`sticky cookie`) and Envoy (cookie-based stateful sessions, with the draining targets
 * among the override host statuses) do the same but for the lifetime in nginx, which is the
 * browser's. HAProxy passes a request on to another server when the one named refuses the
 * connection (`option redispatch`); here that request fails, since no request is tried twice.
 *
 * The cookie is the client's, so all replicas of a balancer honour it, at any tier. Ours where the
 * sources leave it open: only an answer that succeeds and is in time sets a cookie, when it is with
 * its client; requests of one user that set out before that are placed one by one; a strategy does
 * not hear of what it did not place, but for counts of requests in flight. Misses that follow from
 * a user's move count as remap only where the strategy places keys, else as scatter.
 *
 * Cost: O(1) a request; 4 bytes a user, 12 with a lifetime.
 */
export const cookie = definePersistence({
  name: "cookie",
  summary:
    "a cookie keeps users where they are; by hash alone: affinity address or user with a strategy " +
    "that places keys",
  follows: "HAProxy 3.0, cookie … insert indirect maxlife; nginx sticky cookie; Envoy 1.32",
  fields: {
    lifetime: {
      kind: "duration",
      above: 0,
      optional: true,
      doc: "from when it was set; by default as long as the run",
    },
  },
  primary: "lifetime",
  create: ({ users, clock }, { lifetime }) => new Cookies(users, clock, lifetime ?? Infinity),
});
