import type { Problem, ReadOptions, ScenarioRead } from "../../src/scenario/read-scenario.ts";
import { formatProblem, readScenario } from "../../src/scenario/read-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

/** A loader over texts by path; what is missing fails as a file system does. */
export function loaderOf(
  files: Readonly<Record<string, string | Uint8Array>>,
): (path: string) => string | Uint8Array {
  return (path) => {
    if (Object.hasOwn(files, path)) return files[path];
    throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
  };
}

/** The smallest scenario that is valid, with `extra` lines of YAML after it. */
export function smallest(extra = ""): string {
  return `${SMALL_HEAD}${SMALL_CLIENTS}${SMALL_REQUESTS}${SMALL_BALANCER}${extra}`;
}
export const SMALL_HEAD = "duration: 1min\n";
export const SMALL_CLIENTS = "clients: { all: { arrivals: { poisson: 10/s } } }\n";
export const SMALL_REQUESTS = "requests: { demand: 5ms }\n";
export const SMALL_BALANCER = "balancer: { name: web, targets: [{ machines: 4 }] }\n";

export function read(
  text: string,
  options: ReadOptions = {},
  others: Readonly<Record<string, string | Uint8Array>> = {},
): ReturnType<typeof readScenario> {
  return readScenario("s.yaml", loaderOf({ "s.yaml": text, ...others }), options);
}

export function readWell(...args: Parameters<typeof read>): ScenarioRead {
  const result = read(...args);
  if ("problems" in result) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result;
}

export function scenarioOf(...args: Parameters<typeof read>): Scenario {
  return readWell(...args).scenario;
}

/** Every problem as the line that people see. */
export function problemsOf(...args: Parameters<typeof read>): string[] {
  const result = read(...args);
  const found: readonly Problem[] = "problems" in result ? result.problems : result.warnings;
  return found.map(formatProblem);
}
