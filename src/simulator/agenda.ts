/**
 * What people ordered, and what chance does: the scenario's events in order of time, each undone
 * after its `for`. What an event means for the truth is told here; what balancers make of it is
 * theirs to find out.
 */
import { assert, unreachable } from "../assert.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { Subject } from "../engine/event-queue.ts";
import { createSampler, type Sampler } from "../random/registry.ts";
import type { EventSpec, FailureManner } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import { MachineState } from "../world/machine.ts";
import type { Machine } from "../world/machine.ts";
import type { TreeNode } from "../world/topology.ts";
import { Alarms, type Order } from "./alarms.ts";
import type { Beliefs } from "./beliefs.ts";
import { Drains } from "./drains.ts";
import { type Failure, Failures } from "./failures.ts";
import type { Journey } from "./journey.ts";
import type { Membership } from "./membership.ts";
import type { Parts } from "./parts.ts";
import { purge } from "./purges.ts";
import { ReplicaEvents } from "./replica-events.ts";
import { warmMachines } from "./warm.ts";

export class Agenda {
  private readonly alarms = new Alarms();
  private readonly subject: Subject;
  private readonly failures: Failures;
  private readonly drains: Drains;
  private readonly replicas: ReplicaEvents;
  /** Events given so far. */
  private given = 0;
  /** Those that have not begun. */
  private readonly coming = new Set<Order>();
  /** How many have. */
  begun = 0;
  /** Cuts and delays in force. */
  private readonly disturbances = new Set<Disturbance>();
  /** Slow-downs in force, by node id. */
  private readonly slowness: Factors[] = [];
  /** Changes of rate in force, by region. */
  private readonly rates: Factors[] = [];

  constructor(
    private readonly parts: Parts,
    journey: Journey,
    private readonly membership: Membership,
    private readonly beliefs: Beliefs,
  ) {
    this.subject = parts.queue.add(EventKind.Agenda, 0);
    this.failures = new Failures(parts, journey, membership);
    this.replicas = new ReplicaEvents(parts, journey);
    this.drains = new Drains(
      parts,
      (node) => this.remove(node),
      (timeMs, order, look) => this.at(timeMs, "ends", order, look),
      (slot) => journey.departures.door.any?.heldUntilMs(slot) ?? NONE,
      (node) => journey.dialing?.connections.at(node) ?? 0,
    );
    for (const event of parts.scenario.events) this.schedule(event);
  }

  /** One more event: from the scenario, or from somebody who watches the run and touches it. */
  schedule(event: EventSpec): void {
    const order = { event, rank: this.given++ };
    this.coming.add(order);
    this.at(event.atMs, "begins", order, () => {
      this.coming.delete(order);
      this.begun++;
      this.begin(order);
    });
  }

  /** These and no others are still to begin. */
  revise(events: readonly EventSpec[]): void {
    this.alarms.drop(this.coming);
    this.coming.clear();
    this.parts.queue.schedule(this.subject, this.alarms.nextMs);
    for (const event of events) this.schedule(event);
  }

  /** Whether something is ordered that can bring requests where none are to come. */
  get canBringArrivals(): boolean {
    return this.alarms.canBringArrivals;
  }

  /** The next action is due. */
  next(): void {
    const action = this.alarms.take();
    this.parts.queue.schedule(this.subject, this.alarms.nextMs);
    action();
  }

  /** A draining machine may have nothing left to do. */
  drained(machine: Machine): void {
    this.drains.drained(machine);
  }

  /** A connection through a node is gone, which may have been the last one there. */
  left(node: number): void {
    this.drains.left(node);
  }

  private at(timeMs: number, how: "begins" | "ends", order: Order, action: () => void): void {
    this.alarms.add(timeMs, how, order, action);
    this.parts.queue.schedule(this.subject, this.alarms.nextMs);
  }

  /** What an event began ends; null: never. */
  private after(delayMs: number | null, order: Order, action: () => void): void {
    if (delayMs !== null) this.at(this.parts.queue.nowMs + delayMs, "ends", order, action);
  }

  private begin(order: Order): void {
    const { event } = order;
    switch (event.kind) {
      case "add":
        return this.add(event);
      case "remove":
        return this.each(event.nodes, (node) => this.remove(node));
      case "drain":
        return this.each(event.nodes, (node) => this.drain(node, event.deadlineMs, order));
      case "fail":
        return this.each(event.nodes, (node) => {
          const failure = this.fail(node, event.manner);
          this.after(event.forMs, order, () => this.failures.end(failure));
        });
      case "recover":
        return this.each(event.nodes, (node) => this.failures.recover(node));
      case "fail-randomly":
        return this.each(event.nodes, (node) => this.failRandomly(node, event, order));
      case "slow":
        return this.each(event.nodes, (node) => {
          const undo = this.slow(node, event.factor);
          this.after(event.forMs, order, undo);
        });
      case "cut":
      case "delay":
        return this.disturb(event, order);
      case "mend":
        return this.mend(event.between);
      case "rate":
        this.changeRate(event.clients, event.times, "add");
        this.after(event.forMs, order, () => {
          this.changeRate(event.clients, event.times, "remove");
        });
        return;
      case "strategy":
        return this.each(event.nodes, (node) => {
          this.membership.use(this.parts.balancers[node.id]!, event.strategy, "event");
        });
      case "purge":
        return this.each(event.nodes, (node) => purge(event, this.parts, node.id));
      case "weight":
        return this.each(event.nodes, (node) => this.membership.reweigh(node, event.weight));
      case "fail-replica":
        for (const name of event.replicas) {
          this.replicas.fail(name);
          this.after(event.forMs, order, () => this.replicas.recover(name));
        }
        return;
      case "drain-replica":
        for (const name of event.replicas) {
          this.replicas.drain(name);
          this.after(event.deadlineMs, order, () => this.replicas.end(name));
        }
        return;
      case "add-replica":
        return this.each(event.nodes, ({ path }) => this.replicas.add(path));
      default:
        return unreachable(event);
    }
  }

