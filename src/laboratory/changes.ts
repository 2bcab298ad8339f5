/** Changes of a pool as the user writes them (`remove:random:3`), and the pools that they make. */
import type { Members } from "../hashing/placement.ts";
import { RandomStreams } from "../random/streams.ts";
import { checkNodes, checkWeight, LaboratoryError, numbered, Nodes } from "./pool.ts";
import type { PoolNode } from "./pool.ts";

/** One way that a change can go: the pools after each of its steps. */
export type Course = readonly Members[];

export interface Change {
  /** As written. */
  readonly text: string;
  /** In words, for a table's head. */
  readonly words: string;
  /** One; or as many as were drawn where chance decides. */
  readonly courses: readonly Course[];
}

export interface Plan {
  readonly nodes: Nodes;
  readonly before: Members;
  readonly changes: readonly Change[];
}

export interface PlanOptions {
  readonly seed: number;
  /** How often each `random` is drawn. */
  readonly draws: number;
}

export const CHANGE_FORMS = "add:2, remove:NODE, remove:random:3, weight:NODE=2 or return:NODE";

/** Draws × nodes: every draw has a pool of its own. */
const MOST_DRAWN = 20_000_000;

/** Throws `LaboratoryError`. O((nodes + changes × draws) × nodes). */
export function planChanges(
  pool: readonly PoolNode[],
  texts: readonly string[],
  options: PlanOptions,
): Plan {
  checkNodes(pool);
  const parsed = texts.map((text) => parseChange(text, pool));
  // Every name gets its label before the first pool is made, since arrays are as long as labels go.
  const names = [...new Set([...pool, ...parsed.flatMap(({ added }) => added)].map(nameOf))];
  const labels = new Map(names.map((name, label) => [name, label]));
  const nodes = new Nodes(names);
  const present = pool.map((_, label) => label);
  const weights = new Float64Array(names.length);
  for (const [label, { weight }] of pool.entries()) weights[label] = weight;
  const changes = parsed.map((change): Change => {
    const { text, words, random } = change;
    const draws = random === 0 ? 1 : options.draws;
    if (draws * pool.length > MOST_DRAWN) {
      const most = Math.max(1, Math.floor(MOST_DRAWN / pool.length));
      const what = `${draws} draws of ${pool.length} nodes take too much memory`;
      throw new LaboratoryError(`${what}: take at most ${most} draws`);
    }
    const courses = Array.from({ length: draws }, (_, draw) => {
      const chosen = random === 0 ? change.named : drawn(present.length, change, draw, options);
      return courseOf(change, chosen, { nodes, labels, present, weights });
    });
    return { text, words, courses };
  });
  return { nodes, before: nodes.members(present, weights), changes };
}

const nameOf = ({ name }: PoolNode): string => name;

type Kind = "add" | "remove" | "weight" | "return";

interface ParsedChange {
  readonly text: string;
  readonly words: string;
  readonly kind: Kind;
  readonly added: readonly PoolNode[];
  /** Labels, but for `add`. */
  readonly named: readonly number[];
  /** So many are drawn instead; 0: they are named. */
  readonly random: number;
  /** The new one, for `weight`. */
  readonly weight: number;
}

const KINDS: readonly Kind[] = ["add", "remove", "weight", "return"];

function parseChange(text: string, pool: readonly PoolNode[]): ParsedChange {
  const at = text.indexOf(":");
  const kind = KINDS.find((each) => each === text.slice(0, at));
  if (kind === undefined) {
    throw new LaboratoryError(`--change "${text}" is no change, write ${CHANGE_FORMS}`);
  }
  const rest = text.slice(at + 1);
  const base = { text, kind, added: [], named: [], random: 0, weight: 1 };
  if (kind === "add") {
    const added = addedNodes(text, rest, pool);
    return { ...base, added, words: `add ${listed(added.map(nameOf))}` };
  }
  const [who, weight] = kind === "weight" ? splitWeight(text, rest) : [rest, 1];
  if (kind === "weight") checkWeight(who, weight);
  const { named, random } = chosenNodes(text, who, pool);
  const whom = random > 0 ? `${random} at random` : listed(named.map((label) => pool[label].name));
  const words = {
    remove: `remove ${whom}`,
    weight: `weight of ${whom}: ${weight}`,
    return: `remove ${whom}, and back`,
  };
  return { ...base, named, random, weight, words: words[kind] };
}

const MOST_LISTED = 3;
const listed = (names: readonly string[]): string =>
  names.length <= MOST_LISTED
    ? names.join(", ")
    : `${names.slice(0, MOST_LISTED - 1).join(", ")} and ${names.length - MOST_LISTED + 1} more`;

