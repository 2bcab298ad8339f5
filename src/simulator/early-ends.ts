/**
 * Requests that end for their clients before any answer: whoever gives up, whose connection breaks,
 * whom nobody answers. What of the work is still under way then goes its way unheard.
 */
import type { Machine } from "../world/machine.ts";
import { OutcomeCode, type Request, RequestState } from "../world/requests.ts";
import { Cancellations } from "./cancellations.ts";
import type { Dialing } from "./dialing.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Parts } from "./parts.ts";
import type { Proxies } from "./proxies.ts";

/** What a request's journey knows of it. */
interface Travelling {
  /** null: no clients have connections. */
  readonly dialing: Dialing | null;
  /** null: no balancer has more to do than pick. */
  readonly proxies: Proxies | null;
  /** The pool of its last pick hears of it, and it stands one tier above. */
  takeBack(request: Request): void;
}

export class EarlyEnds {
  readonly cancellations: Cancellations;
  /**
   * Hung requests with nobody's patience to end them: they keep a limited run from waiting for
   * ever.
   */
  forgotten = 0;

  constructor(
    private readonly parts: Parts,
    private readonly outcomes: Outcomes,
    private readonly journey: Travelling,
    /** A draining machine may have become idle. */
    drained: (machine: Machine) => void,
  ) {
    this.cancellations = new Cancellations(parts, (request) => this.release(request), drained);
  }

  /** The client has waited long enough. */
  giveUp(request: Request): void {
    const { state } = request;
    this.journey.dialing?.gaveUp(request);
    if (this.endEarly(request, OutcomeCode.TimedOut)) return;
    if (state !== RequestState.Returning && state !== RequestState.Outbound) {
      this.cancellations.send(request);
    }
  }

  /** Its connection broke. What becomes of the work, nobody will hear. */
  cutOff(request: Request): void {
    if (!request.abandoned) this.endEarly(request, OutcomeCode.Failed);
  }

  /** Nobody will answer. Its balancers count it as in flight until its client gives up. */
  hang(request: Request): void {
    if (request.abandoned) {
      this.vanish(request);
      return;
    }
    request.state = RequestState.Hung;
    if (this.parts.deadlines.timeoutMs[request.group] === Infinity) this.forgotten++;
  }

  /** Its client has gone, and so does it. */
  vanish(request: Request): void {
    this.release(request);
    this.parts.requests.free(request);
  }

  /** It has ended for its client, and is gone where nothing of it is under way any more. */
  private endEarly(request: Request, outcome: OutcomeCode): boolean {
    request.abandoned = true;
    this.outcomes.endedEarly(request, outcome);
    const { state } = request;
    if (state === RequestState.AtBalancer) this.journey.proxies!.givenUp(request);
    else if (state === RequestState.Hung || state === RequestState.Dialing) this.vanish(request);
    else return false;
    return true;
  }

  /** Its pools stop counting it; what they hear is that it failed. O(tiers). */
  private release(request: Request): void {
    request.outcome = OutcomeCode.TimedOut;
    while (request.depth > 0) this.journey.takeBack(request);
    this.journey.dialing?.leave(request);
  }
}
