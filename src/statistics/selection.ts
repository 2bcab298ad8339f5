/** Which part of a run a figure is about, and which nodes that part has. */
import { unreachable } from "../assert.ts";
import type { NodeRecord, RunRecord } from "./run-record.ts";

export type Selection =
  | { readonly kind: "all" }
  /** A balancer with everything beneath it, or one machine. */
  | { readonly kind: "node"; readonly id: number }
  | { readonly kind: "region"; readonly index: number }
  | { readonly kind: "class"; readonly index: number };

export const EVERYTHING: Selection = { kind: "all" };
export const ofNode = (id: number): Selection => ({ kind: "node", id });
export const ofRegion = (index: number): Selection => ({ kind: "region", index });
export const ofClass = (index: number): Selection => ({ kind: "class", index });

/**
 * Reads `region:europe`, `class:browse`, a node's path, or a name that only one node has; null
 * means all. Returns null where nothing has that name. O(nodes).
 */
export function selectionOf(record: RunRecord, of: string | null): Selection | null {
  if (of === null) return EVERYTHING;
  const lists = [
    { prefix: "region:", names: record.regions, select: ofRegion },
    { prefix: "class:", names: record.classes, select: ofClass },
  ];
  for (const { prefix, names, select } of lists) {
    if (!of.startsWith(prefix)) continue;
    const index = names.indexOf(of.slice(prefix.length));
    return index < 0 ? null : select(index);
  }
  const byPath = record.nodes.find((node) => node.path === of);
  if (byPath !== undefined) return ofNode(byPath.id);
  const byName = record.nodes.filter((node) => node.name === of);
  return byName.length === 1 ? ofNode(byName[0].id) : null;
}

/**
 * `all`, `region:europe`, `class:browse` or the node's path: what `selectionOf` reads (null for
 * all).
 */
export function nameOf(record: RunRecord, selection: Selection): string {
  switch (selection.kind) {
    case "all":
      return "all";
    case "node":
      return record.nodes[selection.id].path;
    case "region":
      return `region:${record.regions[selection.index]}`;
    case "class":
      return `class:${record.classes[selection.index]}`;
    default:
      return unreachable(selection);
  }
}

/** Who stands beneath whom, by node id. */
export interface Tree {
  /** Ids of a balancer and all balancers beneath it; empty for a machine. */
  readonly balancers: readonly (readonly number[])[];
  /** Machines beneath a balancer at any depth; a machine itself. */
  readonly machines: readonly (readonly NodeRecord[])[];
  /** The machines that are targets of this balancer itself: a pool. */
  readonly pool: readonly (readonly NodeRecord[])[];
  /** All machines; where one balancer stands above them all, the very list of that balancer. */
  readonly everyMachine: readonly NodeRecord[];
}

const trees = new WeakMap<readonly NodeRecord[], Tree>();

/** Made once a record. O(nodes × depth). */
export function treeOf(nodes: readonly NodeRecord[]): Tree {
  const known = trees.get(nodes);
  if (known !== undefined) return known;
  const balancers: number[][] = nodes.map(() => []);
  const machines: NodeRecord[][] = nodes.map(() => []);
  const pool: NodeRecord[][] = nodes.map(() => []);
  for (const node of nodes) {
    if (node.kind === "machine" && node.parent >= 0) pool[node.parent].push(node);
    for (let id = node.id; id >= 0; id = nodes[id].parent) {
      if (node.kind === "machine") machines[id].push(node);
      else balancers[id].push(node.id);
    }
  }
  const all = nodes.filter(({ kind }) => kind === "machine");
  const everyMachine = machines.find((beneath) => beneath.length === all.length) ?? all;
  const tree = { balancers, machines, pool, everyMachine };
  trees.set(nodes, tree);
  return tree;
}
