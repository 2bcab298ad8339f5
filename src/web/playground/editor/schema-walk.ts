/**
 * What the scenario's JSON schema says of a place in a text: the fields and values that may stand
 * there, and what each means. Follows the schema alone, so a new strategy or event is known here
 * once it is in its registry.
 */
import type { Json } from "../../../scenario/schema.ts";
import type { CursorStep } from "../../../scenario/cursor.ts";

export type Schema = { readonly [key: string]: Json };

/** A field or a value that may stand at a place. */
export interface Choice {
  readonly name: string;
  /** One line for people; empty where the schema says nothing. */
  readonly doc: string;
  /** As it is written; null: none. */
  readonly fallback: string | null;
  /** It must be there. */
  readonly required: boolean;
}

export class SchemaWalk {
  private readonly root: Schema;

  constructor(root: Schema) {
    this.root = root;
  }

  /** Fields that may stand beside the last step's siblings. O(fields of the alternatives). */
  fieldsAt(path: readonly CursorStep[]): Choice[] {
    const last = path.at(-1);
    if (last === undefined) return [];
    const fields = new Map<string, Choice>();
    for (const map of fitting(this.alternativesAt(path.slice(0, -1)), last.siblings)) {
      for (const [name, field] of Object.entries(recordOf(map["properties"]))) {
        if (last.siblings.includes(name) || fields.has(name)) continue;
        const required = Array.isArray(map["required"]) && map["required"].includes(name);
        fields.set(name, this.choiceOf(name, field, required, map));
      }
    }
    return [...fields.values()];
  }

  /** Values that the schema names for this place: choices, flags, the default. */
  valuesAt(path: readonly CursorStep[]): Choice[] {
    const values = new Map<string, Choice>();
    const add = (name: string, doc: string): void => {
      if (!values.has(name)) values.set(name, { name, doc, fallback: null, required: false });
    };
    const alternatives = this.alternativesAt(path);
    for (const each of alternatives) {
      if (Array.isArray(each["enum"])) {
        for (const value of each["enum"]) add(String(value), entryDoc(alternatives, String(value)));
      }
      if (typeof each["const"] === "string") add(each["const"], "");
      if (each["type"] === "boolean") for (const flag of ["true", "false"]) add(flag, "");
    }
    for (const { fallback } of this.fieldsNamed(path)) {
      if (fallback !== null && fallback !== "" && !values.has(fallback))
        add(fallback, "the default");
    }
    return [...values.values()];
  }

  /** Whether node patterns stand here, as after `fail:`. */
  takesNodes(path: readonly CursorStep[]): boolean {
    return this.alternativesAt(path).some(({ examples }) => Array.isArray(examples));
  }

  /** What the field at the path's end means; null where the schema does not know it. */
  fieldAt(path: readonly CursorStep[]): Choice | null {
    return this.fieldsNamed(path)[0] ?? null;
  }

  /** What a value of this place means, where it has a name. */
  valueDoc(path: readonly CursorStep[], value: string): string {
    return entryDoc(this.alternativesAt(path), value);
  }

  private fieldsNamed(path: readonly CursorStep[]): Choice[] {
    const last = path.at(-1);
    const name = last?.key;
    if (last === undefined || name === null || name === undefined) return [];
    return fitting(this.alternativesAt(path.slice(0, -1)), last.siblings).flatMap((map) => {
      const field = recordOf(map["properties"])[name];
      return field === undefined ? [] : [this.choiceOf(name, field, false, map)];
    });
  }

  private choiceOf(name: string, field: Json, required: boolean, map: Schema): Choice {
    const { description, default: value } = recordOf(field);
    const doc = typeof description === "string" ? description : entryDoc([map], name);
    return { name, doc, fallback: textOf(value), required };
  }

  /** All that may stand at the end of a path, without references and unions. */
  private alternativesAt(path: readonly CursorStep[]): readonly Schema[] {
    let now = this.resolved(this.root);
    for (const { key, siblings } of path) {
      now = fitting(now, siblings).flatMap((each) => {
        const inside = key === null ? each["items"] : entryOf(each, key);
        return inside === undefined ? [] : this.resolved(inside);
      });
    }
    return now;
  }

  private resolved(schema: Json): Schema[] {
    const record = recordOf(schema);
    const { $ref, anyOf } = record;
    if (typeof $ref === "string") {
      const name = $ref.replace("#/$defs/", "");
      return this.resolved(recordOf(this.root["$defs"])[name] ?? {});
    }
    return Array.isArray(anyOf) ? anyOf.flatMap((each: Json) => this.resolved(each)) : [record];
  }
}

/** Of several shapes of a map, those that know the most of what stands in it already. */
function fitting(alternatives: readonly Schema[], siblings: readonly string[]): readonly Schema[] {
  if (siblings.length === 0) return alternatives;
  const known = alternatives.map((each) => {
    const properties = recordOf(each["properties"]);
    return siblings.filter((name) => Object.hasOwn(properties, name)).length;
  });
  const most = Math.max(0, ...known);
  return alternatives.filter((_, index) => known[index] === most);
}

function entryOf(map: Schema, key: string): Json | undefined {
  const properties = recordOf(map["properties"]);
  if (Object.hasOwn(properties, key)) return properties[key];
  const others = map["additionalProperties"];
  return typeof others === "object" ? others : undefined;
}

/** The summary of a registry's entry, which stands at the map that it alone is the key of. */
function entryDoc(alternatives: readonly Schema[], name: string): string {
  for (const { description, required } of alternatives) {
    const isIt = Array.isArray(required) && required.length === 1 && required[0] === name;
    if (isIt && typeof description === "string") return description;
  }
  return "";
}

const isRecord = (value: Json | undefined): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const recordOf = (value: Json | undefined): Schema => (isRecord(value) ? value : {});

/** As it would be written; null where it is no plain value. */
const textOf = (value: Json | undefined): string | null =>
  value === undefined || value === null || typeof value === "object" ? null : String(value);
