/**
 * Random picks from the registries, written as a scenario file writes them. They follow the
 * entries' own fields, so that a new entry is tried without a word here; only what hangs together
 * between fields has a recipe.
 */
import { integer } from "fast-check";
import type { GeneratorValue } from "fast-check";
import type { Field, Fields, NumberKind } from "../../src/definition.ts";
import { registries } from "../../src/scenario/registries.ts";
import type { RegistryName } from "../../src/scenario/registries.ts";

/** What YAML can say. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml };

export const TRACE_FILE = "trace.csv";
export const NUMBERS_FILE = "numbers.txt";

/** A source of random decisions that fast-check can shrink. */
export class Draws {
  private readonly gen: GeneratorValue;

  constructor(gen: GeneratorValue) {
    this.gen = gen;
  }

  /** Between them, both included. */
  whole(min: number, max: number): number {
    return this.gen(integer, { min, max });
  }

  /** In percents of a chance; false is what shrinks go for. */
  chance(percent: number): boolean {
    return this.whole(0, 99) >= 100 - percent;
  }

  of<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)];
  }

  list<T>(min: number, max: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.whole(min, max) }, (_, index) => make(index));
  }

  /** A duration of that many tenths of a ms. */
  tenths(min: number, max: number): string {
    return `${this.whole(min, max) / 10}ms`;
  }
}

type Unit = "duration" | "size" | "number";
/** @param amount a quantity in the unit of its place, between so many tenths of a ms or bytes */
type Recipe = (draws: Draws, amount: (min: number, max: number) => string) => Yaml;

/** Settings that hang together. By registry and entry. */
const RECIPES: Partial<Record<`${RegistryName}/${string}`, Recipe>> = {
  "distributions/hyperexponential": (draws, amount) =>
    draws.chance(50)
      ? { shares: ["25%", "75%"], means: [amount(1, 50), amount(1, 50)] }
      : { mean: amount(1, 50), cv2: draws.whole(1, 9) },
  "distributions/empirical": (draws, amount) =>
    draws.chance(50)
      ? { file: NUMBERS_FILE }
      : { values: draws.list(1, 5, () => amount(0, 60)), scale: 0.5 },
  "distributions/lognormal": (draws, amount) => ({
    [draws.of(["median", "mean"])]: amount(1, 50),
    sigma: draws.whole(0, 15) / 10,
  }),
  "distributions/pareto": (draws, amount) => ({
    shape: draws.whole(11, 30) / 10,
    min: amount(1, 10),
    ...(draws.chance(80) && { max: amount(11, 500) }),
  }),
  "distributions/bimodal": (draws, amount) => ({
    low: amount(0, 20),
    high: amount(20, 200),
    "high-share": `${draws.whole(0, 100)}%`,
  }),
  "distributions/uniform": (_draws, amount) => ({ min: amount(0, 10), max: amount(11, 60) }),
  "arrivals/piecewise": (draws) => [
    { from: draws.of(["0ms", "50ms"]), rate: `${draws.whole(0, 1) * 200}/s` },
    { from: "200ms", rate: `${draws.whole(1, 300)}/s` },
  ],
  "arrivals/diurnal": (draws) => ({ mean: `${draws.whole(50, 300)}/s`, period: "500ms", peak: 2 }),
  "arrivals/trace": (draws) => ({ file: TRACE_FILE, speed: draws.of([0.5, 1, 2]) }),
  "strategies/maglev": (draws) => draws.of([101, 251, 1021]),
  "strategies/envoy-maglev": (draws) => draws.of([101, 251, 1021]),
  "strategies/envoy-ring-hash": (draws) => ({
    minimum: draws.whole(1, 60),
    maximum: draws.whole(60, 80),
    hash: draws.of(["xxh64", "murmur2"]),
  }),
  // A stated capacity must leave the pool room.
  "strategies/anchor": (draws) => draws.of([0, 256]),
  "strategies/dx": (draws) => draws.of([0, 256]),
};

/** A pool may come down to one target, and more replicas than targets are refused. */
const SMALLEST: Readonly<Record<string, Record<string, Yaml>>> = { replicated: { replicas: 1 } };

