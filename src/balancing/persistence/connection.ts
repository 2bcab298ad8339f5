/** Persistence by connection, at a balancer that decides for each request. */
import { NONE } from "../../units.ts";
import { definePersistence } from "./persistence.ts";
import type { Client, Persistence } from "./persistence.ts";

const FIRST_CONNECTIONS = 64;

class ByConnection implements Persistence {
  /** By connection: the slot of its first answer. */
  private slots = new Int32Array(FIRST_CONNECTIONS).fill(NONE);

  kept({ connection }: Client): number {
    return connection === NONE ? NONE : (this.slots[connection] ?? NONE);
  }

  answered({ connection }: Client, slot: number): void {
    if (connection === NONE) return;
    this.reserve(connection);
    this.slots[connection] = slot;
  }

  /** Connections end by themselves: nobody waits for them here. */
  heldUntilMs(): number {
    return NONE;
  }

  /** The number may have been another connection's. */
  connected({ connection }: Client): void {
    if (connection < this.slots.length) this.slots[connection] = NONE;
  }

  restarted(replica: number): void {
    if (replica === NONE) this.slots.fill(NONE);
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
 * next connection is placed anew. At layer 4 that is so without saying.
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
