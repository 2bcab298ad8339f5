/** What a cookie store remembers, and which targets of a pool may keep users. */
import { describe, expect, it } from "vitest";
import { Cookies } from "../../src/balancing/persistence/cookie.ts";
import { Pool } from "../../src/balancing/pool.ts";
import { address } from "../../src/balancing/persistence/address.ts";
import { connection } from "../../src/balancing/persistence/connection.ts";
import type { Client } from "../../src/balancing/persistence/persistence.ts";
import { StickTable } from "../../src/balancing/persistence/stick-table.ts";
import { tlsSession } from "../../src/balancing/persistence/tls-session.ts";
import { NONE } from "../../src/units.ts";

/** A user with an address and a connection of its own, unless said otherwise. */
const client = (user: number, from = user, via = user): Client => ({
  user,
  address: from,
  connection: via,
});

describe("cookies", () => {
  it("name nobody before the first answer, then the target of the last that was told", () => {
    const cookies = new Cookies(3, { nowMs: 5 }, Infinity);
    expect([0, 1, 2].map((user) => cookies.kept(client(user)))).toEqual([NONE, NONE, NONE]);
    cookies.answered(client(1), 4);
    cookies.answered(client(2), 4);
    cookies.answered(client(2), 0);
    expect([0, 1, 2].map((user) => cookies.kept(client(user)))).toEqual([NONE, 4, 0]);
    expect([0, 4, 7].map((slot) => cookies.heldUntilMs(slot))).toEqual([Infinity, Infinity, NONE]);
  });

  it("are over one lifetime after they were set", () => {
    const clock = { nowMs: 5 };
    const cookies = new Cookies(2, clock, 100);
    cookies.answered(client(0), 3);
    clock.nowMs = 50;
    cookies.answered(client(1), 3);
    expect(cookies.heldUntilMs(3)).toBe(150);
    clock.nowMs = 104.9;
    expect(cookies.kept(client(0))).toBe(3);
    clock.nowMs = 105;
    expect([cookies.kept(client(0)), cookies.kept(client(1))]).toEqual([NONE, 3]);
    clock.nowMs = 150;
    expect(cookies.heldUntilMs(3)).toBe(NONE);
  });
});

describe("a table", () => {
  const tableOf = (size: number, idleMs: number) => {
    const clock = { nowMs: 0 };
    return { clock, table: new StickTable(10, size, idleMs, clock) };
  };
  const known = (table: StickTable): number[] =>
    Array.from({ length: 10 }, (_, key) => key).filter((key) => table.use(key) !== NONE);

  it("forgets what was used longest ago when it is full", () => {
    const { table } = tableOf(3, Infinity);
    for (const key of [4, 5, 6]) table.put(key, key - 4);
    expect(table.use(4)).toBe(0);
    table.put(7, 9);
    expect(known(table)).toEqual([4, 6, 7]);
    table.put(6, 3);
    expect(table.use(6)).toBe(3);
    table.remove(6);
    table.put(1, 1);
    expect(known(table)).toEqual([1, 4, 7]);
  });

  it("forgets what nobody used for its idle time; being used renews", () => {
    const { clock, table } = tableOf(3, 100);
    table.put(0, 7);
    table.put(1, 8);
    clock.nowMs = 60;
    expect(table.use(1)).toBe(8);
    expect([table.heldUntilMs(7), table.heldUntilMs(8), table.heldUntilMs(9)]).toEqual([
      100,
      160,
      NONE,
    ]);
    clock.nowMs = 100;
    expect([table.use(0), table.use(1)]).toEqual([NONE, 8]);
    expect(table.heldUntilMs(7)).toBe(NONE);
    table.clear();
    expect(known(table)).toEqual([]);
    table.put(3, 1);
    expect(known(table)).toEqual([3]);
  });
});

describe("persistence", () => {
  const clientele = { users: 4, addresses: 6, replicas: 2, clock: { nowMs: 0 } };
  const table = { size: 10, idle: null, shared: false };

  it("by address keeps all who share one, in each replica or in all", () => {
    const own = address.create(clientele, table);
    own.answered(client(0, 5), 2, 0);
    expect([own.kept(client(1, 5), 0), own.kept(client(1, 5), 1)]).toEqual([2, NONE]);
    own.restarted!(1);
    expect(own.kept(client(1, 5), 0)).toBe(2);
    own.restarted!(0);
    expect(own.kept(client(1, 5), 0)).toBe(NONE);
    const peers = address.create(clientele, { ...table, shared: true });
    peers.answered(client(0, 5), 2, 0);
    peers.restarted!(0);
    expect([0, 1].map((replica) => peers.kept(client(3, 5), replica))).toEqual([2, 2]);
    peers.restarted!(NONE);
    expect(peers.kept(client(3, 5), 1)).toBe(NONE);
  });

  it("by TLS session ends with a full handshake", () => {
    const sessions = tlsSession.create(clientele, table);
    sessions.answered(client(0), 2, 1);
    sessions.connected!(client(0, 0, 3), true);
    expect(sessions.kept(client(0), 1)).toBe(2);
    sessions.connected!(client(0, 0, 4), false);
    expect(sessions.kept(client(0), 1)).toBe(NONE);
  });

  it("by connection ends with that, whoever gets its number next", () => {
    const connections = connection.create(clientele, {});
    connections.answered(client(0, 0, 900), 2, 0);
    expect([
      connections.kept(client(0, 0, 900), 1),
      connections.kept(client(0, 0, 901), 0),
    ]).toEqual([2, NONE]);
    expect([connections.connectionsAt!(2), connections.connectionsAt!(1)]).toEqual([1, 0]);
    expect([connections.ended!(900), connections.ended!(900)]).toEqual([2, NONE]);
    expect(connections.connectionsAt!(2)).toBe(0);
    expect(connections.kept(client(1, 1, 900), 0)).toBe(NONE);
    expect(connections.kept(client(1, 1, NONE), 0)).toBe(NONE);
  });
});

describe("a pool", () => {
  const poolOf = (targets: number, panic: number): Pool => {
    const pool = new Pool(panic, { nowMs: 0 }, () => 0);
    for (let i = 0; i < targets; i++) {
      pool.join({ node: i, name: `${i}`, path: `p/${i}`, identity: i, weight: 2, capacity: 1 });
    }
    pool.refresh();
    return pool;
  };
  const keeping = (pool: Pool): boolean[] => [0, 1, 2, 3].map((slot) => pool.keeps(slot));

  it("lets members keep users that drain or weigh nothing, not those that are down or gone", () => {
    const pool = poolOf(4, 0);
    pool.drain(0);
    pool.reweigh(1, 0);
    pool.believe(2, false);
    pool.leave(3);
    pool.refresh();
    expect(keeping(pool)).toEqual([true, true, false, false]);
  });

  it("lets those that are down keep them too while it is in panic", () => {
    const pool = poolOf(4, 0.5);
    for (const slot of [0, 1, 2]) pool.believe(slot, false);
    pool.refresh();
    expect([pool.inPanic, ...keeping(pool)]).toEqual([true, true, true, true, true]);
  });

  it("shows the part of a weight that has been reached, also of one that is set meanwhile", () => {
    const pool = poolOf(4, 0);
    pool.rise(1, 0.25);
    expect([...pool.weight.subarray(0, 2)]).toEqual([2, 0.5]);
    pool.reweigh(1, 8);
    expect(pool.weight[1]).toBe(2);
    pool.rise(1, 1);
    expect(pool.weight[1]).toBe(8);
  });
});
