/** What would be fair: the measure of imbalance and of starvation alike. */
import type { NodeRecord, SliceRecord } from "./run-record.ts";

/**
 * Writes into `fair`, by position in `machines`, what each should have got in one slice: all that
 * came to those in service, divided by weight × time in service. Slice by slice, since weights,
 * pool and traffic change during a run. Without weight or out of service: 0. O(machines).
 */
export function fairShares(
  slice: SliceRecord,
  machines: readonly NodeRecord[],
  fair: Float64Array,
): void {
  const { received, inServiceMs, weightedMs } = slice.machines;
  let arrivals = 0;
  let claims = 0;
  for (const { machine, cores } of machines) {
    // Absent, not 0, where the slice was closed before the machine joined.
    if (!(inServiceMs[machine] > 0)) continue;
    arrivals += received[machine];
    claims += weightedMs[machine] / cores;
  }
  for (let i = 0; i < machines.length; i++) {
    const { machine, cores } = machines[i];
    fair[i] = weightedMs[machine] > 0 ? (arrivals * weightedMs[machine]) / cores / claims : 0;
  }
}
