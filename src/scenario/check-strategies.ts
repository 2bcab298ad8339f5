/**
 * What of a strategy shows only with the targets that it gets, at the start and after each event:
 * a Maglev table smaller than the pool, a ring of more points than memory has room for.
 */
import type { MemberGroup } from "../balancing/strategy.ts";
import type { Chosen } from "../definition.ts";
import type { NodeMatch, NodeTree } from "./node-tree.ts";
import { registries } from "./registries.ts";

/** Why the strategy cannot serve these targets, or null. */
export function strategyProblem(strategy: Chosen, members: readonly MemberGroup[]): string | null {
  const entry = registries.strategies.find(({ name }) => name === strategy.kind);
  return entry?.check?.(strategy.settings, members) ?? null;
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
    const members: MemberGroup[] = node.targets.map((target) => {
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
