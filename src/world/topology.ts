/**
 * The tree of balancers and machines as it stands: what exists, where, and who stands above whom.
 * Machines that join get the next node number; nothing is ever renumbered.
 */
import type { BalancerSpec, MachinesSpec, Scenario } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import type { Machine } from "./machine.ts";

export class TreeNode {
  readonly id: number;
  readonly kind: "balancer" | "machine";
  readonly name: string;
  readonly path: string;
  /** Node id; NONE at the root. */
  readonly parent: number;
  /** 0 at the root. */
  readonly tier: number;
  /** Place id; NONE for a root that stands wherever its clients are. */
  readonly place: number;
  readonly children: number[];
  readonly joinedMs: number;
  weight: number;
  /** For a balancer. */
  readonly balancer: BalancerSpec | null;
  /** For a machine: the group it was made from, and the machine itself; null for a balancer. */
  readonly machines: MachinesSpec | null;
  readonly machine: Machine | null;

  constructor(made: Readonly<TreeNode>) {
    this.joinedMs = this.weight = NaN;
    this.id = made.id;
    this.kind = made.kind;
    this.name = made.name;
    this.path = made.path;
    this.parent = made.parent;
    this.tier = made.tier;
    this.place = made.place;
    this.children = made.children;
    this.joinedMs = made.joinedMs;
    this.weight = made.weight;
    this.balancer = made.balancer;
    this.machines = made.machines;
    this.machine = made.machine;
  }
}

export class Topology {
  readonly nodes: TreeNode[] = [];
  private readonly byPath = new Map<string, number>();
  /** Number of tiers of balancers. */
  readonly tiers: number;

  /**
   * @param makeMachine called once a machine in order, with its node id and its parent; returns it
   */
  constructor(
    scenario: Scenario,
    private readonly makeMachine: (node: number, group: MachinesSpec, parent: TreeNode) => Machine,
  ) {
    this.tiers = tiersOf(scenario.root);
    this.addBalancer(scenario.root, NONE, scenario.root.place ?? NONE);
  }

  at(path: string): TreeNode {
    const id = this.byPath.get(path);
    if (id === undefined) throw new Error(`no node ${path}`);
    return this.nodes[id];
  }

  has(path: string): boolean {
    return this.byPath.has(path);
  }

  /** The machines of a group join a balancer; returns their node ids. */
  addMachines(parent: TreeNode, group: MachinesSpec, nowMs: number): number[] {
    const added: number[] = [];
    for (let i = 0; i < group.count; i++) {
      const name = String(group.first + i);
      const id = this.nodes.length;
      const place = group.place ?? parent.place;
      const node = new TreeNode({
        id,
        kind: "machine",
        name,
        path: `${parent.path}/${name}`,
        parent: parent.id,
        tier: parent.tier + 1,
        place: place === NONE ? 0 : place,
        children: [],
        joinedMs: nowMs,
        weight: group.weight,
        balancer: null,
        machines: group,
        machine: this.makeMachine(id, group, parent),
      });
      this.register(node);
      parent.children.push(id);
      added.push(id);
    }
    return added;
  }

  /** Machine node ids beneath a node, itself included. O(nodes beneath). */
  machinesBeneath(id: number): number[] {
    const node = this.nodes[id];
    return node.kind === "machine"
      ? [id]
      : node.children.flatMap((child) => this.machinesBeneath(child));
  }

  /** Balancer node ids beneath a node, itself included if it is one. */
  balancersBeneath(id: number): number[] {
    const node = this.nodes[id];
    return node.kind === "machine"
      ? []
      : [id, ...node.children.flatMap((child) => this.balancersBeneath(child))];
  }

  private addBalancer(spec: BalancerSpec, parent: number, place: number): number {
    const id = this.nodes.length;
    const node = new TreeNode({
      id,
      kind: "balancer",
      name: spec.name,
      path: spec.path,
      parent,
      tier: parent === NONE ? 0 : this.nodes[parent].tier + 1,
      place,
      children: [],
      joinedMs: 0,
      weight: spec.weight,
      balancer: spec,
      machines: null,
      machine: null,
    });
    this.register(node);
    for (const target of spec.targets) {
      if (target.kind === "machines") this.addMachines(node, target, 0);
      else {
        // Below a root without a place, a balancer without one stands at the only place there is.
        const childPlace = target.place ?? (place === NONE ? 0 : place);
        node.children.push(this.addBalancer(target, id, childPlace));
      }
    }
    return id;
  }

  private register(node: TreeNode): void {
    this.nodes.push(node);
    this.byPath.set(node.path, node.id);
  }
}

/** Tiers of balancers from this one down: 1 for one whose targets are all machines. */
export function tiersOf(spec: BalancerSpec): number {
  let deepest = 0;
  for (const target of spec.targets) {
    if (target.kind === "balancer") deepest = Math.max(deepest, tiersOf(target));
  }
  return deepest + 1;
}
