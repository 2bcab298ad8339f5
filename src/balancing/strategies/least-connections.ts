import type { RandomStream } from "../../random/stream.ts";
import { defineStrategy } from "../strategy.ts";
import type { PoolView, Strategy } from "../strategy.ts";
import { equalWeights } from "./parts/equal-weights.ts";
import { AmongTied, OldestOfAny, OldestOfEqual } from "./parts/least-index.ts";
import type { Counts, LeastIndex } from "./parts/least-index.ts";

abstract class LeastConnections implements Strategy {
  private readonly view: PoolView;
  private readonly ofEqual: LeastIndex;
  private readonly ofAny: LeastIndex;
  protected index: LeastIndex;

  constructor(view: PoolView, counts: Counts, ties: string, random: RandomStream) {
    this.view = view;
    if (ties === "oldest") {
      this.ofEqual = new OldestOfEqual(view, counts);
      this.ofAny = new OldestOfAny(view, counts);
    } else {
      this.ofAny = new AmongTied(view, counts, ties === "random" ? random : null);
      this.ofEqual = this.ofAny;
    }
    this.index = this.ofEqual;
  }

  membershipChanged(): void {
    this.index = equalWeights(this.view) ? this.ofEqual : this.ofAny;
    this.index.rebuild();
  }

  pick(): number {
    return this.index.least();
  }
}

class LeastOwn extends LeastConnections {
  inFlightChanged(slot: number): void {
    this.index.changed(slot);
  }
}

class LeastReported extends LeastConnections {
  reported(slot: number): void {
    this.index.changed(slot);
  }
}

/**
 * The target with the fewest requests in flight, divided by its weight.
 *
 * Follows nginx's least_conn and HAProxy's leastconn in what is compared. They differ in ties,
 * which decide much when few requests are in flight: `oldest`, as HAProxy's tree with its
 * duplicates in order of insertion, takes the target whose count changed longest ago, so equals
 * take turns; `first` is the plain minimum of a list. (nginx gives turns by weight among the tied.)
 * HAProxy now compares (in flight + 1) / weight unless idle; here it is in flight / weight
 * throughout, the rule of nginx and of older HAProxy. Cost: `oldest` with equal weights O(1) a pick
 * and a change of a count, all else O(log n). Left open: whose count. `own` is what this replica
 * sent and has not got back: exact but partial; `report` is the target's own number, complete but
 * old, so all replicas run to the same target until the next report.
 */
export const leastConnections = defineStrategy({
  name: "least-connections",
  summary: "the target with the fewest requests in flight by weight",
  follows: "HAProxy 3.0, lb_fwlc.c (ties); nginx 1.26, ngx_http_upstream_least_conn_module",
  fields: {
    ties: {
      kind: "choice",
      of: ["oldest", "first", "random"],
      default: "oldest",
      doc: "which of the targets with equal counts: changed longest ago, first to join, any",
    },
    by: {
      kind: "choice",
      of: ["own", "report"],
      default: "own",
      doc: "whose count: what this replica has in flight, or what the target reported last",
    },
  },
  primary: "ties",
  needs: ["weights"],
  alsoNeeds: ({ by }) => [by === "own" ? "in-flight" : "reports"],
  create: (view, { ties, by }, random) =>
    by === "own"
      ? new LeastOwn(view, (pool) => pool.inFlight, ties, random)
      : new LeastReported(view, (pool) => pool.reportedInFlight, ties, random),
});
