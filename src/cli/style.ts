/** The few styles that the tables use; plain text where colours are off. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const escape =
  (open: number, close: number) =>
  (text: string): string =>
    text === "" ? "" : `\u001B[${open}m${text}\u001B[${close}m`;
const plain = (text: string): string => text;

export const styleFor = (colours: boolean): Style =>
  colours
    ? { bold: escape(1, 22), dim: escape(2, 22), good: escape(32, 39), bad: escape(31, 39) }
    : { bold: plain, dim: plain, good: plain, bad: plain };

/** Names come from files of strangers: no control character of theirs reaches the terminal. */
export const harmless = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, "");
