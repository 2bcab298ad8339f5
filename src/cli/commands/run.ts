/** `lbsim run FILE…`: each file's run, its tables, its result folder. */
import { basename, join, resolve } from "node:path";

import { runManifest } from "../../report/manifest.ts";
import type { RunManifest } from "../../report/manifest.ts";
import { jsonText } from "../../report/json.ts";
import { readScenario } from "../../scenario/read-scenario.ts";
import type { Loader, Override, Problem } from "../../scenario/read-scenario.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { VERSION } from "../../version.ts";
import type { RunOptions } from "../cli.ts";
import { diagnosticsOf } from "../diagnostics.ts";
import { execute } from "../execute.ts";
import { colourful, ExitCode, InputError, widthOf } from "../io.ts";
import type { Io } from "../io.ts";
import { createLiveView } from "../live-view.ts";
import { commandLine } from "../options.ts";
import { printReport } from "../print-report.ts";
import { createProgress, silent, tellNothingFinished } from "../progress.ts";
import type { Progress } from "../progress.ts";
import { pageIn, REPORT_FILE, runPageOf, templateFor, variantOf } from "../report-page.ts";
import { figuresOf, runFiles, runReportOf } from "../result-files.ts";
import type { RunFigures } from "../result-files.ts";
import { checkResultFolder, shortHash, shown, writeResultFolder } from "../result-folder.ts";
import {
  loadNamedFiles,
  overridesOf,
  readerName,
  scenarioLoader,
  tellProblems,
} from "../scenario-files.ts";
import type { LoadedInputs } from "../scenario-files.ts";

interface Task extends LoadedInputs {
  readonly file: string;
  readonly scenario: Scenario;
}

interface Done {
  readonly manifest: RunManifest;
  readonly figures: RunFigures;
  /** Relative to where the user stands; null: not written. */
  readonly folder: string | null;
}

export async function run(
  files: readonly string[],
  options: RunOptions,
  io: Io,
): Promise<ExitCode> {
  const overrides = overridesOf(options.set);
  const template = templateFor(options, io);
  const loader = await scenarioLoader(files, io);
  const { tasks, problems } = readAll(files, loader, overrides, options, io);
  const warnings = problems.filter(({ severity }) => severity === "warning");
  if (tasks.length < files.length) {
    tellProblems(problems, io);
    if (options.json) io.out.write(jsonText(diagnosticsOf(problems, loader)));
    return ExitCode.BadInput;
  }
  if (!options.quiet) tellProblems(warnings, io);
  if (options.write) {
    refuseTwins(tasks);
    for (const { scenario } of tasks) {
      checkResultFolder(folderOf(scenario, overrides, options, io), io.cwd);
    }
  }
  const progress = options.quiet ? silent : createProgress(io.terminal);
  const done: Done[] = [];
  try {
    for (const [index, task] of tasks.entries()) {
      if (io.interrupt.requested) break;
      const result = await runOne(
        task,
        { options, overrides, progress, index, tasks, template },
        io,
      );
      progress.stop();
      done.push(result);
      if (!options.json) printRun(result, task, options, io);
    }
  } finally {
    progress.stop();
    if (options.json && (done.length > 0 || io.interrupt.requested)) {
      io.out.write(jsonText(documentOf(done, tasks.length)));
    }
  }
  if (done.length === 0) tellNothingFinished(io);
  return exitCodeOf(done, io);
}

/**
 * All files before the first run: whoever waits for an hour should not find a slip in the second
 * file then.
 */
function readAll(
  files: readonly string[],
  loader: Loader,
  overrides: readonly Override[],
  { seed }: RunOptions,
  io: Io,
): { readonly tasks: readonly Task[]; readonly problems: readonly Problem[] } {
  const tasks: Task[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const read = readScenario(readerName(file), loader, {
      overrides,
      ...(seed === undefined ? {} : { seed }),
    });
    if ("problems" in read) {
      problems.push(...read.problems);
      continue;
    }
    problems.push(...read.warnings);
    const loaded = loadNamedFiles(read.files, io.cwd);
    if ("problems" in loaded) problems.push(...loaded.problems);
    else tasks.push({ file, scenario: read.scenario, ...loaded });
  }
  return { tasks, problems };
}

