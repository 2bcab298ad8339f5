/** README's table of layer 4 against layer 7 stands in the committed results of both scenarios. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Cells alone: prettier widens the columns of a table. */
const cellsOf = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim().replace(/^-+$/, "-")));

it("README has the table that scripts/layers-table.mjs makes of the results", () => {
  const { status, stdout } = spawnSync(process.execPath, ["scripts/layers-table.mjs"], {
    encoding: "utf8",
  });
  expect(status).toBe(0);
  const table = cellsOf(stdout);
  const readme = cellsOf(readFileSync("README.md", "utf8"));
  const first = readme.findIndex((row) => row.includes("layer 4: 1"));
  expect(readme.slice(first, first + table.length)).toEqual(table);
});
