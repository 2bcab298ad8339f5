/** The studies: their commands give their committed outputs, and their pages quote what stands in these. */
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

  it("quotes figures that its outputs print", () => {
    const printed = new Set(
      commands.flatMap(({ output }) =>
        read(study, output)
          .split(/[\s,]+/)
          .filter((w) => w !== ""),
      ),
    );
    const quoted = Array.from(read(study, "README.md").matchAll(/\*\*([^*]+)\*\*/g), ([, w]) => w);
    expect(quoted.length).toBeGreaterThan(5);
    expect(quoted.filter((figure) => !printed.has(figure))).toEqual([]);
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
