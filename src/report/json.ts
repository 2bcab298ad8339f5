/**
 * JSON for files that people read and compare: two spaces, keys in the order given, lists of plain
 * values on one line (a matrix of round trips keeps its rows). Numbers that JSON can't say become
 * null, as JSON.stringify has it.
 */
export function jsonText(value: unknown): string {
  return `${print(value, "")}\n`;
}

const isPlain = (value: unknown): boolean => value === null || typeof value !== "object";

function print(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    if (list.length === 0) return "[]";
    if (list.every(isPlain)) return `[${list.map((item) => print(item, deeper)).join(", ")}]`;
    return `[\n${list.map((item) => `${deeper}${print(item, deeper)}`).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries<unknown>({ ...value }).filter(
    ([, member]) => member !== undefined && typeof member !== "function",
  );
  if (entries.length === 0) return "{}";
  const members = entries.map(
    ([key, member]) => `${deeper}${JSON.stringify(key)}: ${print(member, deeper)}`,
  );
  return `{\n${members.join(",\n")}\n${indent}}`;
}
