import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { VERSION } from "../src/version.ts";

it("is package.json's", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { version }: { version: string } = JSON.parse(text);
  expect(version).toBe(VERSION);
});