/** Results are named by the file's stem: two of one name would replace each other. */
function refuseTwins(tasks: readonly Task[]): void {
  const seen = new Map<string, string>();
  for (const { scenario, file } of tasks) {
    const twin = seen.get(scenario.name);
    if (twin !== undefined) {
      throw new InputError(
        `${twin} and ${file} would write the same result folder, run them one by one with other -o folders`,
      );
    }
    seen.set(scenario.name, file);
  }
}

interface Frame {
  readonly options: RunOptions;
  readonly overrides: readonly Override[];
  readonly progress: Progress;
  readonly index: number;
  readonly tasks: readonly Task[];
  /** null: no report is asked for. */
  readonly template: string | null;
}

async function runOne(task: Task, frame: Frame, io: Io): Promise<Done> {
  const { scenario, inputs, entries, file } = task;
  const { options, overrides, progress, index, tasks } = frame;
  const live = options.watch === true && !options.quiet ? createLiveView(scenario, io) : null;
  const executed = await execute(scenario, inputs, scenario.seed, {
    interrupt: io.interrupt,
    onPiece: (part, requests, simulation) => {
      if (live !== null) live.update(simulation, part);
      else progress.update((index + part) / tasks.length, requests, scenario.name);
    },
  }).finally(() => live?.stop());
  const figures = figuresOf(scenario, executed);
  const manifest = runManifest({
    name: scenario.name,
    command: commandOf(basename(file), options, overrides),
    partial: executed.stopped !== null,
    seed: scenario.seed,
    fingerprint: executed.record.fingerprint,
    stopped: executed.stopped,
    overrides: overrides.map(({ path, value }) => ({ path, value })),
    inputs: entries,
    scenario,
  });
  if (!options.write) return { manifest, figures, folder: null };
  const folder = folderOf(scenario, overrides, options, io);
  const files = new Map(runFiles(manifest, figures));
  if (frame.template !== null) {
    const variant = variantOf(scenario.name, scenario, executed, figures);
    const page = runPageOf(manifest, figures, variant);
    files.set(REPORT_FILE, pageIn(frame.template, page));
  }
  writeResultFolder(folder, files, io.cwd);
  return { manifest, figures, folder: shown(folder, io.cwd) };
}

const folderOf = (
  scenario: Scenario,
  overrides: readonly Override[],
  { output }: RunOptions,
  { cwd }: Io,
): string => resolve(cwd, join(output, scenario.name, runName(scenario, overrides)));

/** Runs that differ in more than the seed get folders of their own. */
function runName({ seed }: Scenario, overrides: readonly Override[]): string {
  if (overrides.length === 0) return `seed-${seed}`;
  const settings = overrides.map(({ path, value }) => `${path}=${value}`);
  return `seed-${seed}-${shortHash(settings.join("\n"))}`;
}

const commandOf = (file: string, { seed }: RunOptions, overrides: readonly Override[]): string =>
  commandLine([
    "run",
    file,
    ...(seed === undefined ? [] : ["--seed", String(seed)]),
    ...overrides.flatMap(({ path, value }) => ["--set", `${path}=${value}`]),
  ]);

function printRun(done: Done, task: Task, options: RunOptions, io: Io): void {
  const { manifest, figures, folder } = done;
  const command = commandOf(task.file, options, overridesOf(options.set));
  const report = runReportOf(manifest, figures, command);
  const print = { width: widthOf(io.out), colours: colourful(io.out, io.env) };
  // Pictures are for eyes: what is piped on or kept stays as a file has it.
  const trends = io.out.isTerminal ? { trends: figures.trends() } : {};
  io.out.write(printReport(report, { ...print, ...trends }));
  if (folder !== null && !options.quiet) io.err.write(`written to ${folder}\n`);
}

const documentOf = (done: readonly Done[], wanted: number): unknown => ({
  format: 1,
  kind: "run",
  lbsim: VERSION,
  partial: done.length < wanted || done.some(({ manifest }) => manifest.partial),
  runs: done.map(({ manifest, figures, folder }) => ({
    name: manifest.name,
    seed: manifest.seed,
    fingerprint: manifest.fingerprint,
    partial: manifest.partial,
    folder,
    passed: figures.expectations.every(({ passed }) => passed),
    expectations: figures.expectations,
    summary: figures.summary,
  })),
});

function exitCodeOf(done: readonly Done[], io: Io): ExitCode {
  if (io.interrupt.requested) return ExitCode.Interrupted;
  const failed = done.some(({ figures }) => figures.expectations.some(({ passed }) => !passed));
  return failed ? ExitCode.Failed : ExitCode.Done;
}