/** Strategies that do as a program does, which takes whole numbers as weights. */
export const wantsWholeWeights = (strategy: string): boolean =>
  /^(?:ketama$|envoy-|haproxy-)/.test(strategy);

/** One entry that fits: `name`, or `{ name: settings }`. */
export function choiceOf(
  from: RegistryName,
  draws: Draws,
  unit: Unit = "number",
  fits: (name: string) => boolean = () => true,
): Yaml {
  const entry = draws.of(registries[from].filter(({ name }) => fits(name)));
  // Placement structures are the strategies of their names.
  const recipe = RECIPES[`${from === "placements" ? "strategies" : from}/${entry.name}`];
  if (recipe !== undefined) {
    const amount = (min: number, max: number): string =>
      unit === "size" ? `${draws.whole(min, max)}B` : draws.tenths(min, max);
    return { [entry.name]: recipe(draws, amount) };
  }
  if (from === "caches") return { [entry.name]: cacheSettings(draws) };
  const settings = { ...settingsOf(entry.fields, draws, unit, fits), ...SMALLEST[entry.name] };
  return Object.keys(settings).length === 0 ? entry.name : { [entry.name]: settings };
}

function cacheSettings(draws: Draws): Yaml {
  const capacity = draws.chance(30)
    ? { bytes: `${draws.whole(1, 4_000)}B` }
    : { entries: draws.whole(1, 60) };
  return { ...capacity, ...(draws.chance(40) && { ttl: draws.tenths(500, 5_000) }) };
}

function settingsOf(
  fields: Fields,
  draws: Draws,
  unit: Unit,
  fits: (name: string) => boolean,
): Record<string, Yaml> {
  const settings: Record<string, Yaml> = {};
  for (const [name, field] of Object.entries(fields)) {
    const dispensable =
      field.optional === true || ("default" in field && field.default !== undefined);
    if (dispensable && draws.chance(50)) continue;
    settings[name] = valueOf(field, draws, unit, fits);
  }
  return settings;
}

function valueOf(field: Field, draws: Draws, unit: Unit, fits: (name: string) => boolean): Yaml {
  switch (field.kind) {
    case "choice":
      return draws.of(field.of);
    case "flag":
      return draws.chance(50);
    case "numbers":
      return draws.list(field.length ?? 1, field.length ?? 3, () =>
        numberOf(field.of, { min: field.min ?? 0, max: Infinity }, draws, unit),
      );
    case "distribution":
      return choiceOf("distributions", draws, field.in);
    case "placement":
      // What does not fit a strategy's pool does not fit within the strategy either.
      return choiceOf("placements", draws, "number", fits);
    case "rows":
      return draws.list(1, 3, () => settingsOf(field.fields, draws, unit, fits));
    case "file":
    case "text":
      throw new Error(`${field.doc}: files and names need a recipe`);
    default:
      return numberOf(
        field.kind,
        { min: field.min ?? field.above ?? 0, max: field.max ?? Infinity },
        draws,
        unit,
      );
  }
}

/** Somewhat above the least that is allowed, and small enough for a small run. */
function numberOf(
  kind: NumberKind,
  { min, max }: { readonly min: number; readonly max: number },
  draws: Draws,
  unit: Unit,
): Yaml {
  const tenth = (least: number, most: number): number =>
    Math.max(min, Math.min(max, min + draws.whole(10 * least, 10 * most) / 10));
  switch (kind) {
    case "count":
      return draws.whole(Math.max(1, min), Math.min(max, Math.max(1, min) + 9));
    case "share":
      return `${draws.whole(Math.max(1, 100 * min), Math.min(100, 100 * max))}%`;
    case "rate":
      return `${draws.whole(Math.max(20, min), 300)}/s`;
    case "size":
      return `${draws.whole(Math.max(1, min), 200)}B`;
    case "bandwidth":
      return `${draws.whole(1, 200)}kB/s`;
    case "duration":
      return `${tenth(0.5, 200)}ms`;
    case "number":
      return tenth(0.5, 4);
    case "quantity":
      if (unit === "size") return `${Math.ceil(tenth(1, 40))}B`;
      return unit === "duration" ? `${tenth(0.1, 5)}ms` : tenth(0.5, 5);
    default:
      return kind satisfies never;
  }
}
