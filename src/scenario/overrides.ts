/**
 * Settings changed from outside (`--set path=value`, `compare`, `--vary`), on the tree before it is
 * read: what comes out is checked like anything that was written in the file.
 */
import { parseYaml } from "./parse-yaml.ts";
import { allBalancers, matchPattern, numberRange, splitSettingPath } from "./patterns.ts";
import type { PatternMachines, PatternNode } from "./patterns.ts";
import { Problems, quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import { balancerShape, machinesShape } from "./shapes-tree.ts";
import { scenarioShape } from "./shapes.ts";
import { didYouMean } from "./suggest.ts";
import type { ListNode, MapNode, TreeNode } from "./tree.ts";
import { mapNode, relocated, textNode, valueOf, withEntry } from "./tree.ts";
import { parseQuantity } from "./units.ts";

export interface Override {
  readonly path: string;
  /** YAML flow text: `maglev`, `{ power-of-d: 3 }`, `8_000/s`. */
  readonly value: string;
  /** Named in problems; by default `--set path`. */
  readonly from?: string;
}
/** An override whose value has been parsed. */
export interface Change {
  readonly path: string;
  readonly value: TreeNode;
  /** Where the path stands. */
  readonly at: Position;
}

/** Null after a problem. */
export function parseOverride(override: Override, problems: Problems): Change | null {
  const at = { file: override.from ?? `--set ${override.path}`, line: 0, column: 0 };
  if (override.path === "") {
    problems.error(
      { ...at, file: override.from ?? "--set" },
      "no setting is named",
      "write path=value",
    );
    return null;
  }
  // The text has no lines of its own: its problems are told at the override.
  const inner = new Problems();
  const value = parseYaml(at.file, override.value, inner);
  for (const problem of inner.sorted()) problems.add({ ...problem, ...at });
  return value === null || inner.failed
    ? null
    : { path: override.path, value: relocated(value, at), at };
}

/** The tree with the change made; the same tree after a problem. */
export function applyChange(tree: MapNode, change: Change, problems: Problems): MapNode {
  const parts = splitSettingPath(change.path);
  const [head] = parts;
  if (!head.includes("/") && Object.hasOwn(scenarioShape, head)) {
    if (head === "include") {
      problems.error(change.at, "include cannot be set from outside", "set what the file holds");
      return tree;
    }
    return setInMap(tree, parts, change, problems);
  }
  const balancer = valueOf(tree, "balancer");
  if (balancer?.type !== "map") {
    const what = `no setting is called ${quote(change.path)}`;
    problems.error(change.at, what, didYouMean(head, Object.keys(scenarioShape)));
    return tree;
  }
  const root = patternTree(balancer, "");
  if (parts.length < 2 || parts[1] === "") {
    const known = [...Object.keys(scenarioShape), ...allBalancers(root).map((node) => node.name)];
    const isNode = matchPattern(head, root).ok;
    const would = isNode ? `write for example ${head}.strategy` : didYouMean(head, known);
    problems.error(change.at, `no setting is called ${quote(change.path)}`, would);
    return tree;
  }
  const changed = setOnNodes(root, head, parts.slice(1), change, problems);
  return changed === null ? tree : withEntry(tree, "balancer", changed);
}

/** `path` below `node` set; `*` stands for every entry, numbers (from 1) for items. */
function setIn(
  node: TreeNode | undefined,
  path: readonly string[],
  change: Change,
  problems: Problems,
): TreeNode {
  if (path.length === 0) return change.value;
  if (node?.type === "list") return setInList(node, path, change, problems);
  // A text gives way to a map: fra.strategy.ring-hash.nodes where the file says ring-hash alone.
  const map = node?.type === "map" ? node : mapNode([], change.at);
  return setInMap(map, path, change, problems);
}

/** Maps come into being on the way. */
function setInMap(
  node: MapNode,
  path: readonly string[],
  change: Change,
  problems: Problems,
): MapNode {
  const [key, ...rest] = path;
  const keys = key === "*" ? [...node.entries.keys()] : [key];
  if (keys.length === 0) {
    problems.error(change.at, `${quote(change.path)} matches nothing`, "there is no such entry");
  }
  let map = node;
  for (const each of keys) {
    const below = map.entries.get(each)?.value;
    map = withEntry(map, each, setIn(below, rest, change, problems));
  }
  return map;
}

function setInList(
  node: ListNode,
  [key, ...rest]: readonly string[],
  change: Change,
  problems: Problems,
): TreeNode {
  const number = /^\d{1,6}$/.test(key) ? Number(key) : 0;
  if (key !== "*" && (number < 1 || number > node.items.length)) {
    const would = `there are ${node.items.length}, counted from 1`;
    problems.error(change.at, `${quote(change.path)} matches nothing`, would);
    return node;
  }
  const items = node.items.map((item, index) => {
    return key === "*" || index === number - 1 ? setIn(item, rest, change, problems) : item;
  });
  return { ...node, items };
}

/**
 * The balancers of the unread tree. Wrong parts of it are told when it is read; here they are
 * passed over.
 */
function patternTree(balancer: MapNode, above: string): PatternNode<MapNode> {
  const written = valueOf(balancer, "name");
  const name = written?.type === "text" ? written.text : above === "" ? DEFAULT_ROOT : "";
  const path = above === "" ? name : `${above}/${name}`;
  const targets: (PatternNode<MapNode> | PatternMachines<MapNode>)[] = [];
  const list = valueOf(balancer, "targets");
  let next = 1;
  for (const item of list?.type === "list" ? list.items : []) {
    if (item.type !== "map") continue;
    if (!item.entries.has("machines")) {
      targets.push(patternTree(item, path));
      continue;
    }
    const count = machineCount(item);
    targets.push({ kind: "machines", numbers: numberRange(next, count), source: item });
    next += count;
  }
  return { kind: "balancer", name, path, source: balancer, targets };
}
/** The root's name where it has none. */
export const DEFAULT_ROOT = "global";

function machineCount(group: MapNode): number {
  const node = valueOf(group, "machines");
  const parsed = node?.type === "text" ? parseQuantity(node.text, "count") : null;
  return parsed?.ok === true && parsed.value >= 1 ? Math.min(parsed.value, 1_000_000) : 1;
}

function setOnNodes(
  root: PatternNode<MapNode>,
  pattern: string,
  path: readonly string[],
  change: Change,
  problems: Problems,
): MapNode | null {
  const matched = matchPattern(pattern, root);
  if (!matched.ok) {
    problems.error(change.at, matched.what, matched.would);
    return null;
  }
  const [field] = path;
  const forBalancers = Object.hasOwn(balancerShape, field);
  const forMachines = Object.hasOwn(machinesShape, field);
  if (!forBalancers && !forMachines) {
    const known = [...new Set([...Object.keys(balancerShape), ...Object.keys(machinesShape)])];
    problems.error(
      change.at,
      `no setting of a node is called ${quote(field)}`,
      didYouMean(field, known),
    );
    return null;
  }
  const balancers = new Set<PatternNode<MapNode>>();
  const machines = new Map<PatternMachines<MapNode>, Set<number>>();
  for (const match of matched.value) {
    if (match.kind === "balancer") {
      if (forBalancers) balancers.add(match.node);
      else if (field === "machines") oneGroup(match.node, machines);
    } else if (forMachines && field !== "machines") {
      const numbers = machines.get(match.group) ?? new Set();
      machines.set(match.group, numbers.add(match.number));
    }
  }
  if (balancers.size + machines.size === 0) {
    const would = forBalancers
      ? "it is a setting of balancers"
      : `write ${pattern}/*.${path.join(".")}`;
    const what = `${quote(pattern)} has no setting ${quote(field)} of its own`;
    problems.error(
      change.at,
      what,
      field === "machines" ? "it has not one group of machines" : would,
    );
    return null;
  }
  return rebuilt(root, { balancers, machines, path, change, problems });
}

/** `fra.machines` sets the size of fra's group where it has one alone. */
function oneGroup(
  node: PatternNode<MapNode>,
  into: Map<PatternMachines<MapNode>, Set<number>>,
): void {
  const groups = node.targets.filter((target) => target.kind === "machines");
  if (groups.length === 1) into.set(groups[0], new Set(groups[0].numbers));
}

interface NodeChange {
  readonly balancers: ReadonlySet<PatternNode<MapNode>>;
  readonly machines: ReadonlyMap<PatternMachines<MapNode>, ReadonlySet<number>>;
  readonly path: readonly string[];
  readonly change: Change;
  readonly problems: Problems;
}

function rebuilt(node: PatternNode<MapNode>, what: NodeChange): MapNode {
  let map = node.source;
  const list = valueOf(map, "targets");
  if (list?.type === "list") {
    const targets = new Map(node.targets.map((target) => [target.source as TreeNode, target]));
    const items = list.items.flatMap((item) => {
      const target = targets.get(item);
      if (target === undefined) return [item];
      return target.kind === "balancer" ? [rebuilt(target, what)] : regrouped(target, what);
    });
    map = withEntry(map, "targets", { ...list, items });
  }
  if (!what.balancers.has(node)) return map;
  return setInMap(map, what.path, what.change, what.problems);
}

/** A group whose machines are not all meant falls into groups, each of which is or is not. */
function regrouped(group: PatternMachines<MapNode>, what: NodeChange): TreeNode[] {
  const meant = what.machines.get(group);
  if (meant === undefined) return [group.source];
  const set = (node: MapNode): TreeNode => setIn(node, what.path, what.change, what.problems);
  if (meant.size === group.numbers.length) return [set(group.source)];
  const runs: { is: boolean; count: number }[] = [];
  for (const number of group.numbers) {
    const is = meant.has(number);
    const last = runs[runs.length - 1];
    if (last?.is === is) last.count++;
    else runs.push({ is, count: 1 });
  }
  return runs.map(({ is, count }) => {
    const at = valueOf(group.source, "machines")?.at ?? group.source.at;
    const part = withEntry(group.source, "machines", textNode(String(count), at));
    return is ? set(part) : part;
  });
}
