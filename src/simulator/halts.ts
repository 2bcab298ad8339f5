/**
 * Requests that halt at a balancer: what each waits for, the alarms that end a stage by themselves,
 * and the line of those that another request has set free.
 */
import { AlarmClock } from "../engine/alarm-clock.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { EventQueue } from "../engine/event-queue.ts";
import type { Passages } from "../world/passages.ts";
import { ProxyCount } from "../world/proxies/counts.ts";
import { Stage, type Stages } from "../world/proxies/stages.ts";
import { WaitingLine } from "../world/proxies/waiting-line.ts";
import { type Request, RequestState } from "../world/requests.ts";
import type { Parts, Replica } from "./parts.ts";

export class Halts {
  private readonly queue: EventQueue;
  private readonly passages: Passages;
  /** Ends of work and of dialing, for a request's index, with its ticket. */
  private readonly due: AlarmClock;
  /** Those that go on at this moment. */
  private readonly ready = new WaitingLine();
  private isWaking = false;
  /** Requests that wait for another one, with nobody's patience to end that. */
  waitingForEver = 0;

  constructor(
    private readonly parts: Parts,
    readonly stages: Stages,
  ) {
    this.queue = parts.queue;
    this.passages = parts.passages!;
    this.due = new AlarmClock(parts.queue, EventKind.AtBalancer);
  }

  /** An alarm is due: whose stage is over, null where it was over before. */
  next(): Request | null {
    const ticket = this.due.stamp;
    const request = this.parts.requests.all[this.due.take()];
    return this.stages.ticket[request.index] === ticket ? request : null;
  }

  /** It is in a stage at a replica from now on. */
  halt(request: Request, stage: Stage, replica: Replica): void {
    request.state = RequestState.AtBalancer;
    this.stages.begin(request, stage, replica.id, this.queue.nowMs);
  }

  /** Its stage is over after so long. */
  ring({ index }: Request, delayMs: number): void {
    this.due.set(this.queue.nowMs + delayMs, index, this.stages.ticket[index]);
  }

  /** It asks for a core of the replica's, and so much of its time. */
  askForCore(
    request: Request,
    stage: Stage.Work | Stage.Forward,
    replica: Replica,
    workMs: number,
  ): void {
    this.stages.workMs[request.index] = workMs;
    this.halt(request, stage, replica);
    if (replica.proxy!.station!.enter(request)) this.ring(request, workMs);
  }

  /** A core is done with it, and begins with the next. */
  leaveCore(request: Request, { proxy }: Replica): void {
    const { workMs } = this.stages;
    const next = proxy!.station!.done();
    if (next !== null) this.ring(next, workMs[next.index]);
    const thereMs = this.goOn(request);
    proxy!.counts[ProxyCount.WaitMs] += Math.max(0, thereMs - workMs[request.index]);
  }

  /** It waits for another request. */
  await(request: Request, stage: Stage, replica: Replica, line: WaitingLine): void {
    this.halt(request, stage, replica);
    line.append(request);
    if (this.isPatient(request)) this.waitingForEver++;
  }

  /** It waits no more, and goes on in a moment; how long it did, ms. */
  release(request: Request, stage: Stage, replica: Replica): number {
    const waitedMs = this.goOn(request);
    this.halt(request, stage, replica);
    this.ready.append(request);
    return waitedMs;
  }

  /** It leaves its stage, which belonged to the balancer's part; how long that was, ms. */
  goOn(request: Request): number {
    const stage: Stage = this.stages.stage[request.index];
    const lastedMs = this.stages.end(request, this.queue.nowMs);
    const waits = stage === Stage.Fetch || stage === Stage.Pending;
    if (waits && this.isPatient(request)) this.waitingForEver--;
    this.passages.balancerMs[request.index] += lastedMs;
    request.state = RequestState.Outbound;
    return lastedMs;
  }

  /**
   * Those that wait no more go their ways, one after the other and not one inside the other: `send`
   * is told in which stage and at which replica they were set free.
   */
  wake(send: (request: Request, stage: Stage, replica: Replica) => void): void {
    if (this.isWaking) return;
    this.isWaking = true;
    const { stage: stages, replica: replicas } = this.stages;
    for (let request = this.ready.shift(); request !== null; request = this.ready.shift()) {
      const stage: Stage = stages[request.index];
      const replica = this.parts.replicas[replicas[request.index]];
      this.goOn(request);
      send(request, stage, replica);
    }
    this.isWaking = false;
  }

  private isPatient({ group }: Request): boolean {
    return this.parts.deadlines.timeoutMs[group] === Infinity;
  }
}
