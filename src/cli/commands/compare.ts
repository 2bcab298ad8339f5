/**
 * `lbsim compare FILE`: variants × seeds on the same traffic, one table, and which differences are
 * real.
 */
import { basename, join, resolve } from "node:path";

import { jsonText } from "../../report/json.ts";
import type { ComparisonManifest } from "../../report/manifest.ts";
import type { PageVariant } from "../../report/page/page.ts";
import { planRuns } from "../../scenario/plan-runs.ts";
import type { RunPlan } from "../../scenario/plan-runs.ts";
import type { Override, Problem } from "../../scenario/read-scenario.ts";
import type { Variation } from "../../scenario/scenario.ts";
import type { CompareOptions } from "../cli.ts";
import { comparePlan, manifestOf } from "../compare-plan.ts";
import type { Compared } from "../compare-plan.ts";
import { diagnosticsOf } from "../diagnostics.ts";
import { colourful, ExitCode, widthOf } from "../io.ts";
import type { Io } from "../io.ts";
import { commandLine, seedsText } from "../options.ts";
import { printReport } from "../print-report.ts";
import { createProgress, silent, tellNothingFinished } from "../progress.ts";
import { comparisonPageOf, pageIn, REPORT_FILE, templateFor, variantOf } from "../report-page.ts";
import { comparisonFiles, comparisonReportOf, trendsOf } from "../result-files.ts";
import { checkResultFolder, shortHash, shown, writeResultFolder } from "../result-folder.ts";
import {
  loadNamedFiles,
  overridesOf,
  readerName,
  scenarioLoader,
  tellProblems,
  variationsOf,
} from "../scenario-files.ts";
import type { LoadedInputs } from "../scenario-files.ts";

interface Study extends LoadedInputs {
  readonly plan: RunPlan;
}

export async function compare(file: string, options: CompareOptions, io: Io): Promise<ExitCode> {
  const template = templateFor(options, io);
  const overrides = overridesOf(options.set);
  const vary = variationsOf(options.vary);
  const loader = await scenarioLoader([file], io);
  const plan = planRuns(readerName(file), loader, {
    overrides,
    vary,
    ...(options.seeds === undefined ? {} : { seeds: options.seeds }),
  });
  const study = "problems" in plan ? plan : withInputs(plan, io);
  if ("problems" in study) {
    tellProblems(study.problems, io);
    if (options.json) io.out.write(jsonText(diagnosticsOf(study.problems, loader)));
    return ExitCode.BadInput;
  }
  if (!options.quiet) tellProblems(study.plan.warnings, io);
  const run = folderName(study.plan.seeds, overrides, vary);
  const folder = options.write
    ? resolve(io.cwd, join(options.output, study.plan.runs[0].scenario.name, run))
    : null;
  if (folder !== null) checkResultFolder(folder, io.cwd);
  const progress = options.quiet ? silent : createProgress(io.terminal);
  const variants: PageVariant[] = [];
  const compared = await comparePlan(study.plan.runs, study.inputs, {
    interrupt: io.interrupt,
    onProgress: (done, requests, doing) => progress.update(done, requests, doing),
    onFirst: ({ label, scenario }, executed, figures) => {
      if (template === null) return;
      variants.push(variantOf(label, scenario, executed, figures, study.plan.labels.length));
    },
  }).finally(() => progress.stop());
  const words = (name: string): string => commandOf(name, options, overrides, vary);
  const manifest = manifestOf(study.plan, compared, {
    command: words(basename(file)),
    overrides: overrides.map(({ path, value }) => ({ path, value })),
    inputs: study.entries,
  });
  if (compared.runs.length === 0) {
    tellNothingFinished(io);
    if (options.json) tell(manifest, compared, null, words(file), options, io);
    return ExitCode.Interrupted;
  }
  if (folder !== null) {
    const files = new Map(comparisonFiles(manifest, compared));
    if (template !== null) {
      const page = comparisonPageOf(manifest, compared, variants);
      files.set(REPORT_FILE, pageIn(template, page));
    }
    writeResultFolder(folder, files, io.cwd);
  }
  tell(
    manifest,
    compared,
    folder === null ? null : shown(folder, io.cwd),
    words(file),
    options,
    io,
  );
  return io.interrupt.requested ? ExitCode.Interrupted : ExitCode.Done;
}

function withInputs(plan: RunPlan, io: Io): Study | { readonly problems: readonly Problem[] } {
  const loaded = loadNamedFiles(plan.files, io.cwd);
  return "problems" in loaded ? loaded : { plan, ...loaded };
}

function tell(
  manifest: ComparisonManifest,
  compared: Compared,
  folder: string | null,
  command: string,
  options: CompareOptions,
  io: Io,
): void {
  const { partial, name, lbsim, seeds } = manifest;
  const { result, runs, series } = compared;
  if (options.json) {
    const head = { format: 1, kind: "comparison", lbsim, partial, name, seeds, folder };
    io.out.write(jsonText({ ...head, comparison: result, runs }));
    return;
  }
  const report = comparisonReportOf(manifest, result, command);
  const print = { width: widthOf(io.out), colours: colourful(io.out, io.env) };
  const trends = io.out.isTerminal ? { trends: trendsOf(series, "variant") } : {};
  io.out.write(printReport(report, { ...print, ...trends }));
  if (folder !== null && !options.quiet) io.err.write(`written to ${folder}\n`);
}

const commandOf = (
  file: string,
  { seeds }: CompareOptions,
  overrides: readonly Override[],
  vary: readonly Variation[],
): string =>
  commandLine([
    "compare",
    file,
    ...vary.flatMap(({ path, values }) => ["--vary", `${path}=${values.join(",")}`]),
    ...(seeds === undefined ? [] : ["--seeds", seedsText(seeds)]),
    ...overrides.flatMap(({ path, value }) => ["--set", `${path}=${value}`]),
  ]);

const LONGEST_SEEDS = 20;

/** `compare-seeds-1-10`, and a hash where the question is not the file's own. */
function folderName(
  seeds: readonly number[],
  overrides: readonly Override[],
  vary: readonly Variation[],
): string {
  const listed = seedsText(seeds).replace("..", "-").replaceAll(",", "+");
  const named = listed.length <= LONGEST_SEEDS ? listed : shortHash(listed);
  const settings = [
    ...overrides.map(({ path, value }) => `set ${path}=${value}`),
    ...vary.map(({ path, values }) => `vary ${path}=${values.join(",")}`),
  ];
  const suffix = settings.length === 0 ? "" : `-${shortHash(settings.join("\n"))}`;
  return `compare-seeds-${named}${suffix}`;
}
