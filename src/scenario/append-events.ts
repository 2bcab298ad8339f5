/**
 * A scenario's text with more events at the end of its `events`: everything that was there stays as
 * it was written, comments too. And its text with its includes worked in, so that it stands alone.
 */
import {
  Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  Scalar,
  YAMLMap,
  YAMLSeq,
} from "yaml";
import type { Node, Pair } from "yaml";
import { loadTree } from "./load.ts";
import type { Loader } from "./load.ts";
import { Problems } from "./problem.ts";
import type { TreeNode } from "./tree.ts";

/** Text as it is, a list of texts, or YAML whose meaning is kept: `{ ring-hash: 10 }`. */
export type EventValue = string | readonly string[] | { readonly yaml: string };
/** One event by its fields, in order: `{ at: "5s", fail: "fra/3" }`. */
export type EventWords = Readonly<Record<string, EventValue>>;

/** As in the reader: scalars are texts, whatever they look like. */
const OPTIONS = { schema: "failsafe", logLevel: "silent" } as const;

/**
 * @param text a scenario that can be read, and in which `events` is no alias
 * @returns text that reads as the same scenario with these events after its own
 */
export function appendEvents(text: string, events: readonly EventWords[]): string {
  if (events.length === 0) return text;
  const document = parseDocument(text, OPTIONS);
  const { contents } = document;
  if (!isMap(contents)) return text;
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === "events");
  const lines = events.map((event) => `- ${flowText(event)}`);
  return insertedLines(text, contents, pair, lines) ?? rewritten(document, contents, events);
}

/** Into the text itself; null where it is not written in the usual manner. */
function insertedLines(
  text: string,
  contents: YAMLMap,
  pair: Pair | undefined,
  lines: readonly string[],
): string | null {
  if (contents.flow === true || /^(?:\.\.\.|---)/m.test(text.slice(1))) return null;
  if (pair === undefined) {
    const indent = " ".repeat(columnOf(text, contents.range![0]));
    if (indent !== "") return null;
    const gap = text === "" || text.endsWith("\n") ? "" : "\n";
    return `${text}${gap}\nevents:\n${lines.map((line) => `  ${line}\n`).join("")}`;
  }
  const list = pair.value;
  const last = isSeq(list) && list.flow !== true ? list.items.at(-1) : null;
  if (!isSeq(list) || !isNode(last) || !last.range || !list.range) return null;
  const [first] = list.range;
  if (text[first] !== "-") return null;
  const indent = " ".repeat(columnOf(text, first));
  let end = last.range[1];
  if (text[end - 1] !== "\n") {
    // What stands behind the last event in its line is a comment.
    const lineEnd = text.indexOf("\n", end);
    end = lineEnd < 0 ? text.length : lineEnd + 1;
  }
  const before = text.slice(0, end);
  const gap = before.endsWith("\n") ? "" : "\n";
  return before + gap + lines.map((line) => `${indent}${line}\n`).join("") + text.slice(end);
}

const columnOf = (text: string, offset: number): number =>
  offset - (text.lastIndexOf("\n", offset - 1) + 1);

/** By way of the library, which keeps comments but not every blank. */
function rewritten(document: Document, contents: YAMLMap, events: readonly EventWords[]): string {
  const list = contents.get("events");
  const seq = isSeq(list) ? list : new YAMLSeq();
  for (const event of events) seq.items.push(nodeOf(event));
  if (seq !== list) contents.set("events", seq);
  return document.toString({ lineWidth: 0 });
}

function flowText(event: EventWords): string {
  const document = new Document(null, OPTIONS);
  document.contents = nodeOf(event);
  return document.toString({ lineWidth: 0 }).trimEnd();
}

function nodeOf(event: EventWords): YAMLMap {
  const map = new YAMLMap();
  map.flow = true;
  for (const [key, value] of Object.entries(event)) map.set(new Scalar(key), valueNode(value));
  return map;
}

function valueNode(value: EventValue): Node {
  if (typeof value === "string") return new Scalar(value);
  if ("yaml" in value) {
    const { contents } = parseDocument(value.yaml, OPTIONS);
    if (isMap(contents) || isSeq(contents)) contents.flow = true;
    return contents ?? new Scalar("");
  }
  const list = new YAMLSeq();
  list.flow = true;
  list.items.push(...value.map((each) => new Scalar(each)));
  return list;
}

/**
 * The text of a scenario whose includes are worked in (its comments are lost then); the same text
 * where it includes nothing. The scenario must be one that can be read.
 */
export function standalone(file: string, text: string, loader: Loader): string {
  const { contents } = parseDocument(text, OPTIONS);
  if (!isMap(contents) || !contents.has("include")) return text;
  const loaded = loadTree(file, loader, new Problems());
  if (loaded === null) return text;
  const document = new Document(null, OPTIONS);
  document.contents = blockNode(loaded.tree, 0);
  return document.toString({ lineWidth: 0 });
}

/** Blocks for the first levels, as people write them; below that maps in one line. */
function blockNode(node: TreeNode, depth: number): Node {
  if (node.type === "text") {
    // Plain and empty is no value; the library would put it in quotes, and then it were a text.
    const scalar = new Scalar(node.plain && node.text === "" ? "~" : node.text);
    if (!node.plain) scalar.type = "QUOTE_DOUBLE";
    return scalar;
  }
  const flow = depth > 1 && isFlat(node);
  if (node.type === "list") {
    const list = new YAMLSeq<Node>();
    list.flow = flow;
    list.items.push(...node.items.map((item) => blockNode(item, depth + 1)));
    return list;
  }
  const map = new YAMLMap<Scalar, Node>();
  map.flow = flow;
  for (const { key, value } of node.entries.values()) {
    map.set(new Scalar(key), blockNode(value, depth + 1));
  }
  return map;
}

/** Nothing in it is long: two levels at most. */
const isFlat = (node: TreeNode, levels = 3): boolean =>
  node.type === "text" ||
  (levels > 0 &&
    (node.type === "list"
      ? node.items.every((item) => isFlat(item, levels - 1))
      : [...node.entries.values()].every(({ value }) => isFlat(value, levels - 1))));