  /** The nodes that are there: not those that were removed before, or could not join. */
  private each(paths: readonly string[], action: (node: TreeNode) => void): void {
    const { topology } = this.parts;
    for (const path of paths) {
      if (topology.has(path) && !this.isGone(topology.at(path))) action(topology.at(path));
    }
  }

  private add(event: EventSpec & { readonly kind: "add" }): void {
    const { topology, balancers, queue } = this.parts;
    const parent = topology.at(event.to);
    if (this.isGone(parent)) return;
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
    for (const node of nodes) {
      this.failures.joined(node);
      this.drains.joined(node);
    }
  }

  private remove(node: TreeNode): void {
    if (this.isGone(node)) return;
    this.drains.forget(node);
    this.membership.leave(node);
    this.failures.remove(node);
    this.membership.capacityChanged(node);
  }

  private drain(node: TreeNode, deadlineMs: number | null, order: Order): void {
    if (node.parent === NONE) return;
    this.membership.drain(node);
    this.after(deadlineMs, order, () => this.remove(node));
    this.drains.begin(node, order);
  }

  private fail(node: TreeNode, manner: FailureManner): Failure {
    const failure = this.failures.strike(node, manner);
    this.drains.struck(node);
    return failure;
  }

  private isGone(node: TreeNode): boolean {
    const { state } = node.machine ?? this.parts.balancers[node.id]!;
    return state === MachineState.Removed;
  }

  private failRandomly(
    node: TreeNode,
    event: EventSpec & { readonly kind: "fail-randomly" },
    order: Order,
  ): void {
    const { random } = this.parts;
    const times = (what: string, meanMs: number): Sampler =>
      createSampler(
        { kind: "exponential", settings: { mean: meanMs } },
        random.named(`${what}/${event.number}/${node.path}`),
      );
    const upMs = times("failures", event.mtbfMs);
    const downMs = times("repairs", event.mttrMs);
    const untilMs = event.untilMs ?? Infinity;
    const next = (): void => {
      const atMs = this.parts.queue.nowMs + upMs.next();
      if (atMs >= untilMs) return;
      this.at(atMs, "begins", order, () => {
        if (this.isGone(node)) return;
        const failure = this.fail(node, event.manner);
        this.after(downMs.next(), order, () => {
          this.failures.end(failure);
          next();
        });
      });
    };
    next();
  }

  /** Returns what undoes it: for those that were slowed, not for who joins meanwhile. */
  private slow(node: TreeNode, factor: number): () => void {
    const { topology, machines } = this.parts;
    const slowed = topology.machinesBeneath(node.id);
    const apply = (how: "add" | "remove"): void => {
      for (const id of slowed) {
        const factors = (this.slowness[id] ??= new Factors());
        factors[how](factor);
        machines.slow(topology.nodes[id].machine!, factors.product());
      }
      if (this.isGone(node)) return;
      this.membership.note(how === "add" ? "slowed" : "restored", node.id, NONE, `by ${factor}`);
    };
    apply("add");
    return () => apply("remove");
  }

  private disturb(event: EventSpec & { readonly kind: "cut" | "delay" }, order: Order): void {
    const disturbance = { event };
    this.disturbances.add(disturbance);
    this.apply(event, 1);
    this.after(event.forMs, order, () => {
      if (this.disturbances.delete(disturbance)) this.apply(event, -1);
    });
  }

  /** All cuts and delays of the link are over. */
  private mend([a, b]: readonly [number, number]): void {
    for (const disturbance of this.disturbances) {
      const { between } = disturbance.event;
      if (!between.includes(a) || !between.includes(b)) continue;
      this.disturbances.delete(disturbance);
      this.apply(disturbance.event, -1);
    }
  }

  /** A cut or a delay begins, or ends. */
  private apply(event: Disturbance["event"], by: 1 | -1): void {
    const { network, scenario } = this.parts;
    const [a, b] = event.between;
    const link = `${scenario.places[a].name} – ${scenario.places[b].name}`;
    if (event.kind === "cut") network.cut(a, b, by);
    else network.delay(a, b, by * event.byMs);
    this.membership.note(by === 1 ? "cut" : "mended", NONE, NONE, `${event.kind} ${link}`);
    if (event.kind === "delay") this.membership.distancesChanged();
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

/** One cut or delay, told from others by its identity. */
interface Disturbance {
  readonly event: EventSpec & { readonly kind: "cut" | "delay" };
}

/**
 * Factors that come and go: when all are gone the product is exactly 1, whatever the rounding on
 * the way.
 */
class Factors {
  private readonly inForce: number[] = [];

  add(factor: number): void {
    this.inForce.push(factor);
  }

  remove(factor: number): void {
    const at = this.inForce.indexOf(factor);
    assert(at >= 0, "only what was applied is undone");
    this.inForce.splice(at, 1);
  }

  product(): number {
    return this.inForce.reduce((product, factor) => product * factor, 1);
  }
}
