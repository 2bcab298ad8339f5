/** Records by their shape: which fields there are, which are missing, what each holds. */
import type { Position, Problems } from "./problem.ts";
import { quote } from "./problem.ts";
import type { PickWords } from "./read-pick.ts";
import { readPick } from "./read-pick.ts";
import { quantityKind, readChoiceOf, readFlag, readNumber, readText } from "./read-values.ts";
import type { Reading } from "./reading.ts";
import type { PickField, Shape, ShapeField, ShapeValues } from "./shape.ts";
import { didYouMean } from "./suggest.ts";
import type { Entry, MapNode, TreeNode } from "./tree.ts";
import { isEmpty, textNode, typeInWords } from "./tree.ts";

export interface RecordRead<S extends Shape> {
  readonly values: ShapeValues<S>;
  /** Where the field's value stands; the record itself where it is not written. */
  at(field: keyof S & string): Position;
  /** Where its key stands. */
  keyAt(field: keyof S & string): Position;
  has(field: keyof S & string): boolean;
}

export interface RecordWords {
  /** What the record is, for messages: "the balancer fra". */
  readonly noun: string;
  /** Fields that must not be there, with what to say instead of "unknown field". */
  readonly elsewhere?: ReadonlyMap<string, string>;
}

/**
 * Reads a map by its shape: unknown fields, missing fields and wrong values become problems, and a
 * wrong value is replaced by a harmless one so that reading goes on. Null where the node is no map.
 */
export function readRecord<const S extends Shape>(
  shape: S,
  node: TreeNode,
  words: RecordWords,
  reading: Reading,
): RecordRead<S> | null {
  const { problems } = reading;
  if (node.type !== "map") {
    const known = Object.keys(shape).slice(0, 3).join(", ");
    problems.error(
      node.at,
      `${words.noun} is ${typeInWords(node)}`,
      `write a map of fields such as ${known}`,
    );
    return null;
  }
  checkFields(shape, node, words, problems);
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shape)) {
    const entry = node.entries.get(name);
    const present = entry !== undefined && !isEmpty(entry.value) ? entry : undefined;
    values[name] = present
      ? readField(name, field, present.value, reading)
      : absent(name, field, entry?.keyAt ?? node.at, words.noun, reading);
  }
  const written = (field: string): Entry | undefined => node.entries.get(field);
  return {
    // Each value was read by the kind that its type is derived from.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    values: values as ShapeValues<S>,
    at: (field) => written(field)?.value.at ?? node.at,
    keyAt: (field) => written(field)?.keyAt ?? node.at,
    has: (field) => {
      const entry = written(field);
      return entry !== undefined && !isEmpty(entry.value);
    },
  };
}

function checkFields(shape: Shape, node: MapNode, words: RecordWords, problems: Problems): void {
  const known = Object.keys(shape);
  for (const { key, keyAt } of node.entries.values()) {
    if (Object.hasOwn(shape, key)) continue;
    const other = words.elsewhere?.get(key);
    const would = other ?? didYouMean(key, known);
    problems.error(keyAt, `unknown field ${quote(key)} in ${words.noun}`, would);
  }
}

function absent(
  name: string,
  field: ShapeField,
  at: Position,
  noun: string,
  reading: Reading,
): unknown {
  if (field.kind === "pick" && "default" in field && field.default !== undefined) {
    return readPick(pickOf(name, field), textNode(field.default, at), reading) ?? harmless(field);
  }
  if ("default" in field && field.default !== undefined) return field.default;
  if (field.optional === true) return null;
  if (!reading.isPartial) {
    reading.problems.error(at, `${noun} has no ${name}`, `write ${name}: … (${field.doc})`);
  }
  return harmless(field);
}

/** A value of the field's type that breaks nothing further on. */
function harmless(field: ShapeField): unknown {
  if (field.optional === true) return null;
  switch (field.kind) {
    case "count":
    case "number":
    case "share":
    case "duration":
    case "rate":
    case "size":
    case "bandwidth":
    case "quantity":
      return field.default ?? Math.max(field.min ?? 1, field.above === undefined ? 0 : 1);
    case "choice":
      return field.default ?? field.of[0];
    case "flag":
      return field.default ?? false;
    case "text":
    case "file":
      return "";
    case "numbers":
      return [];
    case "pick":
      return { kind: "", settings: {} };
    default:
      return null;
  }
}

function readField(name: string, field: ShapeField, node: TreeNode, reading: Reading): unknown {
  const noneAllowed = "none" in field && field.none;
  if (noneAllowed && node.type === "text" && node.plain && node.text === "none") return null;
  switch (field.kind) {
    case "count":
    case "number":
    case "share":
    case "duration":
    case "rate":
    case "size":
    case "bandwidth":
    case "quantity":
      return (
        readNumber(name, field, quantityKind(field.kind, "number"), node, reading.problems) ??
        harmless(field)
      );
    case "choice":
      return readChoiceOf(name, field.of, node, reading.problems) ?? harmless(field);
    case "flag":
      return readFlag(name, node, reading.problems) ?? harmless(field);
    case "text":
      return readText(name, node, reading.problems)?.text ?? "";
    case "pick":
      return readPick(pickOf(name, field), node, reading) ?? harmless(field);
    default:
      return node;
  }
}

function pickOf(name: string, field: PickField): PickWords {
  return { name, from: field.from, unit: field.in ?? "number" };
}
