/**
 * One process of measurement: reads a scenario and runs it as `lbsim run` does, several times with
 * different settings, and prints one JSON line a run. Its only argument is a JSON task: `{ dist,
 * file, runs: [{ settings: [[path, value]], spans: { name: [fromMs, toMs] } }] }`.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const task = JSON.parse(process.argv[2]);
const load = (path) => import(pathToFileURL(resolve(task.dist, path)).href);
const { readScenario, formatProblem } = await load("scenario/read-scenario.js");
const { Simulation } = await load("simulator/run.js");
const { summarize, metricValues } = await load("statistics/run-summary.js");
const { metrics } = await load("statistics/metrics/registry.js");
const { spanOf } = await load("statistics/tally.js");
const { EVERYTHING } = await load("statistics/selection.js");
const { settingsOf } = await load("experiment/settings.js");
const { VERSION } = await load("version.js");

/** Requests between two looks at the clock, as the command line's progress does it. */
const PIECE = 20_000;

for (const run of task.runs) process.stdout.write(`${JSON.stringify(measured(run))}\n`);

function measured({ settings, spans = {} }) {
  const overrides = settings.map(([path, value]) => ({ path, value }));
  const source = (path) =>
    path === task.file ? (task.text ?? readFileSync(path)) : readFileSync(path);
  const read = readScenario(task.file, source, { overrides });
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  const { scenario } = read;
  const atStart = cpuSeconds();
  const simulation = new Simulation(scenario);
  const atLoop = cpuSeconds();
  while (!simulation.finished) simulation.runSome(PIECE);
  const record = simulation.finish();
  const atEnd = cpuSeconds();
  const asked = settingsOf(scenario, record.nodes);
  const { overall, conservation } = summarize(record, asked, VERSION);
  const figures = { ...overall };
  for (const [name, [from, to]] of Object.entries(spans)) {
    const span = spanOf(record, from, Math.min(to ?? Infinity, record.endMs));
    const values = metricValues(span, EVERYTHING, asked, metrics);
    for (const [metric, value] of Object.entries(values)) figures[`${name}.${metric}`] = value;
  }
  return {
    requests: conservation.completed,
    lost: conservation.born - conservation.completed,
    events: record.events,
    setupCpuS: atLoop - atStart,
    loopCpuS: atEnd - atLoop,
    peakMb: peakMb(),
    fingerprint: record.fingerprint,
    figures,
  };
}

/** User + system, all threads: the compiler's and the collector's work is work. */
function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Of this program alone: the figure of `getrusage` may be carried over from the parent. */
function peakMb() {
  try {
    const line = /VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
    if (line !== null) return Number(line[1]) / 1024;
  } catch {
    // No such file system here: the other source has to do.
  }
  return process.resourceUsage().maxRSS / 1024;
}
