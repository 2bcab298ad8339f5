/**
 * What a scenario says of itself before anybody reads it as a whole: for lists of many scenarios,
 * without registries and without a check.
 */
import { parseYaml } from "./parse-yaml.ts";
import { Problems } from "./problem.ts";
import { flowText, valueOf } from "./tree.ts";
import type { TreeNode } from "./tree.ts";

export interface ScenarioHead {
  /** Empty where nothing is written. */
  readonly question: string;
  readonly expectation: string;
  /** Names of files, as written. */
  readonly include: readonly string[];
  /** Settings by path, with their values as they are written after `--set`. */
  readonly compare: readonly { readonly path: string; readonly values: readonly string[] }[];
}

/** Of a text that is no scenario, all is empty. O(text). */
export function headOf(text: string): ScenarioHead {
  const tree = parseYaml("", text, new Problems()) ?? undefined;
  const compare = valueOf(tree, "compare");
  const entries = compare?.type === "map" ? [...compare.entries] : [];
  return {
    question: textIn(valueOf(tree, "question")),
    expectation: textIn(valueOf(tree, "expectation")),
    include: itemsOf(valueOf(tree, "include")).map(textIn),
    compare: entries.map(([path, { value }]) => ({ path, values: itemsOf(value).map(flowText) })),
  };
}

const textIn = (node: TreeNode | undefined): string => (node?.type === "text" ? node.text : "");

const itemsOf = (node: TreeNode | undefined): readonly TreeNode[] =>
  node === undefined ? [] : node.type === "list" ? node.items : [node];
