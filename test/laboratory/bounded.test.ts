/** Counts under a bound, against those without one and against plain assignments. */
import { describe, expect, it } from "vitest";
import { entryOf } from "../../src/definition.ts";
import { assignBounded } from "../../src/hashing/bounded.ts";
import { hashFunctions } from "../../src/hashing/functions/registry.ts";
import type { Placement } from "../../src/hashing/placement.ts";
import { Memento } from "../../src/hashing/placements/memento.ts";
import { Ring } from "../../src/hashing/placements/ring.ts";
import { BoundedMeasurement } from "../../src/laboratory/bounded.ts";
import { planChanges } from "../../src/laboratory/changes.ts";
import type { Plan } from "../../src/laboratory/changes.ts";
import { GeneratedKeys } from "../../src/laboratory/keys.ts";
import { Measurement } from "../../src/laboratory/measurement.ts";
import type { KeyCounter, Structure, StructureCounts } from "../../src/laboratory/measurement.ts";
import { numberedNodes } from "../../src/laboratory/pool.ts";

const KEYS = 5000;
const structure = (name: string, hash: string, create: () => Placement): Structure => ({
  name,
  hash: entryOf(hashFunctions, hash),
  create,
});
const few = structure("few", "murmur3", () => new Ring(3));
const memento = structure("memento", "xxh64", () => new Memento());
const plan: Plan = planChanges(numberedNodes(12), ["remove:node-4", "return:node-2", "add:1"], {
  seed: 1,
  draws: 1,
});

function counted(counter: KeyCounter): readonly StructureCounts[] {
  const generated = new GeneratedKeys(1);
  for (let i = 0; i < KEYS; i++) counter.add(generated.bytes, generated.write(i));
  const counts = counter.finish();
  expect(counter.keys).toBe(KEYS);
  return counts;
}

describe("a bound", () => {
  it("that nobody reaches changes no count", () => {
    const free = counted(new Measurement([few, memento], plan));
    const bounded = counted(new BoundedMeasurement([few, memento], plan, 100));
    for (const [i, { held, courses }] of free.entries()) {
      expect(bounded[i].held).toEqual(held);
      expect(bounded[i].courses).toEqual(courses);
      expect(bounded[i].bounded).toEqual({ pushed: 0, longest: 0 });
    }
  });

  it("is kept before and after every change, and moves are those of two assignments", () => {
    const [counts] = counted(new BoundedMeasurement([few], plan, 1.1));
    // ⌈1.1 × 5,000 / 12⌉ = 459.
    expect(Math.max(...counts.held)).toBe(459);
    expect(counts.bounded!.pushed).toBeGreaterThan(0);
    const generated = new GeneratedKeys(1);
    const hashes = Array.from({ length: KEYS }, (_, i) => {
      const length = generated.write(i);
      return few.hash.hash(generated.bytes, length);
    });
    const given = (members: Plan["before"]): Int32Array =>
      assignBounded(few.create(), members, hashes, { factor: 1.1 }).nodes;
    const before = given(plan.before);
    for (const [i, { courses }] of plan.changes.entries()) {
      const count = counts.courses[i][0];
      const after = given(courses[0].at(-1)!);
      expect(count.moved).toBe(after.filter((node, key) => node !== before[key]).length);
      expect(Math.max(...count.held)).toBe(Math.ceil((1.1 * KEYS) / courses[0].at(-1)!.size));
      expect(count.held.reduce((sum, keys) => sum + keys, 0)).toBe(KEYS);
    }
    // The node's own keys and those that move since others do.
    const [[loss]] = counts.courses;
    expect(loss.strayed).toBeGreaterThan(0);
    expect(loss.moved).toBe(counts.held[3] + loss.strayed);
  });
});
