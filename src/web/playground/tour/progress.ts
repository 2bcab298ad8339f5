/**
 * How far somebody is, in the page's address and nowhere else: `#tour=two-choices:bc-a`, the lesson
 * and a letter for each answer, a dash for none.
 */

export interface Progress {
  /** Index of the lesson. */
  readonly lesson: number;
  /** By lesson: the option that was chosen; null: none yet. */
  readonly answers: readonly (number | null)[];
}

const PREFIX = "#tour";
const LETTERS = "abcdefgh";

/** Whether an address's hash leads into the tour. */
export const isTour = (hash: string): boolean => /^#tour(?:=|$)/.test(hash);

/** The first lesson where the address names none; what it does not know counts as not answered. */
export function readProgress(hash: string, slugs: readonly string[]): Progress {
  const [slug = "", letters = ""] = hash.slice(PREFIX.length + 1).split(":");
  return {
    lesson: Math.max(0, slugs.indexOf(slug)),
    answers: slugs.map((_, index) => {
      const option = index < letters.length ? LETTERS.indexOf(letters[index]) : -1;
      return option < 0 ? null : option;
    }),
  };
}

export function writeProgress({ lesson, answers }: Progress, slugs: readonly string[]): string {
  const letters = answers.map((option) => (option === null ? "-" : LETTERS[option])).join("");
  const given = letters.replace(/-+$/, "");
  return `${PREFIX}=${slugs[lesson]}${given === "" ? "" : `:${given}`}`;
}
