/** What a problem's own words offer as its mending: names and values to put in its place. */
import type { ProblemFacts } from "../engine/protocol.ts";

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** `did you mean "cores"?` offers `cores`; `5 has no unit, write 5ms or 5s` offers both. */
export function fixesOf({ message, fix }: ProblemFacts): string[] {
  const meant = /^did you mean (.+)\?$/.exec(fix);
  if (meant !== null) return Array.from(meant[1].matchAll(/"([^"]+)"/g), ([, name]) => name);
  const units = message.includes(" has no unit") ? /^write (\S+)(?: or (\S+))?$/.exec(fix) : null;
  return units === null ? [] : units.slice(1).filter((each) => each !== undefined);
}

/**
 * The key or value that stands at a line and column (from 1), as offsets; within the text whatever
 * they are. O(text).
 */
export function spanAt(text: string, line: number, column: number): Span {
  let start = 0;
  for (let passed = 1; passed < line; passed++) {
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  const row = text.slice(start, end < 0 ? text.length : end);
  const from = Math.min(Math.max(0, column - 1), row.length);
  const found = /^(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s,:{}[\]#"'][^,:{}[\]#\n]*)/.exec(
    row.slice(from),
  );
  const length = found === null ? Math.min(1, row.length - from) : found[0].trimEnd().length;
  return { from: start + from, to: start + from + length };
}
