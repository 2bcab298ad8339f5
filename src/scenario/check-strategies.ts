/**
 * What of a strategy shows only with the targets that it gets, at the start and after each event:
 * a Maglev table smaller than the pool, a ring of more points than memory has room for.
 */
import type { Chosen } from "../definition.ts";
import type { NodeMatch, NodeTree } from "./node-tree.ts";
import { registries } from "./registries.ts";
import { formatNumber } from "./words.ts";

/** So many targets of one weight. */
export interface Members {
  readonly count: number;
  readonly weight: number;
}

/** The most points that a ring takes. */
const MOST_POINTS = 2 ** 25;

/** Why the strategy cannot serve these targets, or null. */
export function strategyProblem(strategy: Chosen, members: readonly Members[]): string | null {
  const entry = registries.strategies.find(({ name }) => name === strategy.kind);
  if (entry === undefined) return null;
  const targets = members.reduce((sum, { count }) => sum + count, 0);
  const wrong = entry.check?.(strategy.settings, targets) ?? null;
  return wrong ?? (strategy.kind === "ring-hash" ? tooManyPoints(strategy, members) : null);
}

function tooManyPoints({ settings }: Chosen, members: readonly Members[]): string | null {
  const nodes = Number(settings["nodes"]);
  let points = 0;
  // As the ring counts them: rounded, at least one.
  for (const { count, weight } of members) {
    points += count * Math.max(1, Math.floor(nodes * weight + 0.5));
  }
  if (points <= MOST_POINTS) return null;
  const [all, most] = [points, MOST_POINTS].map(formatNumber);
  return `${nodes} virtual nodes × the targets' weights are ${all} points, more than ${most}`;
}

/** Which strategy each balancer has, and what its targets weigh, as events change them. */
export class LiveStrategies {
  private readonly now: NodeTree;
  private readonly strategies = new Map<string, Chosen>();
  /** Weights that events set: by balancer, then by the target's path. */
  private readonly weights = new Map<string, Map<string, { base: number; weight: number }>>();

  constructor(now: NodeTree) {
    this.now = now;
  }

  /** The balancer has another strategy from now on. Its problem, if any. */
  choose(match: NodeMatch, strategy: Chosen): string | null {
    this.strategies.set(match.path, strategy);
    return this.problem(match.path);
  }

  /** The targets weigh so much from now on. The first balancer's problem, if any. */
  reweigh(matches: readonly NodeMatch[], weight: number): string | null {
    const parents = new Set<string>();
    for (const match of matches) {
      const parent = parentPath(match.path);
      const set = this.weights.get(parent) ?? new Map<string, { base: number; weight: number }>();
      const source = match.kind === "machine" ? match.group.source : match.node.source;
      set.set(match.path, { base: source.weight, weight });
      this.weights.set(parent, set);
      parents.add(parent);
    }
    for (const parent of parents) {
      const wrong = this.problem(parent);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  left(match: NodeMatch): void {
    this.weights.get(parentPath(match.path))?.delete(match.path);
  }

  /** Of the balancer as it stands now: `ring-hash: …`. */
  problem(path: string): string | null {
    const node = this.now.balancer(path);
    if (node === undefined) return null;
    const members: Members[] = node.targets.map((target) => {
      const count = target.kind === "machines" ? target.numbers.length : 1;
      return { count, weight: target.source.weight };
    });
    for (const { base, weight } of this.weights.get(path)?.values() ?? []) {
      members.push({ count: -1, weight: base }, { count: 1, weight });
    }
    const strategy = this.strategies.get(path) ?? node.source.strategy;
    const wrong = strategyProblem(strategy, members);
    return wrong === null ? null : `${strategy.kind}: ${wrong}`;
  }
}

function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
