/** Utilization by machine and time. */
import type { NodeRecord, RunRecord } from "../../statistics/run-record.ts";
import type { HeatModel } from "./page-model.ts";
import { pointsOf } from "./spans.ts";

/** Cells that the heat maps of all variants may have together: some 1.5 MB of JSON. */
const MOST_CELLS = 300_000;
const LEAST_COLUMNS = 12;
const MOST_COLUMNS = 1_000;

export const HEAT_UNIT = 10_000;
export const OUT_OF_SERVICE = -1;

/**
 * Pool by pool in the record's order. null where there are more machines than a page can show.
 * O(machines × windows).
 */
export function heatModel(record: RunRecord, windowMs: number, variants: number): HeatModel | null {
  const machines = byPool(record.nodes);
  const columns = Math.floor(MOST_CELLS / variants / machines.length);
  if (columns < LEAST_COLUMNS) return null;
  const most = Math.min(MOST_COLUMNS, columns);
  const { spans, edgesMs, gathered } = pointsOf(record, windowMs, most);
  const values: number[] = [];
  for (const { machine } of machines) {
    for (const { machines: columnsOf } of spans) {
      const inService = columnsOf.inServiceMs[machine] ?? 0;
      const share = columnsOf.busyMs[machine] / inService;
      values.push(inService > 0 ? Math.round(share * HEAT_UNIT) : OUT_OF_SERVICE);
    }
  }
  return {
    edgesMs,
    gathered,
    machines: machines.map(({ path }) => path),
    groups: groupsOf(machines, record.nodes),
    values,
  };
}

/** Machines of one balancer together, those that join later behind the ones that were there. */
const byPool = (nodes: readonly NodeRecord[]): NodeRecord[] =>
  nodes
    .filter(({ kind }) => kind === "machine")
    .toSorted((a, b) => a.parent - b.parent || a.id - b.id);

function groupsOf(
  machines: readonly NodeRecord[],
  nodes: readonly NodeRecord[],
): { label: string; rows: number }[] {
  const groups: { label: string; rows: number; parent: number }[] = [];
  for (const { parent } of machines) {
    const last = groups.at(-1);
    if (last !== undefined && last.parent === parent) last.rows++;
    else groups.push({ label: nodes[parent].name, rows: 1, parent });
  }
  return groups.map(({ label, rows }) => ({ label, rows }));
}
