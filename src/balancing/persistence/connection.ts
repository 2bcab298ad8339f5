/** Persistence by connection, at a balancer that decides for each request. */
import { NONE } from "../../units.ts";
import { definePersistence } from "./persistence.ts";
import type { Client, Persistence } from "./persistence.ts";

const FIRST_CONNECTIONS = 64;

class ByConnection implements Persistence {
  /** By connection: the slot of its first answer. */
  private slots = new Int32Array(FIRST_CONNECTIONS).fill(NONE);
  /** By slot: how many connections are kept there. */
  private readonly counts: number[] = [];

  kept({ connection }: Client): number {
    return connection === NONE ? NONE : (this.slots[connection] ?? NONE);
  }

  answered({ connection }: Client, slot: number): void {
    if (connection === NONE) return;
    this.reserve(connection);
    this.ended(connection);
    this.slots[connection] = slot;
    this.counts[slot] = this.connectionsAt(slot) + 1;
  }

  /** Nobody comes back but on a connection, and those are counted. */
  heldUntilMs(): number {
    return NONE;
  }

  connectionsAt(slot: number): number {
    return this.counts[slot] ?? 0;
  }

  /** The number may become another connection's. */
  ended(connection: number): number {
    const slot = this.slots[connection] ?? NONE;
    if (slot === NONE) return NONE;
    this.slots[connection] = NONE;
    this.counts[slot]--;
    return slot;
  }

  restarted(replica: number): void {
    if (replica !== NONE) return;
    this.slots.fill(NONE);
    this.counts.length = 0;
  }

  private reserve(connection: number): void {
    const { slots } = this;
    if (connection < slots.length) return;
    this.slots = new Int32Array(Math.max(2 * slots.length, connection + 1)).fill(NONE);
    this.slots.set(slots);
  }
}

/**
 * All requests of a connection go where its first one was answered, as they would at layer 4; the
 * next connection is placed anew. At layer 4 that is so without saying. A target that drains waits
 * for the connections that are kept there, as for those that are open through it at layer 4.
 *
 * Follows HAProxy 3.0's `option prefer-last-server`. The connection ends at a replica, so no other
 * knows of it, and one that is restarted has no connections. Cost: O(1) a request; 4 bytes a
 * connection.
 */
export const connection = definePersistence({
  name: "connection",
  summary: "all requests of a connection go where its first one was answered",
  follows: "HAProxy 3.0, option prefer-last-server",
  config: { HAProxy: "option prefer-last-server" },
  needs: ["connections"],
  fields: {},
  create: () => new ByConnection(),
});
