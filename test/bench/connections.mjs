/**
 * What a million open connections take in a run: resident memory of a process that holds them,
 * above that of one with the same users and requests and no connections. Two layer-4 tiers, each
 * with a table of what it sent where, and connections with lifetimes, so that all that a connection
 * can have beside its row is there. `node test/bench/connections.mjs [--users N] [--each REQUESTS]
 * [--dist DIR]`
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { table } from "./table.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    users: { type: "string", default: "1000000" },
    // Who comes is drawn: of all users e⁻⁸, one of 3,000, never asks.
    each: { type: "string", default: "8" },
    dist: { type: "string", default: join(HERE, "../../dist") },
    // The child's: which of the variants it is.
    variant: { type: "string" },
  },
});
const users = Number(options.users);
const requests = users * Number(options.each);

const CONNECTIONS = "connections: { protocol: http/2, idle: none, lifetime: { exponential: 10h } }";
const LAYER_4 = ["layer: 4", `nat: { size: ${2 * users}, idle: 1h }`];
const VARIANTS = {
  without: ["", ["layer: 7"]],
  rows: [CONNECTIONS.replace(", lifetime: { exponential: 10h }", ""), ["layer: 4"]],
  all: [CONNECTIONS, LAYER_4],
};

/**
 * A request is over within a ms, so hardly any are under way: what is held is users and
 * connections.
 */
const textOf = ([connections, layer]) => `seed: 1
stop-after: ${requests} requests
warmup: 0s
window: 1s
${connections}
clients: { all: { users: ${users}, arrivals: { poisson: 500_000/s } } }
requests: { affinity: user, demand: 0.01ms }
balancer:
  name: front
  ${layer.join("\n  ")}
  targets:
    - { name: a, ${layer.join()}, targets: [{ machines: 10 }] }
    - { name: b, ${layer.join()}, targets: [{ machines: 10 }] }
`;

/** Of this process, MB; the peak has arrays twice, as they grow. */
function memory(field) {
  const found = new RegExp(`${field}:\\s*(\\d+) kB`).exec(
    readFileSync("/proc/self/status", "utf8"),
  );
  return (Number(found[1]) * 1024) / 1e6;
}

async function child(variant) {
  const load = (path) => import(pathToFileURL(resolve(options.dist, path)).href);
  const { readScenario, formatProblem } = await load("scenario/read-scenario.js");
  const { Simulation } = await load("simulator/run.js");
  const read = readScenario("connections.yaml", () => textOf(VARIANTS[variant]), {});
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  const simulation = new Simulation(read.scenario);
  while (!simulation.finished) simulation.runSome(20_000);
  const peakMb = memory("VmHWM");
  globalThis.gc();
  const heldMb = memory("VmRSS");
  const open = simulation.finish().slices.at(-1).connections?.open[0] ?? 0;
  process.stdout.write(JSON.stringify({ open, heldMb, peakMb }));
}

function measured(variant) {
  const own = process.argv.slice(2);
  const args = ["--expose-gc", fileURLToPath(import.meta.url), ...own, "--variant", variant];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

if (options.variant !== undefined) await child(options.variant);
else {
  const without = measured("without");
  const rows = Object.entries({
    "without connections": without,
    connections: measured("rows"),
    "with lifetimes, two layer-4 tables": measured("all"),
  }).map(([name, { open, heldMb, peakMb }]) => [
    name,
    open.toLocaleString("en"),
    heldMb.toFixed(0),
    (heldMb - without.heldMb).toFixed(0),
    peakMb.toFixed(0),
    (peakMb - without.peakMb).toFixed(0),
  ]);
  const heads = ["run", "open", "resident MB", "above", "peak MB", "above"];
  process.stdout.write(`${table(heads, rows).join("\n")}\n`);
}
