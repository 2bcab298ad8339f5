/** Plain tables: words to the left, numbers to the right, two spaces between. */

export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const numeric = head.map((_, column) =>
    all.slice(1).every((row) => row[column] === "" || /^[\d.,%×~+−-]/.test(row[column])),
  );
  const line = (row) =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return [
    line(all[0]),
    widths.map((width) => "-".repeat(width)).join("  "),
    ...all.slice(1).map(line),
  ];
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const whole = (value) => Math.round(value).toLocaleString("en-US");
export const times = (value) => `${value.toFixed(2)}`;
