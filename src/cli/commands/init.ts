/**
 * `lbsim init [FILE]` and `lbsim schema`: what somebody needs who begins a scenario of their own.
 */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { jsonText } from "../../report/json.ts";
import { scenarioSchemaText } from "../../scenario/schema.ts";
import { starterScenario } from "../../scenario/starter.ts";
import type { JsonOption } from "../cli.ts";
import { ExitCode } from "../io.ts";
import type { Io } from "../io.ts";
import { writeNewFile } from "../new-file.ts";
import { commandLine } from "../options.ts";
import { shown } from "../result-folder.ts";

const SCHEMA_FILE = "scenario.schema.json";

/**
 * The starter, and beside it the schema that its first line names, so that editors complete and
 * check it.
 */
export async function init(
  file: string,
  { json, force = false }: JsonOption & { readonly force?: boolean },
  io: Io,
): Promise<ExitCode> {
  if (file === "-") {
    io.out.write(starterScenario(SCHEMA_FILE));
    return ExitCode.Done;
  }
  const path = resolve(io.cwd, file);
  await writeNewFile(path, starterScenario(SCHEMA_FILE), { cwd: io.cwd, force });
  const schemaPath = join(dirname(path), SCHEMA_FILE);
  const written = [shown(path, io.cwd)];
  if (!existsSync(schemaPath)) {
    await writeNewFile(schemaPath, scenarioSchemaText(), { cwd: io.cwd, force });
    written.push(shown(schemaPath, io.cwd));
  }
  if (json) io.out.write(jsonText({ format: 1, kind: "init", written }));
  else io.err.write(`written: ${written.join(", ")}\nnext: ${commandLine(["run", file])}\n`);
  return ExitCode.Done;
}

export async function schema(io: Io): Promise<ExitCode> {
  io.out.write(scenarioSchemaText());
  return ExitCode.Done;
}
