/**
 * Where in a scenario's text a place stands, for the completion and the help of editors: the keys
 * above it, and what stands beside it. The text may be unfinished: whatever the parser makes of it.
 */
import { isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Document, Node, Pair, Scalar } from "yaml";

/** One step from the top: into a map's entry, or into an item of a list. */
export interface CursorStep {
  /** null: into an item of a list. */
  readonly key: string | null;
  /** The other keys of that map; none of a list. */
  readonly siblings: readonly string[];
}

export interface CursorPlace {
  /** From the top to what stands here; the last step is that of the key or the value itself. */
  readonly path: readonly CursorStep[];
  /** A key is written here, a value, or an item of a list that may become either. */
  readonly at: "key" | "value" | "item";
  /** What is written here, from `from` to `to` in the text: at the cursor only up to it. */
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** Stands for what is being written; no scenario has it. */
const MARK = "\u2042cursor";
const WORD = /[^\s,:{}[\]"'#]*$/;

/**
 * The place at which something is being written: what stands before the cursor counts as begun, and
 * what the word's rest is does not matter. Null where nothing can be said. O(text).
 */
export function placeOfWriting(text: string, offset: number): CursorPlace | null {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  const word = WORD.exec(before)![0];
  const from = offset - word.length;
  const rest = /^[^\s,:{}[\]"'#]*/.exec(text.slice(offset))![0];
  const onwards = text.slice(offset + rest.length);
  // Where a block's line begins, a key; after it stands a colon already, or one is put there.
  const beginsLine = /^[ ]*(?:- +)*$/.test(before.slice(0, before.length - word.length));
  const hasColon = /^\s*:(?:\s|$)/.test(onwards);
  const written = beginsLine && !hasColon ? `${MARK}: ` : MARK;
  const document = parsed(text.slice(0, from) + written + onwards);
  if (document === null) return null;
  const found = find(document, (scalar) => scalar.value === MARK);
  if (found === null) return null;
  const dashed = beginsLine && before.includes("-") && !hasColon;
  const at = found.isKey ? (dashed ? "item" : "key") : "value";
  return { path: found.path, at, word, from, to: offset };
}

/** The key or value that stands at an offset, whole; null where there is none. O(text). */
export function placeOfReading(text: string, offset: number): CursorPlace | null {
  const document = parsed(text);
  if (document === null) return null;
  const found = find(document, ({ range }) => !!range && range[0] <= offset && offset < range[1]);
  if (found === null) return null;
  const [from, to] = found.scalar.range!;
  const word = text.slice(from, to);
  return { path: found.path, at: found.isKey ? "key" : "value", word, from, to };
}

/** Names that a scenario gives: of balancers and of client regions. */
export function namesIn(text: string): { readonly nodes: string[]; readonly regions: string[] } {
  const document = parsed(text);
  const nodes = new Set<string>();
  const regions = new Set<string>();
  if (document === null) return { nodes: [], regions: [] };
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (textOf(key) === "name" && textOf(value) !== "") nodes.add(textOf(value));
      if (textOf(key) === "clients" && isMap(value)) {
        for (const region of value.items) regions.add(textOf(region.key));
      }
    },
  });
  return { nodes: [...nodes], regions: [...regions] };
}

function parsed(text: string): Document | null {
  try {
    return parseDocument(text, { schema: "failsafe", uniqueKeys: false, logLevel: "silent" });
  } catch {
    // Nested beyond the stack: the reader says so.
    return null;
  }
}

interface Found {
  readonly scalar: Scalar;
  readonly path: readonly CursorStep[];
  readonly isKey: boolean;
}

function find(document: Document, isIt: (scalar: Scalar) => boolean): Found | null {
  let found: Found | null = null;
  visit(document, {
    Scalar: (key, scalar, ancestors) => {
      if (!isIt(scalar)) return undefined;
      const isKey = key === "key";
      found = { scalar, isKey, path: stepsOf([...ancestors, scalar]) };
      return visit.BREAK;
    },
  });
  return found;
}

function stepsOf(line: readonly (Document | Node | Pair)[]): CursorStep[] {
  const steps: CursorStep[] = [];
  for (const [index, node] of line.entries()) {
    const next = line[index + 1];
    if (isSeq(node) && isNode(next)) steps.push({ key: null, siblings: [] });
    if (!isMap(node) || !isPair(next)) continue;
    const siblings = node.items.filter((pair) => pair !== next).map(({ key }) => textOf(key));
    const key = textOf(next.key);
    steps.push({ key: key === MARK ? "" : key, siblings });
  }
  return steps;
}

const textOf = (node: unknown): string =>
  isScalar(node) && typeof node.value === "string" ? node.value : "";
