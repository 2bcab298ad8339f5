/**
 * How a request ends as its client sees it: recorded, folded into the fingerprint, told to its
 * source.
 */
import type { Fingerprint } from "../engine/fingerprint.ts";
import type { Recorder } from "../statistics/recorder.ts";
import { NONE } from "../units.ts";
import type { Machine } from "../world/machine.ts";
import { OutcomeCode, type Request } from "../world/requests.ts";
import type { Parts } from "./parts.ts";

/**
 * How long a user of a closed loop thinks at least whose request took no time at all. Without it,
 * one who does not think and is refused where nothing is any distance would ask again at the same
 * time for ever.
 */
const LEAST_THOUGHT_MS = 0.001;

export class Outcomes {
  private readonly recorder: Recorder;
  private readonly fingerprint: Fingerprint;

  constructor(private readonly parts: Parts) {
    this.recorder = parts.recorder;
    this.fingerprint = parts.fingerprint;
  }

  /** Its answer or refusal is with the client. */
  delivered(request: Request): void {
    const { outcome, machine } = request;
    const { region } = request.source!;
    this.fold(machine, outcome);
    if (outcome !== OutcomeCode.Completed) {
      this.recorder.ended(request, region, outcome);
      return;
    }
    const tells = request.user >= 0 && machine !== null;
    const moved = tells ? this.noteUser(request.user, machine) : 0;
    this.recorder.completed(request, region, moved);
  }

  /** No answer will count any more. */
  endedEarly(request: Request, outcome: OutcomeCode): void {
    this.recorder.ended(request, request.source!.region, outcome);
    this.fold(request.machine, outcome);
    this.tellSource(request);
  }

  /** A closed loop's user begins to think. */
  tellSource(request: Request): void {
    const source = request.source!;
    // After the run's last birth answers still come home, but nobody asks again.
    if (source.stopped || source.process.returned === undefined) return;
    const { queue } = this.parts;
    const { nowMs } = queue;
    const leastMs = nowMs > request.bornMs ? 0 : LEAST_THOUGHT_MS;
    const nextMs = source.process.returned(source.localUser(request.user), nowMs, leastMs);
    queue.schedule(source.subject, nextMs);
  }

  private fold(machine: Machine | null, outcome: OutcomeCode): void {
    const where = machine === null ? NONE : machine.index;
    this.fingerprint.fold((where << 3) ^ outcome);
  }

  /** 1 when the user landed on another machine than the time before. */
  private noteUser(user: number, machine: Machine): 0 | 1 {
    const { lastMachineOf } = this.parts;
    if (lastMachineOf.length === 0) return 0;
    const before = lastMachineOf[user];
    if (before === machine.index) return 0;
    lastMachineOf[user] = machine.index;
    return before === NONE ? 0 : 1;
  }
}
