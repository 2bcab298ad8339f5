/**
 * What people ordered, and what chance does: the scenario's events in order of time, each undone after its `for`. What an event
 * means for the truth is told here; what balancers make of it is theirs to find out.
 */
import { unreachable } from "../assert.ts";
import { EventKind } from "../engine/event-kind.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import { createSampler, type Sampler } from "../random/registry.ts";
import type { EventSpec, FailureManner } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import { MachineInt, MachineState } from "../world/machine-table.ts";
import { RequestInt, RequestState } from "../world/request-table.ts";
import type { TreeNode } from "../world/topology.ts";
import type { Beliefs } from "./beliefs.ts";
import type { Journey } from "./journey.ts";
import type { Membership } from "./membership.ts";
import type { Parts } from "./parts.ts";
import { warmMachines } from "./warm.ts";

export class Agenda {
  private readonly due = new TimerQueue();
  private readonly subject: number;
  private readonly actions: (() => void)[] = [];
  /** Slow-downs in force, by node id. */
  private readonly slowness: Factors[] = [];
  /** Nodes that drain, by node id. */
  private readonly draining = new Set<number>();
  /** Changes of rate in force, by region. */
  private readonly rates: Factors[] = [];

  constructor(
    private readonly parts: Parts,
    private readonly journey: Journey,
    private readonly membership: Membership,
    private readonly beliefs: Beliefs,
  ) {
    this.subject = parts.queue.add(EventKind.Agenda, 0);
    for (const event of parts.scenario.events) this.schedule(event);
  }

  /** One more event: from the scenario, or from somebody who watches the run and touches it. */
  schedule(event: EventSpec): void {
    this.at(event.atMs, () => this.begin(event));
  }

  /** Nothing more is ordered. */
  get isDone(): boolean {
    return this.due.size === 0;
  }

  /** The next action is due. */
  next(): void {
    const action = this.due.take();
    this.parts.queue.schedule(this.subject, this.due.nextMs);
    this.actions[action]();
  }

  /** A machine that drains, itself or with a node above it, may have nothing left to do. */
  drained(machine: number): void {
    const { machines, topology } = this.parts;
    let node = topology.nodes[machines.table.intOf(machine, MachineInt.Node)];
    for (; node.parent !== NONE; node = topology.nodes[node.parent]) {
      if (this.draining.has(node.id) && this.isVacated(node)) this.remove(node);
    }
  }

  private at(timeMs: number, action: () => void): void {
    this.actions.push(action);
    this.due.add(timeMs, this.actions.length - 1);
    this.parts.queue.schedule(this.subject, this.due.nextMs);
  }

  private after(delayMs: number | null, action: () => void): void {
    if (delayMs !== null) this.at(this.parts.queue.nowMs + delayMs, action);
  }

  private begin(event: EventSpec): void {
    switch (event.kind) {
      case "add":
        return this.add(event);
      case "remove":
        return this.each(event.nodes, (node) => this.remove(node));
      case "drain":
        return this.each(event.nodes, (node) => this.drain(node, event.deadlineMs));
      case "fail":
        return this.each(event.nodes, (node) => {
          this.fail(node, event.manner);
          this.after(event.forMs, () => this.recover(node));
        });
      case "recover":
        return this.each(event.nodes, (node) => this.recover(node));
      case "fail-randomly":
        return this.each(event.nodes, (node) => this.failRandomly(node, event));
      case "slow":
        return this.each(event.nodes, (node) => {
          this.slow(node, event.factor, "add");
          this.after(event.forMs, () => this.slow(node, event.factor, "remove"));
        });
      case "cut":
      case "delay":
        return this.disturb(event);
      case "rate":
        this.changeRate(event.clients, event.times, "add");
        this.after(event.forMs, () => this.changeRate(event.clients, event.times, "remove"));
        return;
      case "strategy":
        return this.each(event.nodes, (node) => {
          this.membership.use(this.parts.balancers[node.id]!, event.strategy, "event");
        });
      case "weight":
        return this.each(event.nodes, (node) => this.membership.reweigh(node, event.weight));
      default:
        return unreachable(event);
    }
  }

  private each(paths: readonly string[], action: (node: TreeNode) => void): void {
    for (const path of paths) action(this.parts.topology.at(path));
  }

  private add(event: EventSpec & { readonly kind: "add" }): void {
    const { topology, balancers, queue } = this.parts;
    const parent = topology.at(event.to);
    const balancer = balancers[parent.id]!;
    const ids = topology.addMachines(parent, event.machines, queue.nowMs);
    const nodes = ids.map((id) => topology.nodes[id]);
    for (const node of nodes) this.membership.join(node, balancer);
    this.membership.joined(balancer, nodes);
    for (const node of nodes) {
      const slot = this.parts.slotOf[node.id];
      for (const replica of balancer.pools) this.beliefs.joined(slot, replica);
    }
    if (event.machines.warm) warmMachines(this.parts, nodes);
  }

  private remove(node: TreeNode): void {
    this.draining.delete(node.id);
    this.membership.leave(node);
    for (const id of this.parts.topology.machinesBeneath(node.id)) {
      this.stop(this.parts.topology.nodes[id], MachineState.Removed);
    }
    this.stopBalancers(node, MachineState.Removed);
  }

  private drain(node: TreeNode, deadlineMs: number | null): void {
    const { topology, machines } = this.parts;
    if (node.parent === NONE) return;
    this.membership.drain(node);
    this.draining.add(node.id);
    for (const id of topology.machinesBeneath(node.id)) {
      machines.table.ints[(topology.nodes[id].machine << 4) + MachineInt.Draining] = 1;
    }
    if (this.isVacated(node)) this.remove(node);
    else this.after(deadlineMs, () => this.remove(node));
  }

