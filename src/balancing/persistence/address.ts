/** Persistence by a table from source addresses to targets. */
import { definePersistence } from "./persistence.ts";
import type { Client, Persistence } from "./persistence.ts";
import { StickTable, StickTables, tableFields } from "./stick-table.ts";

class ByAddress implements Persistence {
  constructor(private readonly tables: StickTables) {}

  kept({ address }: Client, replica: number): number {
    return this.tables.of(replica).use(address);
  }

  answered({ address }: Client, slot: number, replica: number): void {
    this.tables.of(replica).put(address, slot);
  }

  heldUntilMs(slot: number): number {
    return this.tables.heldUntilMs(slot);
  }

  restarted(replica: number): void {
    this.tables.restarted(replica);
  }
}

/**
 * Who comes from an address that the table knows goes where the last one from there did; all who
 * share an address behind a forward proxy stay together.
 *
 * Follows HAProxy 3.0's `stick-table type ip size … expire …` with `stick on src`: an entry is
 * written when the server has answered, is renewed whenever it is used, and the oldest makes room
 * in a full table (there is no `nopurge` here). `shared` is `peers`, without the time that they
 * take to tell each other.
 *
 * What becomes of those who are kept (test/simulator/sticking.test.ts): a target that joins gets
 * unknown addresses alone; one that drains keeps its own until nobody from there has asked for
 * `idle`, or its deadline; one believed down loses them to where the strategy places them, and they
 * stay there when it is back; a balancer that fails, or a replica that is restarted and does not
 * share, has forgotten all.
 *
 * Ours where the source leaves it open: as for cookies, only an answer that succeeds and is in time
 * counts, when it is with its client. Cost: O(1) a request; 20 bytes an address and table.
 */
export const address = definePersistence({
  name: "address",
  summary:
    "a table from source addresses to targets, of all replicas or of each; works at any layer",
  follows: "HAProxy 3.0, stick-table type ip, stick on src",
  config: { HAProxy: "stick on src", nginx: "ip_hash (by hash, without a table)" },
  fields: tableFields,
  primary: "size",
  create({ addresses, replicas, clock }, { size, idle, shared }) {
    const make = (): StickTable => new StickTable(addresses, size, idle ?? Infinity, clock);
    return new ByAddress(new StickTables(shared, replicas, make));
  },
});
