/**
 * The JSON schema (draft 2020-12) of scenario files, for completion and checks in editors. It
 * follows from the shapes and registries that the reader follows too; patterns of nodes, sums of
 * shares and the like only the reader can check.
 */
import type { Field, Fields, NumberField } from "../definition.ts";
import { measuredPlaces } from "../world/places.ts";
import { metrics } from "../statistics/metrics/registry.ts";
import { events } from "../world/events.ts";
import { registries } from "./registries.ts";
import type { Registered, RegistryName } from "./registries.ts";
import type { Shape, ShapeField } from "./shape.ts";
import { scenarioShape, shapes } from "./shapes.ts";

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = { readonly [key: string]: Json };

const NUMBER = "[+-]?[0-9][0-9_]*(\\.[0-9_]+)?([eE][+-]?[0-9]+)?";
const PATTERNS = {
  duration: `^${NUMBER} ?(ns|us|µs|ms|s|min|h|d)$|^0$`,
  rate: `^${NUMBER} ?[kM]?/(ms|s|min|h)$|^0$`,
  size: `^${NUMBER} ?([kMGT]?B|[KMGT]iB)$|^0$`,
  bandwidth: `^${NUMBER} ?([kMGT]?B|[KMGT]iB|[kMG]bit)/s$`,
  share: `^${NUMBER} ?%?$`,
  count: `^${NUMBER}[kMG]?$`,
  number: `^${NUMBER}$`,
} as const;
type Unit = keyof typeof PATTERNS;

const text = (pattern: string): Schema => ({ type: "string", pattern });
const anyOf = (...options: readonly Json[]): Schema => ({ anyOf: options });
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const NONE: Schema = { const: "none" };
const PATTERN_OF_NODES: Schema = {
  type: "string",
  examples: ["fra", "fra/3", "fra/1..4", "*/rack-2"],
};
/** Records that a bare duration may stand for. */
const SHORT_AS_DURATION: ReadonlySet<string> = new Set(["reports", "slow-start"]);
const PLACE: Schema = anyOf({ enum: [...measuredPlaces] }, { type: "string" });

/** The whole schema as plain JSON. */
export function scenarioSchema(): Schema {
  const defs: Record<string, Json> = {};
  for (const [name, shape] of Object.entries(shapes)) defs[name] = recordSchema(shape);
  for (const unit of ["duration", "size", "number"] as const) {
    defs[`distribution-${unit}`] = pickSchema("distributions", unit);
  }
  for (const from of [
    "strategies",
    "placements",
    "persistences",
    "front-doors",
    "popularities",
    "arrivals",
    "caches",
  ] as const) {
    defs[from] = pickSchema(from, "number");
  }
  defs.event = anyOf(...events.map(({ name }) => ref(`event-${name}`)));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "lbsim scenario",
    description: "A scenario of hierarchical load balancing, format 1",
    ...recordSchema(scenarioShape, true),
    $defs: defs,
  };
}

/** The schema as it is written into a file. */
export function scenarioSchemaText(): string {
  return `${JSON.stringify(scenarioSchema(), null, 2)}\n`;
}

function recordSchema(shape: Shape, mayInclude = false): Schema {
  const properties: Record<string, Json> = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(shape)) {
    properties[name] = { description: field.doc, ...defaulted(field), ...shapeSchema(field) };
    // What an included file gives need not be written again.
    if (!mayInclude && isRequired(field)) required.push(name);
  }
  return { type: "object", properties, required, additionalProperties: false };
}

function isRequired(field: ShapeField): boolean {
  return field.optional !== true && !("default" in field && field.default !== undefined);
}

function defaulted(field: ShapeField): Schema {
  if (!("default" in field) || field.default === undefined) return {};
  const value = field.default;
  if (typeof value !== "number") return { default: value };
  if (field.kind === "duration") return { default: `${value}ms` };
  if (field.kind === "bandwidth") return { default: `${value * 1_000}B/s` };
  return {
    default: field.kind === "rate" ? `${value}/ms` : field.kind === "size" ? `${value}B` : value,
  };
}

function shapeSchema(field: ShapeField): Schema {
  const schema = plainSchema(field);
  return "none" in field && field.none ? anyOf(NONE, schema) : schema;
}

