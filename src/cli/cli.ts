/**
 * The commands and their options. Each command's code is loaded when it is called: the scenario
 * reader alone costs a tenth of a second at start, and `lbsim --help` should not pay for it.
 */
import { inspect } from "node:util";

import { Command, CommanderError } from "commander";

import { VERSION } from "../version.ts";
import { jsonText } from "../report/json.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { addHash } from "./hash-command.ts";
import { examples, JSON_ONLY, QUIET } from "./help.ts";
import type { Finish } from "./help.ts";
import { ExitCode, InputError, WatchedOutput } from "./io.ts";
import type { Io } from "./io.ts";
import { addPlay } from "./play-command.ts";
import { collect, seedOf, seedsOf } from "./options.ts";

/** Runs one command line (without the program's name); never throws. */
export async function runCli(argv: readonly string[], given: Io): Promise<ExitCode> {
  const json = argv.includes("--json");
  const out = new WatchedOutput(given.out);
  const io: Io = { ...given, out, readInput: () => given.readInput() };
  let code: ExitCode = ExitCode.Done;
  const program = createProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    const result = exitCodeOf(error, io);
    const isOurs = error instanceof CommanderError || error instanceof InputError;
    if (json && !out.written && isOurs && result === ExitCode.BadInput) {
      out.write(jsonText(diagnosticOf(error)));
    }
    return result;
  }
}

/** A mistake of usage or input that has no list of problems, in the shape of one. */
function diagnosticOf(error: CommanderError | InputError): Diagnostics {
  const [summary = "", ...more] = error.message.replace(/^error: /, "").split("\n");
  const place = error instanceof InputError ? error.place : null;
  const range = place === null ? null : { filename: place.file, start: { line: 1, column: 1 } };
  const detail = more.join(" ");
  return {
    format: 1,
    kind: "diagnostics",
    valid: false,
    errorCount: 1,
    warningCount: 0,
    diagnostics: [{ severity: "error", summary, detail, range, snippet: null }],
  };
}

function exitCodeOf(error: unknown, io: Io): ExitCode {
  // Commander has printed its message or the help already.
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? ExitCode.Done : ExitCode.BadInput;
  }
  if (error instanceof InputError) {
    const place = error.place === null ? "lbsim" : `${error.place.file}:1:1`;
    io.err.write(`${place}: ${error.message}\n`);
    return ExitCode.BadInput;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  io.err.write(`lbsim: internal error: ${message.replace(/\s+/g, " ")}\n`);
  if ((io.env.LBSIM_DEBUG ?? "") !== "") io.err.write(`${inspect(error)}\n`);
  return ExitCode.RunFailed;
}

function createProgram(io: Io, finish: Finish): Command {
  const program = new Command("lbsim")
    .description("Simulates hierarchical load balancing: which strategy, for which traffic.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .showHelpAfterError("(try --help)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      getOutHelpWidth: () => io.out.columns ?? 80,
      getErrHelpWidth: () => io.err.columns ?? 80,
    });
  program.addHelpText(
    "before",
    examples([
      ["lbsim init my.yaml", "write a commented scenario to start from"],
      ["lbsim run my.yaml", "run it, print its tables"],
      ["lbsim compare my.yaml", "its variants, each with ten seeds"],
      ["lbsim compare my.yaml --vary fra.strategy=mod-n,ring-hash,maglev", ""],
      ["lbsim report results/my/compare-seeds-1-10", "the same as a page to hand over"],
      ["lbsim hash --change add:1", "placement alone, without a simulation"],
      ["lbsim play my.yaml", "look at it and touch it, in a browser"],
    ]),
  );
  addRun(program, io, finish);
  addCompare(program, io, finish);
  addReading(program, io, finish);
  addReproduce(program, io, finish);
  addReport(program, io, finish);
  addHash(program, io, finish);
  addPlay(program, io, finish);
  addMaking(program, io, finish);
  return program;
}

const SET = "override a setting, as fra.strategy=maglev; repeat for more";
const REPORT = "write report.html into the result folder: pictures and tables in one page";
const OUTPUT = "folder under which <scenario>/<run>/ is written";

export interface RunOptions {
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly json?: boolean;
  readonly output: string;
  readonly write: boolean;
  readonly report?: boolean;
  readonly quiet?: boolean;
  readonly watch?: boolean;
}

function addRun(program: Command, io: Io, finish: Finish): void {
  program
    .command("run")
    .description("run scenarios, print their tables and write their results")
    .argument("<file...>", "scenario files; - reads standard input")
    .option("--seed <number>", "seed, instead of the file's", seedOf)
    .option("--set <path=value>", SET, collect)
    .option("--json", JSON_ONLY)
    .option("-o, --output <dir>", OUTPUT, "results")
    .option("--no-write", "write no result folder")
    .option("--watch", "show the run under way: rate, p99, misses, how busy machines are")
    .option("--report", REPORT)
    .option("-q, --quiet", QUIET)
    .addHelpText(
      "before",
      examples([
        ["lbsim run scenarios/flagship.yaml", ""],
        ["lbsim run my.yaml --seed 8 --set fra.strategy=maglev", ""],
        ["lbsim run my.yaml --json --no-write | jq .runs[0].summary.overall", ""],
      ]),
    )
    .action(async (files: string[], options: RunOptions) => {
      const { run } = await import("./commands/run.ts");
      finish(await run(files, options, io));
    });
}

export interface CompareOptions extends Omit<RunOptions, "seed" | "watch"> {
  readonly vary?: readonly string[];
  readonly seeds?: readonly number[];
}

