/** The nodes that structures are compared on: named, weighted, and changed. */
import { hashText } from "../hashing/text.ts";
import type { Members } from "../hashing/placement.ts";
import type { MemberGroup } from "../hashing/placement-definition.ts";

export interface PoolNode {
  readonly name: string;
  /** > 0. */
  readonly weight: number;
}

/** A number of the user's that is wrong, a name that is twice there: told in one line. */
export class LaboratoryError extends Error {
  override name = "LaboratoryError";
}

/** As many as a placement structure sorts at once (`byIdentity`), with room for what joins. */
export const MOST_NODES = 1_000_000;
/** The same as in a scenario: beyond it shares of the others fall below any sample. */
export const MOST_WEIGHT = 1_000_000;
/** Shares below a millionth of the greatest weight are nobody's intention. */
export const LEAST_WEIGHT = 1e-6;

/** `node-1` … `node-16`. */
export const numberedNodes = (count: number): PoolNode[] =>
  Array.from({ length: count }, (_, i) => ({ name: numbered(i + 1), weight: 1 }));

export const numbered = (number: number): string => `node-${number}`;

/** Throws `LaboratoryError` where the nodes are no pool. O(n). */
export function checkNodes(nodes: readonly PoolNode[]): void {
  if (nodes.length === 0) throw new LaboratoryError("the pool is empty, name at least one node");
  if (nodes.length > MOST_NODES) {
    throw new LaboratoryError(`${nodes.length} nodes are too many, take at most ${MOST_NODES}`);
  }
  const seen = new Map<string, number>();
  for (const [index, { name, weight }] of nodes.entries()) {
    const wrong = nodeProblem(name, weight);
    if (wrong !== null) throw new LaboratoryError(wrong);
    const before = seen.get(name);
    if (before !== undefined) {
      throw new LaboratoryError(
        `two nodes are called ${name} (${before + 1} and ${index + 1} of the list), ` +
          "to every hash they would be one",
      );
    }
    seen.set(name, index);
  }
}

/** Throws `LaboratoryError`. */
export function checkWeight(name: string, weight: number): void {
  const wrong = weightProblem(name, weight);
  if (wrong !== null) throw new LaboratoryError(wrong);
}

/** What is wrong with a node by itself; null: nothing. */
export function nodeProblem(name: string, weight: number): string | null {
  if (name.trim() === "") return "a node has an empty name";
  if (/\p{Cc}/u.test(name)) return "a node's name holds a control character, write plain text";
  return weightProblem(name, weight);
}

function weightProblem(name: string, weight: number): string | null {
  if (weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT) return null;
  return `the weight of ${name} is ${weight}, write a number from 0.000001 to ${MOST_WEIGHT}`;
}

/**
 * All nodes that one comparison knows, present or not. A label is the place in this list, so it
 * stays with a node through every change.
 */
export class Nodes {
  readonly names: readonly string[];
  private readonly identities: Int32Array;

  constructor(names: readonly string[]) {
    this.names = names;
    this.identities = Int32Array.from(names, (name) => hashText(name));
  }

  /** `present`: labels in order of joining; `weights`: by label. */
  members(present: readonly number[], weights: Float64Array): Members {
    return {
      size: present.length,
      usable: present,
      slots: this.names.length,
      identity: this.identities,
      weight: weights,
      ordinal: Int32Array.from(this.names, (_, label) => label),
      path: (label) => this.names[label],
    };
  }
}

/** As a structure's own check wants them: so many of each weight. */
export function groupsOf({ size, usable, weight }: Members): MemberGroup[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < size; i++) {
    const each = weight[usable[i]];
    counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  return Array.from(counts, ([each, count]) => ({ count, weight: each }));
}
