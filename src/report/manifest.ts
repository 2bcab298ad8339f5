/**
 * What made a result, and all that is needed to make it again: the scenario with every default
 * written out, seeds, version, fingerprints. It holds no time of day, no duration and no path of a
 * machine, so that equal runs have equal manifests.
 */
import type { Scenario } from "../scenario/scenario.ts";
import { VERSION } from "../version.ts";

export const MANIFEST_FORMAT = 1;

export interface OverrideEntry {
  readonly path: string;
  readonly value: string;
}

/** A file that the scenario names, and the SHA-256 of its content. */
export interface InputEntry {
  readonly name: string;
  readonly kind: "trace" | "numbers";
  readonly sha256: string;
}

/** Where a run was stopped by Ctrl-C; the number of pieces repeats it. */
export interface StopEntry {
  readonly pieces: number;
  readonly atMs: number;
  readonly requests: number;
}

interface ManifestBase {
  readonly format: typeof MANIFEST_FORMAT;
  readonly lbsim: string;
  /** The scenario file's stem. */
  readonly name: string;
  /** As typed, with the scenario file named by its stem. */
  readonly command: string;
  /** True where Ctrl-C came before the end. */
  readonly partial: boolean;
  readonly overrides: readonly OverrideEntry[];
  readonly inputs: readonly InputEntry[];
}

export interface RunManifest extends ManifestBase {
  readonly kind: "run";
  readonly seed: number;
  readonly fingerprint: string;
  readonly stopped: StopEntry | null;
  readonly scenario: Scenario;
}

export interface ComparisonManifest extends ManifestBase {
  readonly kind: "comparison";
  /** All that were asked for. */
  readonly seeds: readonly number[];
  /** Those that finished, in the order in which they ran. */
  readonly runs: readonly {
    readonly variant: string;
    readonly seed: number;
    readonly fingerprint: string;
  }[];
  readonly variants: readonly { readonly label: string; readonly scenario: Scenario }[];
}

export type Manifest = RunManifest | ComparisonManifest;

type Own = "format" | "lbsim" | "kind";

export const runManifest = (fields: Omit<RunManifest, Own>): RunManifest => ({
  format: MANIFEST_FORMAT,
  kind: "run",
  lbsim: VERSION,
  name: fields.name,
  command: fields.command,
  partial: fields.partial,
  seed: fields.seed,
  fingerprint: fields.fingerprint,
  stopped: fields.stopped,
  overrides: fields.overrides,
  inputs: fields.inputs,
  scenario: fields.scenario,
});

export const comparisonManifest = (fields: Omit<ComparisonManifest, Own>): ComparisonManifest => ({
  format: MANIFEST_FORMAT,
  kind: "comparison",
  lbsim: VERSION,
  name: fields.name,
  command: fields.command,
  partial: fields.partial,
  seeds: fields.seeds,
  overrides: fields.overrides,
  inputs: fields.inputs,
  runs: fields.runs,
  variants: fields.variants,
});

/**
 * Reads a manifest's text: the manifest, or one sentence why it is none. Only its frame is checked.
 */
export function parseManifest(text: string): Manifest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  if (!isRecord(value)) return "it is no manifest of lbsim";
  if (value.format !== MANIFEST_FORMAT) {
    const format = JSON.stringify(value.format) ?? "missing";
    return `its format is ${format}, this version reads ${MANIFEST_FORMAT}`;
  }
  return isManifest(value) ? value : "it is no manifest of lbsim";
}

/** Further in, whoever wrote the file by hand is on their own. */
function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value)) return false;
  const texts = [value.lbsim, value.name, value.command];
  if (!texts.every((text) => typeof text === "string")) return false;
  if (!Array.isArray(value.inputs) || !Array.isArray(value.overrides)) return false;
  if (value.kind === "run") return isScenario(value.scenario) && typeof value.seed === "number";
  const { variants, runs, seeds } = value;
  if (value.kind !== "comparison" || !Array.isArray(seeds)) return false;
  if (!Array.isArray(variants) || !Array.isArray(runs)) return false;
  return variants.every((one) => isRecord(one) && isScenario(one.scenario)) && runs.every(isRecord);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isScenario = (value: unknown): boolean =>
  isRecord(value) && value.format === 1 && isRecord(value.root) && Array.isArray(value.clients);