function addCompare(program: Command, io: Io, finish: Finish): void {
  program
    .command("compare")
    .description("run variants × seeds on the same traffic; tell differences that are real")
    .argument("<file>", "scenario file; - reads standard input")
    .option("--vary <path=a,b,c>", "values of a setting to compare; repeat for more", collect)
    .option("--seeds <range>", "1..20, or how many (default: the scenario's, else 10)", seedsOf)
    .option("--set <path=value>", SET, collect)
    .option("--json", JSON_ONLY)
    .option("-o, --output <dir>", OUTPUT, "results")
    .option("--no-write", "write no result folder")
    .option("--report", REPORT)
    .option("-q, --quiet", QUIET)
    .addHelpText(
      "before",
      examples([
        ["lbsim compare scenarios/flagship.yaml", ""],
        ["lbsim compare my.yaml --vary fra.strategy=mod-n,ring-hash,maglev --seeds 1..20", ""],
      ]),
    )
    .action(async (file: string, options: CompareOptions) => {
      const { compare } = await import("./commands/compare.ts");
      finish(await compare(file, options, io));
    });
}

export interface JsonOption {
  readonly json?: boolean;
}

function addReading(program: Command, io: Io, finish: Finish): void {
  program
    .command("validate")
    .description(
      "tell every problem of scenario files: file:line:column, what, what would be right",
    )
    .argument("<file...>", "scenario files; - reads standard input")
    .option("--json", JSON_ONLY)
    .action(async (files: string[], options: JsonOption) => {
      const { validate } = await import("./commands/validate.ts");
      finish(await validate(files, options, io));
    });
  program
    .command("explain")
    .description("tell a scenario in plain sentences; a strategy, a setting, an event, a metric")
    .argument("<file-or-name>", "scenario file, or a name out of `list`")
    .option("--set <path=value>", SET, collect)
    .option("--json", JSON_ONLY)
    .action(async (what: string, options: JsonOption & { set?: readonly string[] }) => {
      const { explain } = await import("./commands/explain.ts");
      finish(await explain(what, options, io));
    });
  program
    .command("list")
    .description("list what a scenario may name")
    .argument("[what]", "strategies, placements, hashes, persistences, distributions, events, …")
    .option("--json", JSON_ONLY)
    .action(async (what: string | undefined, options: JsonOption) => {
      const { list } = await import("./commands/list.ts");
      finish(await list(what, options, io));
    });
}

export interface ReproduceOptions extends JsonOption {
  readonly inputs?: string;
  readonly quiet?: boolean;
}

function addReproduce(program: Command, io: Io, finish: Finish): void {
  program
    .command("reproduce")
    .description(
      "run again what made results and compare every file to the byte; exit 1 if any differs",
    )
    .argument("<dir...>", "result folders (those that hold a manifest.json)")
    .option("--inputs <dir>", "where traces and other files named by the scenario are")
    .option("--json", JSON_ONLY)
    .option("-q, --quiet", QUIET)
    .action(async (folders: string[], options: ReproduceOptions) => {
      const { reproduce } = await import("./commands/reproduce.ts");
      finish(await reproduce(folders, options, io));
    });
}

export interface ReportOptions extends ReproduceOptions {
  readonly output?: string;
}

function addReport(program: Command, io: Io, finish: Finish): void {
  program
    .command("report")
    .description("make a page of results, with pictures and tables, that opens without a network")
    .argument("<dir...>", "result folders (those that hold a manifest.json)")
    .option("-o, --output <file>", "the page to write (default: report.html in the result folder)")
    .option("--inputs <dir>", "where traces and other files named by the scenario are")
    .option("--json", JSON_ONLY)
    .option("-q, --quiet", QUIET)
    .addHelpText(
      "before",
      examples([
        ["lbsim report results/flagship/compare-seeds-7-16", ""],
        ["lbsim report results/flagship/seed-7 -o flagship.html", ""],
      ]),
    )
    .action(async (folders: string[], options: ReportOptions) => {
      const { report } = await import("./commands/report.ts");
      finish(await report(folders, options, io));
    });
}

export interface ImportLogOptions {
  readonly output?: string;
  readonly region?: readonly string[];
  readonly format: string;
  readonly dropQuery?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function addMaking(program: Command, io: Io, finish: Finish): void {
  program
    .command("init")
    .description("write a commented scenario to start from")
    .argument("[file]", "where to", "scenario.yaml")
    .option("--force", "replace a file that is there")
    .option("--json", JSON_ONLY)
    .action(async (file: string, options: JsonOption & { force?: boolean }) => {
      const { init } = await import("./commands/init.ts");
      finish(await init(file, options, io));
    });
  program
    .command("schema")
    .description("print the JSON schema of scenario files, for editors")
    .action(async () => {
      const { schema } = await import("./commands/init.ts");
      finish(await schema(io));
    });
  program
    .command("import")
    .description("make inputs out of recordings")
    .exitOverride()
    .command("access-log")
    .description("make a trace out of a web server's access log")
    .argument("<file>", "NCSA common, combined, or JSON lines; - reads standard input")
    .option("-o, --output <file>", "the trace to write (default: <log>.csv where you stand)")
    .option(
      "--region <rule>",
      "region of clients, as 'europe=83.0.0.0/8' or 'asia=hash:30%'",
      collect,
    )
    .option("--format <name>", "auto, combined, common or json", "auto")
    .option("--drop-query", "take /a?x=1 and /a?x=2 for one object")
    .option("--force", "replace a file that is there")
    .option("--json", JSON_ONLY)
    .option("-q, --quiet", QUIET)
    .action(async (file: string, options: ImportLogOptions) => {
      const { importLog } = await import("./commands/import.ts");
      finish(await importLog(file, options, io));
    });
}
