/**
 * Files that a scenario names beside itself, read into what a run takes: traces and lists of
 * numbers.
 */
import { parseTrace, TraceFormatError } from "../world/trace.ts";
import type { Loader } from "./load.ts";
import { readText } from "./load.ts";
import { quote } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { Problems } from "./problem.ts";
import type { NamedFile } from "./reading.ts";
import type { Inputs, Trace } from "./scenario.ts";

/** Traces of some ten million requests. */
const MAX_INPUT_BYTES = 1 << 30;

/** All files, or every problem with them; a trace's own problems name its lines. */
export function loadInputs(
  files: readonly NamedFile[],
  loader: Loader,
): Inputs | { readonly problems: readonly Problem[] } {
  const problems = new Problems();
  const traces = new Map<string, Trace>();
  const numbers = new Map<string, Float64Array>();
  for (const file of files) {
    const text = readText(file.path, loader, file.at, problems, MAX_INPUT_BYTES);
    if (text === null) continue;
    if (file.kind === "trace") loadTrace(file, text, traces, problems);
    else {
      const list = parseNumbers(file.path, text, problems);
      if (list !== null) numbers.set(file.name, list);
    }
  }
  return problems.failed ? { problems: problems.sorted() } : { traces, numbers };
}

function loadTrace(
  file: NamedFile,
  text: string,
  traces: Map<string, Trace>,
  problems: Problems,
): void {
  try {
    traces.set(file.name, parseTrace(text));
  } catch (error) {
    if (!(error instanceof TraceFormatError)) throw error;
    const { line, column, what, would } = error;
    problems.error({ file: file.path, line, column }, what, would);
  }
}

const MOST_TOLD = 10;

/**
 * Numbers ≥ 0, one a line or with commas, semicolons or blanks between; empty lines, `#` comments
 * and one line of headings are passed over. Null after a problem. O(text).
 */
export function parseNumbers(file: string, text: string, problems: Problems): Float64Array | null {
  const numbers: number[] = [];
  let wrong = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/#.*$/, "");
    if (content.trim() === "") continue;
    const cells = [...content.matchAll(/[^\s,;]+/g)];
    if (numbers.length === 0 && wrong === 0 && cells.every(([cell]) => /^["A-Za-z]/.test(cell)))
      continue;
    for (const cell of cells) {
      const value = Number(cell[0].replaceAll("_", ""));
      if (Number.isFinite(value) && value >= 0) numbers.push(value);
      else if (++wrong <= MOST_TOLD) {
        const at = { file, line: index + 1, column: cell.index + 1 };
        problems.error(
          at,
          `${quote(cell[0])} is not a number`,
          "write numbers that are not negative",
        );
      }
    }
  }
  if (wrong === 0 && numbers.length > 0) return Float64Array.from(numbers);
  if (wrong === 0)
    problems.error({ file, line: 1, column: 1 }, "the file holds no number", "write one a line");
  return null;
}
