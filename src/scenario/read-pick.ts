/**
 * The one reader of all choices: a strategy, a distribution, a popularity, an arrival process, a
 * cache. It knows nothing of any entry beyond its `Definition`: `name`, `{ name: primary }` or `{
 * name: { field: … } }`.
 */
import type {
  Chosen,
  Field,
  Fields,
  NumberField,
  NumbersField,
  RowsField,
  Setting,
  Settings,
} from "../definition.ts";
import { folderOf, joinPath } from "./paths.ts";
import { quote } from "./problem.ts";
import type { Position } from "./problem.ts";
import { quantityKind, readChoiceOf, readFlag, readNumber, readText } from "./read-values.ts";
import type { NamedFile, Reading } from "./reading.ts";
import { defaultOf, nestedIn, registries, registryNouns } from "./registries.ts";
import type { Registered, RegistryName } from "./registries.ts";
import { didYouMean, suggestAmong } from "./suggest.ts";
import type { MapNode, TextNode, TreeNode } from "./tree.ts";
import { isEmpty, mapNode, typeInWords } from "./tree.ts";
import { parseQuantity } from "./units.ts";

type Unit = "duration" | "size" | "number";

export interface PickWords {
  /** The field that holds the choice, for messages. */
  readonly name: string;
  readonly from: RegistryName;
  /** The unit of its quantities. */
  readonly unit: Unit;
}

/** The entry that a node picks, with all its settings, or null after a problem. */
export function readPick(words: PickWords, node: TreeNode, reading: Reading): Chosen | null {
  const { problems } = reading;
  const noun = registryNouns[words.from];
  if (node.type === "text") {
    const definition = named(words.from, node.text);
    if (definition !== undefined) {
      return chosen(definition, words, mapNode([], node.at), node.at, reading);
    }
    return readBare(words, node, reading);
  }
  if (node.type === "list" || node.entries.size !== 1) {
    const names =
      node.type === "map" ? [...node.entries.keys()].slice(0, 4).map(quote).join(", ") : "";
    const what =
      node.type === "list" ? "a list" : names === "" ? "an empty map" : `a map of ${names}`;
    const example = `write one name, or { name: { … } } with its fields`;
    problems.error(node.at, `${words.name} is ${what}, not one ${noun}`, example);
    return null;
  }
  const [entry] = node.entries.values();
  const definition = named(words.from, entry.key);
  if (definition === undefined) {
    const would = suggestAmong(entry.key, registries[words.from]);
    problems.error(entry.keyAt, `${words.name}: no ${noun} is called ${quote(entry.key)}`, would);
    return null;
  }
  const fields = fieldsOf(definition, words, entry.value, reading);
  return fields === null ? null : chosen(definition, words, fields, entry.keyAt, reading);
}

function named(from: RegistryName, name: string): Registered | undefined {
  return registries[from].find((entry) => entry.name === name);
}

/**
 * A text that is no entry's name: a quantity is a constant distribution, or shows what was meant.
 */
function readBare(words: PickWords, node: TextNode, reading: Reading): Chosen | null {
  const { name, from, unit } = words;
  const { problems } = reading;
  const first = from === "arrivals" ? "poisson" : from === "distributions" ? "constant" : "";
  const primary = named(from, first)?.primary;
  const field = primary === undefined ? undefined : named(from, first)?.fields[primary];
  if (primary !== undefined && isNumberField(field) && /^[+-]?\d/.test(node.text)) {
    const value = readNumber(name, field, quantityKind(field.kind, unit), node, problems);
    if (value === null) return null;
    if (from === "distributions") return { kind: first, settings: { [primary]: value } };
    problems.error(node.at, `${name} is a bare quantity`, `write { ${first}: ${node.text} }`);
    return null;
  }
  const what = `${name}: no ${registryNouns[from]} is called ${quote(node.text)}`;
  problems.error(node.at, what, suggestAmong(node.text, registries[from]));
  return null;
}

