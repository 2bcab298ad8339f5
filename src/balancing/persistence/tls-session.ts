/** Persistence by a table from TLS sessions to targets. */
import { definePersistence } from "./persistence.ts";
import type { Client, Persistence } from "./persistence.ts";
import { StickTable, StickTables, tableFields } from "./stick-table.ts";

/** A user has one TLS session at a time, so its number names that too. */
class ByTlsSession implements Persistence {
  constructor(private readonly tables: StickTables) {}

  kept({ user }: Client, replica: number): number {
    return this.tables.of(replica).use(user);
  }

  answered({ user }: Client, slot: number, replica: number): void {
    this.tables.of(replica).put(user, slot);
  }

  heldUntilMs(slot: number): number {
    return this.tables.heldUntilMs(slot);
  }

  restarted(replica: number): void {
    this.tables.restarted(replica);
  }

  /** A full handshake begins a session that no table knows. */
  connected({ user }: Client, resumed: boolean): void {
    if (!resumed) this.tables.remove(user);
  }
}

/**
 * Who resumes a TLS session goes where it began; who makes a full handshake is a stranger. How
 * often sessions are resumed is the clients' (`connections: { resume: … }`).
 *
 * Follows HAProxy 3.0's sticking on the session id of the hello (`stick on payload_lv(43,1)` with a
 * table of type binary), which works at layer 4 too; with TLS 1.3, where that id says nothing, it
 * stands for a ticket that the balancer can read. Table, replicas and what becomes of the kept: as
 * for `address`. Cost: O(1) a request; 20 bytes a user and table.
 */
export const tlsSession = definePersistence({
  name: "tls-session",
  summary: "a table from TLS sessions to targets: who resumes one goes where it began",
  follows: "HAProxy 3.0, stick on payload_lv(43,1)",
  config: { HAProxy: "stick on payload_lv(43,1)" },
  needs: ["tls"],
  fields: tableFields,
  primary: "size",
  create({ users, replicas, clock }, { size, idle, shared }) {
    const make = (): StickTable => new StickTable(users, size, idle ?? Infinity, clock);
    return new ByTlsSession(new StickTables(shared, replicas, make));
  },
});
