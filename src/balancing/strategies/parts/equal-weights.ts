import type { PoolView } from "../../strategy.ts";

/** Whether all usable targets have the same weight. O(n). */
export function equalWeights({ size, usable, weight }: PoolView): boolean {
  for (let i = 1; i < size; i++) if (weight[usable[i]] !== weight[usable[0]]) return false;
  return true;
}
