/** The gallery: its scenarios, their committed results, and how each is made again. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseManifest } from "../src/report/manifest.ts";
import type { Manifest } from "../src/report/manifest.ts";
import { Sandbox } from "./cli/harness.ts";

export const names = readdirSync("scenarios")
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(/\.yaml$/, ""));
export const foldersOf = (name: string): string[] =>
  existsSync(join("results", name)) ? readdirSync(join("results", name)).toSorted() : [];

function manifestOf(folder: string): Manifest {
  const manifest = parseManifest(readFileSync(join(folder, "manifest.json"), "utf8"));
  if (typeof manifest === "string") throw new Error(`${folder}: ${manifest}`);
  return manifest;
}

/**
 * Tests that run each scenario through the command line again and compare it to the byte with its
 * committed results: every second scenario, from the first or the second on, since a file of tests
 * has one core and these are the longest.
 */
export function repeatsResults(from: 0 | 1): void {
  const box = new Sandbox();
  beforeAll(async () => {
    box.root = await mkdtemp(join(tmpdir(), "lbsim-gallery-"));
  });
  afterAll(() => rm(box.root, { recursive: true, force: true }));

  const mine = names.filter((_, i) => i % 2 === from);
  const results = mine.flatMap((name) => foldersOf(name).map((folder) => [name, folder] as const));
  describe("the gallery", () => {
    it.each(results)("%s gives %s again, and what it expects holds", (name, folder) =>
      repeat(box, name, folder),
    );
  });
}

async function repeat(box: Sandbox, name: string, folder: string): Promise<void> {
  const before = join("results", name, folder);
  const { kind, overrides } = manifestOf(before);
  const { code, err } = await box.lbsim([
    kind === "run" ? "run" : "compare",
    resolve("scenarios", `${name}.yaml`),
    ...overrides.flatMap(({ path, value }) => ["--set", `${path}=${value}`]),
  ]);
  expect(err).toBe(`written to results/${name}/${folder}\n`);
  // 1 would be an expectation that failed.
  expect(code).toBe(0);
  const files = await box.list(before);
  expect(files).toEqual(readdirSync(before).toSorted());
  for (const file of files) {
    const now = await box.read(join(before, file));
    const same = now === readFileSync(join(before, file), "utf8");
    expect(same, `${join(before, file)} differs; npm run results shows how`).toBe(true);
  }
}
