/**
 * `lbsim reproduce DIR…`: makes every file of a result again from its manifest and compares it to
 * the byte.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { jsonText } from "../../report/json.ts";
import { parseManifest, runManifest } from "../../report/manifest.ts";
import type {
  ComparisonManifest,
  InputEntry,
  Manifest,
  RunManifest,
} from "../../report/manifest.ts";
import { formatProblem } from "../../scenario/read-scenario.ts";
import type { NamedFile } from "../../scenario/read-scenario.ts";
import type { Inputs } from "../../scenario/scenario.ts";
import { VERSION } from "../../version.ts";
import type { ReproduceOptions } from "../cli.ts";
import { comparePlan, manifestOf } from "../compare-plan.ts";
import { execute } from "../execute.ts";
import { ExitCode, InputError } from "../io.ts";
import type { Io } from "../io.ts";
import { createProgress, silent } from "../progress.ts";
import type { Progress } from "../progress.ts";
import { comparisonFiles, figuresOf, runFiles } from "../result-files.ts";
import { sha256, shown, systemReason } from "../result-folder.ts";
import type { ResultFiles } from "../result-folder.ts";
import { loadNamedFiles } from "../scenario-files.ts";

const MANIFEST = "manifest.json";

interface Outcome {
  readonly folder: string;
  readonly files: number;
  /** One sentence a file that is not the same. */
  readonly differences: readonly string[];
  /** The version that made it, where that is not this one. */
  readonly madeBy: string | null;
}

export async function reproduce(
  folders: readonly string[],
  options: ReproduceOptions,
  io: Io,
): Promise<ExitCode> {
  const results = folders
    .map((folder) => resolve(io.cwd, folder))
    .flatMap((folder) => resultsIn(folder, io.cwd));
  // Everything is read before the first run: a wrong name should not be told after an hour.
  const tasks = results.map((folder) => ({ folder, manifest: readManifest(folder, io) }));
  const progress = options.quiet ? silent : createProgress(io.terminal);
  const outcomes: Outcome[] = [];
  try {
    for (const { folder, manifest } of tasks) {
      const inputs = findInputs(manifest, folder, options, io);
      const files = await madeAgain(manifest, inputs, progress, io).catch((error: unknown) => {
        throw damaged(folder, cannotRun(error, manifest), io.cwd);
      });
      progress.stop();
      if (files === null) break;
      const madeBy = manifest.lbsim === VERSION ? null : manifest.lbsim;
      const differences = compareFiles(folder, files);
      const outcome = { folder: shown(folder, io.cwd), files: files.size, differences, madeBy };
      outcomes.push(outcome);
      if (!options.json) tell(outcome, io);
    }
  } finally {
    progress.stop();
  }
  const partial = outcomes.length < tasks.length;
  const same = outcomes.every(({ differences }) => differences.length === 0);
  if (options.json) {
    const head = { format: 1, kind: "reproduction", lbsim: VERSION, partial, same };
    io.out.write(jsonText({ ...head, results: outcomes }));
  }
  if (partial) return ExitCode.Interrupted;
  return same ? ExitCode.Done : ExitCode.Failed;
}

/** The folder itself where it is a result, else all results in it, by name. */
function resultsIn(folder: string, cwd: string): string[] {
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

function readManifest(folder: string, { cwd }: Io): Manifest {
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

const damaged = (folder: string, why: string, cwd: string): InputError =>
  new InputError(why.replace(/\s+/g, " "), { file: shown(join(folder, MANIFEST), cwd) });

/**
 * The files that the scenario named are not part of the result: they are looked for where --inputs
 * says, else where the user stands, in scenarios/ there, and beside the results; only the very
 * content that was used will do.
 */
function findInputs(
  { inputs }: Manifest,
  folder: string,
  options: ReproduceOptions,
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
function cannotRun(error: unknown, { lbsim }: Manifest): string {
  const why = error instanceof Error ? error.message : String(error);
  const by = lbsim === VERSION ? "" : ` (made by lbsim ${lbsim}, this is ${VERSION})`;
  return `what it describes cannot be run${by}: ${why}`;
}

/** null: Ctrl-C came first. */
async function madeAgain(
  manifest: Manifest,
  inputs: Inputs,
  progress: Progress,
  io: Io,
): Promise<ResultFiles | null> {
  return manifest.kind === "run"
    ? runAgain(manifest, inputs, progress, io)
    : comparedAgain(manifest, inputs, progress, io);
}

async function runAgain(
  manifest: RunManifest,
  inputs: Inputs,
  progress: Progress,
  { interrupt }: Io,
): Promise<ResultFiles | null> {
  const { scenario, seed, stopped, name } = manifest;
  const executed = await execute(scenario, inputs, seed, {
    interrupt,
    onPiece: (part, requests) => progress.update(part, requests, name),
    ...(stopped === null ? {} : { stopAfterPieces: stopped.pieces }),
  });
  if (interrupt.requested) return null;
  const again = runManifest({
    ...manifest,
    partial: executed.stopped !== null,
    stopped: executed.stopped,
    fingerprint: executed.record.fingerprint,
  });
  return runFiles(again, figuresOf(scenario, executed));
}

async function comparedAgain(
  manifest: ComparisonManifest,
  inputs: Inputs,
  progress: Progress,
  { interrupt }: Io,
): Promise<ResultFiles | null> {
  const { variants, seeds, command, overrides } = manifest;
  const plan = variants.flatMap(({ label, scenario }) =>
    seeds.map((seed) => ({ label, seed, settings: [], scenario: { ...scenario, seed } })),
  );
  const finished = new Set(manifest.runs.map(({ variant, seed }) => `${seed} ${variant}`));
  const compared = await comparePlan(plan, inputs, {
    interrupt,
    onProgress: (done, requests, doing) => progress.update(done, requests, doing),
    wanted: ({ label, seed }) => finished.has(`${seed} ${label}`),
  });
  if (interrupt.requested) return null;
  const labels = variants.map(({ label }) => label);
  const fields = { command, overrides, inputs: manifest.inputs };
  const again = manifestOf({ runs: plan, labels, seeds }, compared, fields);
  return comparisonFiles(again, compared);
}

/** By file: gone, or the first line in which it differs. */
function compareFiles(folder: string, files: ResultFiles): string[] {
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
  const more = readdirSync(folder).filter((name) => !files.has(name) && !name.startsWith("."));
  return [...differences, ...more.toSorted().map((name) => `${name}: is no file of the result`)];
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

function tell({ folder, files, differences, madeBy }: Outcome, io: Io): void {
  if (differences.length === 0) {
    io.out.write(`✓ ${folder}: ${files} files, the same to the byte\n`);
    return;
  }
  io.out.write(`✗ ${folder}: ${differences.length} of ${files} files differ\n`);
  if (madeBy !== null) io.out.write(`    made by lbsim ${madeBy}, this is ${VERSION}\n`);
  for (const difference of differences) io.out.write(`    ${difference}\n`);
}
