/** The parts of connections by themselves: handshakes, rows, order of use, tables of layer 4. */
import { describe, expect, it } from "vitest";
import { EventKind } from "../../../src/engine/event-kind.ts";
import { EventQueue } from "../../../src/engine/event-queue.ts";
import { millis, NEVER, NONE } from "../../../src/units.ts";
import { CONNECTION_COUNTS_LENGTH } from "../../../src/world/connections/counts.ts";
import { ConnectionTable } from "../../../src/world/connections/connection-table.ts";
import { Handshake, roundTripsOf } from "../../../src/world/connections/handshake.ts";
import { NatTable } from "../../../src/world/connections/nat-table.ts";
import { Links, UseOrder } from "../../../src/world/connections/use-order.ts";
import { CONNECTION_COUNTS } from "../../../src/statistics/run-record.ts";

it("round trips are those of the RFCs: TCP's one, and TLS's on top", () => {
  const { None, Full, Resumed, Early } = { None: 0, Full: 1, Resumed: 2, Early: 3 } as const;
  expect(roundTripsOf("none", None)).toBe(1);
  expect([Full, Resumed].map((handshake) => roundTripsOf("1.2", handshake))).toEqual([3, 2]);
  expect([Full, Resumed, Early].map((kind) => roundTripsOf("1.3", kind))).toEqual([2, 2, 1]);
});

it("counts have one name each", () => {
  expect(CONNECTION_COUNTS).toHaveLength(CONNECTION_COUNTS_LENGTH);
});

describe("the table", () => {
  it("uses rows again, and keeps a user's connections apart from all others'", () => {
    const table = new ConnectionTable(2, 3);
    const [a, b, c] = [table.take(1, 0), table.take(1, 0), table.take(2, 0)];
    for (const row of [a, b, c]) table.offer(row);
    expect([table.ofUser[0], table.ofUser[1], table.ofUser[2]]).toEqual([NONE, b, c]);
    table.withdraw(a);
    expect([table.ofUser[1], table.next[b]]).toEqual([b, NONE]);
    const before = table.serial[a];
    table.free(a);
    expect(table.take(0, 0)).toBe(a);
    expect(table.serial[a]).toBe(before + 1);
    expect(table.rows).toBe(3);
  });

  it("holds a million connections of two layer-4 tiers with tables and lifetimes in 200 MB", () => {
    // A quarter of it is made: arrays double, and 2^18 rows fill them to the last. Beside a row
    // stand 16 bytes for its order of use in the table of each tier (Links) and 24 for the alarm of
    // its age.
    const rows = 2 ** 18;
    const table = new ConnectionTable(2, rows);
    for (let i = 0; i < rows; i++) table.take(i, 0);
    const links = new Links();
    links.grow(2 * rows);
    const each = (table.bytes + links.bytes) / rows + 24;
    expect(each * 2 ** 20).toBeLessThan(200e6);
  });
});

describe("order of use", () => {
  it("knows the one that was used longest ago", () => {
    const links = new Links();
    links.grow(4);
    const order = new UseOrder(links);
    for (const [i, entry] of [2, 0, 3].entries()) order.add(entry, i);
    expect(order.oldest).toBe(2);
    order.touch(2, 10);
    expect(order.oldest).toBe(0);
    order.remove(3);
    order.remove(0);
    expect([order.oldest, order.size]).toEqual([2, 1]);
    order.remove(2);
    expect([order.oldest, order.size]).toEqual([NONE, 0]);
  });
});

describe("a layer-4 table", () => {
  const tableOf = (whenFull: "refuse" | "evict", idleMs: number | null): NatTable => {
    const links = new Links();
    links.grow(8);
    const spec = {
      size: 2,
      idleMs: idleMs === null ? null : millis(idleMs),
      whenFull,
      shared: false,
    };
    return new NatTable(spec, links, new EventQueue().add(EventKind.TableIdle, 0));
  };

  it("refuses when it is full, or names the one used longest ago", () => {
    for (const [whenFull, victim] of [
      ["refuse", NONE],
      ["evict", 5],
    ] as const) {
      const table = tableOf(whenFull, null);
      table.add(5, 0);
      expect(table.isFull).toBe(false);
      table.add(6, 1);
      expect([table.isFull, table.victim]).toEqual([true, victim]);
    }
  });

  it("forgets what nothing has used for its idle time", () => {
    const table = tableOf("refuse", 10);
    expect(table.dueMs).toBe(NEVER);
    table.add(1, 0);
    table.add(2, 3);
    table.touch(1, 4);
    expect([table.dueMs, table.idledOut(12.5)]).toEqual([13, NONE]);
    expect(table.idledOut(13)).toBe(2);
  });
});

it("handshakes are told apart by number", () => {
  // Counts of the three kinds follow each other in this order.
  expect([Handshake.Full, Handshake.Resumed, Handshake.Early]).toEqual([1, 2, 3]);
});
