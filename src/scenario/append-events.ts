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
  const texts = events.map(flowText);
  return inserted(text, contents, pair, texts) ?? rewritten(document, contents, events);
}

/** Into the text itself; null where it is not written in the usual manner. */
function inserted(
  text: string,
  contents: YAMLMap,
  pair: Pair | undefined,
  events: readonly string[],
): string | null {
  if (contents.flow === true || /^(?:\.\.\.|---)/m.test(text)) return null;
  const lines = (indent: string): string => events.map((event) => `${indent}- ${event}\n`).join("");
  if (pair === undefined) {
    if (columnOf(text, contents.range![0]) !== 0) return null;
    const gap = text === "" || text.endsWith("\n") ? "" : "\n";
    return `${text}${gap}\nevents:\n${lines("  ")}`;
  }
  const { key, value: list } = pair;
  if (!isSeq(list)) {
    const isBare = list === null || (isScalar(list) && list.source === "");
    if (!isBare || !isScalar(key) || !key.range) return null;
    return withLines(text, key.range[1], lines("  "));
  }
  const last = list.items.at(-1);
  if (!list.range || (last !== undefined && (!isNode(last) || !last.range))) return null;
  if (list.flow === true) return withFlow(text, list.range[1], last?.range?.[1], events.join(", "));
  if (text[list.range[0]] !== "-" || !last?.range) return null;
  return withLines(text, last.range[1], lines(" ".repeat(columnOf(text, list.range[0]))));
}

/** Behind the line in which what ends at `end` ends: a comment may stand there. */
function withLines(text: string, end: number, lines: string): string {
  const lineEnd = text[end - 1] === "\n" ? end - 1 : text.indexOf("\n", end);
  if (lineEnd < 0) return `${text}\n${lines}`;
  return text.slice(0, lineEnd + 1) + lines + text.slice(lineEnd + 1);
}

/** Before the bracket that ends at `end`; null where more than blanks stands before it. */
function withFlow(
  text: string,
  end: number,
  lastEnd: number | undefined,
  events: string,
): string | null {
  const bracket = end - 1;
  const from = lastEnd ?? text.lastIndexOf("[", bracket) + 1;
  if (text[bracket] !== "]" || text.slice(from, bracket).trim() !== "") return null;
  const comma = lastEnd === undefined ? "" : ", ";
  return text.slice(0, from) + comma + events + text.slice(from);
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
