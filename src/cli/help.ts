/** What the help of several commands shares. */
import type { ExitCode } from "./io.ts";

export type Finish = (code: ExitCode) => void;

export const JSON_ONLY = "print one JSON document on standard output and nothing else";
export const QUIET = "print no progress and no remarks";

/** Help that leads with what to type. */
export function examples(lines: readonly (readonly [command: string, does: string])[]): string {
  const width = Math.max(...lines.map(([command, does]) => (does === "" ? 0 : command.length)));
  const printed = lines.map(([command, does]) =>
    `  ${does === "" ? command : `${command.padEnd(width)}  ${does}`}`.trimEnd(),
  );
  return `Examples:\n${printed.join("\n")}\n`;
}
