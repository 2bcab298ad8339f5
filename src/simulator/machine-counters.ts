/** The counters of all machines as a slice's record holds them. */
import { type MachineColumns, machineColumns } from "../statistics/run-record.ts";
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
