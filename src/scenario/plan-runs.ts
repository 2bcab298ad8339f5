/**
 * Variants × seeds as a list that one could print: what a comparison runs. Station 3 of a request.
 */
import type { Override } from "./overrides.ts";
import type { Problem } from "./problem.ts";
import { quote } from "./problem.ts";
import type { Loader, NamedFile, OpenScenario } from "./read-scenario.ts";
import { openScenario } from "./read-scenario.ts";
import type { Scenario, Variation } from "./scenario.ts";

export interface PlannedRun {
  /**
   * What tells its variant from the others, in the order of the variations: `ring-hash`, or
   * `strategy=ring-hash interval=10ms` where more than one setting varies.
   */
  readonly label: string;
  /** The settings that make the variant, path and value as text. */
  readonly settings: readonly (readonly [path: string, value: string])[];
  readonly seed: number;
  /** Resolved, with this seed in it. */
  readonly scenario: Scenario;
}
export interface RunPlan {
  /** By variant, then by seed: runs of one seed have equal traffic. */
  readonly runs: readonly PlannedRun[];
  readonly labels: readonly string[];
  readonly seeds: readonly number[];
  readonly files: readonly NamedFile[];
  readonly warnings: readonly Problem[];
}
export interface PlanOptions {
  readonly overrides?: readonly Override[];
  readonly seed?: number;
  /** Instead of the file's `compare`. */
  readonly vary?: readonly Variation[];
  /** Instead of the file's `seeds`, and of the ten that are usual. */
  readonly seeds?: readonly number[];
}

export const DEFAULT_SEEDS = 10;
const MOST_VARIANTS = 1_000;

/**
 * All variants (the product of all variations' values) with all seeds; every problem if one of them
 * has any.
 */
export function planRuns(
  file: string,
  loader: Loader,
  options: PlanOptions = {},
): RunPlan | { readonly problems: readonly Problem[] } {
  const opened = openScenario(file, loader);
  if ("problems" in opened) return opened;
  const overrides = options.overrides ?? [];
  const seeded = options.seed === undefined ? {} : { seed: options.seed };
  const base = opened.read({ overrides, ...seeded });
  if ("problems" in base) return base;
  const variations = options.vary?.length ? options.vary : base.scenario.compare;
  const from = options.vary?.length ? "--vary" : "compare";
  const count = variations.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_VARIANTS) {
    const what = `${count} variants are more than ${MOST_VARIANTS}`;
    const would = "vary fewer settings at once";
    return { problems: [{ file: from, line: 0, column: 0, what, would, severity: "error" }] };
  }
  const { seed } = base.scenario;
  const usual = base.seeds ?? Array.from({ length: DEFAULT_SEEDS }, (_, i) => seed + i);
  const seeds = options.seeds ?? usual;
  return planned(opened, variantsOf(variations), { overrides, from, seeds, seeded });
}

type Settings = readonly (readonly [string, string])[];

interface Frame {
  readonly overrides: readonly Override[];
  readonly from: string;
  readonly seeds: readonly number[];
  readonly seeded: { readonly seed?: number };
}

function planned(
  opened: OpenScenario,
  variants: readonly Settings[],
  { overrides, from, seeds, seeded }: Frame,
): RunPlan | { readonly problems: readonly Problem[] } {
  const runs: PlannedRun[] = [];
  const labels: string[] = [];
  const files = new Map<string, NamedFile>();
  const warnings = new Map<string, Problem>();
  const problems: Problem[] = [];
  const isBare = variants.flat().some(([, value]) => BARE.test(value));
  for (const settings of variants) {
    const own = settings.map(([path, value]) => ({
      path,
      value,
      from: `${from} ${path}=${value}`,
    }));
    const read = opened.read({ overrides: [...overrides, ...own], ...seeded });
    if ("problems" in read) {
      problems.push(...read.problems);
      continue;
    }
    for (const one of read.files) files.set(`${one.kind} ${one.name}`, one);
    for (const warning of read.warnings) warnings.set(JSON.stringify(warning), warning);
    const label = unused(labelOf(settings, read.scenario.name, isBare), labels);
    labels.push(label);
    for (const seed of seeds) {
      runs.push({ label, settings, seed, scenario: { ...read.scenario, seed } });
    }
  }
  if (problems.length > 0) return { problems: withoutTwins(problems) };
  return { runs, labels, seeds, files: [...files.values()], warnings: [...warnings.values()] };
}

function withoutTwins(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/** The first variation changes slowest. One variant with no settings where nothing is varied. */
function variantsOf(variations: readonly Variation[]): Settings[] {
  let variants: Settings[] = [[]];
  for (const { path, values } of variations) {
    variants = variants.flatMap((settings) => {
      return values.map((value): Settings => [...settings, [path, value]]);
    });
  }
  return variants;
}

/** A number, with its unit or without, or a flag: such a value does not say what it is of. */
const BARE = /^[-+.]?\d|^(?:yes|no|true|false|on|off)$/i;

/**
 * Of one setting the value alone, without the braces around all of it: it stands at the head of a
 * row, where there is no room for paths. Of more, and where a value is bare, each with the end of
 * its path.
 */
function labelOf(settings: Settings, name: string, isBare: boolean): string {
  if (settings.length === 0) return name;
  if (settings.length === 1 && !isBare) return settings[0][1].replace(/^\{ (.*) \}$/, "$1");
  const names = shortNames(settings.map(([path]) => path));
  return settings.map(([, value], i) => `${names[i]}=${value}`).join(" ");
}

/** The last words of each path, one each, and more of them where two paths end alike. */
function shortNames(paths: readonly string[]): readonly string[] {
  const most = Math.max(...paths.map((path) => path.split(".").length));
  for (let words = 1; words < most; words++) {
    const names = paths.map((path) => path.split(".").slice(-words).join("."));
    if (new Set(names).size === names.length) return names;
  }
  return paths;
}

/** Two copies of one strategy may be compared: the second is called `maglev (2)`. */
function unused(label: string, taken: readonly string[]): string {
  let free = label;
  for (let n = 2; taken.includes(free); n++) free = `${label} (${n})`;
  return free;
}

/** `path=value` of the command line. */
export function parseSet(text: string): Override | { readonly problem: string } {
  const at = text.indexOf("=");
  const value = text.slice(at + 1).trim();
  if (at <= 0 || value === "") {
    return { problem: `--set ${quote(text)} has no value, write path=value` };
  }
  return { path: text.slice(0, at).trim(), value };
}

/** `path=a,b,c` of the command line; commas inside of brackets and quotes belong to a value. */
export function parseVary(text: string): Variation | { readonly problem: string } {
  const at = text.indexOf("=");
  const values = at <= 0 ? [] : splitValues(text.slice(at + 1));
  if (values.length === 0 || values.includes("")) {
    return { problem: `--vary ${quote(text)} has no list of values, write path=a,b,c` };
  }
  return { path: text.slice(0, at).trim(), values };
}

function splitValues(text: string): string[] {
  const values: string[] = [];
  let value = "";
  let depth = 0;
  let inside = "";
  for (const sign of text) {
    if (inside !== "") inside = sign === inside ? "" : inside;
    else if (sign === '"' || sign === "'") inside = sign;
    else if (sign === "{" || sign === "[") depth++;
    else if (sign === "}" || sign === "]") depth--;
    if (sign === "," && depth === 0 && inside === "") {
      values.push(value.trim());
      value = "";
    } else value += sign;
  }
  return [...values, value.trim()];
}
