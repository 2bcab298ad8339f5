/** What `lbsim hash` is given: nodes, structures, keys. Wrong input throws. */
import { entryOf } from "../definition.ts";
import type { Chosen } from "../definition.ts";
import { hashFunctions } from "../hashing/functions/registry.ts";
import type { HashFunction } from "../hashing/functions/hash-function.ts";
import type { PlacementDefinition } from "../hashing/placement-definition.ts";
import { placements } from "../hashing/registry.ts";
import type { Plan } from "../laboratory/changes.ts";
import type { Structure } from "../laboratory/measurement.ts";
import { groupsOf, MOST_NODES, nodeProblem, numberedNodes } from "../laboratory/pool.ts";
import type { PoolNode } from "../laboratory/pool.ts";
import { quote } from "../scenario/problem.ts";
import type { Problem } from "../scenario/problem.ts";
import { readStructure } from "../scenario/read-structure.ts";
import { suggestAmong } from "../scenario/suggest.ts";
import { parseQuantity } from "../scenario/units.ts";
import { formatSetting } from "../scenario/words.ts";
import { inputProblem, InputProblems } from "./input-problems.ts";
import type { Wrong } from "./input-problems.ts";
import { InputError } from "./io.ts";
import { readLines } from "./line-files.ts";

/** `16`, `a,b,c` or `@file` with a `name` or `name weight` a line. */
export async function readNodes(
  text: string,
  weights: string | undefined,
  cwd: string,
): Promise<PoolNode[]> {
  const nodes = text.startsWith("@")
    ? await nodesInFile(text.slice(1), cwd)
    : /^\d[\d_]*(\.\d+)?[kM]?$/.test(text)
      ? numberedNodes(countIn("--nodes", text, MOST_NODES))
      : namedNodes(text);
  if (weights === undefined) return nodes;
  const given = weightsIn(weights);
  if (given.length !== nodes.length) {
    throw new InputError(
      `--weights gives ${given.length} for ${nodes.length} nodes, ` +
        "write one a node; 8x2 stands for eight of weight 2",
    );
  }
  return nodes.map(({ name }, index) => ({ name, weight: given[index] }));
}

function namedNodes(text: string): PoolNode[] {
  const names = text.split(",").map((name) => name.trim());
  // One name alone is nobody's pool, but what a mistaken count or a file without its @ looks like.
  if (names.length === 1 && /^[-+.\d]|\.\w+$|[\\/]/.test(text)) {
    const would = `write --nodes 16, --nodes a,b,c or --nodes @file (@${text} for that file)`;
    throw new InputError(`--nodes ${quote(text)} is one name, ${would}`);
  }
  return names.map((name) => ({ name, weight: 1 }));
}

/** So many wrong lines are told each by itself. */
const MOST_TOLD = 20;

/** Throws `InputProblems` with all wrong lines, up to `MOST_TOLD`. */
async function nodesInFile(file: string, cwd: string): Promise<PoolNode[]> {
  const nodes: PoolNode[] = [];
  const lines = new Map<string, number>();
  const problems: Problem[] = [];
  let untold = 0;
  const refuse = (wrong: Wrong): void => {
    if (problems.length < MOST_TOLD) problems.push(...inputProblem(wrong).problems);
    else untold++;
  };
  const decoder = new TextDecoder();
  const onLine = (bytes: Uint8Array, length: number, line: number): void => {
    const read = nodeIn(decoder.decode(bytes.subarray(0, length)), lines);
    if (read === null) return;
    if ("what" in read) {
      refuse({ file, line, ...read });
      return;
    }
    if (nodes.length === MOST_NODES) {
      const what = `more than ${MOST_NODES} nodes`;
      throw inputProblem({ file, line, what, would: "take fewer" });
    }
    lines.set(read.name, line);
    nodes.push(read);
  };
  try {
    await readLines(file, { cwd, onLine });
  } catch (error) {
    // What stops the reading stands behind all that was read.
    if (!(error instanceof InputProblems)) throw error;
    problems.push(...error.problems);
  }
  if (untold > 0) {
    const what = `${untold} more ${untold === 1 ? "line is" : "lines are"} wrong`;
    problems.push(...inputProblem({ file, line: 0, what, would: "" }).problems);
  }
  if (problems.length > 0) throw new InputProblems(problems);
  return nodes;
}

/** `name` or `name weight`; null: neither. `lines`: where the names before stand. */
function nodeIn(
  text: string,
  lines: ReadonlyMap<string, number>,
): PoolNode | Pick<Wrong, "what" | "would"> | null {
  const [name, weight = "1", ...more] = text.trim().split(/\s+/);
  const value = decimal(weight);
  if (more.length > 0 || Number.isNaN(value)) {
    const what = `${quote([name, weight, ...more].join(" "))} is no node`;
    return { what, would: "write a name, or a name and its weight" };
  }
  if (name === "") return null;
  const what = nodeProblem(name, value);
  if (what !== null) return { what, would: "" };
  const before = lines.get(name);
  if (before === undefined) return { name, weight: value };
  const twice = `two nodes are called ${name} (the other on line ${before})`;
  return { what: twice, would: "to every hash they would be one" };
}

const decimal = (text: string): number =>
  /^[+-]?\d[\d_]*(\.\d+)?$/.test(text) ? Number(text.replaceAll("_", "")) : NaN;

