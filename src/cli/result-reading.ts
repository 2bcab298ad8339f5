/** Result folders as commands find them again: their manifests, and the files that these name. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { parseManifest } from "../report/manifest.ts";
import type { InputEntry, Manifest } from "../report/manifest.ts";
import { formatProblem } from "../scenario/read-scenario.ts";
import type { NamedFile } from "../scenario/read-scenario.ts";
import type { Inputs } from "../scenario/scenario.ts";
import { VERSION } from "../version.ts";
import { InputError } from "./io.ts";
import type { Io } from "./io.ts";
import { sha256, shown, systemReason } from "./result-folder.ts";
import type { ResultFiles } from "./result-folder.ts";
import { loadNamedFiles } from "./scenario-files.ts";

const MANIFEST = "manifest.json";

/** The folder itself where it is a result, else all results in it, by name. */
export function resultsIn(folder: string, cwd: string): string[] {
  if (existsSync(join(folder, MANIFEST))) return [folder];
  let names: string[];
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .toSorted();
  } catch (error) {
    throw new InputError(`${shown(folder, cwd)}: cannot be read, ${systemReason(error)}`);
  }
  const found = names.flatMap((name) => {
    const inner = join(folder, name);
    return existsSync(join(inner, MANIFEST)) ? [inner] : nestedIn(inner);
  });
  if (found.length === 0) {
    throw new InputError(
      `${shown(folder, cwd)}: holds no ${MANIFEST}, name a folder such as results/flagship/seed-7`,
    );
  }
  return found;
}

/** results/ itself holds a folder a scenario. */
const nestedIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, MANIFEST)))
    .map(({ name }) => join(folder, name))
    .toSorted();

export function readManifest(folder: string, { cwd }: Io): Manifest {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`${shown(path, cwd)}: cannot be read, ${systemReason(error)}`);
  }
  const manifest = parseManifest(text);
  if (typeof manifest === "string") throw damaged(folder, manifest, cwd);
  return manifest;
}

export const damaged = (folder: string, why: string, cwd: string): InputError =>
  new InputError(why.replace(/\s+/g, " "), { file: shown(join(folder, MANIFEST), cwd) });

/**
 * The files that the scenario named are not part of the result: they are looked for where --inputs
 * says, else where the user stands, in scenarios/ there, and beside the results; only the very
 * content that was used will do.
 */
export function findInputs(
  { inputs }: Manifest,
  folder: string,
  options: { readonly inputs?: string },
  io: Io,
): Inputs {
  const around = [
    io.cwd,
    join(io.cwd, "scenarios"),
    folder,
    join(dirname(folder), "../../scenarios"),
  ];
  const places = options.inputs === undefined ? around : [resolve(io.cwd, options.inputs)];
  const files = inputs.map((entry): NamedFile => {
    const path = places
      .map((place) => resolve(place, entry.name))
      .find((at) => isContent(at, entry));
    if (path === undefined) {
      throw new InputError(
        `${entry.name}: is not found with the content that was used, say with --inputs where it is`,
      );
    }
    return { name: entry.name, kind: entry.kind, path, at: { file: path, line: 1, column: 1 } };
  });
  const loaded = loadNamedFiles(files, io.cwd);
  if ("problems" in loaded) throw new InputError(loaded.problems.map(formatProblem).join("; "));
  return loaded.inputs;
}

function isContent(path: string, entry: InputEntry): boolean {
  try {
    return sha256(readFileSync(path)) === entry.sha256;
  } catch {
    return false;
  }
}

/**
 * A result comes of a run that went well, and equal versions run equally: it is the manifest that
 * was changed, or made by a version whose scenarios are other.
 */
export function cannotRun(error: unknown, { lbsim }: Manifest): string {
  const why = error instanceof Error ? error.message : String(error);
  const by = lbsim === VERSION ? "" : ` (made by lbsim ${lbsim}, this is ${VERSION})`;
  return `what it describes cannot be run${by}: ${why}`;
}

/**
 * One sentence a file of the folder that is not as it should be: gone, or the first line that
 * differs.
 */
export function differencesOf(folder: string, files: ResultFiles): string[] {
  const differences: string[] = [];
  for (const [name, text] of files) {
    const path = join(folder, name);
    if (!existsSync(path)) {
      differences.push(`${name}: is missing`);
      continue;
    }
    let before: Buffer;
    try {
      before = readFileSync(path);
    } catch (error) {
      differences.push(`${name}: cannot be read, ${systemReason(error)}`);
      continue;
    }
    if (!before.equals(Buffer.from(text))) {
      differences.push(`${name}: ${firstDifference(before.toString(), text)}`);
    }
  }
  return differences;
}

const QUOTE_LENGTH = 60;

const quote = (text: string | undefined): string =>
  text === undefined ? "nothing" : JSON.stringify(text.trim().slice(0, QUOTE_LENGTH));

function firstDifference(before: string, after: string): string {
  const was = before.split("\n");
  const now = after.split("\n");
  const at = was.findIndex((line, index) => line !== now[index]);
  const line = at < 0 ? was.length : at;
  return `differs from line ${line + 1} on: was ${quote(was[line])}, is ${quote(now[line])}`;
}
