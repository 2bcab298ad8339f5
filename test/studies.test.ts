/**
 * The studies: their commands give their committed outputs, and their pages quote what stands in
 * these.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { sandbox } from "./cli/harness.ts";

const STUDIES = join("results", "studies");
const read = (...path: string[]): string => readFileSync(join(STUDIES, ...path), "utf8");
const studies = readdirSync(STUDIES).filter((name) => name !== "README.md");

interface Command {
  readonly argv: readonly string[];
  readonly output: string;
  /** More than a few seconds: npm run studies repeats it. */
  readonly slow: boolean;
}

function commandsOf(study: string): Command[] {
  const lines = read(study, "commands.txt").trimEnd().split("\n");
  return lines.flatMap((line, index) => {
    if (line === "# slow") return [];
    const found = /^lbsim (.+) > ([\w.-]+)$/.exec(line);
    expect(found, `${study}: ${line}`).not.toBeNull();
    const slow = lines[index - 1] === "# slow";
    return [{ argv: found![1].split(" "), output: found![2], slow }];
  });
}

/** A bold figure, and what its line in an output holds too, the output's name among it. */
interface Quote {
  readonly figure: string;
  readonly labels: readonly string[];
}

/** Labels are in `code`: in a table those of the column's head and before the figure in its row. */
function quotesOf(page: string): Quote[] {
  const blocks = page.split("\n\n");
  return blocks.flatMap((block) => (block.startsWith("|") ? quotesOfTable(block) : inText(block)));
}

function quotesOfTable(table: string): Quote[] {
  const [head, , ...rows] = table.trimEnd().split("\n").map(cellsOf);
  const heads = head.map((cell) => marked(cell).flatMap(({ code }) => code ?? []));
  return rows.flatMap((row) => {
    const labels: string[] = [];
    return row.flatMap((cell, column) =>
      marked(cell).flatMap(({ code, bold }) => {
        if (code !== undefined) labels.push(code);
        return bold === undefined ? [] : { figure: bold, labels: [...heads[column], ...labels] };
      }),
    );
  });
}

/** In text those since the figure before; none between the two: the same. */
function inText(text: string): Quote[] {
  let labels: readonly string[] = [];
  let quoted = false;
  return marked(text).flatMap(({ code, bold }) => {
    if (code !== undefined) labels = quoted ? [code] : [...labels, code];
    quoted = bold !== undefined;
    return bold === undefined ? [] : { figure: bold, labels };
  });
}

const cellsOf = (row: string): string[] => row.split("|").slice(1, -1);

/** In order of the text, either of both each. */
const marked = (text: string): { readonly code?: string; readonly bold?: string }[] =>
  Array.from(text.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*/g), ([, code, bold]) => ({ code, bold }));

const box = sandbox();

describe.each(studies)("%s", (study) => {
  const commands = commandsOf(study);

  it("holds its page, its commands and their outputs, nothing else", () => {
    const outputs = commands.map(({ output }) => output);
    const files = ["README.md", "commands.txt", ...outputs].toSorted();
    expect(readdirSync(join(STUDIES, study)).toSorted()).toEqual(files);
    expect(read("README.md")).toContain(`[${study}](${study}/)`);
    expect(read(study, "README.md")).toMatch(/^# .+\?\n\nPublished: /);
  });

  it("quotes figures from the lines that it names", () => {
    const lines = commands.flatMap(({ output }) =>
      read(study, output)
        .split("\n")
        .map((line) => ` ${output} ${line.split(/[\s,]+/).join(" ")} `),
    );
    const quotes = quotesOf(read(study, "README.md"));
    expect(quotes.length).toBeGreaterThan(5);
    const unfounded = quotes.filter(({ figure, labels }) => {
      const words = [figure, ...labels].map((word) => ` ${word} `);
      return labels.length === 0 || !lines.some((line) => words.every((w) => line.includes(w)));
    });
    expect(unfounded).toEqual([]);
  });

  it.each(commands.filter(({ slow }) => !slow).map((one) => [one.output, one.argv] as const))(
    "gives %s again",
    async (output, argv) => {
      const { code, out, err } = await box.lbsim(argv);
      expect([code, err]).toEqual([0, ""]);
      const same = out === read(study, output);
      expect(same, `${study}/${output} differs; npm run studies shows how`).toBe(true);
    },
  );
});
