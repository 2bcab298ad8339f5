/**
 * Single values: numbers with units and bounds, names out of a list, flags, texts. Null is returned
 * after a problem.
 */
import type { NumberField } from "../definition.ts";
import { orList, quote } from "./problem.ts";
import type { Problems } from "./problem.ts";
import { didYouMean } from "./suggest.ts";
import type { TextNode, TreeNode } from "./tree.ts";
import { typeInWords } from "./tree.ts";
import { formatDuration, kindInWords, parseQuantity } from "./units.ts";
import type { QuantityKind } from "./units.ts";

const TEBIBYTE = 2 ** 40;

/** `quantity` takes the unit that its context asks for. */
export function quantityKind(kind: NumberField["kind"], unit: QuantityKind): QuantityKind {
  return kind === "quantity" ? unit : kind;
}

/** A text, or null after a problem. */
export function readText(name: string, node: TreeNode, problems: Problems): TextNode | null {
  if (node.type === "text") return node;
  problems.error(node.at, `${name} is ${typeInWords(node)}`, "write a text");
  return null;
}

/** A number in its unit and within its bounds, or null after a problem. */
export function readNumber(
  name: string,
  field: Pick<NumberField, "min" | "above" | "max">,
  kind: QuantityKind,
  node: TreeNode,
  problems: Problems,
): number | null {
  if (node.type !== "text") {
    problems.error(node.at, `${name} is ${typeInWords(node)}`, `write ${kindInWords(kind)}`);
    return null;
  }
  const parsed = parseQuantity(node.text, kind);
  if (!parsed.ok) {
    problems.error(node.at, `${name}: ${parsed.what}`, parsed.would);
    return null;
  }
  const { value } = parsed;
  const bound = boundBroken(value, field, kind);
  if (bound === null) return value;
  // A bare 5 means 5%, but who writes 120% means that.
  const isBare = kind === "share" && !node.text.includes("%");
  const percent = isBare && field.max === 1 && value > 1 && value <= 100;
  const would = percent ? `${bound}, write ${value}%` : bound;
  problems.error(node.at, `${name} is ${node.text}`, would);
  return null;
}

/**
 * Nobody's object, session or cache is larger; sums of a few are whole numbers up to 2^53 bytes.
 */
const MOST_BYTES = 1_024 * TEBIBYTE;

/** What the value would have to be, or null where it is within the bounds. */
export function boundBroken(
  value: number,
  { min, above, max }: Pick<NumberField, "min" | "above" | "max">,
  kind: QuantityKind,
): string | null {
  if (above !== undefined && value <= above) {
    return above === 0 ? "it must be more than 0" : `it must be more than ${inUnit(above, kind)}`;
  }
  if (min !== undefined && value < min) {
    return min === 0 ? "it must not be negative" : `it must be at least ${inUnit(min, kind)}`;
  }
  const most = max ?? (kind === "size" ? MOST_BYTES : Infinity);
  return value > most ? `it must be at most ${inUnit(most, kind)}` : null;
}

function inUnit(value: number, kind: QuantityKind): string {
  if (kind === "duration") return formatDuration(value);
  if (kind === "rate") return `${underscored(value * 1_000)}/s`;
  if (kind === "size") {
    return value % TEBIBYTE === 0 ? `${value / TEBIBYTE}TiB` : `${value}B`;
  }
  return kind === "share" ? `${value * 100}%` : underscored(value);
}

/** 1000000 as 1_000_000, as a scenario writes it. */
function underscored(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, "_");
}

/** One of some names, or null after a problem. */
export function readChoiceOf(
  name: string,
  names: readonly string[],
  node: TreeNode,
  problems: Problems,
): string | null {
  if (node.type !== "text") {
    problems.error(node.at, `${name} is ${typeInWords(node)}`, `write ${orList(names)}`);
    return null;
  }
  if (names.includes(node.text)) return node.text;
  problems.error(node.at, `${name} is ${quote(node.text)}`, didYouMean(node.text, names));
  return null;
}

/** true or false (also yes, no, on, off), or null after a problem. */
export function readFlag(name: string, node: TreeNode, problems: Problems): boolean | null {
  if (node.type === "text") {
    if (/^(?:true|yes|on)$/i.test(node.text)) return true;
    if (/^(?:false|no|off)$/i.test(node.text)) return false;
  }
  const what = node.type === "text" ? quote(node.text) : typeInWords(node);
  problems.error(node.at, `${name} is ${what}`, "write true or false");
  return null;
}
