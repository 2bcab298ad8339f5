/**
 * Texts of options, checked: a wrong one is a usage error (exit 2) that says what would be right.
 */
import { InvalidArgumentError } from "commander";

/** Seeds are whole numbers that a double holds exactly. */
export function seedOf(text: string): number {
  const seed = Number(text.replaceAll("_", ""));
  if (!/^[\d_]+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new InvalidArgumentError(`A seed is a whole number from 0 to 2^53 − 1, as 7.`);
  }
  return seed;
}

/** As many as anybody waits for; a slip of the keyboard should not ask for a million. */
const SEEDS_MAX = 10_000;

/** `20` is 1..20; `5..8`; `3,5,9`. In order, without repetition. */
export function seedsOf(text: string): number[] {
  const seeds = text.split(",").flatMap((part) => {
    const range = /^(\d+)\.\.(\d+)$/.exec(part);
    if (range !== null) return between(seedOf(range[1]), seedOf(range[2]));
    return text === part ? between(1, seedOf(part)) : [seedOf(part)];
  });
  if (seeds.length === 0) throw new InvalidArgumentError("There must be at least one seed.");
  return [...new Set(seeds)];
}

function between(from: number, to: number): number[] {
  if (to - from >= SEEDS_MAX) {
    throw new InvalidArgumentError(`At most ${SEEDS_MAX} seeds, as 1..20.`);
  }
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** Short where it can be: 1..10, or 3,5,9. */
export function seedsText(seeds: readonly number[]): string {
  const last = seeds[seeds.length - 1];
  const isRange = seeds.length > 1 && seeds.every((seed, index) => seed === seeds[0] + index);
  return isRange ? `${seeds[0]}..${last}` : seeds.join(",");
}

/** Options that may be given again and again. */
export const collect = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  text,
];

/** The word as a shell reads it back. */
export const quoted = (word: string): string =>
  /^[\w./:=,@%+~^-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The command line that does it again. */
export const commandLine = (words: readonly string[]): string =>
  ["lbsim", ...words].map(quoted).join(" ");
