/** The outcome of a comparison as plain data: what is printed, in whatever form. */
import type { PlacementCost } from "../hashing/placement-definition.ts";
import { tidy } from "../statistics/rounding.ts";
import type { Plan } from "./changes.ts";
import { balanceOf, chanceDeviation, disruptionOf } from "./figures.ts";
import type { Balance, Disruption } from "./figures.ts";
import type { StructureCounts } from "./measurement.ts";
import type { Timing } from "./timing.ts";
import { labelsOf } from "./measurement.ts";

type Figures<T> = { readonly [K in keyof T]: number | null };

export interface BoundedFigures {
  /** Part of the keys that their owner had no room for. */
  readonly pushed: number;
  /** The most full nodes that a key passed over. */
  readonly longest: number;
}

export interface StructureFigures {
  readonly structure: string;
  /** What hashed the keys' texts. */
  readonly hash: string;
  readonly balance: Figures<Balance>;
  /** Of what a bound did; null without one. */
  readonly bounded: Figures<BoundedFigures> | null;
  /** In the order of the comparison's changes. */
  readonly changes: readonly Figures<Disruption>[];
  /** Of the structure's arrays before all changes. */
  readonly bytes: number;
  /** As the source states it. */
  readonly cost: PlacementCost;
  readonly weighted: boolean;
  /** null unless asked for: of this machine alone. */
  readonly timing: Figures<Timing> | null;
}

export type Repeats = "none" | "counted" | "unknown";

/** How often the keys were given. */
export interface KeyCounts {
  readonly repeats: Repeats;
  /** Σ c² over distinct keys, each given c times; where that is not known, how many were given. */
  readonly squares: number;
}

export interface Comparison {
  readonly keys: number;
  readonly nodes: number;
  /** The nodes' weights are not all equal. */
  readonly weighted: boolean;
  /** Times its fair part that a node may hold; null: as much as comes. */
  readonly bound: number | null;
  /** σ/μ of an even spread by chance alone, with so many keys, each as often as it is given. */
  readonly chance: number | null;
  /** How often keys are given, as far as `chance` knows; "unknown": it takes them for distinct. */
  readonly repeats: Repeats;
  readonly changes: readonly {
    readonly change: string;
    readonly words: string;
    readonly draws: number;
  }[];
  readonly structures: readonly StructureFigures[];
}

export interface ComparisonParts {
  readonly plan: Plan;
  readonly keys: number;
  readonly given: KeyCounts;
  readonly bound: number | null;
  readonly counts: readonly StructureCounts[];
  /** By structure, as `counts`. */
  readonly costs: readonly PlacementCost[];
  readonly timings: readonly (Timing | null)[];
}

/** Figures have six significant digits. */
export function comparisonOf({
  plan,
  keys,
  given,
  bound,
  counts,
  costs,
  timings,
}: ComparisonParts): Comparison {
  const { before, changes } = plan;
  const weights = labelsOf(before).map((label) => before.weight[label]);
  return {
    keys,
    nodes: before.size,
    weighted: weights.some((weight) => weight !== weights[0]),
    bound,
    chance: tidy(chanceDeviation(before.size, keys, given.squares)),
    repeats: given.repeats,
    changes: changes.map(({ text, words, courses }) => {
      return { change: text, words, draws: courses.length };
    }),
    structures: counts.map((each, index) => {
      const timing = timings[index];
      return {
        structure: each.structure.name,
        hash: each.structure.hash.name,
        balance: tidied(balanceOf(each.held, before, keys)),
        bounded:
          each.bounded === null
            ? null
            : tidied({ pushed: each.bounded.pushed / keys, longest: each.bounded.longest }),
        changes: changes.map((_, change) => tidied(disruptionOf(each, change, before, keys))),
        bytes: each.placement.bytes(),
        cost: costs[index],
        weighted: each.placement.traits.weighted,
        timing: timing === null ? null : tidied(timing),
      };
    }),
  };
}

function tidied<T extends { readonly [K in keyof T]: number | null }>(figures: T): Figures<T> {
  const entries = Object.entries<number | null>(figures).map(([name, value]) => {
    return [name, value === null ? null : tidy(value)] as const;
  });
  // The same fields, each rounded.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries) as Figures<T>;
}
