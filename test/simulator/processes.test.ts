/**
 * The same scenario gives the same outcomes in other processes, under another compiler, and on
 * other days.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { simulate } from "../../src/simulator/run.ts";
import { formatProblem, readScenario } from "../../src/scenario/read-scenario.ts";
import { loaderOf, scenarioOf } from "../scenario/helpers.ts";

/**
 * Once recorded here, by this test on Node 20 for Linux on x64; there is no other birthplace.
 * Whoever changes what a run does on purpose changes them, and says so; a change that should only
 * be faster must not.
 */
const GOLDEN = { regions: "fdf7b696729e377b", everything: "07d6df964a61ec2e" };

const TEXTS: Readonly<Record<keyof typeof GOLDEN, string>> = {
  regions: `
seed: 11
duration: 4s
clients:
  europe: { at: frankfurt, users: 500, arrivals: { poisson: 900/s } }
  brazil: { at: sao-paulo, users: 300, arrivals: { diurnal: { mean: 300/s, period: 4s } } }
requests:
  objects: { count: 2_000, zipf: 0.9 }
  demand: { lognormal: { median: 3ms, sigma: 0.8 } }
  on-miss: { exponential: 10ms }
  timeout: 500ms
balancer:
  name: global
  strategy: geo
  targets:
    - name: fra
      at: frankfurt
      replicas: 2
      strategy: ring-hash
      targets: [{ machines: 4, cores: 2, queue: 50, cache: { lru: 200 } }]
    - { name: gru, at: sao-paulo, strategy: least-connections, targets: [{ machines: 3 }] }
events:
  - { at: 1s, add: 1 machine, to: fra }
  - { at: 2s, fail: fra/3, for: 1s }
`,
  everything: `
seed: 12
duration: 3s
clients:
  office: { users: 40, arrivals: { closed: { think: { erlang: { mean: 60ms, stages: 3 } } } } }
  web: { users: 100, arrivals: { bursts: { base: 100/s, burst: 900/s, every: 200ms, lasting: 100ms } } }
requests:
  timeout: 100ms
  after-timeout: cancel
  objects: { count: 500 }
  classes:
    read: { share: 80%, demand: { weibull: { mean: 2ms, shape: 0.7 } } }
    write: { share: 20%, affinity: user, demand: { pareto: { shape: 1.5, min: 1ms, max: 1s } } }
balancer:
  name: web
  strategy: { power-of-d: { d: 3 } }
  targets:
    - name: one
      strategy: maglev
      targets: [{ machines: 3, discipline: processor-sharing, cache: { sieve: 40 } }]
    - name: two
      strategy: weighted-round-robin
      targets: [{ machines: 2, weight: 3, discipline: lifo }, { machines: 1, cores: 2 }]
events:
  - { fail: two/*, mtbf: 500ms, mttr: 100ms, manner: silence }
  - { at: 1s, rate: web, times: 3, for: 500ms }
  - { at: 2s, set: one.strategy, to: rendezvous }
`,
};
const NAMES = ["regions", "everything"] as const;

const folder = mkdtempSync(join(tmpdir(), "lbsim-test-"));
const root = resolve(import.meta.dirname, "../..");

/** The sources as JavaScript, compiled for this test alone: what else lies about may be older. */
beforeAll(() => {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  try {
    const out = ["--outDir", join(folder, "dist"), "--declaration", "false"];
    execFileSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), ...out]);
  } catch {
    // Types are another test's business; what is missing shows below.
  }
  expect(existsSync(join(folder, "dist/simulator/run.js"))).toBe(true);
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  const scenarios = JSON.stringify(NAMES.map((name) => scenarioOf(TEXTS[name])));
  writeFileSync(join(folder, "scenarios.json"), scenarios);
  writeFileSync(
    join(folder, "main.js"),
    `import { readFileSync } from "node:fs";
import { simulate } from "./dist/simulator/run.js";
const scenarios = JSON.parse(readFileSync(new URL("scenarios.json", import.meta.url), "utf8"));
console.log(JSON.stringify(scenarios.map((one) => simulate(one).fingerprint)));
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fingerprintsIn = (...flags: string[]): unknown =>
  JSON.parse(
    execFileSync(process.execPath, [...flags, join(folder, "main.js")], { encoding: "utf8" }),
  );

it("fingerprints are those of the day on which they were recorded", () => {
  const found = Object.fromEntries(
    NAMES.map((name) => [name, simulate(scenarioOf(TEXTS[name])).fingerprint]),
  );
  expect(found).toEqual(GOLDEN);
});

it("failures by chance do not depend on the file's name, its lines, or other events", () => {
  const text = TEXTS.everything;
  const fingerprint = (written: string, name: string): string => {
    const read = readScenario(name, loaderOf({ [name]: written }));
    if ("problems" in read) throw new Error(read.problems.map(formatProblem).join());
    return simulate(read.scenario).fingerprint;
  };
  const expected = fingerprint(text, "s.yaml");
  expect(fingerprint(text, "other.yaml")).toBe(expected);
  expect(fingerprint(`# Why?\n\n${text}`, "s.yaml")).toBe(expected);
  // As the playground saves it, what a person did stands at the end.
  const touch = "  - { at: 2900ms, recover: one/1 }\n";
  const first = text.replace("events:\n", `events:\n${touch}`);
  expect(fingerprint(text + touch, "saved.yaml")).toBe(fingerprint(first, "s.yaml"));
});

it("this process and two others, of which one never optimises its code, give the same", () => {
  const here = NAMES.map((name) => simulate(scenarioOf(TEXTS[name])).fingerprint);
  expect(fingerprintsIn()).toEqual(here);
  expect(fingerprintsIn("--no-opt")).toEqual(here);
});
