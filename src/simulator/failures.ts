/**
 * Failures in force. One that strikes a node strikes all beneath it; a node is up when none is left
 * that struck it, so that failures which overlap, at one node or at different tiers, add up. Of
 * several the latest tells the manner.
 */
import type { FailureManner } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import { MachineState } from "../world/machine.ts";
import type { TreeNode } from "../world/topology.ts";
import type { Journey } from "./journey.ts";
import type { Membership } from "./membership.ts";
import type { Parts } from "./parts.ts";

/** One failure, told from others by its identity. */
export interface Failure {
  readonly node: TreeNode;
  readonly state: MachineState.Crashed | MachineState.Silent;
}

export class Failures {
  /** By node id, in order of time. */
  private readonly inForce: Failure[][] = [];
  /**
   * Nodes noted as failed and not yet as recovered: they are once they are up, whatever it was that
   * ended.
   */
  private readonly noted = new Set<number>();

  constructor(
    private readonly parts: Parts,
    private readonly journey: Journey,
    private readonly membership: Membership,
  ) {}

  strike(node: TreeNode, manner: FailureManner): Failure {
    const state = manner === "crash" ? MachineState.Crashed : MachineState.Silent;
    const failure: Failure = { node, state };
    // First: what drains may be empty now, and leaves.
    this.noted.add(node.id);
    this.membership.note("failed", node.id, NONE, manner);
    for (const id of this.beneath(node)) {
      (this.inForce[id] ??= []).push(failure);
      this.settle(id);
    }
    this.tellConnections();
    return failure;
  }

  /** One failure is over: what others struck stays down. */
  end(failure: Failure): void {
    for (const id of this.beneath(failure.node)) {
      const at = this.inForce[id]?.indexOf(failure) ?? -1;
      // A machine that has joined since was never struck; who was told to recover is no longer.
      if (at < 0) continue;
      this.inForce[id].splice(at, 1);
      this.settle(id);
    }
    this.tellConnections();
    this.noteRecovered();
  }

  /**
   * Whatever failures there are at a node or beneath it are over, those that came from above
   * included.
   */
  recover(node: TreeNode): void {
    const unnoted = !this.noted.has(node.id) && (this.inForce[node.id]?.length ?? 0) > 0;
    for (const id of this.beneath(node)) {
      this.inForce[id] = [];
      this.settle(id);
    }
    this.tellConnections();
    this.noteRecovered();
    if (unnoted) this.membership.note("recovered", node.id, NONE, "");
  }

  /** What joins a balancer that has failed is as dead as that. */
  joined(node: TreeNode): void {
    const above = this.inForce[node.parent] ?? [];
    if (above.length === 0) return;
    this.inForce[node.id] = [...above];
    this.settle(node.id);
  }

  /** A node and all beneath it are out of service for good. */
  remove(node: TreeNode): void {
    for (const id of this.beneath(node)) {
      this.noted.delete(id);
      this.put(id, MachineState.Removed);
    }
    this.tellConnections();
  }

  private tellConnections(): void {
    this.journey.dialing?.breaks.nodesChanged();
  }

  private noteRecovered(): void {
    for (const id of this.noted) {
      if (this.inForce[id].length > 0) continue;
      this.noted.delete(id);
      this.membership.note("recovered", id, NONE, "");
    }
  }

  private settle(id: number): void {
    this.put(id, this.inForce[id].at(-1)?.state ?? MachineState.Up);
  }

  private put(id: number, state: MachineState): void {
    const { machines, topology, balancers } = this.parts;
    const balancer = balancers[id];
    const before = (balancer ?? topology.nodes[id].machine!).state;
    if (before === MachineState.Removed) return;
    const silently = state === MachineState.Silent;
    if (balancer !== undefined) {
      balancer.state = state;
      // As a machine's cache, what it had in memory is gone in either manner.
      if (state !== MachineState.Up) balancer.persistence?.restarted?.(NONE);
    } else {
      const machine = topology.nodes[id].machine!;
      if (state === MachineState.Up) machines.recover(machine);
      else machines.stop(machine, state, (request) => this.journey.struck(request, silently));
    }
    const { proxies } = this.journey;
    if (proxies === null || before === state) return;
    if (balancer !== undefined && before === MachineState.Up) proxies.stopped(balancer, silently);
    if (topology.nodes[id].parent === NONE || silently) return;
    // Who was silent resets what was open before; who crashes and who is crashed has done so.
    const left = state === MachineState.Removed;
    proxies.targetEnded(topology.nodes[id], left ? "left" : "reset");
  }

  /** Machines first. */
  private beneath(node: TreeNode): number[] {
    const { topology } = this.parts;
    return [...topology.machinesBeneath(node.id), ...topology.balancersBeneath(node.id)];
  }
}
