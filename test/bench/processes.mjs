/** Processes that are measured: the reference's, ours, and what either takes as a whole. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
export const scenarioFile = (name) => join(HERE, "scenarios", name);

function output(command, args) {
  const done = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${done.stderr}`);
  return done.stdout;
}

/** The reference, compiled into a folder of its own; null where no compiler is. */
export function compileReference() {
  const compiler = ["g++", "clang++"].find(
    (name) => spawnSync(name, ["--version"]).error === undefined,
  );
  if (compiler === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), "lbsim-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "anchors");
  output(compiler, ["-std=c++17", "-O3", "-o", program, join(HERE, "cpp", "anchors.cpp")]);
  const version = output(compiler, ["--version"]).split("\n")[0];
  return { program, version, run: (name, n) => JSON.parse(output(program, [name, "--n", `${n}`])) };
}

/** All runs of one task in one fresh process. */
export function measure(task) {
  const lines = output(process.execPath, [join(HERE, "measure.mjs"), JSON.stringify(task)]);
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const hasBash = spawnSync("bash", ["-c", "true"]).status === 0;
/**
 * Bash's `time`: milliseconds of user and system time of a whole process, as Node does not tell
 * them of a child.
 */
const TIMED = 'TIMEFORMAT="cpu %3U %3S"; time "$@" > /dev/null';

/** CPU seconds of a whole process, or null where there is no bash to ask. */
export function wholeCpuS(command, args) {
  if (!hasBash) return null;
  const done = spawnSync("bash", ["-c", TIMED, "bash", command, ...args], { encoding: "utf8" });
  const times = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(done.stderr);
  if (done.status !== 0 || times === null) throw new Error(`${command} failed:\n${done.stderr}`);
  return Number(times[1]) + Number(times[2]);
}
