/**
 * Objects keep the shape (V8's map) that they have at a run's beginning. A class whose object gets
 * another one on the way makes V8 throw away what it has compiled for the first, and the next run
 * in the process begins slowly: numbers that begin as integers and come to have fractions do that.
 *
 * Not seen here: what is made on the way (test/house.test.ts looks at the fields of its classes),
 * elements after the first, and literals, which keep their shape though V8 drops other things that
 * it took for certain of them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";

import { readScenario } from "../../src/scenario/read-scenario.ts";
import { Simulation } from "../../src/simulator/run.ts";
import { names } from "../gallery.ts";

setFlagsFromString("--allow-natives-syntax");
// V8 alone knows.
// oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-type-assertion
const haveSameShape = new Function("a", "b", "return %HaveSameMap(a, b)") as (
  a: object,
  b: object,
) => boolean;

const REQUESTS = 5_000;
/** Elements of an array, or of a map, that are looked at. */
const FIRST = 3;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function partsOf(whole: object): (readonly [string, unknown])[] {
  if (ArrayBuffer.isView(whole)) return [];
  if (whole instanceof Map) return partsOf([...whole.values()]);
  const parts = Object.entries(whole);
  return Array.isArray(whole) ? parts.slice(0, FIRST) : parts;
}

/** Paths of what has another shape in `b` than in `a`, in two objects that were made alike. */
function changedShapes(a: unknown, b: unknown, path = "", seen = new Set<unknown>()): string[] {
  if (!isObject(a) || !isObject(b) || a === b || seen.has(a)) return [];
  seen.add(a);
  // To be asked first: reading a field brings an object to its class's newest shape. What an array
  // holds, V8 learns where it is made, with no harm to others.
  const isSame = haveSameShape(a, b) || Array.isArray(a);
  const changed = isSame ? [] : [`${path} (${a.constructor.name})`];
  const others = new Map(partsOf(b));
  return changed.concat(
    partsOf(a).flatMap(([key, part]) =>
      changedShapes(part, others.get(key), `${path}.${key}`, seen),
    ),
  );
}

describe("shapes", () => {
  it.each(names)("of objects are after a run of %s as before", (name) => {
    const file = join("scenarios", `${name}.yaml`);
    const read = readScenario(file, (path) => readFileSync(path));
    if ("problems" in read) throw new Error(JSON.stringify(read.problems));
    const make = (): Simulation => new Simulation(read.scenario);
    const run = make();
    const before = make();
    run.runSome(REQUESTS);
    run.finish();
    expect(changedShapes(before, make())).toEqual([]);
  });
});
