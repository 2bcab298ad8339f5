/** Scenario files, and the files that they name, from the disk; problems told in lines. */
import { closeSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";

import type { InputEntry } from "../report/manifest.ts";
import { loadInputs } from "../scenario/inputs.ts";
import { parseSet, parseVary } from "../scenario/plan-runs.ts";
import { formatProblem, MAX_SCENARIO_BYTES } from "../scenario/read-scenario.ts";
import type { Loader, NamedFile, Override, Problem } from "../scenario/read-scenario.ts";
import type { Inputs, Variation } from "../scenario/scenario.ts";
import { InputError } from "./io.ts";
import type { Io } from "./io.ts";
import { codeOf, sha256, systemReason } from "./result-folder.ts";

/** As many bytes as a trace may have: its reader's own limit. */
const MAX_INPUT_BYTES = 1 << 30;
/** What problems call the scenario that came through standard input. */
export const STDIN_NAME = "stdin";

/** Scenarios by name from where the user stands; `-` among the arguments is standard input. */
export async function scenarioLoader(files: readonly string[], io: Io): Promise<Loader> {
  const input = files.includes("-") ? await io.readInput() : null;
  return (path) =>
    input !== null && path === STDIN_NAME
      ? input
      : readLimited(resolve(io.cwd, path), MAX_SCENARIO_BYTES);
}

/** The name under which the reader gets an argument. */
export const readerName = (file: string): string => (file === "-" ? STDIN_NAME : file);

/** In our words: the system's own message holds the whole path. */
class ReadError extends Error {
  readonly code: string | undefined;

  constructor(cause: unknown) {
    super(systemReason(cause), { cause });
    this.code = codeOf(cause);
  }
}

class TooLarge extends Error {
  readonly code = "EFBIG";
}

const PIECE_BYTES = 1 << 20;

/**
 * The whole file, whatever it is (a pipe, a device): never more than `limit` bytes and one piece of
 * it stand in memory. Throws an error with the file system's code, EFBIG beyond the limit.
 */
export function readLimited(path: string, limit: number): Uint8Array {
  let handle: number | null = null;
  try {
    handle = openSync(path, "r");
    const pieces: Buffer[] = [];
    let size = 0;
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const count = readSync(handle, piece, 0, PIECE_BYTES, null);
      if (count === 0) return Buffer.concat(pieces);
      size += count;
      if (size > limit) throw new TooLarge(`it is larger than ${limit} bytes`);
      pieces.push(piece.subarray(0, count));
    }
  } catch (error) {
    throw new ReadError(error);
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

export interface LoadedInputs {
  readonly inputs: Inputs;
  /** For the manifest. */
  readonly entries: readonly InputEntry[];
}

/** What the scenario names beside itself, each file read once; or every problem with it. */
export function loadNamedFiles(
  files: readonly NamedFile[],
  cwd: string,
): LoadedInputs | { readonly problems: readonly Problem[] } {
  const hashes = new Map<string, string>();
  const inputs = loadInputs(files, (path) => {
    const content = readLimited(resolve(cwd, path), MAX_INPUT_BYTES);
    hashes.set(path, sha256(content));
    return content;
  });
  if ("problems" in inputs) return inputs;
  const entries = files.map(({ name, path, kind }) => ({
    name,
    kind,
    sha256: hashes.get(path) ?? "",
  }));
  const byName = new Map(entries.map((entry) => [`${entry.kind} ${entry.name}`, entry]));
  return { inputs, entries: [...byName.values()] };
}

/** One line a problem, on standard error. */
export function tellProblems(problems: readonly Problem[], io: Io): void {
  for (const problem of problems) {
    const kind = problem.severity === "warning" ? "warning: " : "";
    io.err.write(`${kind}${formatProblem(problem)}\n`);
  }
}

export const overridesOf = (texts: readonly string[] = []): Override[] =>
  texts.map((text) => orThrow(parseSet(text)));

export const variationsOf = (texts: readonly string[] = []): Variation[] =>
  texts.map((text) => orThrow(parseVary(text)));

function orThrow<T extends object>(parsed: T | { readonly problem: string }): T {
  if ("problem" in parsed) throw new InputError(parsed.problem);
  return parsed;
}
