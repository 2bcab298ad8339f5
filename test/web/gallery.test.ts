import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { openPlayback } from "../../src/web/playground/engine/playback.ts";
import { gallery, galleryOf } from "../../src/web/playground/gallery/scenarios.ts";

it("has every scenario of the repository, each with what it asks and expects", () => {
  const folder = new URL("../../scenarios/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  expect(gallery().map(({ name }) => name)).toEqual(files.toSorted());
  const silent = gallery().filter((each) => each.question === "" || each.expectation === "");
  expect(silent).toEqual([]);
});

it.each(gallery())("$name opens with its lanes and what it includes", (entry) => {
  const { name, text, files, lanes } = entry;
  const playback = openPlayback({ name, text, files }, lanes, () => 0);
  expect(playback).not.toHaveProperty("problems");
  expect("lanes" in playback && playback.lanes.length).toBe(lanes.length);
});

it("compares the first three values of the first setting, and brings includes of includes", () => {
  const texts = {
    "c.yaml": "seed: 3\n",
    "b.yaml": "include: c.yaml\n",
    "a.yaml":
      "include: [b.yaml, lost.yaml]\nquestion: x\ncompare:\n  p.strategy: [a, { b: 3 }, c, d]\n  q.weight: [1]\n",
  };
  const [a, , c] = galleryOf(texts);
  expect(a).toEqual({
    name: "a.yaml",
    text: texts["a.yaml"],
    files: { "b.yaml": texts["b.yaml"], "c.yaml": texts["c.yaml"] },
    question: "x",
    expectation: "",
    lanes: [
      { label: "a", overrides: ["p.strategy=a"] },
      { label: "b: 3", overrides: ["p.strategy={ b: 3 }"] },
      { label: "c", overrides: ["p.strategy=c"] },
    ],
  });
  expect(c.lanes).toEqual([{ label: "", overrides: [] }]);
});
