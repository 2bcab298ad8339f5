/**
 * `lbsim explain FILE | NAME`: a scenario in sentences; an entry of a registry with its source and
 * settings; a setting of a scenario with its default and its fields; an event; a metric.
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";

import type { HashFunction } from "../../hashing/functions/hash-function.ts";
import { hashFunctions } from "../../hashing/functions/registry.ts";
import { displayWidth, wrapped } from "../../report/display-width.ts";
import { jsonText } from "../../report/json.ts";
import {
  describeEntry,
  entriesNamed,
  suggestEntry,
  traitsOf,
} from "../../scenario/describe-entry.ts";
import {
  describeEventEntry,
  describeMetric,
  eventsNamed,
  metricsNamed,
} from "../../scenario/describe-known.ts";
import { describeSettings, settings, settingsNamed } from "../../scenario/describe-setting.ts";
import { describeScenario } from "../../scenario/describe.ts";
import { offeredLoads } from "../../scenario/offered-load.ts";
import { readScenario } from "../../scenario/read-scenario.ts";
import { metrics } from "../../statistics/metrics/registry.ts";
import { events } from "../../world/events.ts";
import type { JsonOption } from "../cli.ts";
import { diagnosticsOf } from "../diagnostics.ts";
import { ExitCode, InputError, widthOf } from "../io.ts";
import type { Io } from "../io.ts";
import {
  loadNamedFiles,
  overridesOf,
  readerName,
  scenarioLoader,
  tellProblems,
} from "../scenario-files.ts";
import { harmless } from "../style.ts";

export interface ExplainOptions extends JsonOption {
  readonly set?: readonly string[];
}

export async function explain(what: string, options: ExplainOptions, io: Io): Promise<ExitCode> {
  const entries = entriesNamed(what);
  const fields = settingsNamed(what);
  const happenings = eventsNamed(what);
  const figures = metricsNamed(what);
  const count = entries.length + fields.length + happenings.length + figures.length;
  if (count > 0 && !isFile(what, io)) {
    if (options.json) {
      const found = entries.map(({ from, entry }) => {
        const traits = traitsOf(from, entry);
        return { registry: from, ...entry, ...(traits === null ? {} : { traits }) };
      });
      const more = {
        ...(fields.length > 0 && { settings: fields }),
        ...(happenings.length > 0 && { events: happenings }),
        ...(figures.length > 0 && { metrics: figures }),
      };
      io.out.write(jsonText({ format: 1, kind: "explanation", entries: found, ...more }));
    } else {
      const texts = [
        ...entries.map(({ from, entry }) => describeEntry(from, entry)),
        ...describeSettings(fields),
        ...happenings.map(describeEventEntry),
        ...figures.map(describeMetric),
      ];
      io.out.write(texts.map((lines) => inWidth(lines, io)).join("\n"));
    }
    return ExitCode.Done;
  }
  const hash = hashFunctions.find(({ name }) => name === what);
  if (hash !== undefined && !isFile(what, io)) {
    tellHash(hash, options, io);
    return ExitCode.Done;
  }
  if (what !== "-" && !isFile(what, io) && /^[a-z][a-z0-9-]*$/.test(what)) {
    const known = [...settings, ...events, ...metrics].map(({ name }) => name);
    const would = suggestEntry(what, known);
    throw new InputError(
      `nothing is called "${what}"${would === "" ? "" : `, ${would}`}; see lbsim list, or name a file`,
    );
  }
  return explainFile(what, options, io);
}

function tellHash(hash: HashFunction, { json }: ExplainOptions, io: Io): void {
  const { name, summary, follows, bits } = hash;
  if (json) {
    const entries = [{ registry: "hashes", name, summary, follows, bits }];
    io.out.write(jsonText({ format: 1, kind: "explanation", entries }));
    return;
  }
  const lines = [`${name} (hash function): ${summary}`, `Follows ${follows}`, `${bits} bits`];
  io.out.write(inWidth(lines, io));
}

/** A name that no file can have, or a link in a circle, is none. */
function isFile(path: string, { cwd }: Io): boolean {
  try {
    return statSync(resolve(cwd, path)).isFile();
  } catch {
    return false;
  }
}

async function explainFile(file: string, options: ExplainOptions, io: Io): Promise<ExitCode> {
  const loader = await scenarioLoader([file], io);
  const read = readScenario(readerName(file), loader, { overrides: overridesOf(options.set) });
  const loaded = "problems" in read ? read : loadNamedFiles(read.files, io.cwd);
  if ("problems" in read || "problems" in loaded) {
    const problems = "problems" in loaded ? loaded.problems : [];
    tellProblems(problems, io);
    if (options.json) io.out.write(jsonText(diagnosticsOf(problems, loader)));
    return ExitCode.BadInput;
  }
  tellProblems(read.warnings, io);
  const { numbers } = loaded.inputs;
  const lines = describeScenario(read.scenario, numbers);
  if (options.json) {
    const loads = offeredLoads(read.scenario, numbers);
    io.out.write(jsonText({ format: 1, kind: "explanation", lines, offeredLoads: loads }));
  } else io.out.write(inWidth(lines, io));
  return ExitCode.Done;
}

/** Wrapped lines keep their indent, and go on a little further in. */
function inWidth(lines: readonly string[], io: Io): string {
  const width = widthOf(io.out);
  return lines
    .map(harmless)
    .flatMap((line) => {
      if (displayWidth(line) <= width) return [line];
      const indent = /^ */.exec(line)?.[0] ?? "";
      const [first = "", ...more] = wrapped(line.trim(), width - indent.length - 2);
      return [`${indent}${first}`, ...more.map((part) => `${indent}  ${part}`)];
    })
    .map((line) => `${line}\n`)
    .join("");
}