/** `NODE=2`: the last sign, since a name may hold one. */
function splitWeight(text: string, rest: string): [who: string, weight: number] {
  const at = rest.lastIndexOf("=");
  const weight = at < 0 ? NaN : numberIn(rest.slice(at + 1));
  if (at > 0 && !Number.isNaN(weight)) return [rest.slice(0, at), weight];
  throw new LaboratoryError(`--change "${text}" gives no weight, write weight:NODE=2`);
}

const numberIn = (text: string): number =>
  /^[+-]?\d[\d_]*(\.\d+)?$/.test(text) ? Number(text.replaceAll("_", "")) : NaN;

/** `add:2`, `add:x,y`, each with `=3` behind for another weight than 1. */
function addedNodes(text: string, rest: string, pool: readonly PoolNode[]): PoolNode[] {
  const [who, weight] = /=[^=]*$/.test(rest) ? splitWeight(text, rest) : [rest, 1];
  checkWeight(who, weight);
  const known = new Set(pool.map(nameOf));
  const count = numberIn(who);
  if (count > 0 && Number.isInteger(count))
    return freshNames(count, known).map((name) => ({ name, weight }));
  const names = who.split(",");
  // No node is meant by the name of −1.
  if (who === "" || !Number.isNaN(count)) {
    throw new LaboratoryError(`--change "${text}" adds nothing, write add:1 or add:NAME`);
  }
  const twice = names.find((name, index) => known.has(name) || names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new LaboratoryError(`--change "${text}": ${twice} is in the pool already`);
  }
  const added = names.map((name) => ({ name, weight }));
  checkNodes(added);
  return added;
}

/** Numbered on from the pool's size; `known` names are passed over. */
function freshNames(count: number, known: ReadonlySet<string>): string[] {
  if (count > MOST_ADDED) {
    throw new LaboratoryError(`${count} nodes are too many to add, take at most ${MOST_ADDED}`);
  }
  const names: string[] = [];
  for (let number = known.size + 1; names.length < count; number++) {
    if (!known.has(numbered(number))) names.push(numbered(number));
  }
  return names;
}
const MOST_ADDED = 100_000;

/** A node's name goes before the words `first`, `last` and `random`. */
function chosenNodes(
  text: string,
  who: string,
  pool: readonly PoolNode[],
): { readonly named: readonly number[]; readonly random: number } {
  const labels = new Map(pool.map(({ name }, label) => [name, label]));
  const whole = labels.get(who);
  if (whole !== undefined) return { named: [whole], random: 0 };
  if (who === "first") return { named: [0], random: 0 };
  if (who === "last") return { named: [pool.length - 1], random: 0 };
  const random = /^random(?::(\d+))?$/.exec(who);
  if (random !== null) {
    const count = Number(random[1] ?? 1);
    if (count >= 1 && count <= pool.length) return { named: [], random: count };
    const would = `draw 1 to ${pool.length}`;
    throw new LaboratoryError(`--change "${text}": the pool has ${pool.length} nodes, ${would}`);
  }
  const named = who.split(",").map((name) => {
    const label = labels.get(name);
    if (label !== undefined) return label;
    const some = listed(pool.map(nameOf));
    throw new LaboratoryError(
      `--change "${text}": no node is called "${name}", the pool has ${some}`,
    );
  });
  return { named: [...new Set(named)], random: 0 };
}

/** Without replacement, from a stream of its own. O(nodes). */
function drawn(
  size: number,
  { text, random }: ParsedChange,
  draw: number,
  { seed }: PlanOptions,
): number[] {
  const stream = new RandomStreams(seed).named(`laboratory/${text}/${draw}`);
  const labels = Array.from({ length: size }, (_, label) => label);
  for (let i = 0; i < random; i++) {
    const other = i + stream.below(size - i);
    [labels[i], labels[other]] = [labels[other], labels[i]];
  }
  return labels.slice(0, random);
}

interface Before {
  readonly nodes: Nodes;
  readonly labels: ReadonlyMap<string, number>;
  readonly present: readonly number[];
  readonly weights: Float64Array;
}

function courseOf(
  change: ParsedChange,
  chosen: readonly number[],
  { nodes, labels, present, weights }: Before,
): Course {
  const after = Float64Array.from(weights);
  if (change.kind === "add") {
    const added = change.added.map(({ name }) => labels.get(name) ?? 0);
    for (const [index, label] of added.entries()) after[label] = change.added[index].weight;
    return [nodes.members([...present, ...added], after)];
  }
  if (change.kind === "weight") {
    for (const label of chosen) after[label] = change.weight;
    return [nodes.members(present, after)];
  }
  const gone = new Set(chosen);
  const others = present.filter((label) => !gone.has(label));
  if (others.length === 0) {
    throw new LaboratoryError(`--change "${change.text}" leaves no node, the pool is empty`);
  }
  const without = nodes.members(others, weights);
  if (change.kind === "remove") return [without];
  // What comes back joins last, as a machine that was repaired does.
  return [without, nodes.members([...others, ...chosen], weights)];
}
