/** Problems of the user's input that stop a command: each told in a line, exit 2. */
import type { Problem } from "../scenario/read-scenario.ts";

export class InputProblems extends Error {
  override name = "InputProblems";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ what }) => what).join("; "));
    this.problems = problems;
  }
}

export interface Wrong {
  readonly file: string;
  /** From 1; 0: the place has no lines, such as an argument. */
  readonly line: number;
  readonly what: string;
  readonly would: string;
}

/** One problem, at the beginning of its line. */
export const inputProblem = ({ file, line, what, would }: Wrong): InputProblems =>
  new InputProblems([{ file, line, column: line > 0 ? 1 : 0, what, would, severity: "error" }]);