  /** Nothing is at the machines beneath, and nothing travels towards the node or to what is beneath it. */
  private isVacated(node: TreeNode): boolean {
    const { topology, machines, requests, replicas } = this.parts;
    const beneath = topology.machinesBeneath(node.id);
    if (beneath.some((id) => machines.inFlight(topology.nodes[id].machine) > 0)) return false;
    const within = new Set([...beneath, ...topology.balancersBeneath(node.id)]);
    for (const row of requests.all()) {
      if (requests.stateOf(row) !== RequestState.Outbound) continue;
      const depth = requests.ints[row + RequestInt.Depth];
      if (depth === 0) continue;
      const at = row + 2 * depth - 2;
      const { pool } = replicas[requests.ints[at + RequestInt.Pool]];
      if (within.has(pool.node[requests.ints[at + RequestInt.Slot]])) return false;
    }
    return true;
  }

  private fail(node: TreeNode, manner: FailureManner): void {
    // Chance and repairs were ordered while it was there.
    if (this.isGone(node)) return;
    const state = manner === "crash" ? MachineState.Crashed : MachineState.Silent;
    for (const id of this.parts.topology.machinesBeneath(node.id)) {
      this.stop(this.parts.topology.nodes[id], state);
    }
    this.stopBalancers(node, state);
    this.membership.note("failed", node.id, NONE, manner);
  }

  private recover(node: TreeNode): void {
    if (this.isGone(node)) return;
    const { topology, machines, balancers } = this.parts;
    for (const id of topology.balancersBeneath(node.id)) {
      const balancer = balancers[id]!;
      if (balancer.state !== MachineState.Removed) balancer.state = MachineState.Up;
    }
    for (const id of topology.machinesBeneath(node.id)) {
      machines.recover(topology.nodes[id].machine);
    }
    this.membership.note("recovered", node.id, NONE, "");
  }

  private stop(node: TreeNode, state: MachineState): void {
    const silently = state === MachineState.Silent;
    const { machines } = this.parts;
    if (machines.table.stateOf(node.machine) === MachineState.Removed) return;
    machines.stop(node.machine, state, (row) => this.journey.struck(row, silently));
  }

  private stopBalancers(node: TreeNode, state: MachineState): void {
    for (const id of this.parts.topology.balancersBeneath(node.id)) {
      const balancer = this.parts.balancers[id]!;
      if (balancer.state !== MachineState.Removed) balancer.state = state;
    }
  }

  private isGone(node: TreeNode): boolean {
    const { machines, balancers } = this.parts;
    const state =
      node.kind === "machine" ? machines.table.stateOf(node.machine) : balancers[node.id]!.state;
    return state === MachineState.Removed;
  }

  private failRandomly(
    node: TreeNode,
    event: EventSpec & { readonly kind: "fail-randomly" },
  ): void {
    const { random } = this.parts;
    const times = (what: string, meanMs: number): Sampler =>
      createSampler(
        { kind: "exponential", settings: { mean: meanMs } },
        random.named(`${what}/${event.where}/${node.path}`),
      );
    const upMs = times("failures", event.mtbfMs);
    const downMs = times("repairs", event.mttrMs);
    const untilMs = event.untilMs ?? Infinity;
    const next = (): void => {
      const atMs = this.parts.queue.nowMs + upMs.next();
      if (atMs >= untilMs) return;
      this.at(atMs, () => {
        this.fail(node, event.manner);
        this.after(downMs.next(), () => {
          this.recover(node);
          next();
        });
      });
    };
    next();
  }

  private slow(node: TreeNode, factor: number, how: "add" | "remove"): void {
    const { topology, machines } = this.parts;
    for (const id of topology.machinesBeneath(node.id)) {
      const factors = (this.slowness[id] ??= new Factors());
      factors[how](factor);
      machines.slow(topology.nodes[id].machine, factors.product());
    }
    this.membership.note(how === "add" ? "slowed" : "restored", node.id, NONE, `by ${factor}`);
  }

  private disturb(event: EventSpec & { readonly kind: "cut" | "delay" }): void {
    const { network, scenario } = this.parts;
    const [a, b] = event.between;
    const link = `${scenario.places[a].name} – ${scenario.places[b].name}`;
    const apply = (by: 1 | -1): void => {
      if (event.kind === "cut") network.cut(a, b, by);
      else network.delay(a, b, by * event.byMs);
      this.membership.note(by === 1 ? "cut" : "mended", NONE, NONE, `${event.kind} ${link}`);
      if (event.kind === "delay") this.membership.distancesChanged();
    };
    apply(1);
    this.after(event.forMs, () => apply(-1));
  }

  private changeRate(clients: readonly string[], times: number, how: "add" | "remove"): void {
    const { scenario, sources, queue } = this.parts;
    for (const name of clients) {
      const region = scenario.clients.findIndex((client) => client.name === name);
      const factors = (this.rates[region] ??= new Factors());
      factors[how](times);
      const source = sources[region];
      if (source.stopped) continue;
      queue.schedule(source.subject, source.process.scale(queue.nowMs, factors.product()));
    }
    const detail = `${clients.join(", ")} × ${times}${how === "add" ? "" : " ends"}`;
    this.membership.note("rate", NONE, NONE, detail);
  }
}

/** Factors that come and go: when all are gone the product is exactly 1, whatever the rounding on the way. */
class Factors {
  private readonly inForce: number[] = [];

  add(factor: number): void {
    this.inForce.push(factor);
  }

  remove(factor: number): void {
    this.inForce.splice(this.inForce.indexOf(factor), 1);
  }

  product(): number {
    return this.inForce.reduce((product, factor) => product * factor, 1);
  }
}
