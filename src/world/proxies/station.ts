/**
 * The cores of one replica of a balancer, with one first-in-first-out queue before them: the same
 * law as a machine's, for what the balancer itself has to do with a request. Who waits and who is
 * served is told here; when a core is done, its owner's clock says.
 */
import type { Request } from "../requests.ts";
import { ProxyCount } from "./counts.ts";
import { WaitingLine } from "./waiting-line.ts";

export class Station {
  busy = 0;
  readonly line = new WaitingLine();
  private sinceMs: number;

  /** @param counts of the replica, by ProxyCount */
  constructor(
    readonly cores: number,
    private readonly counts: Float64Array,
    private readonly clock: { readonly nowMs: number },
  ) {
    this.sinceMs = clock.nowMs;
  }

  /** A request comes: true where a core is free and begins, else it waits. O(1). */
  enter(request: Request): boolean {
    if (this.busy === this.cores) {
      this.line.append(request);
      return false;
    }
    this.settle();
    this.busy++;
    this.counts[ProxyCount.Worked]++;
    return true;
  }

  /** A core is done: whom it begins with now, null where nobody waits. O(1). */
  done(): Request | null {
    const next = this.line.shift();
    if (next !== null) {
      this.counts[ProxyCount.Worked]++;
      return next;
    }
    this.settle();
    this.busy--;
    return null;
  }

  /** Brings the times up to now. */
  settle(): void {
    const { counts, clock } = this;
    const passedMs = clock.nowMs - this.sinceMs;
    this.sinceMs = clock.nowMs;
    counts[ProxyCount.BusyMs] += passedMs * this.busy;
    counts[ProxyCount.CoreMs] += passedMs * this.cores;
  }

  /** Everybody there is gone. */
  clear(): void {
    this.settle();
    this.busy = 0;
    this.line.clear();
  }
}
