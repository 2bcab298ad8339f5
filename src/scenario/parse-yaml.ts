/**
 * YAML text to a tree with positions. Refused with a line: duplicate keys, more than one document,
 * tags of other programs, aliases that explode or contain themselves, nesting beyond reason. Merge
 * keys (`<<`) are followed.
 */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Alias, Node, YAMLError, YAMLMap } from "yaml";
import { quote } from "./problem.ts";
import type { Position, Problems } from "./problem.ts";
import type { Entry, MapNode, TextNode, TreeNode } from "./tree.ts";
import { mapNode } from "./tree.ts";

/** Values that all aliases together may stand for. */
const MOST_ALIASED = 100_000;
const DEEPEST = 64;

/** Null where the text is not YAML or its aliases explode; problems say why. Never throws. */
export function parseYaml(file: string, text: string, problems: Problems): TreeNode | null {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (nestedTooDeeply(text)) {
    problems.error(at(0), `nested more than ${DEEPEST} deep`, "a scenario needs some ten levels");
    return null;
  }
  let contents: Node | null = null;
  const targets = new Map<Alias, Node>();
  try {
    const document = parseDocument(text, {
      schema: "failsafe",
      lineCounter: lines,
      // Checked in convert(): the library compares each key with all before it, 1 MB of them takes
      // minutes.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error",
    });
    if (tellSyntax([...document.errors, ...document.warnings], at, problems)) return null;
    contents = document.contents;
    const anchors = new Map<string, Node>();
    visit(document, {
      Node: (_key, node) => {
        if (isAlias(node)) {
          const target = anchors.get(node.source);
          if (target !== undefined) targets.set(node, target);
        } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      },
    });
  } catch (error) {
    const reason = error instanceof RangeError ? "nested too deeply" : "not YAML";
    problems.error({ file, line: 1, column: 1 }, `cannot be read: ${reason}`);
    return null;
  }
  const converter = new Converter(file, at, targets, problems);
  const tree = converter.convert(contents, 0);
  return converter.exploded ? null : tree;
}

/**
 * What follows a mistake of syntax on the same line is mostly its consequence; one a line is told.
 */
function tellSyntax(
  errors: readonly YAMLError[],
  at: (offset: number) => Position,
  problems: Problems,
): boolean {
  const lines = new Set<number>();
  for (const error of errors.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    const position = at(error.pos[0]);
    const [what, would] = inOurWords(error);
    if (!lines.has(position.line)) problems.error(position, what, would);
    lines.add(position.line);
  }
  return lines.size > 0;
}

/**
 * Cheap and coarse, before the parser's own recursion could run out of stack: flow brackets and
 * indentation.
 */
function nestedTooDeeply(text: string): boolean {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) open++;
    else if (code === 0x5d || code === 0x7d) open = Math.max(0, open - 1);
    else if (code === 0x0a) open = 0;
    if (open > DEEPEST * 4) return true;
  }
  return /(?:^|\n)[ ]*(?:[-?:][ \t]+){65}/.test(text);
}

function inOurWords(error: YAMLError): [string, string] {
  const first = error.message.split("\n")[0];
  switch (error.code) {
    case "TAB_AS_INDENT":
      return ["a tab indents this line", "indent with spaces"];
    case "MULTIPLE_DOCS":
      return ["a second document begins here", "one file holds one scenario"];
    case "BAD_ALIAS":
      return [first, "a text that begins with * stands in quotes"];
    case "RESOURCE_EXHAUSTION":
      return ["nested too deeply", "a scenario needs some ten levels"];
    case "TAG_RESOLVE_FAILED":
      return [first, "write the value without a tag"];
    case "BAD_SCALAR_START":
      return [first, "put the text in quotes"];
    default:
      return [`not YAML: ${first.replace(/[.:]$/, "")}`, ""];
  }
}

class Converter {
  private readonly file: string;
  private readonly at: (offset: number) => Position;
  private readonly targets: ReadonlyMap<Alias, Node>;
  private readonly problems: Problems;
  private readonly open = new Set<Node>();
  private aliased = 0;
  private insideAlias = 0;
  exploded = false;