/** `1,2,4`, and `8x2` for eight of weight 2. */
function weightsIn(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [, times = "1", weight] = /^(?:(\d+)x)?(.*)$/.exec(part.trim()) ?? [];
    const value = decimal(weight ?? "");
    const count = Number(times);
    if (!Number.isNaN(value) && count >= 1 && count <= MOST_NODES) {
      return Array.from({ length: count }, () => value);
    }
    throw new InputError(`--weights: ${quote(part)} is no weight, write for example 1,2,4 or 8x2`);
  });
}

/** A whole number ≥ 1 as a scenario writes it: 100k, 40_000. */
export function countIn(option: string, text: string, most: number): number {
  const parsed = parseQuantity(text, "count");
  if (!parsed.ok) throw new InputError(`${option}: ${parsed.what}, ${parsed.would}`);
  if (parsed.value >= 1 && parsed.value <= most) return parsed.value;
  throw new InputError(`${option} is ${text}, write a number from 1 to ${most}`);
}

const MOST_BOUND = 1000;

/** null: nodes hold as much as comes. */
export function boundIn(text: string | undefined): number | null {
  if (text === undefined) return null;
  const factor = decimal(text);
  if (factor >= 1 && factor <= MOST_BOUND) return factor;
  throw new InputError(
    `--bound is ${quote(text)}, write a number from 1 to ${MOST_BOUND} as 1.25; ` +
      "below 1 there is no room for all keys",
  );
}

export function hashNamed(name: string): HashFunction {
  const found = hashFunctions.find((one) => one.name === name);
  if (found !== undefined) return found;
  const would = suggestAmong(name, hashFunctions);
  throw new InputError(`--hash: no hash function is called ${quote(name)}, ${would}`);
}

export interface ChosenStructure extends Structure {
  readonly definition: PlacementDefinition;
}

export interface Structures {
  readonly chosen: readonly ChosenStructure[];
  /** Of those that were not named: why one is left out. */
  readonly notes: readonly string[];
}

/**
 * The structures named, or all; each checked against the pools that it will stand for. `hash`:
 * unless the structure's own program has another.
 */
export function readStructures(
  texts: readonly string[],
  hash: HashFunction,
  plan: Plan,
): Structures {
  if (texts.length === 0) return allFitting(hash, plan);
  const chosen = new Map<string, ChosenStructure>();
  const problems = texts.flatMap((text) => {
    const read = readStructure(text);
    if ("problems" in read) return read.problems;
    const structure = structureOf(read, hash);
    const wrong = unfit(structure, read, plan);
    if (wrong === null) chosen.set(structure.name, structure);
    const at = { file: text, line: 0, column: 0 };
    return wrong === null ? [] : [{ ...at, what: wrong, would: "", severity: "error" as const }];
  });
  if (problems.length > 0) throw new InputProblems(problems);
  return { chosen: [...chosen.values()], notes: [] };
}

function allFitting(hash: HashFunction, plan: Plan): Structures {
  const chosen: ChosenStructure[] = [];
  const notes: string[] = [];
  for (const { name } of placements) {
    const read = readStructure(name);
    if ("problems" in read) continue;
    const structure = structureOf(read, hash);
    const wrong = unfit(structure, read, plan);
    if (wrong === null) chosen.push(structure);
    else notes.push(`Left out: ${name}, ${wrong}.`);
  }
  return { chosen, notes };
}

function structureOf(chosen: Chosen, hash: HashFunction): ChosenStructure {
  const definition = entryOf(placements, chosen.kind);
  const own = definition.keyHash?.(chosen.settings);
  return {
    name: shortName(definition, chosen),
    hash: own === undefined ? hash : entryOf(hashFunctions, own),
    create: () => definition.create(chosen.settings),
    definition,
  };
}

/** As it may be written again: `ring-hash`, `ring-hash:1000`, `maglev:table=655373,…`. */
function shortName({ name, fields, primary }: PlacementDefinition, { settings }: Chosen): string {
  const told = Object.entries(fields).flatMap(([field, definition]) => {
    const usual = "default" in definition ? definition.default : null;
    const value = settings[field];
    if (value === usual || value === null) return [];
    const text = typeof value === "object" ? formatSetting(value, definition, "number") : value;
    return [[field, String(text)] as const];
  });
  if (told.length === 0) return name;
  const [[field, value]] = told;
  if (told.length === 1 && field === primary) return `${name}:${value}`;
  return `${name}:${told.map((pair) => pair.join("=")).join(",")}`;
}

/** What is wrong with the structure for one of the pools; null: nothing. */
function unfit(
  structure: ChosenStructure,
  { settings }: Chosen,
  { before, changes }: Plan,
): string | null {
  const { definition, name } = structure;
  if (structure.create().traits.reads === "number") return `${name} reads numbers and no texts`;
  const pools = [before, ...changes.flatMap(({ courses }) => courses.flat())];
  // Many draws of one change leave pools of the same sizes and weights.
  const seen = new Set<string>();
  for (const pool of pools) {
    const groups = groupsOf(pool);
    const key = JSON.stringify(groups);
    if (seen.has(key)) continue;
    seen.add(key);
    const wrong = definition.check?.(settings, groups) ?? null;
    if (wrong !== null) return wrong;
  }
  return null;
}
