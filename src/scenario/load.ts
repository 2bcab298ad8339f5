/**
 * Files to one tree: text from a loader that is handed in, includes merged, every value keeping its
 * own file and line.
 */
import { parseYaml } from "./parse-yaml.ts";
import { folderOf, joinPath } from "./paths.ts";
import { quote } from "./problem.ts";
import type { Position, Problems } from "./problem.ts";
import { MERGE_RULES } from "./registries.ts";
import type { MapNode, TreeNode } from "./tree.ts";
import { mergeMaps, typeInWords, withoutEntries } from "./tree.ts";

/**
 * The content of a file; throws where it cannot be read. An error's `code` (ENOENT, EACCES, EISDIR,
 * EFBIG) is told in words. A loader that can should throw EFBIG beyond `MAX_SCENARIO_BYTES` rather
 * than read 100 MB first.
 */
export type Loader = (path: string) => string | Uint8Array;

/** A scenario of a million machines in a thousand groups is far smaller. */
export const MAX_SCENARIO_BYTES = 1 << 20;
const MOST_INCLUDES = 100;

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["ENOTDIR", "there is no such file"],
  ["EACCES", "reading it is not permitted"],
  ["EPERM", "reading it is not permitted"],
  ["EISDIR", "it is a folder"],
  ["EFBIG", "it is larger than 1 MB"],
]);

export interface LoadedTree {
  readonly tree: MapNode;
  /** An include failed: what is missing in the tree may stand there. */
  readonly isPartial: boolean;
}

/** The file with all that it includes, or null after problems that leave nothing to read. */
export function loadTree(file: string, loader: Loader, problems: Problems): LoadedTree | null {
  const loading = new Loading(loader, problems);
  const tree = loading.load(file, [], { file, line: 1, column: 1 });
  return tree === null ? null : { tree, isPartial: loading.isPartial };
}

class Loading {
  private readonly loader: Loader;
  private readonly problems: Problems;
  isPartial = false;
  private files = 0;

  constructor(loader: Loader, problems: Problems) {
    this.loader = loader;
    this.problems = problems;
  }

  load(file: string, chain: readonly string[], at: Position): MapNode | null {
    this.problems.expectFile(file);
    if (++this.files > MOST_INCLUDES) {
      this.problems.error(at, `more than ${MOST_INCLUDES} files are included`, "include fewer");
      return null;
    }
    const text = readText(file, this.loader, at, this.problems);
    if (text === null) return null;
    const tree = parseYaml(file, text, this.problems);
    if (tree === null) return null;
    if (tree.type !== "map") {
      const what =
        text.trim() === "" ? "the file is empty" : `a scenario is a map, not ${typeInWords(tree)}`;
      this.problems.error(tree.at, what, "begin with a line such as question: …");
      return null;
    }
    const include = tree.entries.get("include");
    if (include === undefined) return tree;
    let base: MapNode | null = null;
    for (const { path, at: where } of this.included(include.value)) {
      const whole = joinPath(folderOf(file), path);
      const trail = [...chain, file];
      if (trail.includes(whole)) {
        const circle = [...trail.slice(trail.indexOf(whole)), whole].join(" → ");
        this.problems.error(
          where,
          `the files include each other: ${circle}`,
          "leave out one include",
        );
        this.isPartial = true;
        continue;
      }
      const loaded = this.load(whole, trail, where);
      if (loaded === null) {
        this.isPartial = true;
        continue;
      }
      base = base === null ? loaded : mergeMaps(base, loaded, MERGE_RULES);
    }
    const own = withoutEntries(tree, ["include"]);
    return base === null ? own : mergeMaps(base, own, MERGE_RULES);
  }

  private included(node: TreeNode): { path: string; at: Position }[] {
    const items = node.type === "list" ? node.items : [node];
    const paths: { path: string; at: Position }[] = [];
    for (const item of items) {
      if (item.type === "text" && item.text !== "") paths.push({ path: item.text, at: item.at });
      else {
        this.isPartial = true;
        const would = "write for example include: base.yaml";
        this.problems.error(item.at, "include names no file", would);
      }
    }
    return paths;
  }
}

/** The text of a file, or null after a problem at `at`. */
export function readText(
  file: string,
  loader: Loader,
  at: Position,
  problems: Problems,
  limit = MAX_SCENARIO_BYTES,
): string | null {
  let content: string | Uint8Array;
  try {
    content = loader(file);
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
    const known = typeof code === "string" ? REASONS.get(code) : undefined;
    const reason = known ?? (error instanceof Error ? error.message : "it cannot be opened");
    problems.error(at, `cannot read ${quote(file)}: ${reason}`);
    return null;
  }
  if (content.length > limit) {
    const what = `${quote(file)} has more than ${Math.round(limit / (1 << 20))} MB`;
    problems.error(at, what, "is it the right file?");
    return null;
  }
  const text = typeof content === "string" ? content : decodeUtf8(content);
  if (text === null || text.includes("\0")) {
    problems.error(at, `${quote(file)} is not a text file`, "it must be UTF-8");
    return null;
  }
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/**
 * Strict UTF-8 (RFC 3629); null where it is not. TextDecoder belongs to hosts that this folder does
 * without.
 */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const parts: string[] = [];
  let units: number[] = [];
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i++];
    const more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (more < 0 || first > 0xf4 || i + more > bytes.length) return null;
    let point = more === 0 ? first : first & (0x3f >> more);
    for (let k = 0; k < more; k++) {
      const next = bytes[i++];
      if ((next & 0xc0) !== 0x80) return null;
      point = (point << 6) | (next & 0x3f);
    }
    const overlong = (more === 2 && point < 0x800) || (more === 3 && point < 0x10000);
    if (overlong || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff) return null;
    units.push(point);
    if (units.length === 4096) {
      parts.push(String.fromCodePoint(...units));
      units = [];
    }
  }
  parts.push(String.fromCodePoint(...units));
  return parts.join("");
}