function plainSchema(field: ShapeField): Schema {
  switch (field.kind) {
    case "record":
      if (field.shape === "pool") return anyOf(ref("pool"), { const: "fresh" });
      if (field.shape === "session") return anyOf(ref("session"), text(PATTERNS.size));
      if (field.shape === "proxies") {
        return anyOf(ref("proxies"), numberSchema({ kind: "share", doc: "" }, "number"));
      }
      return SHORT_AS_DURATION.has(field.shape)
        ? anyOf(ref(field.shape), text(PATTERNS.duration), { const: 0 })
        : ref(field.shape);
    case "map":
      return { type: "object", additionalProperties: ref(field.shape) };
    case "list":
      return { type: "array", items: anyOf(...field.shapes.map(ref)) };
    case "pick": {
      const unit = "in" in field ? (field.in ?? "number") : "number";
      return ref(field.from === "distributions" ? `distribution-${unit}` : field.from);
    }
    case "place":
      return PLACE;
    case "nodes":
    case "replicas":
    case "regions":
    case "include":
      return anyOf(PATTERN_OF_NODES, { type: "array", items: { type: "string" } });
    case "link":
      return { type: "array", items: PLACE, minItems: 2, maxItems: 2 };
    case "events":
      return { type: "array", items: ref("event") };
    case "metric":
      return { enum: metrics.map(({ name }) => name) };
    case "round-trips": {
      const row = { type: "object", additionalProperties: text(PATTERNS.duration) };
      return { type: "object", additionalProperties: row };
    }
    case "bandwidths": {
      const row = { type: "object", additionalProperties: text(PATTERNS.bandwidth) };
      return { type: "object", additionalProperties: row };
    }
    case "shares":
      return {
        type: "object",
        additionalProperties: numberSchema({ kind: "share", doc: "" }, "number"),
      };
    case "names":
      return anyOf({ type: "string" }, { type: "array", items: { type: "string" } });
    case "pairs":
      return { type: "object", additionalProperties: { type: ["string", "number", "boolean"] } };
    case "variations":
      return { type: "object", additionalProperties: { type: "array", minItems: 1 } };
    case "seeds":
      return anyOf({ type: "integer", minimum: 1 }, text("^[0-9_]+(\\.\\.[0-9_]+)?$"));
    case "request-count":
      return anyOf({ type: "integer", minimum: 1 }, text("^[0-9][0-9_.]*[kMG]?( requests?)?$"));
    case "machine-count":
      return anyOf({ type: "integer", minimum: 1 }, text("^[0-9][0-9_]*[kMG]?( machines?)?$"));
    case "span":
      return text("^.+\\.\\..+$");
    case "setting":
      return text("\\.(strategy|weight)$");
    case "subject":
      return PATTERN_OF_NODES;
    case "bound":
      return { type: ["number", "string"] };
    case "any":
      return {};
    default:
      return fieldSchema(field, "number");
  }
}

/** A field of a registry's entry; quantities have the unit of their context. */
function fieldSchema(field: Field, unit: Unit): Schema {
  switch (field.kind) {
    case "choice":
      return { enum: [...field.of] };
    case "flag":
      return { type: "boolean" };
    case "text":
    case "file":
      return { type: "string" };
    case "distribution":
      return ref(`distribution-${field.in}`);
    case "placement":
      return ref("placements");
    case "numbers": {
      const items = numberSchema({ kind: field.of, doc: field.doc }, unit);
      const length =
        field.length === undefined ? {} : { minItems: field.length, maxItems: field.length };
      return { type: "array", items, ...length };
    }
    case "rows":
      return { type: "array", items: fieldsSchema(field.fields, unit) };
    default:
      return numberSchema(field, unit);
  }
}

function numberSchema(field: NumberField, unit: Unit): Schema {
  const kind = field.kind === "quantity" ? unit : field.kind;
  const written = text(PATTERNS[kind]);
  if (kind === "bandwidth") return written;
  if (kind === "duration" || kind === "rate" || kind === "size")
    return anyOf(written, { const: 0 });
  const bounds = {
    ...(field.min === undefined ? {} : { minimum: field.min }),
    ...(field.above === undefined ? {} : { exclusiveMinimum: field.above }),
    ...(field.max === undefined ? {} : { maximum: field.max }),
  };
  return anyOf({ type: kind === "count" ? "integer" : "number", ...bounds }, written);
}

function fieldsSchema(fields: Fields, unit: Unit): Schema {
  const properties: Record<string, Json> = {};
  for (const [name, field] of Object.entries(fields)) {
    properties[name] = { description: field.doc, ...defaulted(field), ...fieldSchema(field, unit) };
  }
  return { type: "object", properties, additionalProperties: false };
}

/** `name`, `{ name: primary }` or `{ name: { field: … } }` for each entry. */
function pickSchema(from: RegistryName, unit: Unit): Schema {
  const entries = registries[from];
  const names = { enum: entries.map(({ name }) => name) };
  const maps = entries.map((entry) => ({
    type: "object",
    description: entry.summary,
    properties: { [entry.name]: entrySchema(entry, unit) },
    required: [entry.name],
    additionalProperties: false,
  }));
  const constant =
    from === "distributions" ? [numberSchema({ kind: "quantity", doc: "" }, unit)] : [];
  return anyOf(names, ...constant, ...maps);
}

function entrySchema(entry: Registered, unit: Unit): Schema {
  const fields = fieldsSchema(entry.fields, unit);
  const bare = [entry.primary, entry.secondary].flatMap((name) => {
    const field = name === undefined ? undefined : entry.fields[name];
    return field === undefined ? [] : [fieldSchema(field, unit)];
  });
  return anyOf(fields, { type: "null" }, ...bare);
}
