/** Words of a command, quoted where a shell would split or expand them. */
export const commandText = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w./=:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
