/**
 * Bytes on links that have a bandwidth: a hop takes bytes / bandwidth longer there. On a client's
 * own link the request's bytes take their time on its first hop, the answer's on its last; between
 * places on every hop. A refusal has no bytes worth speaking of. Transfers do not slow each other
 * down: a bandwidth is what one of them gets, not what a link carries in all.
 *
 * What takes its own time does not keep the order of a line, so these hops stand in a heap: O(log
 * n) each. Hops without bytes go by the lines as ever.
 */
import { AlarmClock } from "../engine/alarm-clock.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { EventQueue } from "../engine/event-queue.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { hasBandwidths } from "../world/bandwidths.ts";
import type { Line, Network } from "../world/network.ts";
import type { Passages } from "../world/passages.ts";
import { OutcomeCode, type Request, RequestState, type Requests } from "../world/requests.ts";
import type { Parts } from "./parts.ts";

interface Surroundings {
  readonly queue: EventQueue;
  readonly network: Network;
  readonly requests: Requests;
}

export class Transfers {
  private readonly arrivals: AlarmClock;
  /** By region; bytes per ms, Infinity where bytes take no time. */
  private readonly access: Float64Array;
  /** By from × places + to; likewise. */
  private readonly between: Float64Array;
  private readonly places: number;

  constructor(
    scenario: Scenario,
    private readonly passages: Passages,
    private readonly world: Surroundings,
  ) {
    const { clients, places, bandwidths } = scenario;
    this.places = places.length;
    this.arrivals = new AlarmClock(world.queue, EventKind.Transfer);
    this.access = Float64Array.from(clients, ({ bandwidth }) => bandwidth ?? Infinity);
    this.between = new Float64Array(places.length * places.length).fill(Infinity);
    for (const [from, row] of (bandwidths ?? []).entries()) {
      for (const [to, bandwidth] of row.entries()) {
        this.between[from * places.length + to] = bandwidth ?? Infinity;
      }
    }
  }

  /** Puts a request on its hop apart from the line where its bytes take time; false elsewhere. */
  carries(request: Request, { from, to, door, delayMs }: Line): boolean {
    const link = from * this.places + to;
    const bytes = this.bytesOf(request);
    const addedMs =
      bytes / this.between[link] + (door === 1 ? bytes / this.access[request.source!.region] : 0);
    if (addedMs === 0) return false;
    request.networkMs += delayMs + addedMs;
    this.passages.link[request.index] = link;
    request.dueMs = this.world.queue.nowMs + delayMs + addedMs;
    this.arrivals.set(request.dueMs, request.index);
    return true;
  }

  private bytesOf({ index, state, outcome }: Request): number {
    if (state !== RequestState.Returning) return this.passages.requestBytes[index];
    return outcome === OutcomeCode.Completed ? this.passages.responseBytes[index] : 0;
  }

  /** The next one has arrived. */
  arrived(): Request {
    return this.world.requests.all[this.arrivals.take()];
  }

  /** Whether the link that it came by is cut now. */
  isLost({ index }: Request): boolean {
    const link = this.passages.link[index];
    const to = link % this.places;
    return this.world.network.isCut((link - to) / this.places, to);
  }
}

/** null: bytes take no time. */
export const makeTransfers = (parts: Parts): Transfers | null =>
  hasBandwidths(parts.scenario) ? new Transfers(parts.scenario, parts.passages!, parts) : null;
