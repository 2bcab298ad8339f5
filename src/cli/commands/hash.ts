/**
 * `lbsim hash [STRUCTURE…]`: placement structures side by side without a simulation: balance, what
 * changes move, what they cost; or why one key lands where it does.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

import { BoundedMeasurement } from "../../laboratory/bounded.ts";
import { planChanges } from "../../laboratory/changes.ts";
import type { Plan } from "../../laboratory/changes.ts";
import { comparisonOf } from "../../laboratory/comparison.ts";
import type { Comparison } from "../../laboratory/comparison.ts";
import { explainKey } from "../../laboratory/explain.ts";
import { Measurement, TooLarge } from "../../laboratory/measurement.ts";
import { LaboratoryError } from "../../laboratory/pool.ts";
import { timeStructure } from "../../laboratory/timing.ts";
import type { Timing } from "../../laboratory/timing.ts";
import { explainReport, hashCsv, hashReport } from "../../report/hash-report.ts";
import { jsonText } from "../../report/json.ts";
import type { Report } from "../../report/report-model.ts";
import { VERSION } from "../../version.ts";
import { diagnosticsOf } from "../diagnostics.ts";
import type { HashOptions } from "../hash-command.ts";
import { boundIn, countIn, hashNamed, readNodes, readStructures } from "../hash-input.ts";
import type { Structures } from "../hash-input.ts";
import { keySource, pieceFor, traceOfKeys } from "../hash-keys.ts";
import type { KeySource } from "../hash-keys.ts";
import { InputProblems } from "../input-problems.ts";
import { colourful, ExitCode, InputError, widthOf } from "../io.ts";
import type { Io } from "../io.ts";
import { commandLine } from "../options.ts";
import { printReport } from "../print-report.ts";
import { createProgress, silent, tellNothingFinished } from "../progress.ts";
import { scenarioLoader, tellProblems } from "../scenario-files.ts";

export async function hash(
  structures: readonly string[],
  options: HashOptions,
  io: Io,
): Promise<ExitCode> {
  try {
    return await compareStructures(structures, options, io);
  } catch (error) {
    if (error instanceof LaboratoryError || error instanceof TooLarge) {
      throw new InputError(error.message);
    }
    if (!(error instanceof InputProblems)) throw error;
    tellProblems(error.problems, io);
    if (options.json) {
      io.out.write(jsonText(diagnosticsOf(error.problems, await scenarioLoader([], io))));
    }
    return ExitCode.BadInput;
  }
}

/** As much as anybody waits for. */
const MOST_DRAWS = 10_000;

async function compareStructures(
  texts: readonly string[],
  options: HashOptions,
  io: Io,
): Promise<ExitCode> {
  const { seed } = options;
  if (options.json && options.csv) throw new InputError("--json and --csv are two forms, take one");
  if (options.trace !== undefined && options.keys !== undefined) {
    throw new InputError("--keys and --trace both name keys, take one");
  }
  const bound = boundIn(options.bound);
  if (bound !== null) refuseWithBound(options);
  const pool = await readNodes(options.nodes, options.weights, io.cwd);
  const draws = countIn("--draws", options.draws, MOST_DRAWS);
  const plan = planChanges(pool, options.change ?? [], { seed, draws });
  const structures = readStructures(texts, hashNamed(options.hash), plan);
  if (options.explain !== undefined) {
    tellExplained(options.explain, structures, plan, options, io);
    return ExitCode.Done;
  }
  const source =
    options.trace === undefined
      ? keySource(options.keys ?? DEFAULT_KEYS, seed, io.cwd)
      : traceOfKeys(options.trace, io.cwd);
  const measured = await measure(structures, plan, source, options, io);
  if (measured === null) {
    tellNothingFinished(io);
    return ExitCode.Interrupted;
  }
  const command = commandOf(texts, options);
  if (options.csv) io.out.write(hashCsv(measured.comparison));
  else if (options.json) {
    const head = { format: 1, kind: "hash", lbsim: VERSION, seed, keysFrom: source.from };
    io.out.write(jsonText({ ...head, ...measured.comparison, notes: measured.notes }));
  } else {
    const parts = { ...measured, keysFrom: source.from, seed, version: VERSION, command };
    print(hashReport(parts), io);
  }
  return ExitCode.Done;
}

/** A bound belongs to all keys together. */
function refuseWithBound({ explain, timing }: HashOptions): void {
  if (explain !== undefined) {
    throw new InputError(
      "--bound gives a key out by all keys before it, --explain knows one alone",
    );
  }
  if (timing) throw new InputError("--timing is of structures without a bound, leave out --bound");
}

export const DEFAULT_KEYS = "100k";

const print = (report: Report, io: Io): void =>
  io.out.write(printReport(report, { width: widthOf(io.out), colours: colourful(io.out, io.env) }));

interface Measured {
  readonly comparison: Comparison;
  readonly notes: readonly string[];
}

/** null: Ctrl-C came first. */
async function measure(
  { chosen, notes }: Structures,
  plan: Plan,
  source: KeySource,
  options: HashOptions,
  io: Io,
): Promise<Measured | null> {
  const bound = boundIn(options.bound);
  const measurement =
    bound === null ? new Measurement(chosen, plan) : new BoundedMeasurement(chosen, plan, bound);
  const progress = options.quiet ? silent : createProgress(io.terminal, "keys");
  let stopped = false;
  const sent = await source
    .send({
      key: (bytes, length) => measurement.add(bytes, length),
      piece: pieceFor(plan.before.size),
      pause(done) {
        // A stream's length is not known: no part of it is done until all is.
        progress.update(Number.isNaN(done) ? 0 : done, measurement.keys, "placing keys");
        stopped = io.interrupt.requested;
        return stopped;
      },
    })
    .finally(() => progress.stop());
  if (stopped) return null;
  const counts = measurement.finish();
  const now = (): number => performance.now();
  const timings: (Timing | null)[] = [];
  for (const structure of chosen) {
    timings.push(options.timing ? timeStructure(structure, plan.before, plan.changes, now) : null);
    await nextTurn();
    if (io.interrupt.requested) return null;
  }
  const comparison = comparisonOf({
    plan,
    keys: measurement.keys,
    given: { repeats: sent.repeats, squares: sent.squares ?? measurement.keys },
    bound,
    counts,
    costs: chosen.map(({ definition }) => definition.cost),
    timings,
  });
  return { comparison, notes: [...notes, ...sent.notes] };
}

function tellExplained(
  key: string,
  { chosen, notes }: Structures,
  { before }: Plan,
  options: HashOptions,
  io: Io,
): void {
  const found = chosen.map((structure) => explainKey(structure, before, key));
  if (options.json) {
    io.out.write(jsonText({ format: 1, kind: "hash-explanation", key, structures: found, notes }));
  } else print(explainReport(key, found), io);
}

/** What was left at its default stays out. */
function commandOf(texts: readonly string[], options: HashOptions): string {
  const { nodes, weights, keys, trace, change = [], draws, bound } = options;
  const keyWords = trace === undefined ? ["--keys", keys ?? DEFAULT_KEYS] : ["--trace", trace];
  const words = ["hash", ...texts, "--nodes", nodes];
  if (weights !== undefined) words.push("--weights", weights);
  words.push(...keyWords, "--hash", options.hash);
  for (const text of change) words.push("--change", text);
  if (draws !== "1") words.push("--draws", draws);
  if (bound !== undefined) words.push("--bound", bound);
  words.push("--seed", String(options.seed));
  if (options.timing) words.push("--timing");
  return commandLine(words);
}
