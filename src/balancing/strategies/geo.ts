import { NONE } from "../../units.ts";
import { defineStrategy } from "../strategy.ts";
import type { PoolView, RequestView, Strategy } from "../strategy.ts";
import { ByOrigin } from "./parts/distances.ts";
import { Positions } from "./parts/least-index.ts";
import { TieTree } from "./parts/tie-tree.ts";

/** What one unit of each costs: 100 ms of round trip, full utilization, no healthy member. */
export interface GeoWeights {
  readonly latency: number;
  readonly utilization: number;
  readonly health: number;
}

/** Lower is better. Before the first report a target counts as idle. */
export function geoScore(
  weights: GeoWeights,
  target: { readonly roundTripMs: number; readonly utilization: number; readonly healthy: number },
): number {
  return (
    (weights.latency * target.roundTripMs) / 100 +
    weights.utilization * Math.max(0, target.utilization) +
    weights.health * (1 - target.healthy)
  );
}

interface Scores {
  readonly tree: TieTree;
  turn: number;
}

class Geo implements Strategy {
  private readonly view: PoolView;
  private readonly weights: GeoWeights;
  private readonly positions = new Positions();
  private readonly scores: ByOrigin<Scores>;

  constructor(view: PoolView, weights: GeoWeights) {
    this.view = view;
    this.weights = weights;
    this.scores = new ByOrigin((origin) => this.scoresFrom(origin));
  }

  membershipChanged(): void {
    this.positions.rebuild(this.view);
    this.scores.clear();
  }

  reported(slot: number): void {
    const at = this.positions.of(slot);
    if (at === NONE) return;
    this.scores.forEach((scores, origin) => scores.tree.set(at, this.score(slot, origin)));
  }

  pick(request: RequestView): number {
    const scores = this.scores.of(request.origin);
    const { tree } = scores;
    if (scores.turn >= tree.ties) scores.turn = 0;
    return this.view.usable[tree.nth(tree.ties === 1 ? 0 : scores.turn++)];
  }

  private scoresFrom(origin: number): Scores {
    const { size, usable } = this.view;
    const tree = new TieTree();
    tree.reset(size);
    for (let i = 0; i < size; i++) tree.set(i, this.score(usable[i], origin));
    return { tree, turn: 0 };
  }

  private score(slot: number, origin: number): number {
    const { view } = this;
    return geoScore(this.weights, {
      roundTripMs: view.roundTripMs(slot, origin),
      utilization: view.reportedUtilization[slot],
      healthy: view.reportedHealthy[slot],
    });
  }
}

/**
 * The target of the lowest score = latency × round trip / 100 ms + utilization × u + health × (1 −
 * h), where u is the reported utilization (0 before the first report) and h the reported share of
 * healthy members.
 *
 * The formula is ours; the idea is that of global balancers that weigh distance against demand and
 * health, as Akamai's mapping system is described. All clients of one origin run to one target
 * until a report changes the order: with few, late reports it herds. Cost: O(log n) a pick and, for
 * each origin, a report; O(n) for each origin once after a change. Left open: ties, which take
 * turns for each origin by itself.
 */
export const geo = defineStrategy({
  name: "geo",
  summary: "the target of the lowest score of latency, utilization and health",
  follows: "ours; in idea Nygren et al., The Akamai Network, ACM SIGOPS OSR 44(3), 2010",
  fields: {
    latency: { kind: "number", min: 0, default: 1, doc: "what 100 ms of round trip cost" },
    utilization: { kind: "number", min: 0, default: 1, doc: "what full utilization costs" },
    health: { kind: "number", min: 0, default: 1, doc: "what the loss of all members costs" },
  },
  primary: "latency",
  needs: ["round-trip", "reports"],
  create: (view, settings) => new Geo(view, settings),
});