function isNumberField(field: Field | undefined): field is NumberField {
  return field !== undefined && NUMBER_KINDS.has(field.kind);
}
const NUMBER_KINDS: ReadonlySet<string> = new Set([
  "count",
  "number",
  "share",
  "duration",
  "rate",
  "size",
  "bandwidth",
  "quantity",
]);

/** The entry's fields as a map: written so, or made from a bare value. */
function fieldsOf(
  definition: Registered,
  words: PickWords,
  value: TreeNode,
  reading: Reading,
): MapNode | null {
  const bareTrue =
    value.type === "text" && value.text === "true" && definition.primary === undefined;
  if (isEmpty(value) || bareTrue) return mapNode([], value.at);
  const { primary, fields } = definition;
  const main = primary === undefined ? undefined : fields[primary];
  if (value.type === "map") {
    // { closed: { exponential: 1s } }: the map is the primary's own choice, not a map of fields.
    const [key] = value.entries.keys();
    const registry = main === undefined ? null : nestedIn(main);
    const inner = registry !== null && value.entries.size === 1;
    if (!inner || Object.hasOwn(fields, key) || named(registry, key) === undefined) return value;
  } else if (value.type === "list" && main?.kind !== "numbers" && main?.kind !== "rows") {
    reading.problems.error(value.at, `${definition.name} is a list`, fieldsInWords(definition));
    return null;
  }
  if (primary === undefined) {
    const what = `${definition.name} takes no bare value`;
    reading.problems.error(value.at, what, fieldsInWords(definition));
    return null;
  }
  const key = fittingField(definition, primary, words.unit, value);
  return mapNode([{ key, keyAt: value.at, value }], value.at);
}

/** The primary field, unless the value is of another unit and there is a second field for that. */
function fittingField(
  definition: Registered,
  primary: string,
  unit: Unit,
  value: TreeNode,
): string {
  const { secondary } = definition;
  const main = definition.fields[primary];
  const other = secondary === undefined ? undefined : definition.fields[secondary];
  if (secondary === undefined || value.type !== "text") return primary;
  if (!isNumberField(main) || !isNumberField(other)) return primary;
  if (parseQuantity(value.text, quantityKind(main.kind, unit)).ok) return primary;
  return parseQuantity(value.text, quantityKind(other.kind, unit)).ok ? secondary : primary;
}

function fieldsInWords(definition: Registered): string {
  const names = Object.keys(definition.fields);
  if (names.length === 0) return `write ${definition.name} alone`;
  return `write { ${definition.name}: { … } } with ${names.join(", ")}`;
}

function chosen(
  definition: Registered,
  words: PickWords,
  node: MapNode,
  at: Position,
  reading: Reading,
): Chosen | null {
  const before = reading.problems.errors;
  const owner = definition.name;
  const fileKind = words.from === "arrivals" ? "trace" : "numbers";
  const settings = readSettings(
    { fields: definition.fields, owner, unit: words.unit, fileKind },
    node,
    at,
    reading,
  );
  if (reading.problems.errors > before) return null;
  const wrong = definition.check?.(settings) ?? null;
  if (wrong === null) return { kind: definition.name, settings };
  reading.problems.error(at, `${definition.name}: ${wrong}`);
  return null;
}

interface Owner {
  readonly fields: Fields;
  /** The entry's name, for messages. */
  readonly owner: string;
  readonly unit: Unit;
  readonly fileKind: NamedFile["kind"];
}

