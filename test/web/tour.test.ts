/**
 * Each lesson's words against its scenario: every number that they give comes out of a run, with the
 * touch and without it.
 */
import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import { metricNamed } from "../../src/statistics/metrics/registry.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { tallyIn, windowsOf } from "../../src/statistics/tally.ts";
import type { Touch } from "../../src/web/playground/engine/protocol.ts";
import { told, TOUCHED_AT_MS } from "../../src/web/playground/tour/lesson.ts";
import type { Lesson, Measure } from "../../src/web/playground/tour/lesson.ts";
import { lessons } from "../../src/web/playground/tour/lessons.ts";
import { isTour, readProgress, writeProgress } from "../../src/web/playground/tour/progress.ts";
import { loaderOf } from "../scenario/helpers.ts";

/** The last second that any measure looks at. */
const END_S = 200;

function eventOf(touch: Touch): string {
  const at = `at: ${TOUCHED_AT_MS}ms`;
  switch (touch.kind) {
    case "rate":
      return `{ ${at}, rate: "${touch.region}", times: ${touch.times} }`;
    case "slow":
      return `{ ${at}, slow: ${touch.node}, by: ${touch.factor} }`;
    case "strategy":
      return `{ ${at}, set: ${touch.node}.strategy, to: ${touch.strategy} }`;
    case "add":
      return `{ ${at}, add: ${touch.count} machines, to: ${touch.to} }`;
    case "fail":
      return `{ ${at}, fail: ${touch.node}, manner: ${touch.manner} }`;
    default:
      throw new Error(`no lesson has a touch of kind ${touch.kind}`);
  }
}

function scenarioOf({ name, text, lanes, touch }: Lesson, lane: number, event: string): Scenario {
  const reaches = touch.lane === undefined || touch.lane === lane;
  const whole = event === "" || !reaches ? text : `${text}\nevents:\n  - ${event}\n`;
  const overrides = [...lanes[lane].overrides, `duration=${END_S}s`].map((each) => {
    const at = each.indexOf("=");
    return { path: each.slice(0, at), value: each.slice(at + 1) };
  });
  const read = readScenario(name, loaderOf({ [name]: whole }), { overrides });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return read.scenario;
}

/** The figure as the page shows it: the mean of the windows of a span. */
function figureOf(scenario: Scenario, record: RunRecord, measure: Measure): number {
  const name = measure.figure === "utilization-max" ? "peak-utilization" : measure.figure;
  const metric = metricNamed(name)!;
  const values = windowsOf(record, scenario.windowMs)
    .filter(({ fromMs, toMs }) => fromMs >= measure.fromMs && toMs <= measure.toMs)
    .map((span) => metric.of(tallyIn(span, EVERYTHING), scenario));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function runsOf(lesson: Lesson): (measure: Measure) => number {
  const runs = new Map<string, readonly [Scenario, RunRecord]>();
  return (measure) => {
    const { lane, touched } = measure;
    const key = `${lane} ${touched}`;
    let run = runs.get(key);
    if (run === undefined) {
      const scenario = scenarioOf(lesson, lane, touched ? eventOf(lesson.touch.order) : "");
      run = [scenario, simulate(scenario)];
      runs.set(key, run);
    }
    return figureOf(...run, measure);
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
