/** Machines with an event queue and nothing around them: requests are put in by hand, endings are logged with their times. */
import { EventKind } from "../../src/engine/event-kind.ts";
import { EventQueue } from "../../src/engine/event-queue.ts";
import type { Chosen } from "../../src/definition.ts";
import { type Catalogue, MachineCaches } from "../../src/world/machine-caches.ts";
import type { MachineNumber, MachineSetup, MachineState } from "../../src/world/machine-table.ts";
import { NEVER } from "../../src/units.ts";
import { Admission, Machines } from "../../src/world/machines.ts";
import { RequestInt, RequestMs, RequestTable } from "../../src/world/request-table.ts";

interface Asked {
  readonly demand: number;
  readonly machine?: number;
  readonly object?: number;
  readonly penalty?: number;
  /** Its class: index among the workbench's catalogues. */
  readonly group?: number;
}

const OBJECTS = 100;

export class Workbench {
  readonly queue = new EventQueue();
  readonly requests = new RequestTable(1, this.queue);
  readonly caches: MachineCaches;
  readonly machines: Machines;
  /** `a done 3`: what became of a request and when. */
  readonly log: string[] = [];
  private readonly names = new Map<number, string>();

  constructor(catalogues: readonly Catalogue[] = [{ missHolds: "nothing", cacheable: false }]) {
    this.caches = new MachineCaches(this.requests, catalogues, OBJECTS, null);
    this.machines = new Machines(this.queue, this.requests, this.caches);
  }

  /** A machine; its index. */
  machine(setup: Partial<MachineSetup> = {}, cache: Chosen | null = null): number {
    const plain = {
      node: 0,
      cores: 1,
      speed: 1,
      weight: 1,
      queueLimit: null,
      discipline: "fifo",
    } as const;
    const machine = this.machines.add({ ...plain, ...setup });
    this.caches.add(machine, cache, 0, 4);
    return machine;
  }

  /** A request reaches a machine now; its row. */
  ask(name: string, { demand, machine = 0, object = 0, penalty = 0, group = 0 }: Asked): number {
    const { requests } = this;
    const row = requests.take();
    requests.ints[row + RequestInt.Class] = group;
    requests.ints[row + RequestInt.Object] = object;
    requests.ints[row + RequestInt.Machine] = machine;
    requests.ms[(row >> 2) + RequestMs.Demand] = demand;
    requests.ms[(row >> 2) + RequestMs.Penalty] = penalty;
    this.names.set(row, name);
    this.settle(row, this.machines.arrive(row, machine));
    return row;
  }

  /** Lets everything happen up to and including that time. */
  until(timeMs: number): void {
    const { queue, machines } = this;
    while (queue.nextMs <= timeMs && queue.nextMs < NEVER) {
      const subject = queue.take();
      const ref = queue.refOf(subject);
      const kind = queue.kindOf(subject);
      if (kind === EventKind.Completion) this.ends(machines.completed(ref), "done");
      else if (kind === EventKind.SharedCompletion)
        this.ends(machines.completedShared(ref), "done");
      else {
        const row = machines.fetched();
        if (row >= 0)
          this.settle(row, machines.join(row, this.requests.ints[row + RequestInt.Machine]));
      }
    }
    if (timeMs < Infinity) queue.advanceTo(timeMs);
  }

  stop(machine: number, state: MachineState): void {
    this.machines.stop(machine, state, (row) => this.ends(row, "lost"));
  }

  withdraw(row: number): void {
    this.note(row, "withdrawn");
    if (this.machines.withdraw(row)) this.requests.free(row);
  }

  /** A counter as it stands now. */
  counter(machine: number, column: MachineNumber): number {
    this.machines.settle(machine);
    return this.machines.table.numberOf(machine, column);
  }

  private settle(row: number, admission: Admission): void {
    if (admission === Admission.Rejected) this.ends(row, "rejected");
    if (admission === Admission.Refused) this.ends(row, "refused");
    if (admission === Admission.Swallowed) this.ends(row, "swallowed");
  }

  private ends(row: number, how: string): void {
    this.note(row, how);
    this.requests.free(row);
  }

  private note(row: number, how: string): void {
    this.log.push(`${this.names.get(row)} ${how} ${this.queue.nowMs}`);
  }
}