function readSettings(of: Owner, node: MapNode, at: Position, reading: Reading): Settings {
  const { problems } = reading;
  const known = Object.keys(of.fields);
  for (const { key, keyAt } of node.entries.values()) {
    if (Object.hasOwn(of.fields, key)) continue;
    const would = known.length === 0 ? `write ${of.owner} alone` : didYouMean(key, known);
    problems.error(keyAt, `unknown field ${quote(key)} in ${of.owner}`, would);
  }
  const settings: Record<string, Setting> = {};
  for (const [name, field] of Object.entries(of.fields)) {
    const entry = node.entries.get(name);
    if (entry !== undefined && !isEmpty(entry.value)) {
      settings[name] = readSetting(name, field, of, entry.value, reading);
    } else if ("default" in field && field.default !== undefined) {
      settings[name] = defaultOf(field);
    } else {
      settings[name] = null;
      if (field.optional !== true) {
        problems.error(
          entry?.keyAt ?? at,
          `${of.owner} has no ${name}`,
          `write ${name}: … (${field.doc})`,
        );
      }
    }
  }
  return settings;
}

function readSetting(
  name: string,
  field: Field,
  of: Owner,
  node: TreeNode,
  reading: Reading,
): Setting {
  const { problems } = reading;
  switch (field.kind) {
    case "choice":
      return readChoiceOf(name, field.of, node, problems);
    case "flag":
      return readFlag(name, node, problems);
    case "text":
      return readText(name, node, problems)?.text ?? null;
    case "numbers":
      return readNumbers(name, field, of.unit, node, reading);
    case "distribution":
      return readPick({ name, from: "distributions", unit: field.in }, node, reading);
    case "placement":
      return readPick({ name, from: "placements", unit: "number" }, node, reading);
    case "rows":
      return readRows(name, field, of, node, reading);
    case "file":
      return readFile(name, of.fileKind, node, reading);
    default:
      return readNumber(name, field, quantityKind(field.kind, of.unit), node, problems);
  }
}

function readNumbers(
  name: string,
  field: NumbersField,
  unit: Unit,
  node: TreeNode,
  reading: Reading,
): Setting {
  const { problems } = reading;
  if (node.type !== "list") {
    problems.error(node.at, `${name} is ${typeInWords(node)}`, "write a list: [1, 2, 3]");
    return null;
  }
  const { length } = field;
  if (length !== undefined && node.items.length !== length) {
    const what = `${name} has ${node.items.length} numbers`;
    problems.error(node.at, what, `it must have ${length}`);
  }
  const kind = quantityKind(field.of, unit);
  const bounds = field.min === undefined ? {} : { min: field.min };
  const numbers: number[] = [];
  for (const item of node.items) {
    const value = readNumber(name, bounds, kind, item, problems);
    if (value !== null) numbers.push(value);
  }
  return numbers;
}

function readRows(
  name: string,
  field: RowsField,
  of: Owner,
  node: TreeNode,
  reading: Reading,
): Setting {
  const { problems } = reading;
  if (node.type !== "list") {
    problems.error(node.at, `${name} is ${typeInWords(node)}`, "write a list of records");
    return null;
  }
  const rows: Settings[] = [];
  const row = { ...of, fields: field.fields, owner: `${of.owner}'s ${name}` };
  for (const item of node.items) {
    if (item.type === "map") rows.push(readSettings(row, item, item.at, reading));
    else {
      const example = `write { ${Object.keys(field.fields).join(": …, ")}: … }`;
      problems.error(item.at, `${name} has ${typeInWords(item)}`, example);
    }
  }
  return rows;
}

/**
 * The file's name as the run calls it: relative to the scenario's own folder, whichever file named
 * it.
 */
function readFile(
  name: string,
  kind: NamedFile["kind"],
  node: TreeNode,
  reading: Reading,
): Setting {
  if (node.type !== "text" || node.text === "") {
    reading.problems.error(node.at, `${name} names no file`, "write a file's name");
    return null;
  }
  const folder = node.at.line > 0 ? folderOf(node.at.file) : reading.folder;
  const path = joinPath(folder, node.text);
  const own = reading.folder === "" ? "" : `${reading.folder}/`;
  const called = path.startsWith(own) ? path.slice(own.length) : path;
  if (!reading.files.some((file) => file.name === called && file.kind === kind)) {
    reading.files.push({ name: called, path, kind, at: node.at });
  }
  return called;
}