  constructor(
    file: string,
    at: (offset: number) => Position,
    targets: ReadonlyMap<Alias, Node>,
    problems: Problems,
  ) {
    this.file = file;
    this.at = at;
    this.targets = targets;
    this.problems = problems;
  }

  convert(node: Node | null, depth: number, fallback?: Position): TreeNode {
    const at = this.position(node) ?? fallback ?? { file: this.file, line: 1, column: 1 };
    if (node === null) return { type: "text", text: "", plain: true, at };
    if (depth > DEEPEST) {
      this.problems.error(
        at,
        `nested more than ${DEEPEST} deep`,
        "a scenario needs some ten levels",
      );
      return empty(at);
    }
    if (this.insideAlias > 0 && ++this.aliased > MOST_ALIASED) return empty(at);
    if (isAlias(node)) return this.followed(node, depth, at);
    if (isMap(node)) return this.map(node, depth, at);
    if (isSeq(node)) {
      this.open.add(node);
      const items = node.items.map((item) => this.convert(nodeOrNull(item), depth + 1, at));
      this.open.delete(node);
      return { type: "list", items, at };
    }
    if (isScalar(node)) {
      const plain = node.type === undefined || node.type === "PLAIN";
      return { type: "text", text: textOf(node.value), plain, at };
    }
    return empty(at);
  }

  private followed(alias: Alias, depth: number, at: Position): TreeNode {
    const target = this.targets.get(alias);
    if (target === undefined) {
      this.problems.error(
        at,
        `the alias *${alias.source} has no anchor before it`,
        `name an anchor, or quote the text: "*${alias.source}"`,
      );
      return empty(at);
    }
    if (this.open.has(target)) {
      this.problems.error(
        at,
        `the alias *${alias.source} stands inside its own anchor`,
        "write it out",
      );
      return empty(at);
    }
    this.insideAlias++;
    const value = this.convert(target, depth, at);
    this.insideAlias--;
    if (this.aliased > MOST_ALIASED && this.insideAlias === 0 && !this.exploded) {
      this.exploded = true;
      const what = `the alias *${alias.source} stands for more than ${MOST_ALIASED} values`;
      this.problems.error(at, what, "write out what is needed");
    }
    return value;
  }

  private map(node: YAMLMap, depth: number, at: Position): MapNode {
    this.open.add(node);
    const entries: Entry[] = [];
    const merged = new Map<string, Entry>();
    const own = new Map<string, Position>();
    for (const pair of node.items) {
      const name = nodeOrNull(pair.key);
      const keyAt = this.position(name) ?? at;
      if (name !== null && !isScalar(name)) {
        this.problems.error(keyAt, "a key is not a text", "write a name and a colon");
        continue;
      }
      const key = textOf(name?.value);
      const value = this.convert(nodeOrNull(pair.value), depth + 1, keyAt);
      if (key === "<<") {
        this.mergeInto(merged, value);
        continue;
      }
      const before = own.get(key);
      if (before !== undefined) {
        const what = `duplicate key ${quote(key)}`;
        this.problems.error(keyAt, what, `it stands in line ${before.line} already`);
        continue;
      }
      own.set(key, keyAt);
      entries.push({ key, keyAt, value });
    }
    this.open.delete(node);
    const inherited = [...merged.values()].filter((entry) => !own.has(entry.key));
    return mapNode([...inherited, ...entries], at);
  }

  /** YAML merge keys: of several maps the earlier wins. */
  private mergeInto(merged: Map<string, Entry>, value: TreeNode): void {
    const sources = value.type === "list" ? value.items : [value];
    for (const source of sources) {
      if (source.type !== "map") {
        if (!this.exploded)
          this.problems.error(value.at, "<< merges maps alone", "write an alias of a map");
        continue;
      }
      for (const [key, entry] of source.entries) if (!merged.has(key)) merged.set(key, entry);
    }
  }

  private position(node: Node | null): Position | null {
    return node?.range ? this.at(node.range[0]) : null;
  }
}

function nodeOrNull(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

/** The failsafe schema makes texts of all scalars. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function empty(at: Position): TextNode {
  return { type: "text", text: "", plain: true, at };
}
