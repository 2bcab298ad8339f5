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
  readonly pool: Pool;
  /** The target: a machine or else a balancer. */
  readonly machine: Machine | null;
  readonly node: TreeNode;
  readonly place: number;
  /** The way there, and the way back; null inside a place, which is no distance. */
  readonly out: Line | null;
  readonly back: Line | null;

  constructor(
    readonly replica: Replica,
    readonly slot: number,
    node: TreeNode,
    readonly balancer: BalancerAtWork | null,
    network: Network,
  ) {
    this.pool = replica.pool;
    this.machine = node.machine;
    this.node = node;
    this.place = node.place;
    const door = replica.balancer.node.place < 0 ? 1 : 0;
    const isInside = door === 0 && replica.place === node.place;
    this.out = isInside ? null : network.line(replica.place, node.place, door);
    this.back = isInside ? null : network.line(node.place, replica.place, door);
  }
}
