/**
 * One placement structure out of an argument of the command line: read as a scenario's choice is,
 * so that settings, checks and suggestions are the same.
 */
import type { Chosen } from "../definition.ts";
import { parseYaml } from "./parse-yaml.ts";
import { Problems } from "./problem.ts";
import type { Position, Problem } from "./problem.ts";
import { readPick } from "./read-pick.ts";
import { mapNode, relocated, textNode } from "./tree.ts";
import type { TreeNode } from "./tree.ts";

/**
 * `ring-hash`, `ring-hash:1000` or `ring-hash:nodes=1000,…` (which no shell needs quotes for), and
 * YAML as in a scenario: `{ ring-hash: 1000 }`, `{ ring-hash: { nodes: 1000 } }`.
 */
export function readStructure(text: string): Chosen | { readonly problems: readonly Problem[] } {
  const problems = new Problems();
  const at: Position = { file: text === "" ? '""' : text, line: 0, column: 0 };
  const node = nodeOf(text.trim(), at, problems);
  const reading = { problems, files: [], folder: "", isPartial: false, changed: [] };
  const chosen =
    node === null
      ? null
      : readPick({ name: "structure", from: "placements", unit: "number" }, node, reading);
  return chosen ?? { problems: problems.sorted() };
}

function nodeOf(text: string, at: Position, problems: Problems): TreeNode | null {
  const short = /^([\w-]+)(?::(.*))?$/s.exec(text);
  if (short === null) return yaml(text, at, problems);
  const [, name, settings = ""] = short;
  if (settings === "") return textNode(name, at);
  const value = settings.includes("=")
    ? fieldsIn(settings, at, problems)
    : yaml(settings, at, problems);
  return value === null ? null : mapNode([{ key: name, keyAt: at, value }], at);
}

function fieldsIn(settings: string, at: Position, problems: Problems): TreeNode | null {
  const entries = [];
  for (const setting of settings.split(",")) {
    const equals = setting.indexOf("=");
    const value = equals < 1 ? null : yaml(setting.slice(equals + 1), at, problems);
    if (equals < 1) problems.error(at, `"${setting}" sets nothing`, "write field=value");
    if (value === null) return null;
    entries.push({ key: setting.slice(0, equals).trim(), keyAt: at, value });
  }
  return mapNode(entries, at);
}

/** Told at the argument, which has no lines. */
function yaml(text: string, at: Position, problems: Problems): TreeNode | null {
  const inner = new Problems();
  const value = parseYaml(at.file, text, inner);
  for (const problem of inner.sorted()) problems.add({ ...problem, ...at });
  return value === null || inner.failed ? null : relocated(value, at);
}
