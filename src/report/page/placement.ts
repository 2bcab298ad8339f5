/** The history of a pool's placement for its picture. */
import type { PlacementHistory } from "../../simulator/placement-history.ts";
import { tidy } from "../../statistics/rounding.ts";
import type { RunRecord } from "../../statistics/run-record.ts";
import { grouped } from "../numbers.ts";
import type { PlacementModel } from "./page-model.ts";

export const placementModel = (
  { nodes }: RunRecord,
  { balancer, strategy, shape, size, targets, states, more }: PlacementHistory,
): PlacementModel => ({
  balancer: nodes[balancer].path,
  strategy: strategy.kind,
  shape,
  unit: unitOf(shape, size, states[0].owners.length),
  names: targets.map((id) => nodes[id].name),
  states: states.map((state) => ({
    atMs: state.atMs,
    what: state.what,
    runs: runsOf(state.owners),
    shares: Array.from(state.shares, (share) => tidy(share) ?? 0),
    fair: Array.from(state.fair, (share) => tidy(share) ?? 0),
    moved: state.moved === null ? null : tidy(state.moved),
    least: state.least === null ? null : tidy(state.least),
  })),
  more,
});

function unitOf(shape: PlacementHistory["shape"], size: number, drawn: number): string {
  if (shape === "ring") return `${grouped(drawn)} places evenly around the circle of hashes`;
  if (shape === "keys") return `keys 0 to ${grouped(drawn - 1)}, by number`;
  const all = drawn === size ? "all" : `the first ${grouped(drawn)} of`;
  return `${all} ${grouped(size)} entries of the table`;
}

/** Owner and length in turn. */
function runsOf(owners: Int32Array): number[] {
  const runs: number[] = [];
  for (const owner of owners) {
    if (runs.length > 0 && runs[runs.length - 2] === owner) runs[runs.length - 1]++;
    else runs.push(owner, 1);
  }
  return runs;
}
