/**
 * A scenario's text as the engine reads it: with one lane's overrides, or every problem with it.
 */
import { loadInputs } from "../../../scenario/inputs.ts";
import { parseSet } from "../../../scenario/plan-runs.ts";
import { quote } from "../../../scenario/problem.ts";
import { readScenario } from "../../../scenario/read-scenario.ts";
import type { Loader, Override, Problem } from "../../../scenario/read-scenario.ts";
import type { Inputs, Scenario } from "../../../scenario/scenario.ts";
import type { ProblemFacts } from "./protocol.ts";

/** A scenario file as a page has it. */
export interface SourceText {
  readonly text: string;
  /** File name without folder. */
  readonly name: string;
  /** Text of other files that it names, by that name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface LaneRead {
  readonly scenario: Scenario;
  readonly inputs: Inputs;
  readonly warnings: readonly ProblemFacts[];
}

export interface Refused {
  readonly problems: readonly ProblemFacts[];
}

export function loaderOf({ text, name, files }: SourceText): Loader {
  return (path) => {
    if (path === name) return text;
    if (Object.hasOwn(files, path)) return files[path];
    throw new Error("a page has no other files");
  };
}

/**
 * Never throws, whatever the text.
 * @param lane what problems with its settings call it
 */
export function readLane(
  source: SourceText,
  settings: readonly string[],
  lane = "the lane",
): LaneRead | Refused {
  const overrides: Override[] = [];
  for (const text of settings) {
    const parsed = parseSet(text);
    // A page has no command line: its settings stand under Lanes.
    const from = `the setting ${quote(text)} of ${lane}, under Lanes`;
    if ("problem" in parsed) return refusal(`${from}, has no value`, "write path=value");
    overrides.push({ ...parsed, from });
  }
  const loader = loaderOf(source);
  const read = readScenario(source.name, loader, { overrides });
  if ("problems" in read) return { problems: factsOf(read.problems, source.name) };
  const inputs = loadInputs(read.files, loader);
  if ("problems" in inputs) return { problems: factsOf(inputs.problems, source.name) };
  return { scenario: read.scenario, inputs, warnings: factsOf(read.warnings, source.name) };
}

/** A problem that stands nowhere in the text. */
export const refusal = (message: string, fix = ""): Refused => ({
  problems: [{ line: 0, column: 0, message, fix, severity: "error" }],
});

function factsOf(problems: readonly Problem[], name: string): ProblemFacts[] {
  return problems.map(({ file, line, column, what, would, severity }) =>
    file === name
      ? { line, column, message: what, fix: would, severity }
      : { line: 0, column: 0, message: `${file}: ${what}`, fix: would, severity },
  );
}
