/**
 * Every change of what pools consist of: targets join, leave, drain, change weight, are believed
 * down or up, and strategies are exchanged. One place, so that every change is measured and noted
 * alike.
 */
import { strategies } from "../balancing/registry.ts";
import { entryOf, type Chosen } from "../definition.ts";
import type { Pool } from "../balancing/pool.ts";
import type { NoticeRecord } from "../statistics/run-record.ts";
import { NONE } from "../units.ts";
import { MachineState } from "../world/machine.ts";
import type { TreeNode } from "../world/topology.ts";
import { Hop } from "./hop.ts";
import { type Placement, disruptionBetween, placementOf } from "./disruption.ts";
import { Identities } from "./identities.ts";
import type { BalancerAtWork, Parts, Replica } from "./parts.ts";
import { SlowStarts } from "./slow-starts.ts";

export class Membership {
  /** By balancer node id: who owned what after the last change, as its first replica saw it. */
  private readonly placements = new Map<number, Placement | null>();
  /** By balancer node id. */
  private readonly identities: Identities[] = [];
  private exchanges = 0;
  readonly slowStarts: SlowStarts;

  constructor(private readonly parts: Parts) {
    this.slowStarts = new SlowStarts(parts, ({ balancer }) => {
      // Keys may have moved, and not by the next change: that is measured from where they are then.
      this.placements.delete(balancer.node.id);
    });
  }

  /** A target joins all pools of its parent: before the first event, or in mid-run. */
  join(node: TreeNode, balancer: BalancerAtWork): void {
    const capacity = this.capacityOf(node.id) / balancer.replicas;
    // One for all replicas: they must agree on who owns a key.
    const identities = (this.identities[node.parent] ??= new Identities(this.parts.salts.name));
    const identity = identities.of(node.path);
    const asBalancer = this.parts.balancers[node.id] ?? null;
    for (const replica of balancer.pools) {
      const { pool, targets } = replica;
      const slot = pool.join({
        node: node.id,
        name: node.name,
        path: node.path,
        identity,
        weight: node.weight,
        capacity,
      });
      targets[slot] = new Hop(replica, slot, node, asBalancer, this.parts.network);
      this.parts.slotOf[node.id] = slot;
    }
  }

  /** Targets that have joined come into use. */
  joined(balancer: BalancerAtWork, nodes: readonly TreeNode[]): void {
    const tell = (): void => {
      for (const node of nodes) this.note("joined", node.id, NONE, "");
    };
    this.change(balancer, balancer.pools, `${names(nodes)} joined`, tell, (pool, replica) => {
      for (const node of nodes) this.slowStarts.begin(replica, this.parts.slotOf[node.id]);
      pool.refresh();
    });
    this.reckonCapacity(balancer.node.id);
  }

  /** A target leaves all pools of its parent; once it has stopped, `capacityChanged` is due. */
  leave(node: TreeNode): void {
    if (node.parent === NONE) return;
    const balancer = this.parts.balancers[node.parent]!;
    const slot = this.parts.slotOf[node.id];
    if (!balancer.pools[0].pool.belongs(slot)) return;
    const tell = (): void => this.note("left", node.id, NONE, "");
    this.change(balancer, balancer.pools, `${node.name} left`, tell, (pool) => {
      pool.leave(slot);
      pool.refresh();
    });
  }

  /** A node is out of service for good: those above can do less. */
  capacityChanged(node: TreeNode): void {
    if (node.parent !== NONE) this.reckonCapacity(node.parent);
  }

  drain(node: TreeNode): void {
    const balancer = this.parts.balancers[node.parent]!;
    const slot = this.parts.slotOf[node.id];
    const tell = (): void => this.note("draining", node.id, NONE, "");
    this.change(balancer, balancer.pools, `${node.name} drains`, tell, (pool) => {
      pool.drain(slot);
      pool.refresh();
    });
  }

  reweigh(node: TreeNode, weight: number): void {
    node.weight = weight;
    if (node.machine !== null) this.parts.machines.reweigh(node.machine, weight);
    if (node.parent === NONE) return;
    const balancer = this.parts.balancers[node.parent]!;
    const slot = this.parts.slotOf[node.id];
    const tell = (): void => this.note("weight", node.id, NONE, String(weight));
    this.change(balancer, balancer.pools, `${node.name} has weight ${weight}`, tell, (pool) => {
      pool.reweigh(slot, weight);
      pool.refresh();
    });
  }

  /** One replica changes its mind about one target. */
  believe(replica: Replica, slot: number, up: boolean): void {
    const { pool, balancer } = replica;
    if (pool.believedUp(slot) === up) return;
    const { node } = replica.targets[slot];
    const tell = (): void => {
      this.note(up ? "believed-up" : "believed-down", node.id, balancer.node.id, replica.label);
    };
    this.change(balancer, [replica], `${node.name} believed ${up ? "up" : "down"}`, tell, () => {
      pool.believe(slot, up);
      this.slowStarts[up ? "begin" : "end"](replica, slot);
      pool.refresh();
    });
  }

