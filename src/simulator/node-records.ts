/** Machines and balancers as records hold them: their counters, and what they are. */
import { type MachineColumns, machineColumns, type NodeRecord } from "../statistics/run-record.ts";
import { NONE } from "../units.ts";
import type { Parts } from "./parts.ts";

/** A copy of them as they stand. O(machines). */
export function machineCounters({ machines, sessions }: Parts): MachineColumns {
  return machineColumns((column, width) => {
    if (column === "sessions" && sessions === null) return new Float64Array(0);
    const values = new Float64Array(machines.all.length * width);
    for (const [index, machine] of machines.all.entries()) {
      if (column === "sessions") values.set(machine.sessions, index * width);
      else if (column === "misses") values.set(machine.memory?.misses ?? [], index * width);
      else if (column === "hits") values[index] = machine.memory?.hits ?? 0;
      else values[index] = machine[column];
    }
    return values;
  });
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
    cores: node.machine?.coreCount ?? 0,
    speed: node.machine?.baseSpeed ?? 0,
    strategy: balancers[node.id]?.strategy.kind ?? null,
    machine: node.machine?.index ?? NONE,
    joinedMs: node.joinedMs,
  }));
}
