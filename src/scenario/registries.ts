/**
 * The registries from which a scenario picks, under one name each, and what merging must know of
 * them.
 */
import { frontDoors } from "../balancing/front-doors/registry.ts";
import { persistences } from "../balancing/persistence/registry.ts";
import { placements, strategies } from "../balancing/registry.ts";
import type { MemberGroup } from "../balancing/strategy.ts";
import { entryOf } from "../definition.ts";
import type { Chosen, Definition, Field, Setting, Settings } from "../definition.ts";
import { popularities } from "../random/popularity/registry.ts";
import { distributions } from "../random/registry.ts";
import { arrivals } from "../world/arrivals/registry.ts";
import { caches } from "../world/caches/registry.ts";
import type { MergeRules } from "./tree.ts";

/** What the reader needs of an entry of any registry. */
export interface Registered extends Definition {
  /**
   * A problem that no field shows alone; null where there is none. `members`: of a strategy's
   * balancer.
   */
  check?(settings: Settings, members?: readonly MemberGroup[]): string | null;
  /** What these settings of a strategy need beyond `needs`. */
  alsoNeeds?(settings: Settings): readonly string[];
  readonly needs?: readonly string[];
  /** What a lookup, a change and a node cost, of those that place keys. */
  readonly cost?: { readonly lookup: string; readonly change: string; readonly memory: string };
  /** The field that a bare value sets which does not fit `primary`. */
  readonly secondary?: string;
}

export type RegistryName =
  | "strategies"
  | "placements"
  | "persistences"
  | "front-doors"
  | "distributions"
  | "popularities"
  | "arrivals"
  | "caches";

// Each registry narrows what its `check` receives; the reader gives it settings of exactly its
// fields.
export const registries = {
  strategies: strategies as readonly Definition[] as readonly Registered[],
  placements: placements as readonly Definition[] as readonly Registered[],
  persistences: persistences as readonly Definition[] as readonly Registered[],
  "front-doors": frontDoors as readonly Definition[] as readonly Registered[],
  distributions: distributions as readonly Definition[] as readonly Registered[],
  popularities: popularities as readonly Definition[] as readonly Registered[],
  arrivals: arrivals as readonly Definition[] as readonly Registered[],
  caches: caches as readonly Definition[] as readonly Registered[],
} as const satisfies Record<RegistryName, readonly Registered[]>;

/**
 * Those that are listed and explained together. Placement structures stand there as the strategies
 * of their names; a scenario picks them inside other strategies, `lbsim hash` by themselves.
 */
export const REGISTRY_NAMES: readonly RegistryName[] = [
  "strategies",
  "persistences",
  "front-doors",
  "distributions",
  "popularities",
  "arrivals",
  "caches",
];

/** One entry of a registry in words, for messages. */
export const registryNouns: Readonly<Record<RegistryName, string>> = {
  strategies: "strategy",
  persistences: "persistence",
  "front-doors": "front door",
  distributions: "distribution",
  popularities: "popularity",
  arrivals: "arrival process",
  caches: "cache",
  placements: "structure",
};

export { caches, popularities };

const WHOLE = new Set([
  "strategy",
  "persistence",
  "front-door",
  "request-size",
  "response-size",
  "spread",
  "lifetime",
  "demand",
  "on-miss",
  "size",
  "arrivals",
  "cache",
  "popularity",
]);

/**
 * How an including file lies on the included ones: choices are replaced, everything else is merged.
 */
export const MERGE_RULES: MergeRules = {
  whole: (key) => WHOLE.has(key),
  rivals: [
    ["popularity", ...popularities.map(({ name }) => name)],
    ["count", "per-user"],
    caches.map(({ name }) => name),
  ],
};

/** Whether a strategy with these settings reads that belief. */
export function strategyNeeds(strategy: Chosen, need: string): boolean {
  const entry = registries.strategies.find(({ name }) => name === strategy.kind);
  if (entry === undefined) return false;
  return [...(entry.needs ?? []), ...(entry.alsoNeeds?.(strategy.settings) ?? [])].includes(need);
}

/** The registry that a field's value is a choice from. */
export const nestedIn = ({ kind }: Field): RegistryName | null =>
  kind === "distribution" ? "distributions" : kind === "placement" ? "placements" : null;

/** What a field is where nothing is written; of a nested choice with all its own defaults. */
export function defaultOf(field: Field): Setting {
  const value = "default" in field ? (field.default ?? null) : null;
  if (field.kind !== "placement" || field.default === undefined) return value;
  const { name, fields } = entryOf(registries.placements, field.default);
  const settings = Object.entries(fields).map(([key, inner]) => [key, defaultOf(inner)] as const);
  return { kind: name, settings: Object.fromEntries(settings) };
}
