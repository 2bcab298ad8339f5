/**
 * `lbsim report DIR…`: one page a result. Its pictures need more than result folders hold, so the
 * run is done again from its manifest, and its fingerprint says that it is the same run. A
 * comparison's table is that of all its seeds, as its summary has it; its pictures are of the first
 * finished seed of each variant.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { parseComparison } from "../../report/comparison-check.ts";
import type { ComparisonSummary } from "../../report/comparison-check.ts";
import { jsonText } from "../../report/json.ts";
import type { ComparisonManifest, Manifest, RunManifest } from "../../report/manifest.ts";
import type { PageModel } from "../../report/page/page-model.ts";
import type { PageVariant } from "../../report/page/page.ts";
import type { Inputs, Scenario } from "../../scenario/scenario.ts";
import { VERSION } from "../../version.ts";
import type { ReportOptions } from "../cli.ts";
import { execute } from "../execute.ts";
import type { Executed } from "../execute.ts";
import { ExitCode, InputError } from "../io.ts";
import type { Io } from "../io.ts";
import { writeNewFile } from "../new-file.ts";
import { createProgress, silent } from "../progress.ts";
import type { Progress } from "../progress.ts";
import {
  comparisonPageOf,
  pageIn,
  REPORT_FILE,
  reportTemplate,
  runPageOf,
  variantOf,
} from "../report-page.ts";
import { figuresOf, runFiles } from "../result-files.ts";
import { shown, systemReason } from "../result-folder.ts";
import type { ResultFiles } from "../result-folder.ts";
import {
  cannotRun,
  damaged,
  differencesOf,
  findInputs,
  readManifest,
  resultsIn,
} from "../result-reading.ts";

const SUMMARY = "summary.json";

interface Task {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly inputs: Inputs;
  /** Of a comparison: what all its runs amounted to. */
  readonly summary: ComparisonSummary | null;
}

export async function report(
  folders: readonly string[],
  options: ReportOptions,
  io: Io,
): Promise<ExitCode> {
  const template = reportTemplate(io);
  const found = folders
    .map((folder) => resolve(io.cwd, folder))
    .flatMap((folder) => resultsIn(folder, io.cwd));
  if (options.output !== undefined && found.length > 1) {
    throw new InputError(`-o names one page, but there are ${found.length} results: leave it out`);
  }
  // All of them before the first run: a wrong name should not be told after an hour.
  const tasks = found.map((folder) => taskOf(folder, options, io));
  const progress = options.quiet ? silent : createProgress(io.terminal);
  const written: { folder: string; file: string; bytes: number }[] = [];
  try {
    for (const task of tasks) {
      const { folder, manifest } = task;
      const model = await modelOf(task, progress, io).catch((error: unknown) => {
        if (error instanceof InputError) throw error;
        throw damaged(folder, cannotRun(error, manifest), io.cwd);
      });
      progress.stop();
      if (model === null) break;
      const text = pageIn(template, model);
      const path =
        options.output === undefined ? join(folder, REPORT_FILE) : resolve(io.cwd, options.output);
      await writeNewFile(path, text, { cwd: io.cwd, force: true });
      const file = shown(path, io.cwd);
      written.push({ folder: shown(folder, io.cwd), file, bytes: Buffer.byteLength(text) });
      if (!options.json && !options.quiet) io.err.write(`written to ${file}\n`);
    }
  } finally {
    progress.stop();
  }
  const partial = written.length < tasks.length;
  if (options.json) {
    io.out.write(
      jsonText({ format: 1, kind: "reports", lbsim: VERSION, partial, reports: written }),
    );
  }
  return partial ? ExitCode.Interrupted : ExitCode.Done;
}

function taskOf(folder: string, options: ReportOptions, io: Io): Task {
  const manifest = readManifest(folder, io);
  const inputs = findInputs(manifest, folder, options, io);
  const summary = manifest.kind === "run" ? null : readComparison(folder, manifest, io);
  return { folder, manifest, inputs, summary };
}

