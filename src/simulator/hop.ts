/**
 * One step down the tree, from a replica of a balancer to one of its targets: what a pick comes to.
 * All that a request needs on that way stands here, made once when the target joins.
 */
import type { Pool } from "../balancing/pool.ts";
import type { Machine } from "../world/machine.ts";
import type { Line, Network } from "../world/network.ts";
import type { TreeNode } from "../world/topology.ts";
import type { BalancerAtWork, Replica } from "./parts.ts";

export class Hop {
  // What every request reads stands first, and so in one cache line mostly.
  readonly pool: Pool;
  readonly slot: number;
  readonly replica: Replica;
  /** The target: a machine or else a balancer. */
  readonly machine: Machine | null;
  readonly balancer: BalancerAtWork | null;
  /** The way there, and the way back; null inside a place, which is no distance. */
  readonly out: Line | null;
  readonly back: Line | null;
  /** An answer does not simply stand before the replica again: it travels, or goes past it. */
  readonly leadsAway: boolean;
  readonly node: TreeNode;

  constructor(
    replica: Replica,
    slot: number,
    node: TreeNode,
    balancer: BalancerAtWork | null,
    network: Network,
  ) {
    this.pool = replica.pool;
    this.slot = slot;
    this.replica = replica;
    this.machine = node.machine;
    this.balancer = balancer;
    const door = replica.balancer.node.place < 0 ? 1 : 0;
    const isInside = door === 0 && replica.place === node.place;
    this.out = isInside ? null : network.line(replica.place, node.place, door);
    this.back = isInside ? null : network.line(node.place, replica.place, door);
    this.leadsAway = this.back !== null || replica.balancer.returnsDirectly;
    this.node = node;
  }
}
