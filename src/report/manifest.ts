/**
 * What made a result, and all that is needed to make it again: the scenario with every default
 * written out, seeds, version, fingerprints. It holds no time of day, no duration and no path of a
 * machine, so that equal runs have equal manifests.
 */
import type { Scenario } from "../scenario/scenario.ts";
import { VERSION } from "../version.ts";
import {
  flag,
  isRecord,
  list,
  notNegative,
  oneOf,
  orNull,
  record,
  scenario,
  text,
  whole,
} from "./manifest-check.ts";

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

/** Reads a manifest's text: the manifest, or one sentence why it is none. */
export function parseManifest(content: string): Manifest | string {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return "it is not JSON, or was cut off; name the folder of a result";
  }
  if (!isRecord(value)) return "it is no manifest of lbsim, name the folder of a result";
  if (value.format !== MANIFEST_FORMAT) {
    const format = JSON.stringify(value.format)?.slice(0, 40) ?? "missing";
    return `its format is ${format}, this version reads ${MANIFEST_FORMAT}`;
  }
  if (value.kind !== "run" && value.kind !== "comparison") {
    return "it is no manifest of lbsim, its kind must be run or comparison";
  }
  const problem = (value.kind === "run" ? runShape : comparisonShape)(value, "manifest");
  if (problem !== null) return `it is no manifest of lbsim, ${problem.replace("manifest.", "")}`;
  return isSound(value) ? value : "it is no manifest of lbsim";
}

const isSound = (value: unknown): value is Manifest =>
  isRecord(value) && (value.kind === "run" ? runShape : comparisonShape)(value, "") === null;

const base = {
  lbsim: text,
  name: text,
  command: text,
  partial: flag,
  overrides: list(record({ path: text, value: text })),
  inputs: list(record({ name: text, kind: oneOf("trace", "numbers"), sha256: text })),
};

const runShape = record({
  ...base,
  seed: whole,
  fingerprint: text,
  stopped: orNull(record({ pieces: whole, atMs: notNegative, requests: whole })),
  scenario,
});

const comparisonShape = record({
  ...base,
  seeds: list(whole, 1),
  runs: list(record({ variant: text, seed: whole, fingerprint: text })),
  variants: list(record({ label: text, scenario }), 1),
});