  /** The balancer picks by another strategy from now on; also how it gets its first. */
  use(balancer: BalancerAtWork, chosen: Chosen, from: "start" | "event"): void {
    balancer.strategy = chosen;
    const apply = (pool: Pool, replica: Replica): void => {
      const definition = entryOf(strategies, chosen.kind);
      // Each exchange draws from streams of its own: an earlier strategy's draws never shift a
      // later one's.
      const name = from === "start" ? "" : `/${this.exchanges}`;
      const stream = this.parts.random.named(`picks/${replica.label}${name}`);
      pool.use(definition.create(pool, chosen.settings, stream));
    };
    if (from === "start") for (const replica of balancer.pools) apply(replica.pool, replica);
    else {
      this.exchanges++;
      const tell = (): void => this.note("strategy", balancer.node.id, NONE, chosen.kind);
      this.change(balancer, balancer.pools, `strategy ${chosen.kind}`, tell, apply);
    }
    this.parts.caches.setKeyed(balancer.node.id, balancer.pools[0].pool.keepsToOwners);
  }

  note(what: NoticeRecord["what"], node: number, by: number, detail: string): void {
    this.parts.notices.push({ atMs: this.parts.queue.nowMs, what, node, by, detail });
  }

  /** Requests per ms that the machines beneath can serve by cores, speed and mean demand. */
  capacityOf(node: number): number {
    const { topology, meanDemandMs } = this.parts;
    let capacity = 0;
    for (const id of topology.machinesBeneath(node)) {
      const { state, model } = topology.nodes[id].machine!;
      if (state !== MachineState.Removed) capacity += model.coreCount * model.baseSpeed;
    }
    return capacity / meanDemandMs;
  }

  /** Round trips are measured continuously: every pool knows at once. */
  distancesChanged(): void {
    this.reckonDistances();
    for (const { pool } of this.parts.replicas) pool.refresh();
  }

  /**
   * Which of the root's members are farther away than the nearest, seen from everywhere: what they
   * serve is spillover.
   */
  reckonDistances(): void {
    const root = this.parts.balancers[0]!;
    if (root.far === null) return;
    const { pool } = root.pools[0];
    for (let place = 0; place < this.parts.scenario.places.length; place++) {
      let leastMs = Infinity;
      for (let slot = 0; slot < pool.slots; slot++) {
        if (pool.belongs(slot)) leastMs = Math.min(leastMs, pool.roundTripMs(slot, place));
      }
      root.far[place] = Uint8Array.from({ length: pool.slots }, (_, slot) =>
        pool.roundTripMs(slot, place) > leastMs ? 1 : 0,
      );
    }
  }

  /** Capacities from a changed balancer upwards; its own targets' are as they were. */
  private reckonCapacity(changed: number): void {
    const { topology, balancers, slotOf } = this.parts;
    if (changed === 0) this.reckonDistances();
    for (let child = changed; ;) {
      const parent = topology.nodes[child].parent;
      if (parent === NONE) return;
      const balancer = balancers[parent]!;
      const capacity = this.capacityOf(child) / balancer.replicas;
      for (const { pool } of balancer.pools) {
        pool.hold(slotOf[child], capacity);
        pool.refresh();
      }
      child = parent;
    }
  }

  /** Applies a change to replicas, lets it be told, and notes what followed from it. */
  private change(
    balancer: BalancerAtWork,
    replicas: readonly Replica[],
    what: string,
    tell: () => void,
    apply: (pool: Pool, replica: Replica) => void,
  ): void {
    const first = balancer.pools[0];
    const watched = replicas.includes(first);
    const id = balancer.node.id;
    if (watched && !this.placements.has(id))
      this.placements.set(id, placementOf(first.pool, this.parts.salts.key));
    const targetsBefore = first.pool.size;
    const inPanic = replicas.map(({ pool }) => pool.inPanic);
    for (const replica of replicas) apply(replica.pool, replica);
    tell();
    for (const [i, { pool, label }] of replicas.entries()) {
      if (pool.inPanic !== inPanic[i]) this.note(pool.inPanic ? "panic" : "calm", id, id, label);
    }
    if (!watched) return;
    const before = this.placements.get(id) ?? null;
    const after = placementOf(first.pool, this.parts.salts.key);
    this.placements.set(id, after);
    this.parts.changes.push({
      atMs: this.parts.queue.nowMs,
      balancer: id,
      what,
      targetsBefore,
      targetsAfter: first.pool.size,
      disruption: before === null || after === null ? null : disruptionBetween(before, after),
    });
  }
}

const names = (nodes: readonly TreeNode[]): string =>
  nodes.length <= 3 ? nodes.map((node) => node.name).join(", ") : `${nodes.length} targets`;
