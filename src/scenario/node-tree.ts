/**
 * The nodes of a scenario as its events change them: what a pattern matches depends on when it is
 * asked.
 */
import { matchPattern } from "./patterns.ts";
import type { Match, PatternMachines, PatternNode } from "./patterns.ts";
import type { BalancerSpec, MachinesSpec } from "./scenario.ts";
import type { Parsed } from "./units.ts";

export type NodeMatch = Match<BalancerSpec | MachinesSpec>;

interface LiveGroup extends PatternMachines<BalancerSpec | MachinesSpec> {
  readonly numbers: number[];
  readonly source: MachinesSpec;
}
interface LiveBalancer extends PatternNode<BalancerSpec | MachinesSpec> {
  readonly source: BalancerSpec;
  readonly targets: (LiveBalancer | LiveGroup)[];
}

export class NodeTree {
  readonly root: LiveBalancer;
  private readonly byPath = new Map<string, LiveBalancer>();
  private readonly parents = new Map<string, LiveBalancer>();
  private readonly next = new Map<string, number>();

  constructor(root: BalancerSpec) {
    this.root = this.grow(root);
  }

  private grow(spec: BalancerSpec): LiveBalancer {
    const { name, path } = spec;
    const targets: (LiveBalancer | LiveGroup)[] = [];
    const node: LiveBalancer = { kind: "balancer", name, path, source: spec, targets };
    this.byPath.set(path, node);
    this.next.set(path, 1);
    for (const target of spec.targets) {
      if (target.kind === "machines") this.join(path, target);
      else {
        const child = this.grow(target);
        this.parents.set(child.path, node);
        targets.push(child);
      }
    }
    return node;
  }

  balancer(path: string): LiveBalancer | undefined {
    return this.byPath.get(path);
  }

  /** What the pattern names now, or why it names nothing. */
  match(pattern: string): Parsed<readonly NodeMatch[]> {
    return matchPattern<BalancerSpec | MachinesSpec>(pattern, this.root);
  }

  /**
   * The number of the next machine to join that balancer; numbers of machines that left are not
   * used again.
   */
  nextNumber(path: string): number {
    return this.next.get(path) ?? 1;
  }

  join(path: string, group: MachinesSpec): void {
    const numbers = Array.from({ length: group.count }, (_, i) => group.first + i);
    this.byPath.get(path)?.targets.push({ kind: "machines", numbers, source: group });
    this.next.set(path, Math.max(this.nextNumber(path), group.first + group.count));
  }

  leave(match: NodeMatch): void {
    if (match.kind === "machine") {
      for (const target of this.byPath.get(match.parent.path)?.targets ?? []) {
        const at = target.kind === "machines" ? target.numbers.indexOf(match.number) : -1;
        if (target.kind === "machines" && at >= 0) target.numbers.splice(at, 1);
      }
      return;
    }
    const siblings = this.parents.get(match.path)?.targets ?? [];
    const at = siblings.findIndex((one) => one.kind === "balancer" && one.path === match.path);
    if (at >= 0) siblings.splice(at, 1);
  }

  /** Every machine at or below the match, as matches. */
  machinesOf(match: NodeMatch): NodeMatch[] {
    if (match.kind === "machine") return [match];
    const { node } = match;
    return node.targets.flatMap((target) => {
      if (target.kind === "balancer") {
        return this.machinesOf({ kind: "balancer", path: target.path, node: target });
      }
      return Array.from(target.numbers, (number): NodeMatch => {
        const path = `${node.path}/${number}`;
        return { kind: "machine", path, number, group: target, parent: node };
      });
    });
  }
}
