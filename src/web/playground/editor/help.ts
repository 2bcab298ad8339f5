/**
 * Completion and hover help for a scenario's text, without an editor: what to offer, what to say.
 */
import { namesIn, placeOfReading, placeOfWriting } from "../../../scenario/cursor.ts";
import type { CursorPlace, CursorStep } from "../../../scenario/cursor.ts";
import scenarioSchema from "../../../../scenarios/scenario.schema.json";
import type { Choice } from "./schema-walk.ts";
import { SchemaWalk } from "./schema-walk.ts";

/** The file that `src/scenario/schema.ts` writes; a test keeps the two equal. */
const walk = new SchemaWalk(scenarioSchema);

export interface Offer {
  readonly name: string;
  /** A field is followed by a colon. */
  readonly kind: "field" | "value" | "node";
  readonly doc: string;
  /** Beside the name: `default 2s`, `required`. */
  readonly detail: string;
  /** What is put in the place of the word. */
  readonly insert: string;
}
export interface Offers {
  /** The word that is replaced: from there to the cursor. */
  readonly from: number;
  readonly offers: readonly Offer[];
}

/** What may be written at an offset; null where nothing can be said. */
export function offersAt(text: string, offset: number): Offers | null {
  const place = placeOfWriting(text, offset);
  if (place === null) return null;
  const offers: Offer[] = [];
  if (place.at !== "value") {
    const colon = /^[^\S\n]*:/.test(text.slice(offset).replace(/^[\w-]*/, "")) ? "" : ": ";
    for (const field of walk.fieldsAt(asWritten(place.path))) offers.push(fieldOffer(field, colon));
    if (isComparison(place.path.slice(0, -1))) offers.push(...settingOffers(text, colon));
  }
  const valuePath = place.at === "item" ? place.path.slice(0, -1) : place.path;
  if (place.at !== "key") {
    for (const { name, doc } of walk.valuesAt(asWritten(valuePath))) {
      offers.push({ name, kind: "value", doc, detail: "", insert: name });
    }
    if (walk.takesNodes(valuePath)) offers.push(...nodeOffers(text));
  }
  return { from: place.from, offers };
}

/** What stands at an offset, in words; null where the schema says nothing of it. */
export function explanationAt(
  text: string,
  offset: number,
): { readonly from: number; readonly to: number; readonly lines: readonly string[] } | null {
  const place = placeOfReading(text, offset);
  if (place === null) return null;
  const lines = linesOf(place);
  return lines.length === 0 ? null : { from: place.from, to: place.to, lines };
}

function linesOf({ path, at, word }: CursorPlace): string[] {
  const lines: string[] = [];
  const named = path.findLast(({ key }) => key !== null);
  if (at === "value") {
    const doc = walk.valueDoc(asWritten(path), word);
    if (doc !== "") lines.push(`${word}: ${doc}`);
  }
  const field = walk.fieldAt(asWritten(path));
  if (field === null || named === undefined || field.doc === "") return lines;
  lines.push(`${field.name}: ${field.doc}`);
  if (field.fallback !== null && field.fallback !== "") lines.push(`Default: ${field.fallback}`);
  return lines;
}

/**
 * A value in `compare` is a value of the setting that its key names: of a balancer
 * (`fra.strategy`), or from the top of the scenario (`connections`, `requests.objects`).
 */
function asWritten(path: readonly CursorStep[]): readonly CursorStep[] {
  const [top, setting, item] = path;
  if (top?.key !== "compare" || item?.key !== null || !setting?.key) return path;
  const [head, ...fields] = setting.key.split(".");
  const isTop = walk.fieldAt([{ key: head, siblings: [] }]) !== null;
  const keys = [isTop ? head : "balancer", ...fields];
  return [...keys.map((key) => ({ key, siblings: [] })), ...path.slice(3)];
}

const isComparison = (path: readonly CursorStep[]): boolean =>
  path.length === 1 && path[0].key === "compare";

function fieldOffer({ name, doc, fallback, required }: Choice, colon: string): Offer {
  const detail = required ? "required" : fallback ? `default ${fallback}` : "";
  return { name, kind: "field", doc, detail, insert: name + colon };
}

function nodeOffers(text: string): Offer[] {
  const { nodes, regions } = namesIn(text);
  return [
    ...nodes.map((name) => [name, "a balancer of this scenario"] as const),
    ...regions.map((name) => [name, "a client region of this scenario"] as const),
  ].map(([name, doc]) => ({ name, kind: "node", doc, detail: "", insert: name }));
}

function settingOffers(text: string, colon: string): Offer[] {
  return namesIn(text).nodes.map((node) => ({
    name: `${node}.strategy`,
    kind: "node",
    doc: `how ${node} picks, in turn each of a list`,
    detail: "",
    insert: `${node}.strategy${colon}`,
  }));
}
