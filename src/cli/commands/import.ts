/**
 * `lbsim import access-log FILE`: a web server's log becomes a trace that a scenario can replay.
 */
import { createReadStream } from "node:fs";
import { basename, resolve } from "node:path";

import { grouped } from "../../report/numbers.ts";
import { wrapped } from "../../report/display-width.ts";
import { jsonText } from "../../report/json.ts";
import { LOG_FORMATS, LogImporter } from "../../world/import-log.ts";
import type { ImportedLog } from "../../world/import-log.ts";
import { parseRegionRule, RegionRules } from "../../world/import-regions.ts";
import type { RegionRule } from "../../world/import-regions.ts";
import { formatTrace } from "../../world/trace.ts";
import type { ImportLogOptions } from "../cli.ts";
import { ExitCode, InputError } from "../io.ts";
import type { Io } from "../io.ts";
import { writeNewFile } from "../new-file.ts";
import { shown, systemReason } from "../result-folder.ts";
import { harmless } from "../style.ts";

export async function importLog(
  file: string,
  options: ImportLogOptions,
  io: Io,
): Promise<ExitCode> {
  const importer = importerFor(options);
  if (!(await feed(importer, file, io))) return ExitCode.Interrupted;
  const log = importer.finish();
  const rows = log.trace.timeMs.length;
  if (rows === 0) {
    const [first] = log.firstMalformed;
    const why = first === undefined ? "it is empty" : `line ${first.line}: ${first.why}`;
    throw new InputError(
      `${file}: holds no request, ${why}; formats are ${LOG_FORMATS.join(", ")}`,
    );
  }
  const force = options.force ?? false;
  const path = resolve(io.cwd, options.output ?? defaultOutput(file));
  await writeNewFile(path, formatTrace(log.trace), { cwd: io.cwd, force });
  tell(log, file, shown(path, io.cwd), options, io);
  return ExitCode.Done;
}

/** Where the user stands, not beside the log: that folder is often not theirs. */
const defaultOutput = (file: string): string =>
  file === "-" ? "trace.csv" : `${basename(file)}.csv`;

function importerFor(options: ImportLogOptions): LogImporter {
  const format = LOG_FORMATS.find((name) => name === options.format);
  if (format === undefined) {
    throw new InputError(
      `--format "${options.format}" is not known, write ${LOG_FORMATS.join(", ")}`,
    );
  }
  const regions = (options.region ?? []).map((text): RegionRule => {
    const rule = parseRegionRule(text);
    if (typeof rule === "string") throw new InputError(`--region: ${rule}`);
    return rule;
  });
  const problem = RegionRules.problemWith(regions);
  if (problem !== null) throw new InputError(`--region: ${problem}`);
  return new LogImporter({ format, regions, query: options.dropQuery ? "drop" : "keep" });
}

/** In pieces, whatever the log's size. False: Ctrl-C came first. */
async function feed(importer: LogImporter, file: string, io: Io): Promise<boolean> {
  const decoder = new TextDecoder("utf-8");
  if (file === "-") {
    importer.feed(decoder.decode(await io.readInput()));
    return true;
  }
  try {
    const chunks: AsyncIterable<Buffer> = createReadStream(resolve(io.cwd, file), {
      highWaterMark: 1 << 20,
    });
    for await (const chunk of chunks) {
      if (io.interrupt.requested) return false;
      importer.feed(decoder.decode(chunk, { stream: true }));
    }
    importer.feed(decoder.decode());
    return true;
  } catch (error) {
    throw new InputError(`${file}: cannot be read, ${systemReason(error)}`);
  }
}

function tell(
  log: ImportedLog,
  file: string,
  output: string,
  options: ImportLogOptions,
  io: Io,
): void {
  const { trace, malformed, firstMalformed, spread, lines } = log;
  const requests = trace.timeMs.length;
  const durationMs = trace.timeMs[requests - 1];
  const { users, objects, regions } = trace;
  if (options.json) {
    const figures = { requests, users, objects, regions, durationMs, lines, malformed, spread };
    io.out.write(jsonText({ format: 1, kind: "import", output, ...figures, firstMalformed }));
    return;
  }
  for (const { line, why, text } of firstMalformed) {
    io.err.write(`warning: ${file}:${line}:1: left out, ${why}: ${harmless(text)}\n`);
  }
  if (options.quiet) return;
  const left = malformed === 0 ? "" : `, ${grouped(malformed)} of ${grouped(lines)} lines left out`;
  io.err.write(
    `written to ${output}: ${grouped(requests)} requests of ${grouped(users)} users for ` +
      `${grouped(objects)} objects${left}\n`,
  );
  if (spread) io.err.write("times are whole seconds: requests are spread evenly over each\n");
  io.err.write(`${hintLines(log, output).join("\n")}\n`);
}

/** Columns of every terminal. */
const WIDTH = 80;
const MOST_REGIONS = 20;

/** As YAML reads it back. */
const plain = (text: string): string =>
  /^[a-z][\w./-]*$/i.test(text) ? text : JSON.stringify(text);

/** The regions with their requests, and how a scenario replays them. */
function hintLines({ trace: { regions, region } }: ImportedLog, output: string): string[] {
  const counts = regions.map(() => 0);
  for (const index of region) counts[index]++;
  const names = regions.map(harmless);
  const listed = names.map((name, index) => `${name} ${grouped(counts[index])}`);
  const more = listed.length - MOST_REGIONS;
  const told = [...listed.slice(0, MOST_REGIONS), ...(more > 0 ? [`${more} more`] : [])];
  // A trace without requests is refused.
  const replayed = names.filter((_, index) => counts[index] > 0);
  const several = replayed.length > 1;
  return [
    ...wrapped(`requests by region: ${told.join(", ")}`, WIDTH),
    "in a scenario:",
    "  clients:",
    ...replayed
      .slice(0, MOST_REGIONS)
      .flatMap((name) => [
        `    ${plain(name)}:`,
        "      at: …",
        "      arrivals:",
        "        trace:",
        `          file: ${plain(output)}`,
        ...(several ? [`          region: ${plain(name)}`] : []),
      ]),
  ];
}
