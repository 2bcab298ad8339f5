/** Quantities and choices as sentences say them. */
import type { Chosen, Field, Fields, Setting } from "../definition.ts";
import { registries } from "./registries.ts";
import type { RegistryName } from "./registries.ts";
import { formatDuration } from "./units.ts";
import type { QuantityKind } from "./units.ts";

/** 1_234_567 as 1,234,567; up to 4 significant digits after the point. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "unknown" : "unlimited";
  const rounded = Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
  const [whole, part] = String(rounded).split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+(?!\d))/g, ",");
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/** A rate per ms, said per second, minute or hour. */
export function formatRate(perMs: number): string {
  if (Number.isNaN(perMs)) return "an unknown rate";
  if (perMs * 1_000 >= 1 || perMs === 0) return `${formatNumber(perMs * 1_000)}/s`;
  return perMs * 60_000 >= 1
    ? `${formatNumber(perMs * 60_000)}/min`
    : `${formatNumber(perMs * 3_600_000)}/h`;
}

export function formatShare(share: number): string {
  return Number.isNaN(share) ? "unknown" : `${Number((share * 100).toPrecision(4))}%`;
}

const DECIMALS = [
  ["GB", 1e9],
  ["MB", 1e6],
  ["kB", 1e3],
] as const;

export function formatSize(bytes: number): string {
  const scales: readonly (readonly [string, number])[] = [
    ["GiB", 1_073_741_824],
    ["MiB", 1_048_576],
    ["KiB", 1_024],
  ];
  for (const [unit, size] of scales) {
    if (bytes >= size && Number.isInteger(bytes / size)) return `${bytes / size}${unit}`;
  }
  for (const [unit, size] of DECIMALS) {
    const short = Number((bytes / size).toPrecision(4));
    if (short >= 1 && short * size === bytes) return `${short}${unit}`;
  }
  return `${formatNumber(bytes)}B`;
}

export function formatQuantity(value: number, kind: QuantityKind): string {
  switch (kind) {
    case "duration":
      return formatDuration(value);
    case "rate":
      return formatRate(value);
    case "share":
      return formatShare(value);
    case "size":
      return formatSize(value);
    case "bandwidth":
      return `${formatSize(value * 1_000)}/s`;
    default:
      return formatNumber(value);
  }
}

/** `ring-hash (nodes 100)`, `exponential (mean 5ms)`. */
export function formatChosen(chosen: Chosen, from: RegistryName, unit: QuantityKind): string {
  const definition = registries[from].find(({ name }) => name === chosen.kind);
  const settings = definition === undefined ? "" : formatSettings(definition.fields, chosen, unit);
  return settings === "" ? chosen.kind : `${chosen.kind} (${settings})`;
}

function formatSettings(fields: Fields, { settings }: Chosen, unit: QuantityKind): string {
  const parts: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const value = settings[name];
    if (value === null || value === undefined) continue;
    parts.push(`${name} ${formatSetting(value, field, unit)}`);
  }
  return parts.join(", ");
}

export function formatSetting(value: Setting, field: Field, unit: QuantityKind): string {
  const kind = field.kind === "numbers" ? field.of : field.kind;
  if (typeof value === "number") return formatQuantity(value, quantityOf(kind, unit));
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null) return "none";
  if (isChosen(value)) {
    if (field.kind === "placement") return formatChosen(value, "placements", unit);
    return formatChosen(value, "distributions", field.kind === "distribution" ? field.in : unit);
  }
  if (Array.isArray(value) && field.kind === "numbers") {
    const numbers = value as readonly number[];
    return `[${numbers.map((n) => formatQuantity(n, quantityOf(kind, unit))).join(", ")}]`;
  }
  return Array.isArray(value) ? `${value.length} rows` : JSON.stringify(value);
}

function isChosen(value: object): value is Chosen {
  return "kind" in value && "settings" in value;
}

const QUANTITIES: readonly QuantityKind[] = [
  "count",
  "number",
  "share",
  "duration",
  "rate",
  "size",
  "bandwidth",
];

/** The kind by which a setting's number is said. */
export function quantityOf(kind: string, unit: QuantityKind): QuantityKind {
  return QUANTITIES.find((known) => known === kind) ?? unit;
}

/** `1 machine`, `4 machines`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
