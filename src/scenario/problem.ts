/** What is wrong with a scenario, where, and what would be right. */

/**
 * Line and column count from 1; line 0: a place that has no lines, such as an option of the command
 * line.
 */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Position {
  /** What is wrong. */
  readonly what: string;
  /** What would be right; empty where nothing can be said. */
  readonly would: string;
  readonly severity: "error" | "warning";
}

/** `file:line:column: what, what would be right`: always one line. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, what, would } = problem;
  const where = line > 0 ? `${file}:${line}:${column}` : file;
  return oneLine(`${where}: ${short(what)}${would === "" ? "" : `, ${short(would)}`}`);
}

const LONGEST_PART = 400;

function short(text: string): string {
  return text.length > LONGEST_PART ? `${text.slice(0, LONGEST_PART)}…` : text;
}

/** Collects problems while reading goes on, so that all are told at once. */
export class Problems {
  private readonly found: Problem[] = [];
  private readonly seen = new Set<string>();
  private readonly files: string[] = [];
  private errorCount = 0;

  error(at: Position, what: string, would = ""): void {
    this.add({ file: at.file, line: at.line, column: at.column, what, would, severity: "error" });
  }

  warn(at: Position, what: string, would = ""): void {
    this.add({ file: at.file, line: at.line, column: at.column, what, would, severity: "warning" });
  }

  /** The same problem is told once, however often it is met. */
  add(problem: Problem): void {
    if (problem.severity === "error") this.errorCount++;
    const text = formatProblem(problem);
    if (this.seen.has(text)) return;
    this.seen.add(text);
    if (!this.files.includes(problem.file)) this.files.push(problem.file);
    this.found.push(problem);
  }

  /** Fixes the order in which files are told; else it is that of their first problem. */
  expectFile(file: string): void {
    if (!this.files.includes(file)) this.files.push(file);
  }

  /** How many errors were met, told again or not: a reader sees by it whether a part is sound. */
  get errors(): number {
    return this.errorCount;
  }

  get failed(): boolean {
    return this.errorCount > 0;
  }

  /**
   * By file in order of reading, line, column, then as found; the first thousand, and how many more
   * there are.
   */
  sorted(): Problem[] {
    const rank = new Map(this.files.map((file, index) => [file, index]));
    const all = this.found.toSorted(
      (a, b) =>
        (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
    );
    if (all.length <= MOST_TOLD) return all;
    const what = `${all.length - MOST_TOLD} more problems`;
    return [
      ...all.slice(0, MOST_TOLD),
      { ...all[MOST_TOLD], what, would: "mend the others first" },
    ];
  }
}

const MOST_TOLD = 1_000;
const LONGEST_QUOTE = 40;

/** The user's text inside a message: short, on one line, in quotes. */
export function quote(text: string): string {
  const begin = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return `"${oneLine(begin)}"`;
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
}

function oneLine(text: string): string {
  // Line breaks, terminal controls and lone surrogates could hide or forge a line of output.
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "\uFFFD");
}
