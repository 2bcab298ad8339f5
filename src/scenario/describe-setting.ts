/** Settings of a scenario by name, from the shapes that readers and the schema follow too. */
import type { Field } from "../definition.ts";
import { kindOf } from "./describe-entry.ts";
import { registries } from "./registries.ts";
import type { Shape, ShapeField } from "./shape.ts";
import { scenarioShape, shapes } from "./shapes.ts";

export interface Setting {
  readonly name: string;
  /** What it is a setting of: `balancer`, `connections`, or `scenario` for those at the top. */
  readonly of: string;
  readonly field: ShapeField;
}

const isEvent = (shape: string): boolean => shape.startsWith("event-");

/** All of them, those at the top first; events have a list of their own. */
export const settings: readonly Setting[] = [
  ["scenario", scenarioShape] as const,
  ...Object.entries(shapes).filter(([of]) => !isEvent(of)),
].flatMap(([of, shape]: readonly [string, Shape]) =>
  Object.entries(shape).map(([name, field]) => ({ name, of, field })),
);

/** Those of that name, wherever it may stand. */
export const settingsNamed = (name: string): readonly Setting[] =>
  settings.filter((setting) => setting.name === name);

/** One text a setting: what it is, its default, and its own fields or what may be chosen. */
export function describeSettings(found: readonly Setting[]): string[][] {
  return found.map(({ name, of, field }) => {
    const head = `${name} (setting of ${of}): ${field.doc} (${sortOf(field)})`;
    if (field.kind === "pick") {
      const entries = registries[field.from].map((entry) => `  ${entry.name}: ${entry.summary}`);
      return [head, "One of", ...entries, "See lbsim explain of each for its settings"];
    }
    const records = field.kind === "list" ? field.shapes : "shape" in field ? [field.shape] : [];
    return [
      head,
      ...records.flatMap((shape) => [
        records.length > 1 ? `Fields of ${shape}` : "Fields",
        ...Object.entries(shapes[shape]).map(
          ([each, one]) => `  ${each}: ${one.doc} (${sortOf(one)})`,
        ),
      ]),
    ];
  });
}

const PLAIN: ReadonlySet<string> = new Set<Field["kind"]>([
  "duration",
  "rate",
  "size",
  "bandwidth",
  "share",
  "count",
  "number",
  "choice",
  "flag",
  "text",
]);
const isPlain = (field: ShapeField): field is ShapeField & Field => PLAIN.has(field.kind);

/** The kind of value, and what it is where nothing is written. */
function sortOf(field: ShapeField): string {
  const none = "none" in field && field.none ? " or none" : "";
  if (isPlain(field)) return kindOf(field).replace(/;|$/, (end) => `${none}${end}`);
  const kind =
    field.kind === "pick"
      ? `one of the ${field.from}`
      : field.kind === "record"
        ? "map"
        : field.kind;
  if ("default" in field && field.default !== undefined) {
    return `${kind}${none}; default ${field.default}`;
  }
  return `${kind}${none}; ${field.optional === true ? "may be left out" : "required"}`;
}
