/** `lbsim validate FILE…`: every problem at once, without running anything. */
import { jsonText } from "../../report/json.ts";
import { readScenario } from "../../scenario/read-scenario.ts";
import type { Problem } from "../../scenario/read-scenario.ts";
import type { JsonOption } from "../cli.ts";
import { diagnosticsOf } from "../diagnostics.ts";
import { ExitCode } from "../io.ts";
import type { Io } from "../io.ts";
import { loadNamedFiles, readerName, scenarioLoader, tellProblems } from "../scenario-files.ts";

export async function validate(
  files: readonly string[],
  { json }: JsonOption,
  io: Io,
): Promise<ExitCode> {
  const loader = await scenarioLoader(files, io);
  const problems: Problem[] = [];
  for (const file of files) {
    const read = readScenario(readerName(file), loader);
    const found =
      "problems" in read ? read.problems : [...read.warnings, ...inputProblems(read, io)];
    problems.push(...found);
    if (!json && found.every(({ severity }) => severity === "warning")) {
      io.out.write(`${file}: valid\n`);
    }
  }
  if (json) io.out.write(jsonText(diagnosticsOf(problems, loader)));
  else tellProblems(problems, io);
  const valid = problems.every(({ severity }) => severity === "warning");
  return valid ? ExitCode.Done : ExitCode.BadInput;
}

/** The files that it names are part of it. */
function inputProblems(
  { files }: { readonly files: Parameters<typeof loadNamedFiles>[0] },
  { cwd }: Io,
): readonly Problem[] {
  const loaded = loadNamedFiles(files, cwd);
  return "problems" in loaded ? loaded.problems : [];
}
