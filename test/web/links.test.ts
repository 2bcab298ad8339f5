import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isLink,
  MOST_UNPACKED_BYTES,
  readLink,
  type Shared,
  writeLink,
} from "../../src/web/playground/links.ts";

const SHARED: Shared = {
  name: "two-choices",
  text: "question: Is São Paulo enough?\nbalancer: { name: pool }\n",
  lanes: [
    { label: "random", overrides: ["pool.strategy=random"] },
    { label: "two choices", overrides: ["pool.strategy={ power-of-d: 2 }", "pool.replicas=2"] },
  ],
  files: { "base.yaml": "seed: 3\n" },
  touches: [
    { atMs: 5_000, lane: null, touch: { kind: "fail", node: "pool/1", manner: "crash" } },
    { atMs: 7_000, lane: 1, touch: { kind: "cut", between: ["london", "madrid"] } },
  ],
};

const packed = (content: string | Uint8Array): string =>
  `#s=1.${deflateRawSync(content).toString("base64url")}`;
const DRAIN = { kind: "drain", node: "pool/1" };
const contentWith = (change: object): string => packed(JSON.stringify({ ...SHARED, ...change }));
const problemOf = async (hash: string): Promise<string> => {
  const opened = await readLink(hash);
  return "problem" in opened ? opened.problem : "none";
};

describe("a link", () => {
  it("gives back what went into it, in signs that need no escape", async () => {
    const link = await writeLink(SHARED);
    expect(link).toMatch(/^#s=1\.[\w-]+$/);
    expect(isLink(link)).toBe(true);
    expect(await readLink(link)).toEqual({ shared: SHARED });
  });

  it("gives back any text", async () => {
    const touch = fc.oneof(
      fc.record({ kind: fc.constant("drain"), node: fc.string() }),
      fc.record({ kind: fc.constant("rate"), region: fc.string(), times: fc.nat() }),
    );
    const lane = fc.record({ label: fc.string(), overrides: fc.array(fc.string()) });
    const shared = fc.record({
      name: fc.string({ maxLength: 200 }),
      text: fc.string({ unit: "grapheme", maxLength: 2_000 }),
      lanes: fc.array(lane, { minLength: 1, maxLength: 3 }),
      files: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { noNullPrototype: true }),
      touches: fc.array(fc.record({ atMs: fc.nat(), lane: fc.constantFrom(0, null), touch }), {
        maxLength: 5,
      }),
    });
    await fc.assert(
      fc.asyncProperty(shared, async (each) => {
        expect(await readLink(await writeLink(each))).toEqual({ shared: each });
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("is not made of more than 1 MB", async () => {
    const large = { ...SHARED, text: "#".repeat(MOST_UNPACKED_BYTES) };
    await expect(writeLink(large)).rejects.toThrow("larger than 1 MB");
  });
});

describe("a broken link says what is wrong", () => {
  it.each([
    ["#tour=hashing", "holds no scenario"],
    ["#s=", "does not begin as links of this page do"],
    ["#s=2.abcd", "is of version 2, and this page reads version 1"],
    ["#s=1.ab$d", "signs in it that no link has"],
    ["#s=1.abcde", "signs in it that no link has"],
    ["#s=1.", "cut short or damaged"],
    [packed("hello"), "something that is no scenario"],
    [packed(Uint8Array.of(0x22, 0xff, 0x22)), "something that is no scenario"],
    [packed("[]"), "it is no record"],
    [packed('{"text":"a"}'), "the scenario has no name"],
    [packed('{"name":"a"}'), "there is no scenario in it"],
    [contentWith({ text: 5 }), "there is no scenario in it"],
    [contentWith({ files: { a: 1 } }), "its files are no texts by name"],
    [contentWith({ lanes: [] }), "1 to 3 lanes"],
    [contentWith({ lanes: [{ label: "c" }] }), "1 to 3 lanes, each with its label"],
    [contentWith({ touches: [1] }), "touches are none that this page knows"],
    [contentWith({ touches: [{ atMs: 1, lane: 2, touch: DRAIN }] }), "none that this page knows"],
    [contentWith({ touches: [{ atMs: -1, lane: 0, touch: DRAIN }] }), "none that this page knows"],
    [
      contentWith({ touches: [{ atMs: 1, lane: 0, touch: { ...DRAIN, kind: "toString" } }] }),
      "none that this page knows",
    ],
    [
      contentWith({ touches: [{ atMs: 1, lane: 0, touch: { ...DRAIN, more: 1 } }] }),
      "none that this page knows",
    ],
  ])("%s", async (hash, says) => {
    expect(await problemOf(hash)).toContain(says);
  });

  it("cut anywhere", async () => {
    const link = await writeLink(SHARED);
    for (let length = 0; length < link.length; length++) {
      expect(await problemOf(link.slice(0, length))).not.toBe("none");
    }
  });

  it("that would unpack to a gigabyte, after a megabyte of it", async () => {
    // Deflate's best is some 1,030 : 1; 8 MB of blanks pack into 8 kB.
    expect(await problemOf(packed(" ".repeat(8 << 20)))).toContain("more than 1 MB");
  });

  it("whatever it holds", async () => {
    const anything = fc.oneof(
      fc.string({ maxLength: 300 }).map((text) => `#s=1.${text}`),
      fc.base64String({ maxLength: 300 }).map((text) => `#s=1.${text}`),
      fc.json().map(packed),
      fc.uint8Array({ maxLength: 200 }).map(packed),
      fc.string({ maxLength: 50 }),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (hash) => {
        const problem = await problemOf(hash);
        expect(problem).toMatch(/^The link.{5,150}\.$/);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
