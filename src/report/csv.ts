/**
 * Comma-separated values as RFC 4180 has them, but with a bare line feed at the end of each line.
 */
import type { Value } from "./report-model.ts";

function field(value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  // NaN and infinities are no figures: an empty field reads as missing everywhere.
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

export const csvLine = (values: readonly (Value | undefined)[]): string =>
  `${values.map(field).join(",")}\n`;

/** Header and rows; every row has as many fields as the header. O(cells). */
export function csvText(header: readonly string[], rows: Iterable<readonly Value[]>): string {
  const lines = [csvLine(header)];
  for (const row of rows) lines.push(csvLine(row));
  return lines.join("");
}
