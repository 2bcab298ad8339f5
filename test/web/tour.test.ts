/**
 * Each lesson's words against its scenario: every number that they give comes out of a run, with
 * the touch and without it.
 */
import { describe, expect, it } from "vitest";
import { openPlayback } from "../../src/web/playground/engine/playback.ts";
import type { Playback } from "../../src/web/playground/engine/playback.ts";
import { FIGURES } from "../../src/web/playground/engine/protocol.ts";
import { told, TOUCHED_AT_MS } from "../../src/web/playground/tour/lesson.ts";
import type { Lesson, Measure } from "../../src/web/playground/tour/lesson.ts";
import { lessons } from "../../src/web/playground/tour/lessons.ts";
import { isTour, readProgress, writeProgress } from "../../src/web/playground/tour/progress.ts";

/** The last that any measure looks at. */
const END_MS = 200_000;

function played(
  { name, text, lanes, touch }: Lesson,
  isTouched: boolean,
  endMs = END_MS,
): Playback {
  const playback = openPlayback({ name, text, files: {} }, lanes, () => 0);
  if ("problems" in playback) throw new Error(JSON.stringify(playback.problems));
  if (isTouched) {
    // A touch becomes an event of the next ms.
    playback.advance(TOUCHED_AT_MS - 1);
    const made = playback.touch(touch.order, touch.lane);
    if ("problems" in made) throw new Error(JSON.stringify(made.problems));
  }
  playback.advance(endMs);
  return playback;
}

/** Plays a lesson once with its touch and once without; gives the mean of a figure's windows. */
function runsOf(lesson: Lesson): (measure: Measure) => number {
  const runs = new Map<boolean, Playback>();
  return ({ lane, figure, touched, fromMs, toMs }) => {
    const playback = runs.get(touched) ?? played(lesson, touched);
    runs.set(touched, playback);
    const { windowMs } = playback;
    const column = playback.lanes[lane].figures.columns[FIGURES.indexOf(figure)];
    const values = column.slice(fromMs / windowMs, toMs / windowMs);
    expect(values).toHaveLength((toMs - fromMs) / windowMs);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
}

describe.each(lessons)("the lesson $slug", (lesson) => {
  const measured = runsOf(lesson);

  it.each(Object.entries(lesson.measures))("shows what it says: %s", (_name, measure) => {
    const seen = measured(measure);
    const says = `${told(lesson.watch.says, lesson)} But it is ${seen}.`;
    // Words give two digits, so they are off by half of the second one: 1.05 said as 1.1 is 5 %.
    expect(Math.abs(seen - measure.about), says).toBeLessThanOrEqual(0.05 * measure.about);
  });

  it("moves the number that it has one watch, and says so with the number", () => {
    const { lane, figure, says } = lesson.watch;
    const names = Array.from(says.matchAll(/\{(\w+)\}/g), ([, name]) => name);
    const watched = names.map((name) => lesson.measures[name]);
    const after = watched.find((each) => each.touched && each.lane === lane)!;
    expect(after.figure).toBe(figure);
    const still = measured({ ...after, touched: false });
    const moved = measured(after);
    // Five times what the words may be off by, so that everybody sees it.
    expect(Math.max(moved / still, still / moved)).toBeGreaterThan(1.25);
  });

  it("is short, complete, and has each of its numbers", () => {
    const { idea, question, watch, touch } = lesson;
    const words = idea.join(" ").split(/\s+/).length;
    expect(words).toBeLessThanOrEqual(90);
    const texts = [...idea, question.ask, ...question.options, question.because, watch.says];
    for (const text of [...texts, touch.does]) expect(told(text, lesson)).not.toMatch(/[{}]/);
    const called = texts.flatMap((text) => Array.from(text.matchAll(/\{(\w+)\}/g), ([, n]) => n));
    expect(question.options[question.right]).toBeDefined();
    expect(called.every((name) => Object.hasOwn(lesson.measures, name))).toBe(true);
    expect(new Set(question.options).size).toBe(question.options.length);
    expect(lesson.lanes.length).toBeLessThanOrEqual(3);
  });
});

/** What each machine of a lane got in five minutes, by its fair share. */
function sharesOf(slug: string, lane: number): number[] {
  const lesson = lessons.find((each) => each.slug === slug)!;
  const { figures, watcher } = played(lesson, false, 300_000).lanes[lane];
  const { received } = watcher.columns(figures);
  const machines = watcher.facts().filter(({ kind }) => kind === "machine");
  const counts = machines.map(({ id }) => received[id]);
  const sum = counts.reduce((all, count) => all + count, 0);
  return counts.map((count) => (count * counts.length) / sum);
}

describe("what the lessons say of shares", () => {
  // 36,000 requests, 90,000 requests: a machine's share is known to 1 %.
  it("one machine of five owns nearly half of a ring with one point each", () => {
    expect(Math.max(...sharesOf("virtual-nodes", 0)) / 5).toBeCloseTo(0.48, 1);
  });

  it("the fullest machine of a ring of 100 points has an eighth more, Maglev's has nothing", () => {
    expect(Math.max(...sharesOf("maglev", 0))).toBeCloseTo(1.125, 2);
    expect(Math.max(...sharesOf("maglev", 1))).toBeLessThan(1.03);
  });
});

describe("the tour", () => {
  it("has the lessons in their order, each with an address of its own", () => {
    expect(lessons.map(({ title }) => title)).toEqual([
      "One server is not enough",
      "Round robin and unequal machines",
      "Least connections",
      "Two choices",
      "A hash, modulo n",
      "Add a server (ouch)",
      "Consistent hashing",
      "Virtual nodes",
      "Maglev",
      "Layers 4 and 7",
      "A datacenter goes dark",
      "The hierarchy",
    ]);
    expect(new Set(lessons.map(({ slug }) => slug)).size).toBe(lessons.length);
  });

  it("does not always have the right answer in the same place", () => {
    const places = [0, 1, 2].map((at) => lessons.filter((l) => l.question.right === at).length);
    expect(Math.max(...places)).toBeLessThan(lessons.length * 0.6);
  });

  it("keeps its progress in the address", () => {
    const slugs = ["a", "b", "c"];
    const there = { lesson: 1, answers: [2, null, 0] };
    expect(writeProgress(there, slugs)).toBe("#tour=b:c-a");
    expect(readProgress("#tour=b:c-a", slugs)).toEqual(there);
    expect(writeProgress(readProgress("#tour", slugs), slugs)).toBe("#tour=a");
    expect(readProgress("#tour=nowhere:zzzzzzz", slugs)).toEqual({
      lesson: 0,
      answers: [null, null, null],
    });
    expect(["#tour", "#tour=b", "#tourist", "#s=1.abc", ""].map(isTour)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
