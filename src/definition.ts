/**
 * What every registry's entries have in common. A strategy, a distribution, a cache policy, an
 * arrival process and an event each define their name, their source and their fields here; the
 * reader's checks, the JSON schema,
 * `list`, `explain` and the tests follow from that definition, so that nothing about an entry is
 * written twice.
 *
 * In a scenario every choice is written the same way: `name`, `{ name: value-of-the-primary-field
 * }` or
 * `{ name: { field: value, … } }`. Read, it is a `Chosen`: the entry's name and all its settings.
 */

interface FieldBase {
  /** One line for people: what it sets. */
  readonly doc: string;
  /** True where it may be left out and then is null (use `default` for a value). */
  readonly optional?: boolean;
}

/** `quantity` takes the unit that its context asks for: ms for a demand, bytes for a size. */
export type NumberKind =
  | "count" // whole number, 40_000 or 40k
  | "number" // any finite number
  | "share" // 0..1, written 20% or 0.2
  | "duration" // → ms
  | "rate" // 8_000/s → per ms
  | "size" // 64KiB → bytes
  | "bandwidth" // 1GiB/s → bytes per ms
  | "quantity";

export interface NumberField extends FieldBase {
  readonly kind: NumberKind;
  readonly min?: number;
  /** Exclusive lower bound: `above: 0` for "must be positive". */
  readonly above?: number;
  readonly max?: number;
  readonly default?: number;
}
export interface ChoiceField extends FieldBase {
  readonly kind: "choice";
  readonly of: readonly string[];
  readonly default?: string;
}
export interface FlagField extends FieldBase {
  readonly kind: "flag";
  readonly default?: boolean;
}
/** A list of plain numbers of one kind. */
export interface NumbersField extends FieldBase {
  readonly kind: "numbers";
  readonly of: NumberKind;
  readonly length?: number;
  readonly min?: number;
  readonly default?: readonly number[];
}
/** A nested choice from the registry of distributions; its quantities take the unit `in`. */
export interface DistributionField extends FieldBase {
  readonly kind: "distribution";
  readonly in: "duration" | "size" | "number";
}
/** A nested choice from the registry of placement structures. */
export interface PlacementField extends FieldBase {
  readonly kind: "placement";
  /** The name of an entry, with its own defaults. */
  readonly default?: string;
}
/** A list of records with fields of their own. */
export interface RowsField extends FieldBase {
  readonly kind: "rows";
  readonly fields: Fields;
}
/** A file, relative to the scenario's own; its content reaches the run by this name. */
export interface FileField extends FieldBase {
  readonly kind: "file";
}
/** A name of something else in the scenario, or free text. */
export interface TextField extends FieldBase {
  readonly kind: "text";
  readonly default?: string;
}

export type Field =
  | NumberField
  | ChoiceField
  | FlagField
  | NumbersField
  | DistributionField
  | PlacementField
  | RowsField
  | FileField
  | TextField;
export type Fields = Readonly<Record<string, Field>>;

export type Setting =
  number | string | boolean | null | readonly number[] | Chosen | readonly Settings[];
export type Settings = { readonly [field: string]: Setting };

/**
 * An entry of a registry, picked by a scenario, with every setting resolved (defaults written out).
 */
export interface Chosen {
  readonly kind: string;
  readonly settings: Settings;
}

type ValueOf<F extends Field> = F extends NumberField
  ? number
  : F extends ChoiceField
    ? F["of"][number]
    : F extends FlagField
      ? boolean
      : F extends NumbersField
        ? readonly number[]
        : F extends DistributionField | PlacementField
          ? Chosen
          : F extends RowsField
            ? readonly SettingsOf<F["fields"]>[]
            : string;
/** The settings that an entry with these fields receives. */
export type SettingsOf<F extends Fields> = string extends keyof F
  ? Settings // fields unknown: an entry of a registry, whose own fields are forgotten
  : {
      readonly [K in keyof F]: F[K] extends { readonly optional: true }
        ? ValueOf<F[K]> | null
        : ValueOf<F[K]>;
    };

export interface Definition<F extends Fields = Fields> {
  /** As written in a scenario: lower case with dashes. */
  readonly name: string;
  /** One line for `list`. */
  readonly summary: string;
  /** The paper and section, or the program and version, whose behaviour this is. */
  readonly follows: string;
  /** By program: what its configuration calls it, or the call that has it. Absent: none known. */
  readonly config?: Readonly<Record<string, string>>;
  readonly fields: F;
  /** The field that a bare value sets: `{ poisson: 8_000/s }`. */
  readonly primary?: keyof F & string;
}

/** The entry of that name; asserts that there is one, since the reader has checked names before. */
export function entryOf<D extends { readonly name: string }>(
  registry: readonly D[],
  name: string,
): D {
  for (const entry of registry) if (entry.name === name) return entry;
  throw new Error(`no entry named ${name}`);
}
