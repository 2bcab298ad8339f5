/** Machines and balancers as records hold them: their counters, and what they are. */
import { type MachineColumns, machineColumns, type NodeRecord } from "../statistics/run-record.ts";
import { MISSES, SESSION_COUNTS } from "../statistics/run-record.ts";
import { NONE } from "../units.ts";
import type { Parts } from "./parts.ts";

/**
 * A copy of them as they stand. O(machines). Written out column by column, since it is made at every
 * window's end: looking each up by its name is slow, and its pairs of index and machine are garbage.
 */
export function machineCounters({ machines, sessions }: Parts): MachineColumns {
  const { all } = machines;
  const columns = machineColumns((column, width) => {
    const isThere = column !== "sessions" || sessions !== null;
    return new Float64Array(isThere ? all.length * width : 0);
  });
  const { received, completed, rejected, lost, started } = columns;
  const { waitMs, busyMs, inServiceMs, weightedMs, hits } = columns;
  for (let i = 0; i < all.length; i++) {
    const machine = all[i];
    received[i] = machine.received;
    completed[i] = machine.completed;
    rejected[i] = machine.account.rejected;
    lost[i] = machine.account.lost;
    started[i] = machine.started;
    waitMs[i] = machine.waitMs;
    busyMs[i] = machine.busyMs;
    inServiceMs[i] = machine.account.inServiceMs;
    weightedMs[i] = machine.account.weightedMs;
    if (sessions !== null)
      columns.sessions.set(machine.account.sessions, i * SESSION_COUNTS.length);
    if (machine.memory === null) continue;
    hits[i] = machine.memory.hits;
    columns.misses.set(machine.memory.misses, i * MISSES.length);
  }
  return columns;
}

/** What there is, machines and balancers, as it stands at the end. */
export function nodeRecords({ topology, balancers, scenario }: Parts): NodeRecord[] {
  return topology.nodes.map((node) => ({
    id: node.id,
    path: node.path,
    name: node.name,
    kind: node.kind,
    parent: node.parent,
    tier: node.tier,
    place: node.place === NONE ? null : scenario.places[node.place].name,
    weight: node.weight,
    cores: node.machine?.model.coreCount ?? 0,
    speed: node.machine?.model.baseSpeed ?? 0,
    strategy: balancers[node.id]?.strategy.kind ?? null,
    machine: node.machine?.index ?? NONE,
    joinedMs: node.joinedMs,
  }));
}