/** Of the very runs that the manifest names. */
function readComparison(
  folder: string,
  manifest: ComparisonManifest,
  { cwd }: Io,
): ComparisonSummary {
  const path = join(folder, SUMMARY);
  const place = { file: shown(path, cwd) };
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`${place.file}: cannot be read, ${systemReason(error)}`);
  }
  const summary = parseComparison(content);
  if (typeof summary === "string") throw new InputError(summary, place);
  const { comparison, runs } = summary;
  const named = new Map(
    manifest.runs.map((run) => [`${run.seed} ${run.variant}`, run.fingerprint]),
  );
  const isNamed = (seed: number, variant: string, fingerprint: string): boolean =>
    named.get(`${seed} ${variant}`) === fingerprint;
  const same =
    runs.every(({ seed, variant, fingerprint }) => isNamed(seed, variant, fingerprint)) &&
    comparison.rows.every(({ label, seeds, fingerprints }) =>
      seeds.every((seed, index) => isNamed(seed, label, fingerprints[index])),
    );
  if (!same || comparison.done !== manifest.runs.length) {
    throw new InputError("it is of other runs than manifest.json, make the result anew", place);
  }
  return summary;
}

/** null: Ctrl-C came first. */
async function modelOf(
  { folder, manifest, inputs, summary }: Task,
  progress: Progress,
  io: Io,
): Promise<PageModel | null> {
  if (manifest.kind === "run") return runModel(folder, manifest, inputs, progress, io);
  const variants: PageVariant[] = [];
  const firsts = manifest.variants.flatMap(({ label, scenario }) => {
    const run = manifest.runs.find(({ variant }) => variant === label);
    return run === undefined ? [] : [{ label, scenario, ...run }];
  });
  for (const [index, { label, scenario, seed, fingerprint }] of firsts.entries()) {
    const executed = await execute({ ...scenario, seed }, inputs, seed, {
      interrupt: io.interrupt,
      onPiece: (part, requests) => progress.update((index + part) / firsts.length, requests, label),
    });
    if (executed.stopped !== null) return null;
    checkFingerprint(folder, manifest, executed, fingerprint, io);
    const figures = figuresOf(scenario, executed);
    variants.push(variantOf(label, scenario, executed, figures, firsts.length));
  }
  if (variants.length === 0) throw damaged(folder, "none of its runs is finished", io.cwd);
  const { comparison: result, runs } = summary!;
  return comparisonPageOf(manifest, { result, runs }, variants);
}

async function runModel(
  folder: string,
  manifest: RunManifest,
  inputs: Inputs,
  progress: Progress,
  io: Io,
): Promise<PageModel | null> {
  const { seed, stopped, name, fingerprint } = manifest;
  const scenario: Scenario = manifest.scenario;
  const executed = await execute(scenario, inputs, seed, {
    interrupt: io.interrupt,
    onPiece: (part, requests) => progress.update(part, requests, name),
    ...(stopped === null ? {} : { stopAfterPieces: stopped.pieces }),
  });
  if (io.interrupt.requested) return null;
  checkFingerprint(folder, manifest, executed, fingerprint, io);
  const figures = figuresOf(scenario, executed);
  checkFiles(folder, manifest, runFiles(manifest, figures), io);
  return runPageOf(manifest, figures, variantOf(name, scenario, executed, figures));
}

/** A page beside files that say something else would be worse than none. */
function checkFiles(folder: string, { lbsim }: RunManifest, files: ResultFiles, { cwd }: Io): void {
  // Another version may write the same run in other words.
  if (lbsim !== VERSION) return;
  const [difference] = differencesOf(folder, files);
  if (difference === undefined) return;
  throw damaged(folder, `${difference}; make the result anew`, cwd);
}

/** A report of another run than the result's would be worse than none. */
function checkFingerprint(
  folder: string,
  { lbsim }: Manifest,
  { record }: Executed,
  expected: string,
  { cwd }: Io,
): void {
  if (record.fingerprint === expected) return;
  const by =
    lbsim === VERSION
      ? "it was changed since it ran"
      : `lbsim ${lbsim} made it, this is ${VERSION}`;
  throw damaged(
    folder,
    `run again it ends with fingerprint ${record.fingerprint}, not ${expected}: ${by}; make the result anew`,
    cwd,
  );
}
