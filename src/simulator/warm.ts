/**
 * Fills caches as traffic would have: objects from the least to the most popular of those that fit,
 * each into the caches of the machines that its requests can reach. Where every tier above places
 * keys by the object, that is one machine; where a tier spreads requests, all its targets.
 */
import { NONE } from "../units.ts";
import type { TreeNode } from "../world/topology.ts";
import { keyOf } from "../world/source.ts";
import type { ObjectRange } from "./catalogue.ts";
import type { BalancerAtWork, Parts } from "./parts.ts";

/**
 * A keyed pool's machines together are offered this many times what they hold, so that all fill up
 * although shares differ.
 */
const MARGIN = 1.25;

/** Warms the given machines: those that a scenario starts with, or that join warm. */
export function warmMachines(parts: Parts, nodes: readonly TreeNode[]): void {
  const wanted = new Set<number>();
  for (const node of nodes) {
    if (node.machines!.warm && node.machine!.memory !== null) wanted.add(node.id);
  }
  if (wanted.size === 0) return;
  for (const range of parts.ranges) {
    const entries = offered(parts, wanted, range);
    const root = parts.balancers[0]!;
    for (let index = Math.min(range.count, entries) - 1; index >= 0; index--) {
      offer(parts, root, range, index, wanted);
    }
  }
}

/**
 * How many objects, from the most popular on, are worth offering: what one cache holds, or all
 * together where keys are placed, since each machine then keeps its own part only (a single one
 * that joins too).
 */
function offered(parts: Parts, wanted: ReadonlySet<number>, range: ObjectRange): number {
  let sum = 0;
  let largest = 0;
  for (const { id, machine } of parts.topology.nodes) {
    if (machine === null) continue;
    const capacity = machine.memory?.room ?? 0;
    sum += capacity;
    if (wanted.has(id)) largest = Math.max(largest, capacity);
  }
  const keyed = parts.balancers.some((b) => b !== undefined && placesObjects(b, range));
  return Math.ceil(keyed ? sum * MARGIN : largest);
}

const placesObjects = (balancer: BalancerAtWork, range: ObjectRange): boolean =>
  balancer.pools[0].pool.keyed && range.rawKeyOf !== null;

function offer(
  parts: Parts,
  balancer: BalancerAtWork,
  range: ObjectRange,
  index: number,
  wanted: ReadonlySet<number>,
): void {
  const { pool } = balancer.pools[0];
  if (placesObjects(balancer, range)) {
    const rawKey = range.rawKeyOf!(index);
    const slot = pool.owner(keyOf(rawKey, parts.salts.key), rawKey);
    if (slot !== NONE) put(parts, parts.topology.nodes[pool.node[slot]], range, index, wanted);
    return;
  }
  for (let i = 0; i < pool.size; i++) {
    put(parts, parts.topology.nodes[pool.node[pool.usable[i]]], range, index, wanted);
  }
}

function put(
  parts: Parts,
  target: TreeNode,
  range: ObjectRange,
  index: number,
  wanted: ReadonlySet<number>,
): void {
  if (target.kind === "balancer") {
    offer(parts, parts.balancers[target.id]!, range, index, wanted);
  } else if (wanted.has(target.id)) {
    parts.caches.warm(target.machine!.memory!, range.first + index, parts.queue.nowMs);
  }
}
