/**
 * Nodes that drain: they get nothing new, and leave once nothing is at the machines beneath them
 * and nothing travels towards them. Where the balancer above keeps users, theirs go on getting
 * there, and the node leaves once nobody is kept there any more (never, where that is for good:
 * then it is its deadline that ends it). It waits for connections too that are open through it,
 * or kept there (by `persistence: connection`, at a balancer that decides for each request): they
 * end by themselves or at the deadline. So it does where clients look for the root's targets: as
 * long as an answer or a route still leads there, somebody may come.
 */
import { NONE } from "../units.ts";
import type { Machine } from "../world/machine.ts";
import { type Request, RequestState } from "../world/requests.ts";
import type { TreeNode } from "../world/topology.ts";
import type { Order } from "./alarms.ts";
import type { Parts } from "./parts.ts";

/** Nobody tells when what stands at a balancer goes on: it is looked for again after so long. */
const AGAIN_MS = 10;

export class Drains {
  /** By node id: until when users are kept there, ms, as of the last look. */
  private readonly draining = new Map<number, number>();

  constructor(
    private readonly parts: Parts,
    /** The node leaves, and is forgotten here. */
    private readonly remove: (node: TreeNode) => void,
    private readonly lookAt: (timeMs: number, order: Order, look: () => void) => void,
    /** Until when clients may still come to that slot of the root's, ms; NONE: they do not. */
    private readonly foundUntilMs: (slot: number) => number,
    /** Open connections through a node, or kept there. */
    private readonly connectionsAt: (node: number) => number,
  ) {}

  /** The node gets nothing new from now on. */
  begin(node: TreeNode, order: Order): void {
    this.draining.set(node.id, NONE);
    for (const id of this.parts.topology.machinesBeneath(node.id)) this.mark(id);
    this.look(node, order);
  }

  forget(node: TreeNode): void {
    this.draining.delete(node.id);
  }

  /** What joins beneath a node that drains drains with it. */
  joined(node: TreeNode): void {
    const { nodes } = this.parts.topology;
    for (let at = node; at.parent !== NONE; at = nodes[at.parent]) {
      if (this.draining.has(at.id)) this.mark(node.id);
    }
  }

  /** A connection through a node, or kept there, is gone. */
  left(id: number): void {
    if (!this.draining.has(id) || this.connectionsAt(id) > 0) return;
    const node = this.parts.topology.nodes[id];
    if (this.isVacated(node)) this.remove(node);
  }

  /** What failed may have lost its last request. */
  struck(node: TreeNode): void {
    const { topology } = this.parts;
    for (const id of topology.machinesBeneath(node.id)) {
      const machine = topology.nodes[id].machine!;
      if (machine.draining) this.drained(machine);
    }
  }

  /** A machine that drains, itself or with a node above it, may have nothing left to do. */
  drained(machine: Machine): void {
    const { topology } = this.parts;
    let node = topology.nodes[machine.node];
    for (; node.parent !== NONE; node = topology.nodes[node.parent]) {
      if (this.draining.has(node.id) && this.isVacated(node)) this.remove(node);
    }
  }

  /**
   * Nobody tells of a request that is lost on its way to a draining node, or refused there: once
   * all that travel now have arrived, it is looked for.
   */
  private look(node: TreeNode, order: Order): void {
    if (!this.draining.has(node.id)) return;
    const heldMs = this.heldUntilMs(node);
    this.draining.set(node.id, heldMs);
    if (heldMs === Infinity) return;
    const lastMs = Math.max(this.lastArrivalMs(node), heldMs);
    // The agenda goes first at equal times: a millisecond later the last one has surely arrived.
    if (lastMs >= 0) this.lookAt(lastMs + 1, order, () => this.look(node, order));
    else if (this.isVacated(node)) this.remove(node);
  }

  private isVacated(node: TreeNode): boolean {
    const { topology, queue } = this.parts;
    if (this.draining.get(node.id)! > queue.nowMs || this.connectionsAt(node.id) > 0) return false;
    const isBusy = (id: number): boolean => topology.nodes[id].machine!.inFlight > 0;
    return !topology.machinesBeneath(node.id).some(isBusy) && this.lastArrivalMs(node) < 0;
  }

  /**
   * When the last of the requests arrives that travel towards the node or to what is beneath it, or
   * stand at a balancer there or on the way there; NONE: there is none.
   */
  private lastArrivalMs(node: TreeNode): number {
    const { topology, requests, replicas, stages, queue } = this.parts;
    const within = new Set(topology.machinesBeneath(node.id));
    for (const id of topology.balancersBeneath(node.id)) within.add(id);
    let lastMs: number = NONE;
    for (const request of requests.all) {
      const { index, state, depth, dueMs } = request;
      if (state === RequestState.AtBalancer) {
        const at = replicas[stages!.replica[index]].balancer.node.id;
        const to = stages!.hasPicked(index) ? this.targetOf(request) : NONE;
        if (within.has(at) || within.has(to)) lastMs = Math.max(lastMs, queue.nowMs + AGAIN_MS);
        continue;
      }
      if (state !== RequestState.Outbound || depth === 0) continue;
      if (within.has(this.targetOf(request))) lastMs = Math.max(lastMs, dueMs);
    }
    return lastMs;
  }

  /** Node id of what a request's last pick was. */
  private targetOf(request: Request): number {
    return this.parts.requests.lastHop(request).node.id;
  }

  /** Until when users are kept at the node; NONE: nobody is. */
  private heldUntilMs({ id, parent }: TreeNode): number {
    const { balancers, slotOf } = this.parts;
    const slot = slotOf[id];
    const keptMs = balancers[parent]!.persistence?.heldUntilMs(slot) ?? NONE;
    return parent === 0 ? Math.max(keptMs, this.foundUntilMs(slot)) : keptMs;
  }

  private mark(id: number): void {
    this.parts.topology.nodes[id].machine!.draining = true;
  }
}
