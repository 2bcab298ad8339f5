/**
 * `lbsim reproduce DIR…`: makes every file of a result again from its manifest and compares it to
 * the byte.
 */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";

import { jsonText } from "../../report/json.ts";
import { runManifest } from "../../report/manifest.ts";
import type { ComparisonManifest, Manifest, RunManifest } from "../../report/manifest.ts";
import type { Inputs } from "../../scenario/scenario.ts";
import { VERSION } from "../../version.ts";
import type { ReproduceOptions } from "../cli.ts";
import { comparePlan, manifestOf } from "../compare-plan.ts";
import { execute } from "../execute.ts";
import { ExitCode } from "../io.ts";
import type { Io } from "../io.ts";
import { createProgress, silent } from "../progress.ts";
import type { Progress } from "../progress.ts";
import { comparisonFiles, figuresOf, runFiles } from "../result-files.ts";
import { shown } from "../result-folder.ts";
import type { ResultFiles } from "../result-folder.ts";
import {
  cannotRun,
  damaged,
  differencesOf,
  findInputs,
  readManifest,
  resultsIn,
} from "../result-reading.ts";
import { REPORT_FILE } from "../report-page.ts";

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

/** By file: gone, the first line in which it differs, or not of the result. */
function compareFiles(folder: string, files: ResultFiles): string[] {
  // A report is made from these files and the page of the version that made it: no figure is its
  // own.
  const more = readdirSync(folder).filter(
    (name) => !files.has(name) && !name.startsWith(".") && name !== REPORT_FILE,
  );
  const strange = more.toSorted().map((name) => `${name}: is no file of the result`);
  return [...differencesOf(folder, files), ...strange];
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
