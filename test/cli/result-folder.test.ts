import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { writeResultFolder } from "../../src/cli/result-folder.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lbsim-folder-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const files = (entries: Record<string, string>) => new Map(Object.entries(entries));

describe("a result folder", () => {
  it("is made with its parents, and replaced as a whole", async () => {
    const folder = join(root, "results/flagship/seed-7");
    writeResultFolder(folder, files({ "a.json": "1", "old.csv": "2" }), root);
    writeResultFolder(folder, files({ "a.json": "3" }), root);
    expect(await readdir(folder)).toEqual(["a.json"]);
    expect(await readFile(join(folder, "a.json"), "utf8")).toBe("3");
    expect(await readdir(join(root, "results/flagship"))).toEqual(["seed-7"]);
  });

  it("leaves the old one and nothing half-written where a file can't be written", async () => {
    const folder = join(root, "seed-7");
    writeResultFolder(folder, files({ "a.json": "1" }), root);
    const broken = files({ "b.json": "2", "no/such/folder.json": "3" });
    expect(() => writeResultFolder(folder, broken, root)).toThrow(
      "seed-7: cannot be written, there is no such file",
    );
    expect(await readdir(root)).toEqual(["seed-7"]);
    expect(await readdir(folder)).toEqual(["a.json"]);
  });

  it("says in one line why it can't be", async () => {
    await writeFile(join(root, "results"), "a file");
    expect(() => writeResultFolder(join(root, "results/a/b"), files({ x: "" }), root)).toThrow(
      /^results\/a\/b: cannot be written, a part of the path is a file$/,
    );
  });

  it("does not follow from being root: a folder without the right to write is told", async () => {
    const closed = join(root, "closed");
    await mkdir(closed);
    await chmod(closed, 0o555);
    // The superuser may write everywhere: there the folder simply is written.
    let outcome = "written";
    try {
      writeResultFolder(join(closed, "a"), files({ x: "1" }), root);
    } catch (error) {
      outcome = String(error);
    }
    await chmod(closed, 0o755);
    const expected = process.getuid?.() === 0 ? "written" : "permission denied";
    expect(outcome).toContain(expected);
  });
});
