/** What the readers of one scenario share. */
import type { Position, Problems } from "./problem.ts";

/** A file that a scenario names: `name` is how its settings call it, `path` where it is. */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
  readonly kind: "trace" | "numbers";
  readonly at: Position;
}

export interface Reading {
  readonly problems: Problems;
  readonly files: NamedFile[];
  /** Folder of the scenario's own file: names of files are relative to it. */
  readonly folder: string;
  /** An include failed: nothing may be called missing. */
  readonly isPartial: boolean;
  /** Paths of the settings that the command line has changed. */
  readonly changed: readonly string[];
}
