/**
 * How requests leave their clients: on a connection that is there or is opened, to an address that
 * is known or has to be looked for, or at once.
 */
import type { Request } from "../world/requests.ts";
import { Dialing, type DialingListener } from "./dialing.ts";
import { type DoorAtWork, type FrontDoor, openDoor } from "./front-door.ts";
import type { Keeping } from "./keeping.ts";
import type { Parts } from "./parts.ts";
import { hasConnections } from "./replica-sets.ts";

export class Departures {
  readonly door: DoorAtWork;
  /** null: no clients have connections. */
  readonly dialing: Dialing | null;
  /** null: clients look for nothing. */
  private readonly finds: FrontDoor | null;

  constructor(
    private readonly parts: Parts,
    keeping: Keeping,
    private readonly listener: DialingListener,
  ) {
    this.door = openDoor(
      parts,
      (request) => this.addressed(request),
      (place, slot) => this.dialing?.breaks.rerouted(place, slot),
    );
    this.finds = this.door.any;
    this.dialing = hasConnections(parts.scenario)
      ? new Dialing(parts, parts.lastMachineOf.length, this.finds, keeping, listener)
      : null;
  }

  /** A request is born. */
  begin(request: Request): void {
    const { passages } = this.parts;
    if (passages !== null) {
      passages.begin(request);
      if (this.dialing !== null && this.dialing.begin(request)) return;
      if (this.finds !== null) {
        if (!this.finds.find(request)) return;
        this.finds.used(request);
      }
    }
    this.listener.setOut(request);
  }

  /** A request has found its address. */
  private addressed(request: Request): void {
    if (this.dialing !== null && this.dialing.addressed(request)) return;
    this.finds!.used(request);
    this.listener.setOut(request);
  }
}
