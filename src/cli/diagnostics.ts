/**
 * Problems as data, in the manner of terraform's `validate -json`: severity, summary, detail,
 * range, snippet.
 */
import type { Loader, Problem } from "../scenario/read-scenario.ts";

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  /** What would be right. */
  readonly detail: string;
  /** null where the place has no lines: an option of the command line. */
  readonly range: {
    readonly filename: string;
    readonly start: { readonly line: number; readonly column: number };
  } | null;
  /** The line as it stands in the file. */
  readonly snippet: { readonly code: string; readonly startLine: number } | null;
  /** Which option it is about, where it is about one. */
  readonly option?: string;
}

export interface Diagnostics {
  readonly format: 1;
  readonly kind: "diagnostics";
  readonly valid: boolean;
  readonly errorCount: number;
  readonly warningCount: number;
  readonly diagnostics: readonly Diagnostic[];
}

const SNIPPET_LENGTH = 200;

export function diagnosticsOf(problems: readonly Problem[], loader: Loader): Diagnostics {
  const lines = new Map<string, readonly string[]>();
  const lineOf = (file: string, line: number): string | null => {
    let known = lines.get(file);
    if (known === undefined) {
      known = linesOf(file, loader);
      lines.set(file, known);
    }
    return known[line - 1]?.slice(0, SNIPPET_LENGTH) ?? null;
  };
  const errorCount = problems.filter(({ severity }) => severity === "error").length;
  return {
    format: 1,
    kind: "diagnostics",
    valid: errorCount === 0,
    errorCount,
    warningCount: problems.length - errorCount,
    diagnostics: problems.map(({ file, line, column, what, would, severity }) => {
      if (line === 0) {
        return { severity, summary: what, detail: would, range: null, snippet: null, option: file };
      }
      const code = lineOf(file, line);
      return {
        severity,
        summary: what,
        detail: would,
        range: { filename: file, start: { line, column } },
        snippet: code === null ? null : { code, startLine: line },
      };
    }),
  };
}

/** None where the file can't be read or is no text: that is the problem itself. */
function linesOf(file: string, loader: Loader): string[] {
  try {
    const content = loader(file);
    return new TextDecoder("utf-8", { fatal: true })
      .decode(typeof content === "string" ? Buffer.from(content) : content)
      .split(/\r?\n/);
  } catch {
    return [];
  }
}
