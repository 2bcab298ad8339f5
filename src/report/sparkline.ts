/** A course of values as a word of blocks, for a terminal's tables. */

const LEVELS = "▁▂▃▄▅▆▇█";

/**
 * One block for each of `width` equal parts of the values, or for each value where there are fewer;
 * the greatest of a part counts, so that no peak is lost. A blank where there is no value.
 * @param most the value of a whole block; the others stand in proportion, 0 is the lowest one
 */
export function sparkline(values: readonly (number | null)[], width: number, most: number): string {
  const parts = Math.min(width, values.length);
  let line = "";
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * values.length) / parts);
    const to = Math.floor(((part + 1) * values.length) / parts);
    const known = values.slice(from, to).filter((value) => value !== null);
    line += known.length === 0 ? " " : levelOf(Math.max(...known) / most);
  }
  return line;
}

function levelOf(share: number): string {
  const level = Math.ceil(share * LEVELS.length) - 1;
  // Where all values are 0 there is no proportion, and nothing is above nothing.
  return LEVELS[Math.min(LEVELS.length - 1, Math.max(0, Number.isNaN(level) ? 0 : level))];
}

/** A bar of that share of `width` columns. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}
