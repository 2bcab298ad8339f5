/**
 * How fast the playground's engine simulates in headless Chromium's worker, beside the same
 * scenario in Node: wall time of pairs of runs that follow each other, each second of a pair after
 * one run to warm up; median of the ratios.
 *
 *     npm run build
 *     node test/bench/worker.mjs [--repeats N] [--dist DIR]
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { build } from "vite";

import { median, table, times, whole } from "./table.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, "../..");
const { values: options } = parseArgs({
  options: {
    repeats: { type: "string", default: "5" },
    dist: { type: "string", default: join(ROOT, "dist") },
    browser: { type: "string", default: "/usr/bin/chromium" },
  },
});
const repeats = Number(options.repeats);

/** Name, file, and the simulated ms that are run: some hundred thousand requests. */
const WORKLOADS = [
  ["flagship", join(ROOT, "scenarios/flagship.yaml"), 180_000],
  ["W2", join(HERE, "scenarios/w2.yaml"), 1_000],
];

/** Prints requests and wall ms of the second of two runs. */
const IN_NODE = `
const { readFileSync } = await import("node:fs");
const { readScenario } = await import(process.argv[1] + "/scenario/read-scenario.js");
const { Simulation } = await import(process.argv[1] + "/simulator/run.js");
const { scenario } = readScenario("s.yaml", () => readFileSync(process.argv[2], "utf8"));
for (let run = 0; run < 2; run++) {
  const simulation = new Simulation(scenario);
  const startedMs = performance.now();
  simulation.runUntil(Number(process.argv[3]));
  const wallMs = performance.now() - startedMs;
  if (run === 1) console.log(JSON.stringify({ requests: simulation.born, wallMs }));
}`;

function inNode(file, toMs) {
  const argv = ["--input-type=module", "-e", IN_NODE, resolve(options.dist), file, String(toMs)];
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

async function workerScript() {
  const [{ output }] = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      lib: {
        entry: join(ROOT, "src/web/playground/engine.worker.ts"),
        formats: ["iife"],
        name: "engine",
      },
    },
  });
  return output[0].code;
}

/** In a new worker: the second of two runs, as in Node. */
async function inWorker(page, script, text, toMs) {
  return page.evaluate(
    async (task) => {
      const url = URL.createObjectURL(new Blob([task.script], { type: "text/javascript" }));
      const worker = new Worker(url);
      let order = 0;
      const send = (body) =>
        new Promise((settle, fail) => {
          worker.addEventListener("error", ({ message }) => fail(new Error(message)));
          worker.addEventListener("message", ({ data }) => {
            if (data.kind === "frame") settle(data);
            else if (data.kind !== "opened") fail(new Error(JSON.stringify(data)));
          });
          // A worker, not a window: it has no origin to name.
          // oxlint-disable-next-line unicorn/require-post-message-target-origin
          worker.postMessage({ ...body, order: ++order });
        });
      let measured = null;
      for (let run = 0; run < 2; run++) {
        await send({ kind: "open", text: task.text, name: "s.yaml", lanes: [] });
        const startedMs = performance.now();
        const { lanes } = await send({ kind: "advance", toMs: task.toMs, maxWallMs: 1e9 });
        measured = { requests: lanes[0].born, wallMs: performance.now() - startedMs };
      }
      worker.terminate();
      return measured;
    },
    { script, text, toMs },
  );
}

const browser = await chromium.launch({
  executablePath: options.browser,
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage();
const script = await workerScript();
const rows = [];
for (const [name, file, toMs] of WORKLOADS) {
  const pairs = [];
  for (let i = 0; i < repeats; i++) {
    const node = inNode(file, toMs);
    const worker = await inWorker(page, script, readFileSync(file, "utf8"), toMs);
    if (node.requests !== worker.requests) throw new Error(`${name}: the traffic differs`);
    pairs.push({ node, worker });
  }
  const perSecond = (side) =>
    median(pairs.map((pair) => pair[side].requests / pair[side].wallMs)) * 1_000;
  rows.push([
    name,
    whole(pairs[0].node.requests),
    whole(perSecond("node")),
    whole(perSecond("worker")),
    times(median(pairs.map(({ node, worker }) => node.wallMs / worker.wallMs))),
  ]);
}
const head = ["workload", "requests", "Node, requests/s", "worker, requests/s", "worker / Node"];
const lines = [...table(head, rows), "", `Node ${process.version}, Chromium ${browser.version()}`];
process.stdout.write(`${lines.join("\n")}\n`);
await browser.close();
