/**
 * A scenario's text as a tree in which every value knows its file, line and column: what stands
 * between the YAML parser and the readers. Scalars stay text until a reader knows what they are.
 */
import type { Position } from "./problem.ts";

export interface TextNode {
  readonly type: "text";
  readonly text: string;
  /** False where it was quoted: then `none`, `true` or an empty text is nothing but text. */
  readonly plain: boolean;
  readonly at: Position;
}
export interface Entry {
  readonly key: string;
  readonly keyAt: Position;
  readonly value: TreeNode;
}
export interface MapNode {
  readonly type: "map";
  readonly entries: ReadonlyMap<string, Entry>;
  readonly at: Position;
}
export interface ListNode {
  readonly type: "list";
  readonly items: readonly TreeNode[];
  readonly at: Position;
}
export type TreeNode = TextNode | MapNode | ListNode;

export function textNode(text: string, at: Position): TextNode {
  return { type: "text", text, plain: true, at };
}

export function mapNode(entries: readonly Entry[], at: Position): MapNode {
  return { type: "map", entries: new Map(entries.map((entry) => [entry.key, entry])), at };
}

/** Written without a value: `events:` or `~`. */
export function isEmpty(node: TreeNode): boolean {
  return node.type === "text" && node.plain && /^(?:|~|null)$/.test(node.text);
}

/** The value of a map's entry; undefined where there is none or it has no value. */
export function valueOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  if (node?.type !== "map") return undefined;
  const value = node.entries.get(key)?.value;
  return value === undefined || isEmpty(value) ? undefined : value;
}

/** `node` with `key` set to `value`; a new key comes last. */
export function withEntry(node: MapNode, key: string, value: TreeNode): MapNode {
  const entries = new Map(node.entries);
  entries.set(key, { key, keyAt: entries.get(key)?.keyAt ?? value.at, value });
  return { ...node, entries };
}

export function withoutEntries(node: MapNode, keys: readonly string[]): MapNode {
  const entries = new Map(node.entries);
  for (const key of keys) entries.delete(key);
  return { ...node, entries };
}

/** For messages: what stands there instead of what was wanted. */
export function typeInWords(node: TreeNode): string {
  if (node.type !== "text") return node.type === "map" ? "a map" : "a list";
  if (!node.plain) return "a text";
  if (/^[+-]?\d[\d_]*(?:\.\d+)?$/.test(node.text)) return "a number";
  return /^(?:true|false|yes|no|on|off)$/i.test(node.text) ? "a flag" : "a text";
}

/** The node as YAML flow text on one line: `{ power-of-d: 3 }`. Reading it gives the same tree. */
export function flowText(node: TreeNode): string {
  if (node.type === "text") return node.plain && isPlain(node.text) ? node.text : quoted(node.text);
  if (node.type === "list") return `[${node.items.map(flowText).join(", ")}]`;
  const entries = [...node.entries.values()].map(({ key, value }) => {
    return `${isPlain(key) ? key : quoted(key)}: ${flowText(value)}`;
  });
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function isPlain(text: string): boolean {
  return (
    /^[\w./+-][\w./%+ -]*$/u.test(text) &&
    !text.endsWith(" ") &&
    !/^(?:-{1,3}|\.{3})(?: |$)/.test(text)
  );
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

export interface MergeRules {
  /** True for keys whose maps are replaced whole, since two choices merged would be none. */
  whole(key: string): boolean;
  /** Sets of keys that exclude each other: one of them laid over another replaces it. */
  readonly rivals: readonly (readonly string[])[];
}

/**
 * `over` laid on `base`: maps merge deeply and `over`'s entries win; lists and texts are replaced.
 */
export function mergeTrees(base: TreeNode, over: TreeNode, rules: MergeRules): TreeNode {
  return base.type === "map" && over.type === "map" ? mergeMaps(base, over, rules) : over;
}

export function mergeMaps(base: MapNode, over: MapNode, rules: MergeRules): MapNode {
  const entries = new Map(base.entries);
  for (const rivals of rules.rivals) {
    if (!rivals.some((key) => over.entries.has(key))) continue;
    for (const key of rivals) if (!over.entries.has(key)) entries.delete(key);
  }
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    const value =
      below === undefined || rules.whole(key)
        ? entry.value
        : mergeTrees(below.value, entry.value, rules);
    entries.set(key, { ...entry, value });
  }
  return { type: "map", entries, at: over.at };
}

/**
 * The same tree as if it stood at another place: a value of the command line has no line of its
 * own.
 */
export function relocated(node: TreeNode, at: Position): TreeNode {
  if (node.type === "text") return { ...node, at };
  if (node.type === "list") return { ...node, at, items: node.items.map((i) => relocated(i, at)) };
  const entries = [...node.entries.values()].map(({ key, value }) => {
    return { key, keyAt: at, value: relocated(value, at) };
  });
  return mapNode(entries, at);
}
