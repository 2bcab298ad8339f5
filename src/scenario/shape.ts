/**
 * How the parts of a scenario are described: fields as in definition.ts and some that only a
 * scenario has. Readers, the JSON schema and suggestions all follow from these shapes, so that a
 * field is written down once.
 */
import type { Chosen, Field, NumberKind } from "../definition.ts";
import type { CacheField, EventField } from "../world/events.ts";
import type { RegistryName } from "./registries.ts";
import type { TreeNode } from "./tree.ts";

interface Described {
  readonly doc: string;
  readonly optional?: boolean;
}
/** A choice from a registry; its quantities take the unit `in`. */
export interface PickField extends Described {
  readonly kind: "pick";
  readonly from: RegistryName;
  readonly in?: "duration" | "size" | "number";
  /** `none` may be written and gives null. */
  readonly none?: true;
  /** An entry whose fields all have defaults. */
  readonly default?: string;
}
/** A map with the fields of another shape. */
export interface RecordField extends Described {
  readonly kind: "record";
  readonly shape: string;
  readonly none?: true;
}
/** A map from names of the user's own to records. */
export interface MapField extends Described {
  readonly kind: "map";
  readonly shape: string;
}
/** A list of records; each has one of the shapes. */
export interface ListField extends Described {
  readonly kind: "list";
  readonly shapes: readonly string[];
  readonly none?: true;
}
/** Read by code of its own; the schema knows its forms by name. */
export interface SpecialField extends Described {
  readonly kind:
    | "place"
    | "include"
    | "span"
    | "seeds"
    | "request-count"
    | "round-trips"
    | "bandwidths"
    | "shares"
    | "pairs"
    | "variations"
    | "metric"
    | "bound"
    | "subject"
    | "events";
}
type Noneable<F> = F | (F & { readonly none: true });
export type ShapeField =
  | Noneable<Field>
  | Exclude<EventField, CacheField>
  | PickField
  | RecordField
  | MapField
  | ListField
  | SpecialField;
export type Shape = Readonly<Record<string, ShapeField>>;

type PlainValue<F> = F extends { readonly kind: NumberKind }
  ? number
  : F extends { readonly kind: "choice"; readonly of: readonly (infer Name)[] }
    ? Name
    : F extends { readonly kind: "flag" }
      ? boolean
      : F extends { readonly kind: "text" | "file" }
        ? string
        : F extends { readonly kind: "pick" }
          ? Chosen
          : TreeNode | null;
/**
 * What a field of a record gives: its value in its one unit, or the tree for those that need code
 * of their own.
 */
export type ShapeValue<F> = F extends { readonly optional: true } | { readonly none: true }
  ? PlainValue<F> | null
  : PlainValue<F>;
export type ShapeValues<S extends Shape> = { readonly [K in keyof S]: ShapeValue<S[K]> };
