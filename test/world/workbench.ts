/**
 * Machines with an event queue and nothing around them: requests are put in by hand, endings are
 * logged with their times.
 */
import { EventKind } from "../../src/engine/event-kind.ts";
import { EventQueue } from "../../src/engine/event-queue.ts";
import type { Chosen } from "../../src/definition.ts";
import { type Catalogue, MachineCaches } from "../../src/world/machine-caches.ts";
import type { Machine, MachineSetup, MachineState } from "../../src/world/machine.ts";
import { NEVER } from "../../src/units.ts";
import { Admission, Machines } from "../../src/world/machines.ts";
import { type Request, Requests } from "../../src/world/requests.ts";

interface Asked {
  readonly demand: number;
  readonly machine?: number;
  readonly object?: number;
  readonly penalty?: number;
  /** Its class: index among the workbench's catalogues. */
  readonly group?: number;
}

const OBJECTS = 100;

export const PLAIN_MACHINE: MachineSetup = {
  node: 0,
  place: null,
  cores: 1,
  speed: 1,
  weight: 1,
  queueLimit: null,
  discipline: "fifo",
};

export class Workbench {
  readonly queue = new EventQueue<Request>();
  readonly requests = new Requests(1, this.queue);
  readonly caches: MachineCaches;
  readonly machines: Machines;
  /** `a done 3`: what became of a request and when. */
  readonly log: string[] = [];
  private readonly names = new Map<Request, string>();

  constructor(catalogues: readonly Catalogue[] = [{ missHolds: "nothing", cacheable: false }]) {
    this.caches = new MachineCaches(catalogues, OBJECTS, null);
    this.machines = new Machines(this.queue, this.requests, this.caches, null);
  }

  machine(setup: Partial<MachineSetup> = {}, cache: Chosen | null = null): Machine {
    const machine = this.machines.add({ ...PLAIN_MACHINE, ...setup });
    this.caches.add(machine, cache, 0, 4);
    return machine;
  }

  /** A request reaches a machine, given by its index, now. */
  ask(name: string, { demand, machine = 0, object = 0, penalty = 0, group = 0 }: Asked): Request {
    const request = this.requests.take();
    request.group = group;
    request.object = object;
    request.machine = this.machines.all[machine];
    request.demandMs = demand;
    request.penaltyMs = penalty;
    this.names.set(request, name);
    this.settle(request, this.machines.arrive(request, request.machine));
    return request;
  }

  /** Lets everything happen up to and including that time. */
  until(timeMs: number): void {
    const { queue, machines } = this;
    while (queue.nextMs <= timeMs && queue.nextMs < NEVER) {
      const subject = queue.take()!;
      const { kind, ref } = subject;
      if (kind === EventKind.Completion) this.ends(machines.completed(subject), "done");
      else if (kind === EventKind.SharedCompletion)
        this.ends(machines.completedShared(ref), "done");
      else {
        const request = machines.fetched();
        if (request !== null) this.settle(request, machines.join(request, request.machine!));
      }
    }
    if (timeMs < Infinity) queue.advanceTo(timeMs);
  }

  stop(state: MachineState, machine = this.machines.all[0]): void {
    this.machines.stop(machine, state, (request) => this.ends(request, "lost"));
  }

  withdraw(request: Request): void {
    this.note(request, "withdrawn");
    this.machines.withdraw(request);
    this.requests.free(request);
  }

  /** The first machine, with its counters as they stand now. */
  get first(): Machine {
    const [machine] = this.machines.all;
    this.machines.settle(machine);
    return machine;
  }

  private settle(request: Request, admission: Admission): void {
    if (admission === Admission.Rejected) this.ends(request, "rejected");
    if (admission === Admission.Refused) this.ends(request, "refused");
    if (admission === Admission.Swallowed) this.ends(request, "swallowed");
  }

  private ends(request: Request, how: string): void {
    this.note(request, how);
    this.requests.free(request);
  }

  private note(request: Request, how: string): void {
    this.log.push(`${this.names.get(request)} ${how} ${this.queue.nowMs}`);
  }
}
