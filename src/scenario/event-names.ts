/**
 * What the names in events stand for: nodes at the event's time, links between places, client
 * regions.
 */
import type { NodeMatch, NodeTree } from "./node-tree.ts";
import { allBalancers } from "./patterns.ts";
import { quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import type { EventContext } from "./read-events.ts";
import type { BalancerSpec, MachinesSpec, ReplicaName, ResponseCacheSpec } from "./scenario.ts";
import { balancerShape } from "./shapes-tree.ts";
import { didYouMean } from "./suggest.ts";
import type { TextNode, TreeNode } from "./tree.ts";
import { typeInWords } from "./tree.ts";

const MOST_REPLICAS = balancerShape.replicas.max;
const MOST_NAMED = 2_000_000;

type NodesTest = (match: NodeMatch) => boolean;

export class EventNames {
  private readonly context: EventContext;
  private readonly now: NodeTree;
  private named = 0;
  /** Replicas that joined, by balancer. */
  private readonly added = new Map<string, number>();

  constructor(context: EventContext, now: NodeTree) {
    this.context = context;
    this.now = now;
  }

  private error(at: Position, what: string, would = ""): void {
    this.context.reading.problems.error(at, what, would);
  }

  machines(node: TreeNode | null): string[] {
    const matches = this.nodes(node, () => true, "a node");
    if (node === null) return [];
    const paths = matches.flatMap((match) => this.now.machinesOf(match).map(({ path }) => path));
    return this.withinReason(node.at, paths.length) ? [...new Set(paths)] : [];
  }

  /** Events over stars over many machines would fill the memory. */
  private withinReason(at: Position, more: number): boolean {
    const before = this.named;
    this.named += more;
    if (this.named <= MOST_NAMED) return true;
    if (before <= MOST_NAMED) {
      this.error(
        at,
        `the events name more than ${MOST_NAMED} nodes together`,
        "name balancers instead",
      );
    }
    return false;
  }

  /** Balancers with a response cache. Suggestions name these alone: no other can be meant. */
  caching(node: TreeNode | null): NodeMatch[] {
    return this.nodes(node, hasCache, "a balancer with a response cache", (pattern) => {
      const all = allBalancers<BalancerSpec | MachinesSpec>(this.now.root);
      const able = all.filter((one) => hasCache({ kind: "balancer", path: one.path, node: one }));
      if (able.length === 0) return "give one a cache: response-cache: { lru: 10_000 }";
      const once = new Set<string>();
      const shared = new Set<string>();
      for (const { name } of all) (once.has(name) ? shared : once).add(name);
      const names = able.map(({ name, path }) => (shared.has(name) ? path : name));
      // `top/web#2`: one replica's cache cannot be purged alone, so its balancer is what is near.
      return didYouMean(pattern.replace(/^.*\/|#.*$/gs, ""), names);
    });
  }

  /**
   * All nodes of one pattern or a list of them that pass the test; `wanted` says what would.
   * @param instead what would be right, where that is not any other node
   */
  nodes(
    node: TreeNode | null,
    passes: NodesTest,
    wanted: string,
    instead?: (pattern: string) => string,
  ): NodeMatch[] {
    if (node === null) return [];
    const found = new Map<string, NodeMatch>();
    for (const item of node.type === "list" ? node.items : [node]) {
      if (item.type !== "text") {
        this.error(item.at, `a pattern is ${typeInWords(item)}`, "write for example fra/3");
        continue;
      }
      const matches = this.matches(item, item.text, passes, wanted, instead);
      for (const match of matches) found.set(match.path, match);
    }
    return [...found.values()];
  }

  matches(
    node: TextNode,
    pattern: string,
    passes: NodesTest,
    wanted: string,
    instead?: (pattern: string) => string,
  ): NodeMatch[] {
    if (this.named > MOST_NAMED) return [];
    const matched = this.now.match(pattern);
    if (!matched.ok) {
      this.error(node.at, matched.what, instead?.(pattern) ?? matched.would);
      return [];
    }
    if (!this.withinReason(node.at, matched.value.length)) return [];
    // A lone star means the machines where both would do: all balancers with them would be
    // everything twice.
    const machines = matched.value.filter((match) => match.kind === "machine" && passes(match));
    if (pattern === "*" && machines.length > 0) return machines;
    const fitting = matched.value.filter(passes);
    if (fitting.length === 0) {
      const would = instead?.(pattern) ?? "name another node";
      this.error(node.at, `${quote(pattern)} is not ${wanted}`, would);
    }
    return fitting;
  }

  link(field: string, node: TreeNode | null): readonly [number, number] | null {
    if (node === null) return null;
    const would = "write two places: [frankfurt, london]";
    if (node.type !== "list" || node.items.length !== 2) {
      this.error(node.at, `${field} does not name two places`, would);
      return null;
    }
    const used = this.context.geography.places().map(({ name }) => name);
    const [one, other] = node.items.map((item) => {
      const index = item.type === "text" ? used.indexOf(item.text) : -1;
      if (index < 0) {
        const name = item.type === "text" ? quote(item.text) : typeInWords(item);
        const near = item.type === "text" ? didYouMean(item.text, used) : would;
        this.error(item.at, `nothing of this scenario stands at ${name}`, near);
      }
      return index;
    });
    if (one < 0 || other < 0) return null;
    if (one === other) {
      this.error(node.at, `${field} names one place twice`, would);
      return null;
    }
    return [one, other];
  }

  regions(node: TreeNode | null): string[] {
    if (node === null) return [];
    const known = this.context.clients.map(({ name }) => name);
    const chosen = new Set<string>();
    for (const item of node.type === "list" ? node.items : [node]) {
      const name = item.type === "text" ? item.text : "";
      if (name === "*") for (const each of known) chosen.add(each);
      else if (known.includes(name)) chosen.add(name);
      else
        this.error(item.at, `no client region is called ${quote(name)}`, didYouMean(name, known));
    }
    return [...chosen];
  }

  /**
   * Known classes of requests, each once, with where they are named.
   * @param listAt where the names stand; null: nothing is written
   */
  classes(node: TreeNode | null, listAt: Position | null): { name: string; at: Position }[] {
    const known = this.context.classes;
    const chosen = new Map<string, Position>();
    const items = node === null ? [] : node.type === "list" ? node.items : [node];
    for (const item of items) {
      const name = item.type === "text" ? item.text : "";
      if (known.includes(name)) chosen.set(name, item.at);
      else this.error(item.at, `no class is called ${quote(name)}`, didYouMean(name, known));
    }
    if (listAt !== null && items.length === 0) {
      this.error(listAt, "classes names no class", "name one, or leave classes out: all");
    }
    return [...chosen].map(([name, at]) => ({ name, at }));
  }

  /** `lb#2`, or a list: replicas that are there at the event's time. */
  replicas(node: TreeNode | null): ReplicaName[] {
    if (node === null) return [];
    return (node.type === "list" ? node.items : [node]).flatMap((item): ReplicaName[] => {
      const would = "write for example lb#2";
      const parts = item.type === "text" ? /^([^#]+)#(\d{1,4})$/.exec(item.text) : null;
      if (item.type !== "text" || parts === null) {
        const name = item.type === "text" ? quote(item.text) : typeInWords(item);
        this.error(item.at, `${name} is not a replica of a balancer`, would);
        return [];
      }
      const number = Number(parts[2]);
      const named = this.balancers(item, parts[1], "machines have no replicas");
      return named.flatMap((match): ReplicaName[] => {
        if (this.isDoor(match, item.at)) return [];
        const count = this.replicaCount(match);
        if (number >= 1 && number <= count) return [{ node: match.path, number }];
        this.error(item.at, `${match.path} has no replica ${number}`, `it has ${count}`);
        return [];
      });
    });
  }

  /** Each of these balancers has one more from now on. */
  moreReplicas(node: TreeNode | null): string[] {
    const matches = this.nodes(node, ({ kind }) => kind === "balancer", "a balancer");
    for (const match of matches) {
      const { path } = match;
      if (this.isDoor(match, node!.at)) continue;
      this.added.set(path, (this.added.get(path) ?? 0) + 1);
      const count = this.replicaCount(match);
      if (count <= MOST_REPLICAS) continue;
      this.error(node!.at, `${path} would have ${count} replicas`, `${MOST_REPLICAS} are the most`);
    }
    return matches.map(({ path }) => path);
  }

  /** Behind a front door clients go to its targets by themselves. */
  private isDoor(match: NodeMatch, at: Position): boolean {
    const { path, node } = match.kind === "balancer" ? match : { path: "", node: null };
    if (node?.source.kind !== "balancer" || node.source.frontDoor === undefined) return false;
    const what = `${path} has a front door and forwards nothing, so no replica of it can be missed`;
    this.error(at, what, "name a balancer beneath it");
    return true;
  }

  private replicaCount(match: NodeMatch): number {
    if (match.kind !== "balancer" || match.node.source.kind !== "balancer") return 0;
    return match.node.source.replicas + (this.added.get(match.path) ?? 0);
  }

  balancers(node: TextNode, pattern: string, why = "machines have no strategy"): NodeMatch[] {
    const matched = this.now.match(pattern);
    if (!matched.ok) {
      this.error(node.at, matched.what, matched.would);
      return [];
    }
    const found = matched.value.filter((match) => match.kind === "balancer");
    if (found.length === 0) {
      this.error(node.at, `${quote(pattern)} is not a balancer`, why);
    }
    return found;
  }
}

/** The response cache of what was matched, if it is a balancer that has one. */
export const cacheIn = (match: NodeMatch): ResponseCacheSpec | undefined =>
  match.kind === "balancer" && match.node.source.kind === "balancer"
    ? match.node.source.responseCache
    : undefined;

const hasCache: NodesTest = (match) => cacheIn(match) !== undefined;
