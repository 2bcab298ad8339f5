/**
 * Targets that have just joined, or are believed up again, begin with a part of their weight and
 * come to the whole of it in equal steps. Decided here and in the pool, once for all strategies:
 * they see the weight as it stands.
 *
 * Follows HAProxy 3.0's `slowstart`: linear in time, a step each twentieth of the window, only for
 * targets that come while the balancer runs (there: that were seen down), never for those there
 * from the start. Envoy's slow start with an aggression of 1 is the same line, reckoned at each
 * pick. Ours: the line begins at `from` (Envoy cuts its line off below a least part, 10% by
 * default, whence our default; HAProxy begins at nothing, and takes a second a step at least). What
 * is believed down has no slow start to go on with, and begins anew when it is back; a weight that
 * is set counts at once, times the part reached.
 *
 * Strategies that ignore weights notice nothing, so the reader refuses it where there are no others.
 * Those that place keys move some at every step.
 * Steps are no changes of membership: they are neither recorded nor measured as disruption; what a
 * join moves is measured at its first, small weight. Fair shares go by the whole weight.
 *
 * Cost: twenty refreshes of a pool a window, nothing a request.
 */
import { EventKind } from "../engine/event-kind.ts";
import type { Subject } from "../engine/event-queue.ts";
import { TimerQueue } from "../engine/timer-queue.ts";
import type { SlowStartSpec } from "../scenario/scenario.ts";
import type { Parts, Replica } from "./parts.ts";

const STEPS = 20;

/** One target on its way to its whole weight, in one replica. */
interface Rise {
  readonly beganMs: number;
  /** Steps made. */
  steps: number;
  /** When the next one is due. */
  dueMs: number;
}

export class SlowStarts {
  /** For the replica of that id, by slot; alarms of what has ended meanwhile are passed over. */
  private readonly due = new TimerQueue();
  private readonly subject: Subject;
  /** By id of the replica and slot. */
  private readonly rises: (Rise | undefined)[][] = [];

  constructor(
    private readonly parts: Parts,
    /** Weights of a replica have risen: it has been refreshed. */
    private readonly risen: (replica: Replica) => void,
  ) {
    this.subject = parts.queue.add(EventKind.SlowStart, 0);
  }

  /** A target comes into use; the pool's refresh is due afterwards. */
  begin(replica: Replica, slot: number): void {
    const { slowStart } = replica.balancer.spec;
    if (slowStart === undefined) return;
    replica.pool.rise(slot, slowStart.from);
    const beganMs = this.parts.queue.nowMs;
    const rise = { beganMs, steps: 0, dueMs: beganMs };
    (this.rises[replica.id] ??= [])[slot] = rise;
    this.await(replica, slot, rise, slowStart);
  }

  /** A target goes out of use: when it is back it begins anew. */
  end(replica: Replica, slot: number): void {
    if (this.rises[replica.id]?.[slot] === undefined) return;
    this.rises[replica.id][slot] = undefined;
    replica.pool.rise(slot, 1);
  }

  /** Steps are due: those of one moment make one refresh of each pool. */
  step(): void {
    const { queue, replicas } = this.parts;
    const stepped = new Set<Replica>();
    while (this.due.nextMs <= queue.nowMs) {
      const slot = this.due.nextStamp;
      const replica = replicas[this.due.take()];
      const rise = this.rises[replica.id][slot];
      if (rise === undefined || rise.dueMs > queue.nowMs || !replica.pool.belongs(slot)) continue;
      this.stepOf(replica, slot, rise);
      stepped.add(replica);
    }
    queue.schedule(this.subject, this.due.nextMs);
    for (const replica of stepped) {
      replica.pool.refresh();
      this.risen(replica);
    }
  }

  private stepOf(replica: Replica, slot: number, rise: Rise): void {
    rise.steps++;
    if (rise.steps === STEPS) {
      this.end(replica, slot);
      return;
    }
    const slowStart = replica.balancer.spec.slowStart!;
    const { from } = slowStart;
    replica.pool.rise(slot, from + ((1 - from) * rise.steps) / STEPS);
    this.await(replica, slot, rise, slowStart);
  }

  private await(replica: Replica, slot: number, rise: Rise, { windowMs }: SlowStartSpec): void {
    rise.dueMs = rise.beganMs + (windowMs * (rise.steps + 1)) / STEPS;
    this.due.add(rise.dueMs, replica.id, slot);
    this.parts.queue.schedule(this.subject, this.due.nextMs);
  }
}
